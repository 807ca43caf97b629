package maventa_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

const assignmentsURL = ct.Receivables + "/v1/assignments"

func utc(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func TestAssignmentsList(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", assignmentsURL, ct.Reply{Status: 200, File: "assignments", Header: map[string]string{"X-Total": "102", "X-Next-Page": "4"}})
	helsinki := time.FixedZone("", 2*60*60)
	p, err := m.Client.Assignments.List(t.Context(), maventa.AssignmentFilter{
		DebtorName:  "Aino & Olematon",
		Status:      maventa.AssignmentOpen,
		InvoiceID:   "in-1",
		CreatedFrom: time.Date(2026, 11, 1, 2, 0, 0, 0, helsinki),
		CreatedTo:   utc("2026-11-30T23:59:59Z"),
		ClosedFrom:  utc("2026-11-20T00:00:00Z"),
		ClosedTo:    utc("2026-11-21T00:00:00Z"),
		ListOptions: maventa.ListOptions{Page: 3, PerPage: 50},
	})
	require.NoError(t, err)
	assert.Empty(t, p.Items, "none matches the filter")
	assert.Equal(t, &maventa.Page[maventa.Assignment]{Items: p.Items, Number: 3, Next: 4, Total: 102, Filter: maventa.FilterIgnored}, p)
	m.LastSent("GET", assignmentsURL+"?debtor_name=Aino+%26+Olematon&status=open&invoice_id=in-1"+
		"&created_at_start=2026-11-01T00%3A00%3A00Z&created_at_end=2026-11-30T23%3A59%3A59Z"+
		"&closed_at_start=2026-11-20T00%3A00%3A00Z&closed_at_end=2026-11-21T00%3A00%3A00Z&page=3&per_page=50", "")

	m.On("GET", assignmentsURL, ct.Reply{Status: 200, File: "assignments"})
	p, err = m.Client.Assignments.List(t.Context(), maventa.AssignmentFilter{})
	require.NoError(t, err)
	require.Len(t, p.Items, 2)
	takeExtra(t, &p.Items[0].Extra, map[string]string{"agency": `"ropo"`})
	takeExtra(t, &p.Items[1].Extra, map[string]string{})
	assert.Equal(t, &maventa.Page[maventa.Assignment]{
		Items: []maventa.Assignment{
			{ID: "as-1", InvoiceID: "in-1", Status: maventa.AssignmentOpen, DebtorName: "Aino Olematon", CreatedAt: utc("2026-11-16T08:30:00Z")},
			{ID: "as-2", InvoiceID: "in-2", Status: maventa.AssignmentPartiallyClosed, DebtorName: "AINO OLEMATON", CreatedAt: utc("2026-11-17T08:30:00Z")},
		},
		Number: 1, Next: 2, Total: -1, Filter: maventa.FilterNotUsed,
	}, p)
	m.LastSent("GET", assignmentsURL+"?page=1&per_page=100", "")
}

func TestAssignmentsGet(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", assignmentsURL+"/as-1", ct.Reply{Status: 200, File: "assignment"})
	a, err := m.Client.Assignments.Get(t.Context(), "as-1")
	require.NoError(t, err)
	assertAssignment(t, a)
	m.LastSent("GET", assignmentsURL+"/as-1", "")
}

func assertAssignment(t *testing.T, a *maventa.Assignment) {
	t.Helper()
	takeExtra(t, &a.Extra, map[string]string{"agency": `"ropo"`, "interest": `{"rate": 11.5}`})
	require.Len(t, a.Events, 2)
	takeExtra(t, &a.Events[0].Extra, map[string]string{"letter": `{"pages": 2}`})
	assert.Equal(t, &maventa.Assignment{
		ID: "as-1", InvoiceID: "in-1", ReferenceIDs: []string{"in-1", "ref-2"}, InvoiceNumber: "L-2026-11",
		InvoiceDate: date("2026-10-15"), DueDate: date("2026-11-01"),
		Status: maventa.AssignmentOpen, CollectionStatus: "reminder_sent", ServiceLevel: maventa.ServiceLevelVIP,
		DebtorName: "Aino Olematon", Currency: "EUR", TotalAmount: someAmount("1244.50"), OpenAmount: someAmount("744.50"),
		CreatedAt: utc("2026-11-16T08:30:00Z"), ClosedAt: utc("2026-11-21T23:59:59Z"),
		Events: []maventa.Event{
			{ID: "ev-1", AssignmentID: "as-1", Type: maventa.EventReminder, Author: maventa.AuthorAgency, CreatedAt: utc("2026-11-17T06:00:00Z")},
			{ID: "ev-2", AssignmentID: "as-1", Type: maventa.EventPaid, Amount: someAmount("500.00"), Date: date("2026-11-20"), Author: maventa.AuthorSender, Seen: true},
		},
	}, a)
}

func TestAssignmentsOverview(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", assignmentsURL+"/overview", ct.Reply{Status: 200, File: "overview"})
	o, err := m.Client.Assignments.Overview(t.Context())
	require.NoError(t, err)
	takeExtra(t, &o.Extra, map[string]string{"legal": "3"})
	assert.Equal(t, &maventa.Overview{Open: maventa.Some(12), SoonDue: maventa.Some(0)}, o, "what was not given is absent, not 0")
	m.LastSent("GET", assignmentsURL+"/overview", "")
}

func TestAssignmentsEvents(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", assignmentsURL+"/as-1/events", ct.Reply{Status: 200, File: "events"}, ct.Reply{Status: 200, Body: "[]"})
	events, err := ct.Collect(m.Client.Assignments.Events(t.Context(), "as-1"))
	require.NoError(t, err)
	assertEvents(t, events)
	m.LastSent("GET", assignmentsURL+"/as-1/events?page=2&per_page=100", "")
	assert.Equal(t, "GET "+assignmentsURL+"/as-1/events?page=1&per_page=100", m.URLs()[0])
}

func TestAssignmentsAddEvent(t *testing.T) {
	m := ct.NewMock(t)
	m.On("POST", assignmentsURL+"/as-1/events", ct.Reply{Status: 201, File: "event"})
	e, err := m.Client.Assignments.AddEvent(t.Context(), "as-1", maventa.DirectPayment(amount("500.00"), date("2026-11-20")))
	require.NoError(t, err)
	takeExtra(t, &e.Extra, map[string]string{"balance": `{"open": 744.50}`})
	assert.Equal(t, &maventa.Event{
		ID: "ev-9", AssignmentID: "as-1", Type: maventa.EventPaid, Amount: someAmount("500.00"), Date: date("2026-11-20"), Comment: "Kiitos",
		InvoiceNumber: "H-77", DueDate: date("2026-12-15"), Until: date("2027-01-31"), Author: maventa.AuthorSender, Seen: true,
		CreatedAt: utc("2026-11-22T10:15:30Z"),
	}, e)
	m.LastSent("POST", assignmentsURL+"/as-1/events", "event_direct_payment")
}

// The service may ignore a filter whose name is only guessed, so every filter
// is applied again here.
func TestAssignmentFilters(t *testing.T) {
	const items = `[
		{"id":"1","invoice_id":"IN-1","status":"open","debtor_name":"Aino Olematon","created_at":"2026-11-10T00:00:00Z","closed_at":"2026-11-20T12:00:00Z"},
		{"id":"2","reference_ids":["x","in-1"],"status":"closed","debtor_name":"Oy Olematon Ab","created_at":"2026-11-11T00:00:00Z","closed_at":"2026-11-21T12:00:00Z"},
		{"id":"3"}
	]`
	for _, c := range []struct {
		name   string
		filter maventa.AssignmentFilter
		query  url.Values
		body   string
		want   string // ids kept
		check  maventa.FilterCheck
	}{
		{"none", maventa.AssignmentFilter{}, url.Values{}, items, "1 2 3", maventa.FilterNotUsed},
		{"honoured", maventa.AssignmentFilter{Status: "open"}, url.Values{"status": {"open"}}, `[{"id":"1","status":"open"}]`, "1", maventa.FilterHonoured},
		{"honoured, empty", maventa.AssignmentFilter{Status: "open"}, url.Values{"status": {"open"}}, `[]`, "", maventa.FilterHonoured},
		{"unverified", maventa.AssignmentFilter{Status: "open"}, url.Values{"status": {"open"}}, `[{"id":"1","status":"open"},{"id":"2"}]`, "1 2", maventa.FilterUnverified},
		{"ignored", maventa.AssignmentFilter{Status: "closed"}, url.Values{"status": {"closed"}}, items, "2 3", maventa.FilterIgnored},
		{"debtor", maventa.AssignmentFilter{DebtorName: "olematon a"}, url.Values{"debtor_name": {"olematon a"}}, items, "2 3", maventa.FilterIgnored},
		{"invoice", maventa.AssignmentFilter{InvoiceID: "in-1"}, url.Values{"invoice_id": {"in-1"}}, items, "1 2 3", maventa.FilterUnverified},
		{"other invoice", maventa.AssignmentFilter{InvoiceID: "in-2"}, url.Values{"invoice_id": {"in-2"}}, items, "3", maventa.FilterIgnored},
		{
			"created from, inclusive",
			maventa.AssignmentFilter{CreatedFrom: utc("2026-11-11T00:00:00Z")},
			url.Values{"created_at_start": {"2026-11-11T00:00:00Z"}},
			items, "2 3", maventa.FilterIgnored,
		},
		{
			"created to, inclusive",
			maventa.AssignmentFilter{CreatedTo: utc("2026-11-10T00:00:00Z")},
			url.Values{"created_at_end": {"2026-11-10T00:00:00Z"}},
			items, "1 3", maventa.FilterIgnored,
		},
		{
			"closed within",
			maventa.AssignmentFilter{ClosedFrom: utc("2026-11-21T00:00:00Z"), ClosedTo: utc("2026-11-22T00:00:00Z")},
			url.Values{"closed_at_start": {"2026-11-21T00:00:00Z"}, "closed_at_end": {"2026-11-22T00:00:00Z"}},
			items, "2 3", maventa.FilterIgnored,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("GET", assignmentsURL, ct.Reply{Status: 200, Body: c.body}, ct.Reply{Status: 200, Body: c.body}, ct.Reply{Status: 200, Body: `[]`})
			p, err := m.Client.Assignments.List(t.Context(), c.filter)
			require.NoError(t, err)
			assert.Equal(t, c.want, ids(p.Items))
			assert.Equal(t, c.check, p.Filter)
			c.query.Set("page", "1")
			c.query.Set("per_page", "100")
			sent, err := url.Parse(m.Sent[0].URL)
			require.NoError(t, err)
			assert.Equal(t, c.query, sent.Query())

			all, err := ct.Collect(m.Client.Assignments.All(t.Context(), c.filter))
			require.NoError(t, err)
			assert.Equal(t, c.want, ids(all), "All filters as List does")
		})
	}
	for check, want := range map[maventa.FilterCheck]string{
		maventa.FilterNotUsed: "not used", maventa.FilterHonoured: "honoured", maventa.FilterIgnored: "ignored", maventa.FilterUnverified: "unverified",
	} {
		assert.Equal(t, want, check.String())
	}
}

func ids(list []maventa.Assignment) string {
	var s []string
	for _, a := range list {
		s = append(s, a.ID)
	}
	return strings.Join(s, " ")
}

func TestForInvoice(t *testing.T) {
	found := func(id string) ct.Reply { return ct.Reply{Status: 200, Body: `{"id":"` + id + `"}`} }
	transfer := func(url string) ct.Reply { return ct.Reply{Status: 200, Body: `{"status":"sent","url":"` + url + `"}`} }
	for _, c := range []struct {
		name     string
		transfer ct.Reply
		list     string
		want     string // id of the assignment
		kind     error
		details  []string
		fields   []string
	}{
		{name: "by url", transfer: transfer(assignmentsURL + "/as-1"), want: "as-1"},
		{name: "by url with more behind it", transfer: transfer(assignmentsURL + "/as-1/events?x=1#y"), want: "as-1"},
		{name: "by url in capitals", transfer: transfer("https://RECEIVABLES-stage.maventa.com/v2/assignments/as-1"), want: "as-1"},
		{name: "url on another host", transfer: transfer("https://receivables.maventa.com/v1/assignments/as-1"), kind: maventa.ErrWrongEnvironment, fields: []string{"url"}},
		{name: "url on a hostile host", transfer: transfer("https://receivables-stage.maventa.com@evil.example/v1/assignments/as-1"), kind: maventa.ErrWrongEnvironment, fields: []string{"url"}},
		{name: "url without a host", transfer: transfer("/v1/assignments/as-1"), kind: maventa.ErrWrongEnvironment, fields: []string{"url"}},
		{name: "url that is none", transfer: transfer(":://"), kind: maventa.ErrWrongEnvironment, fields: []string{"url"}},
		{name: "url without an id", transfer: transfer(assignmentsURL), fields: []string{"url"}},
		{name: "url of the overview", transfer: transfer(assignmentsURL + "/overview"), fields: []string{"url"}},
		{name: "url that climbs", transfer: transfer(assignmentsURL + "/../services"), fields: []string{"url"}},
		{name: "by invoice id", transfer: ct.Reply{Status: 404}, list: `[{"id":"as-1","invoice_id":"IN-1"},{"id":"as-2","invoice_id":"in-2","invoice_number":"in-1"}]`, want: "as-1"},
		{name: "by reference", transfer: transfer(""), list: `[{"id":"as-3","reference_ids":["a","iN-1"]},{"id":"as-4"}]`, want: "as-3"},
		{
			name: "the one that is not closed", transfer: ct.Reply{Status: 404}, want: "as-2",
			list: `[{"id":"as-1","invoice_id":"in-1","status":"closed"},{"id":"as-2","invoice_id":"in-1","status":"partially_closed"}]`,
		},
		{name: "a closed one", transfer: ct.Reply{Status: 404}, list: `[{"id":"as-1","invoice_id":"in-1","status":"closed"}]`, want: "as-1"},
		{name: "none", transfer: ct.Reply{Status: 404}, list: `[]`, kind: maventa.ErrNotFound},
		{name: "never by number", transfer: ct.Reply{Status: 404}, list: `[{"id":"as-1","invoice_number":"in-1"}]`, kind: maventa.ErrNotFound},
		{
			name: "two open", transfer: ct.Reply{Status: 404}, kind: maventa.ErrAmbiguous, details: []string{"as-1", "as-2"},
			list: `[{"id":"as-1","invoice_id":"in-1","status":"open"},{"id":"as-2","invoice_id":"in-1","status":"open"}]`,
		},
		{
			name: "two closed", transfer: ct.Reply{Status: 404}, kind: maventa.ErrAmbiguous, details: []string{"as-1", "as-2"},
			list: `[{"id":"as-1","invoice_id":"in-1","status":"closed"},{"id":"as-2","reference_ids":["in-1"],"status":"closed"}]`,
		},
		{name: "no access to transfers", transfer: ct.Reply{Status: 403}, kind: maventa.ErrForbidden},
		{name: "list fails", transfer: ct.Reply{Status: 404}, list: `<html>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("GET", invoiceURL, c.transfer)
			m.On("GET", assignmentsURL, ct.Reply{Status: 200, Body: c.list}, ct.Reply{Status: 200, Body: `[]`})
			if c.want != "" {
				m.On("GET", assignmentsURL+"/"+c.want, found(c.want))
			}
			a, err := m.Client.Assignments.ForInvoice(t.Context(), "in-1")
			if c.want != "" {
				require.NoError(t, err)
				assert.Equal(t, c.want, a.ID)
				if c.list != "" {
					assert.Contains(t, m.URLs()[1], "?invoice_id=in-1&")
				}
				return
			}
			require.Nil(t, a)
			e := ct.Failure(t, err)
			if c.kind != nil {
				require.ErrorIs(t, err, c.kind)
			}
			assert.Equal(t, c.details, e.Details)
			for i, f := range c.fields {
				assert.Equal(t, f, e.Fields[i].Field)
			}
			assert.NotContains(t, err.Error(), "evil", "an address is never shown")
			if c.fields != nil {
				assert.Len(t, m.Sent, 1, "the address is not followed")
			}
			if c.kind == maventa.ErrNotFound || c.kind == maventa.ErrAmbiguous {
				assert.Equal(t, "in-1", e.Target)
			}
		})
	}
}

func TestAddEventAnswers(t *testing.T) {
	payment := maventa.DirectPayment(amount("500.00"), date("2026-11-20"))
	echo := maventa.Event{AssignmentID: "as-1", Type: maventa.EventPaid, Amount: someAmount("500.00"), Date: date("2026-11-20")}
	for _, c := range []struct {
		answer  ct.Reply
		want    *maventa.Event
		outcome maventa.Outcome
		unknown bool
	}{
		{answer: ct.Reply{Status: 201, Body: `{"id":"ev-1","type":"paid"}`}, want: &maventa.Event{ID: "ev-1", AssignmentID: "as-1", Type: "paid"}},
		{answer: ct.Reply{Status: 201, Body: ``}, want: &echo},
		{answer: ct.Reply{Status: 202, Body: ``}, want: &echo},
		{answer: ct.Reply{Status: 204, Body: ``}, want: &echo},
		{answer: ct.Reply{Status: 201, Body: `{}`}, want: &echo},
		{answer: ct.Reply{Status: 200, Body: `{"id":"ev-1"}`}, outcome: maventa.OutcomeUnknown, unknown: true},
		{answer: ct.Reply{Status: 200, Body: `{"id":"ev-1","amount":500}`}, want: &maventa.Event{ID: "ev-1", AssignmentID: "as-1", Amount: someAmount("500")}},
		{answer: ct.Reply{Status: 200, Body: `{"type":"paid"}`}, want: &maventa.Event{AssignmentID: "as-1", Type: "paid"}},
		{answer: ct.Reply{Status: 200, Body: `{"ok":true}`}, outcome: maventa.OutcomeUnknown, unknown: true},
		{answer: ct.Reply{Status: 200, Body: `[]`}, outcome: maventa.OutcomeUnknown, unknown: true},
		{answer: ct.Reply{Status: 200, Body: ``}, outcome: maventa.OutcomeUnknown, unknown: true},
		{answer: ct.Reply{Status: 201, Body: `[{"id":"ev-1"}]`}, outcome: maventa.OutcomeApplied},
		{answer: ct.Reply{Status: 201, Body: `{"id":"ev-`}, outcome: maventa.OutcomeApplied},
		{answer: ct.Reply{Status: 201, Body: `{"id":"ev-1","id":"ev-2"}`}, outcome: maventa.OutcomeApplied},
		{answer: ct.Reply{Status: 203, Body: `{"id":"ev-1"}`}, outcome: maventa.OutcomeUnknown, unknown: true},
		{answer: ct.Reply{Status: 500, Body: ``}, outcome: maventa.OutcomeUnknown, unknown: true},
		{answer: ct.Reply{Status: 409, Body: ``}, outcome: maventa.OutcomeUnknown, unknown: true},
		{answer: ct.Reply{Status: 409, Body: `{}`}, outcome: maventa.OutcomeRejected},
	} {
		t.Run(fmt.Sprint(c.answer.Status, c.answer.Body), func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("POST", assignmentsURL+"/as-1/events", c.answer)
			e, err := m.Client.Assignments.AddEvent(t.Context(), "as-1", payment)
			if c.want != nil {
				require.NoError(t, err)
				assert.Equal(t, c.want, e)
				return
			}
			require.Nil(t, e)
			assert.Equal(t, c.outcome, ct.Failure(t, err).Outcome)
			assert.Equal(t, c.unknown, errors.Is(err, maventa.ErrOutcomeUnknown))
			assert.NotContains(t, err.Error(), "five hundred")
			assert.NotContains(t, err.Error(), "yesterday")
		})
	}
}

// What the service answered under names of its own is not lost, nor is what was
// sent when it answered nothing.
func TestAddEventKeepsWhatIsKnown(t *testing.T) {
	m := ct.NewMock(t)
	m.On("POST", assignmentsURL+"/as-1/events", ct.Reply{Status: 201, Body: `{"event_id":"ev-7"}`}, ct.Reply{Status: 204}, ct.Reply{Status: 204})
	e, err := m.Client.Assignments.AddEvent(t.Context(), "as-1", maventa.Comment("Hei"))
	require.NoError(t, err)
	assert.Equal(t, "Hei", e.Comment)
	id, _ := e.Extra.Get("event_id")
	assert.Equal(t, `"ev-7"`, string(id))

	e, err = m.Client.Assignments.AddEvent(t.Context(), "as-1", maventa.DueDateChange(date("2026-12-15")))
	require.NoError(t, err)
	assert.Equal(t, &maventa.Event{AssignmentID: "as-1", Type: maventa.EventDueDateChange, DueDate: date("2026-12-15")}, e)
	e, err = m.Client.Assignments.AddEvent(t.Context(), "as-1", maventa.CollectionStop(date("2027-01-31")))
	require.NoError(t, err)
	assert.Equal(t, &maventa.Event{AssignmentID: "as-1", Type: maventa.EventCollectionStop, Until: date("2027-01-31")}, e)
}
