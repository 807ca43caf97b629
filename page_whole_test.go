package maventa_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

const oneAssignmentEvents = assignmentsURL + "/as-1/events"

// eventsOf reads the events of an assignment as package ledger does.
func eventsOf(t *testing.T, m *ct.Mock, opts ...maventa.CallOption) (ids []string, err error) {
	t.Helper()
	events, err := ct.Collect(m.Client.Assignments.Events(t.Context(), "as-1", opts...))
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids, err
}

// What may be an error or a part of a list is no empty list, for any read.
func TestListThatIsNone(t *testing.T) {
	for _, body := range []string{
		`{"errors":[]}`, `{"code":"unauthorized","message":"no access","details":[]}`, `{"data":{"items":[{"id":"a"}]},"errors":[]}`,
		`{"events":null,"messages":[]}`, `{"events":[{"id":"a"}],"events":[]}`, `{"events":[],"partial":true}`, `{"events":null}`, `null`,
		`{"title":"Forbidden","status":403,"events":[]}`, `{"data":{"events":[]}}`, `{"warnings":[]}`, `{"events":[],"has_more":true}`,
		`{"events":[],"meta":{"next":"/v1/x?page=2"}}`,
	} {
		for _, opts := range [][]maventa.CallOption{nil, {maventa.Conclusive()}} {
			m := ct.NewMock(t)
			m.On("GET", oneAssignmentEvents, page(body))
			ids, err := eventsOf(t, m, opts...)
			require.Error(t, err, body)
			assert.Empty(t, ids)
			assert.Equal(t, maventa.PhaseDecode, ct.Failure(t, err).Phase, body)
		}
	}
}

// A page behind the last need not be an empty list.
func TestPageBehindTheLast(t *testing.T) {
	gone := ct.Reply{Status: 404, Body: `{"code":"not_found"}`}
	with := func(r ct.Reply, name, value string) ct.Reply {
		r.Header = map[string]string{name: value}
		return r
	}
	for _, c := range []struct {
		name  string
		pages []ct.Reply
		ids   int
		fails bool
	}{
		{"404", []ct.Reply{page(listOf("a", "b")), gone}, 2, false},
		{"204", []ct.Reply{page(listOf("a", "b")), {Status: 204}}, 2, false},
		{"a gateway's 404", []ct.Reply{page(listOf("a", "b")), {Status: 404, Body: "<html>"}}, 2, true},
		{"404 after two", []ct.Reply{page(listOf("a")), page(listOf("b")), gone}, 2, false},
		{"404 on the first", []ct.Reply{gone}, 0, true},
		{"204 on the first", []ct.Reply{{Status: 204}}, 0, true},
		{"404 for a page that was announced", []ct.Reply{page(listOf("a"), "X-Next-Page", "2"), gone}, 1, true},
		{"404 for a page that the body announced", []ct.Reply{page(`{"data":` + listOf("a") + `,"has_more":true}`), gone}, 1, true},
		{"404 though more were counted", []ct.Reply{page(listOf("a"), "X-Total", "2"), gone}, 1, true},
		{"404 with as many as were counted", []ct.Reply{page(listOf("a"), "X-Total", "1"), gone}, 1, false},
		{"204 that counts more", []ct.Reply{page(listOf("a")), with(ct.Reply{Status: 204}, "X-Total", "2")}, 1, true},
		{"404 that names a next page", []ct.Reply{page(listOf("a")), with(gone, "X-Next-Page", "3")}, 1, true},
		{"403", []ct.Reply{page(listOf("a")), {Status: 403, Body: `{"code":"forbidden"}`}}, 1, true},
		{"410", []ct.Reply{page(listOf("a")), {Status: 410}}, 1, true},
		{"200 without a body", []ct.Reply{page(listOf("a")), page("")}, 1, true},
	} {
		for name, opts := range map[string][]maventa.CallOption{"": nil, ", conclusive": {maventa.Conclusive()}, ", with metadata": {maventa.WithResponse(new(maventa.Response))}} {
			m := ct.NewMock(t)
			m.On("GET", oneAssignmentEvents, c.pages...)
			ids, err := eventsOf(t, m, opts...)
			assert.Len(t, ids, c.ids, c.name+name)
			assert.Equal(t, c.fails, err != nil, "%s%s: %v", c.name, name, err)
		}
	}
	m := ct.NewMock(t) // asked for from the middle, where nothing was seen yet
	m.On("GET", eventsURL, gone)
	_, err := ct.Collect(m.Client.Events.All(t.Context(), maventa.EventFilter{ListOptions: maventa.ListOptions{Page: 3}}))
	require.ErrorIs(t, err, maventa.ErrNotFound)
}

// TestConclusive: what proves that something is not there is current and whole.
func TestConclusive(t *testing.T) {
	for _, c := range []struct {
		name   string
		pages  []ct.Reply
		refuse string // "" if it proves something
	}{
		{"empty", []ct.Reply{page("[]")}, ""},
		{"empty, and counted", []ct.Reply{page("[]", "X-Total", "0")}, ""},
		{"a page, and counted", []ct.Reply{page(listOf("a"), "X-Total", "1"), page("[]")}, ""},
		{"two pages", []ct.Reply{page(listOf("a"), "X-Next-Page", "2", "X-Total", "2"), page(listOf("b"), "X-Next-Page", "", "X-Total", "2")}, ""},
		{"no paging", []ct.Reply{page(listOf("a", "b"), "X-Total", "2"), page(listOf("a", "b"), "X-Total", "2")}, ""},
		{"counted in the body", []ct.Reply{page(`{"events":[],"total":0}`)}, ""},
		{"more counted", []ct.Reply{page("[]", "X-Total", "1")}, "0 of 1 items"},
		{"more counted, other name", []ct.Reply{page("[]", "X-Total-Count", "1")}, "0 of 1 items"},
		{"more counted in the body", []ct.Reply{page(`{"events":[],"meta":{"total":4}}`)}, "0 of 4 items"},
		{"more counted on the first page", []ct.Reply{page(listOf("a", "b"), "X-Total", "3"), page("[]")}, "2 of 3 items"},
		{"more counted on the last page", []ct.Reply{page(listOf("a"), "X-Next-Page", "2"), page(listOf("b"), "X-Next-Page", "", "X-Total", "3")}, "2 of 3 items"},
		{"old", []ct.Reply{page("[]", "Age", "4000")}, "the answer is old"},
		{"old second page", []ct.Reply{page(listOf("a")), page("[]", "Age", "60")}, "the answer is old"},
		{"stale", []ct.Reply{page("[]", "Warning", `110 cache "stale"`)}, "the answer is old"},
		{"old refusal", []ct.Reply{{Status: 404, Body: `{"code":"not_found"}`, Header: map[string]string{"Age": "90"}}}, "the answer is old"},
		{"203", []ct.Reply{{Status: 203, Body: "[]"}}, "203"},
		{"206", []ct.Reply{{Status: 206, Body: "[]"}}, "206"},
		{"202", []ct.Reply{{Status: 202, Body: "[]"}}, "202"},
	} {
		m := ct.NewMock(t)
		m.On("GET", oneAssignmentEvents, c.pages...)
		_, err := eventsOf(t, m, maventa.Conclusive(), maventa.WithRetry(maventa.RetryPolicy{MaxAttempts: 1}))
		for _, s := range m.Sent {
			assert.Equal(t, "no-cache", s.Header.Get("Cache-Control"), c.name)
		}
		if c.refuse == "" {
			assert.NoError(t, err, c.name)
			continue
		}
		require.ErrorContains(t, err, c.refuse, c.name)
		require.NotErrorIs(t, err, maventa.ErrNotFound, "an old 404 proves no absence")
		assert.Equal(t, maventa.ActionRetry, maventa.Advise(err).Action, c.name)
	}

	m := ct.NewMock(t) // a plain read takes them, and asks no cache to stand aside
	m.On("GET", oneAssignmentEvents, page("[]", "Age", "4000", "X-Total", "1"))
	_, err := eventsOf(t, m)
	require.NoError(t, err)
	assert.Empty(t, m.Sent[0].Header.Get("Cache-Control"))

	m = ct.NewMock(t) // one page
	m.On("GET", eventsURL, page("[]", "X-Total", "1"))
	_, err = m.Client.Events.List(t.Context(), maventa.EventFilter{}, maventa.Conclusive())
	require.ErrorContains(t, err, "0 of 1 items")

	m = ct.NewMock(t) // a write takes no notice
	m.On("POST", oneAssignmentEvents, ct.Reply{Status: http.StatusCreated, Body: `{"id":"e1","type":"comment"}`, Header: map[string]string{"Age": "90"}})
	_, err = m.Client.Assignments.AddEvent(t.Context(), "as-1", maventa.Comment("Hei"), maventa.Conclusive())
	require.NoError(t, err)
	assert.Empty(t, m.Sent[0].Header.Get("Cache-Control"))
}
