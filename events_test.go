package maventa_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

const eventsURL = ct.Receivables + "/v1/events"

func assertEvents(t *testing.T, events []maventa.Event) {
	t.Helper()
	require.Len(t, events, 2)
	takeExtra(t, &events[0].Extra, map[string]string{"lang": `"fi"`})
	assert.Equal(t, []maventa.Event{
		{ID: "ev-1", AssignmentID: "as-1", Type: maventa.EventComment, Comment: "Onko maksettu?", Author: maventa.AuthorAgency, CreatedAt: utc("2026-11-17T06:00:00Z")},
		{ID: "ev-2", AssignmentID: "as-2", Type: "court_ruling", Amount: someAmount("10")},
	}, events)
	assert.False(t, events[1].Type.Known())
}

func TestEventsList(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", eventsURL, ct.Reply{Status: 200, File: "events"})
	p, err := m.Client.Events.List(t.Context(), maventa.EventFilter{
		Type: "paid", AssignmentID: "as-1", CreatedFrom: utc("2026-11-01T00:00:00Z"), CreatedTo: utc("2026-12-01T00:00:00Z"),
		ListOptions: maventa.ListOptions{PerPage: 20},
	})
	require.NoError(t, err)
	assert.Equal(t, &maventa.Page[maventa.Event]{Items: p.Items, Number: 1, Next: 2, Total: -1, Filter: maventa.FilterIgnored}, p)
	assert.Empty(t, p.Items)
	m.LastSent("GET", eventsURL+"?type=paid&assignment_id=as-1"+
		"&created_at_start=2026-11-01T00%3A00%3A00Z&created_at_end=2026-12-01T00%3A00%3A00Z&page=1&per_page=20", "")

	m.On("GET", eventsURL, ct.Reply{Status: 200, File: "events", Header: map[string]string{"X-Next-Page": ""}})
	events, err := ct.Collect(m.Client.Events.All(t.Context(), maventa.EventFilter{}))
	require.NoError(t, err)
	assertEvents(t, events)
	m.LastSent("GET", eventsURL+"?page=1&per_page=100", "")
}

func TestEventsMarkSeen(t *testing.T) {
	m := ct.NewMock(t)
	const url = assignmentsURL + "/as-1/events/ev-1/seen"
	m.On("POST", url, ct.Reply{Status: 204})
	require.NoError(t, m.Client.Events.MarkSeen(t.Context(), "as-1", "ev-1"))
	m.LastSent("POST", url, "")
}

func TestEventFilters(t *testing.T) {
	const items = `[
		{"id":"1","type":"paid","assignment_id":"as-1","created_at":"2026-11-10T00:00:00Z"},
		{"id":"2","type":"comment","assignment_id":"as-2","created_at":"2026-11-11T00:00:00Z"},
		{"id":"3"}
	]`
	for _, c := range []struct {
		name   string
		filter maventa.EventFilter
		want   []string
		check  maventa.FilterCheck
	}{
		{"none", maventa.EventFilter{}, []string{"1", "2", "3"}, maventa.FilterNotUsed},
		{"type", maventa.EventFilter{Type: maventa.EventPaid}, []string{"1", "3"}, maventa.FilterIgnored},
		{"assignment", maventa.EventFilter{AssignmentID: "as-2"}, []string{"2", "3"}, maventa.FilterIgnored},
		{"time", maventa.EventFilter{CreatedTo: utc("2026-11-10T00:00:00Z")}, []string{"1", "3"}, maventa.FilterIgnored},
		{"all of them", maventa.EventFilter{Type: maventa.EventPaid, AssignmentID: "as-2"}, []string{"3"}, maventa.FilterIgnored},
		{"wide", maventa.EventFilter{CreatedFrom: utc("2026-01-01T00:00:00Z")}, []string{"1", "2", "3"}, maventa.FilterUnverified},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("GET", eventsURL, ct.Reply{Status: 200, Body: items})
			p, err := m.Client.Events.List(t.Context(), c.filter)
			require.NoError(t, err)
			var got []string
			for _, e := range p.Items {
				got = append(got, e.ID)
			}
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.check, p.Filter)
		})
	}
}

func TestEventBuilders(t *testing.T) {
	custom := maventa.CustomEvent("instalment_plan")
	custom.Extra = extraOf(t, "parts", 3)
	corrected := maventa.DirectPayment(amount("500.00"), date("2026-11-20"))
	corrected.Extra = extraOf(t, "amount", map[string]string{"currency": "EUR", "value": "500.00"}, "payment_date", date("2026-11-20"))
	for golden, event := range map[string]maventa.NewEvent{
		"event_direct_payment":    maventa.DirectPayment(amount("500.00"), date("2026-11-20")),
		"event_credit_note":       maventa.CreditNote(amount("120.5"), date("2026-11-21"), "H-77"),
		"event_comment":           maventa.Comment("Maksu on jo tilillämme, viite 123."),
		"event_due_date_change":   maventa.DueDateChange(date("2026-12-15")),
		"event_collection_stop":   maventa.CollectionStop(date("2027-01-31")),
		"event_cancellation":      maventa.Cancellation("Aiheeton lasku"),
		"event_cancellation_bare": maventa.Cancellation(""),
		"event_credit_loss":       maventa.CreditLoss(date("2026-11-19")),
		"event_custom":            custom,
		"event_corrected":         corrected,
	} {
		t.Run(golden, func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("POST", assignmentsURL+"/as-1/events", ct.Reply{Status: 201})
			_, err := m.Client.Assignments.AddEvent(t.Context(), "as-1", event, maventa.Unchecked())
			require.NoError(t, err)
			m.LastSent("POST", assignmentsURL+"/as-1/events", golden)
		})
	}
}

func TestEventRules(t *testing.T) {
	var zero maventa.Amount
	day, none := date("2026-11-20"), maventa.Date{}
	for _, c := range []struct {
		name   string
		event  maventa.NewEvent
		fields []string
	}{
		{"payment of nothing", maventa.DirectPayment(zero, day), []string{"amount"}},
		{"payment of 0.00", maventa.DirectPayment(amount("0.00"), day), []string{"amount"}},
		{"negative payment", maventa.DirectPayment(amount("-500"), day), []string{"amount"}},
		{"payment without a date", maventa.DirectPayment(amount("1"), none), []string{"date"}},
		{"empty payment", maventa.NewEvent{Type: maventa.EventPaid}, []string{"amount", "date"}},
		{"null amount", maventa.NewEvent{Type: maventa.EventPaid, Date: day, Amount: maventa.Null[maventa.Amount]()}, []string{"amount"}},
		{"negative credit note", maventa.CreditNote(amount("-1"), day, "H-1"), []string{"amount"}},
		{"credit note without a date", maventa.CreditNote(amount("1"), none, "H-1"), []string{"date"}},
		{"empty comment", maventa.Comment(" \n"), []string{"comment"}},
		{"due date change without a date", maventa.DueDateChange(none), []string{"due_date"}},
		{"stop without an end", maventa.CollectionStop(none), []string{"until"}},
		{"negative amount of any event", maventa.NewEvent{Type: maventa.EventCreditLoss, Amount: someAmount("-1")}, []string{"amount"}},
		{"no type", maventa.NewEvent{}, []string{"type"}},
		{"unknown type", maventa.CustomEvent("instalment_plan"), []string{"type"}},
		{"the agency's own: level", maventa.CustomEvent(maventa.EventServiceLevelChanged), []string{"type"}},
		{"the agency's own: reminder", maventa.CustomEvent(maventa.EventReminder), []string{"type"}},
		{"the agency's own: demand", maventa.CustomEvent(maventa.EventPaymentDemand), []string{"type"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := ct.NewMock(t)
			_, err := m.Client.Assignments.AddEvent(t.Context(), "as-1", c.event)
			e := ct.Refused(t, err, c.fields...)
			assert.Equal(t, "Assignments.AddEvent", e.Operation)
			m.NothingSent()

			if c.event.Type == "" {
				_, err = m.Client.Assignments.AddEvent(t.Context(), "as-1", c.event, maventa.Unchecked(), maventa.WithoutPreflight())
				ct.Refused(t, err, c.fields...)
				return
			}
			m.On("POST", assignmentsURL+"/as-1/events", ct.Reply{Status: 201})
			_, err = m.Client.Assignments.AddEvent(t.Context(), "as-1", c.event, maventa.Unchecked(), maventa.WithoutPreflight())
			require.NoError(t, err)
		})
	}
}

// A member in Extra stands for the typed field of the same name.
func TestEventRulesCountExtra(t *testing.T) {
	for name, event := range map[string]maventa.NewEvent{
		"amount and date": {Type: maventa.EventPaid, Extra: extraOf(t, "amount", 5, "date", "20.11.2026")},
		"comment":         {Type: maventa.EventComment, Extra: extraOf(t, "comment", []string{"a"})},
		"due date":        {Type: maventa.EventDueDateChange, Extra: extraOf(t, "due_date", "x")},
		"until":           {Type: maventa.EventCollectionStop, Extra: extraOf(t, "until", "x")},
	} {
		t.Run(name, func(t *testing.T) {
			m := ct.NewMock(t)
			m.OnFunc("POST", assignmentsURL+"/as-1/events", func(*http.Request) ct.Reply { return ct.Reply{Status: 201} })
			_, err := m.Client.Assignments.AddEvent(t.Context(), "as-1", event)
			require.NoError(t, err)
		})
	}
}

func TestMarkSeenAnswers(t *testing.T) {
	const url = assignmentsURL + "/as-1/events/ev-1/seen"
	for _, ok := range []ct.Reply{{Status: 204}, {Status: 201}, {Status: 202}, {Status: 200, Body: `{"id":"ev-1","seen":true}`}} {
		m := ct.NewMock(t)
		m.On("POST", url, ok)
		require.NoError(t, m.Client.Events.MarkSeen(t.Context(), "as-1", "ev-1"))
	}
	m := ct.NewMock(t)
	m.On("POST", url, ct.Reply{Status: 404})
	err := m.Client.Events.MarkSeen(t.Context(), "as-1", "ev-1")
	require.ErrorIs(t, err, maventa.ErrNotFound)
	assert.Equal(t, "as-1", ct.Failure(t, err).Target)
}

// TestEventPages: a reader that failed at a page goes on there.
func TestEventPages(t *testing.T) {
	m := ct.NewMock(t)
	more := map[string]string{"X-Next-Page": "2"}
	broken := errors.New("broken")
	m.On("GET", eventsURL,
		ct.Reply{Status: 200, Body: `[{"id":"1"},{"id":"2"}]`, Header: more}, ct.Reply{Err: broken},
		ct.Reply{Status: 200, Body: `[{"id":"2"},{"id":"3"}]`, Header: map[string]string{"X-Next-Page": ""}})
	var numbers []int
	next := 1
	read := func() (failed error) {
		filter := maventa.EventFilter{ListOptions: maventa.ListOptions{Page: next, PerPage: 2}}
		for p, err := range m.Client.Events.Pages(t.Context(), filter) {
			if err != nil {
				assert.Nil(t, p)
				failed = err
				continue // it ends by itself
			}
			numbers = append(numbers, p.Number)
			next = p.Next
		}
		return failed
	}
	require.ErrorIs(t, read(), maventa.ErrUnavailable)
	assert.Equal(t, 2, next)
	require.NoError(t, read())
	assert.Equal(t, []int{1, 2}, numbers)
	assert.Zero(t, next)

	m.On("GET", eventsURL, ct.Reply{Status: 200, Body: `[{"id":"1"},{"id":"2"}]`, Header: more},
		ct.Reply{Status: 200, Body: `[{"id":"2"},{"id":"3"}]`, Header: map[string]string{"X-Next-Page": ""}})
	var ids []string
	for p, err := range m.Client.Events.Pages(t.Context(), maventa.EventFilter{}) {
		require.NoError(t, err)
		for _, e := range p.Items {
			ids = append(ids, e.ID)
		}
	}
	assert.Equal(t, []string{"1", "2", "3"}, ids, "what the page before had is left out")
}
