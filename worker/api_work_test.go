package worker_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/worker"
)

// question puts an item on the work list of a company.
func (s *served) question(company, key string) {
	s.t.Helper()
	_, err := s.wk.Put(s.t.Context(), company, key, worker.Entry{Kind: worker.Comment, AssignmentID: "a", Text: "hello"})
	require.NoError(s.t, err)
	worker.PutWork(s.t, s.wk, company, key)
}

// TestDecide: a payment that somebody has reported by hand is a question, and is adopted.
func TestDecide(t *testing.T) {
	s := serve(t, 1)
	id := s.companies[0].AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "1000.00"})
	c, err := maventa.NewClient(s.srv.Environment(), credentials(s.companies[0]))
	require.NoError(t, err)
	reported, err := c.Assignments.AddEvent(t.Context(), id, maventa.DirectPayment(maventa.MustAmount("12.50"), maventa.MustDate("2026-11-20")))
	require.NoError(t, err)
	byHand := reported.ID
	s.want(http.StatusCreated, "PUT", "entries/bank%2F17", fmt.Sprintf(`{"kind": "payment", "assignment_id": %q, "amount": "12.50", "date": "2026-11-20"}`, id))
	run(t, s.wk)
	s.until("bank%2F17", "held")
	assert.Contains(t, s.want(http.StatusOK, "GET", "entries/bank%2F17", "").Members["why"], "decide with adopt or not_mine")

	list, _ := s.want(http.StatusOK, "GET", "/v1/work", "").Members["work"].([]any)
	require.Len(t, list, 1)
	item, _ := list[0].(map[string]any)
	assert.Equal(t, "bank/17", item["key"])
	assert.Equal(t, "possible_duplicate", item["kind"])
	assert.Equal(t, "payment of 12.50 on 2026-11-20", item["entry"])
	assert.Equal(t, "ask_person", item["advice"])
	assert.Equal(t, id, item["about"])
	assert.Equal(t, []any{byHand}, item["ids"])
	assert.Equal(t, []any{"adopt", "not_mine", "drop"}, item["decisions"])
	assert.Contains(t, item["happened"], "Nothing was sent")

	s.want(http.StatusNoContent, "PUT", "work/bank%2F17/owner", `{"owner": "Maija"}`)
	assert.Contains(t, s.want(http.StatusOK, "GET", "work", "").Text, `"owner":"Maija"`)
	for body, status := range map[string]int{
		`{"decision": "adopt", "event_id": "other", "who": "Maija", "why": "x"}`: http.StatusUnprocessableEntity,
		`{"decision": "adopt", "who": "Maija", "why": "x"}`:                      http.StatusUnprocessableEntity,
		`{"decision": "drop", "why": "x"}`:                                       http.StatusUnprocessableEntity,
		`{"decision": "drop", "who": "Maija"}`:                                   http.StatusUnprocessableEntity,
		`{"decision": "never_arrived", "who": "Maija", "why": "x"}`:              http.StatusUnprocessableEntity,
		`{"decision": "yes", "who": "Maija", "why": "x"}`:                        http.StatusUnprocessableEntity,
		`{"kind": "drop", "who": "Maija", "why": "x"}`:                           http.StatusUnprocessableEntity,
	} {
		s.want(status, "PUT", "work/bank%2F17/decision", body)
	}
	adopt := fmt.Sprintf(`{"decision": "adopt", "event_id": %q, "who": "Maija", "why": "reported by phone"}`, byHand)
	s.want(http.StatusNotFound, "PUT", "work/other/decision", adopt)
	s.want(http.StatusNotFound, "PUT", "work/other/owner", `{"owner": "x"}`)
	s.want(http.StatusNoContent, "PUT", "work/bank%2F17/decision", adopt)
	s.until("bank%2F17", "done")
	assert.Equal(t, byHand, s.ask("GET", "entries/bank%2F17", "").Members["event_id"])
	assert.Empty(t, s.want(http.StatusOK, "GET", "work", "").Members["work"])
	assert.Equal(t, "settled_already", s.want(http.StatusConflict, "PUT", "work/bank%2F17/decision", adopt).Members["kind"])
}

// TestEvents: the inbox by position, and what becomes of each event.
func TestEvents(t *testing.T) {
	s := serve(t, 1)
	id := s.companies[0].AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "1000.00"})
	for i := range 3 {
		s.srv.Agency().Paid(id, fmt.Sprintf("%d.50", 10+i), "2026-11-20")
	}
	a := s.want(http.StatusOK, "GET", "events", "")
	assert.Empty(t, a.Members["events"])
	assert.InDelta(t, 0, a.Members["next"], 0)
	stop := run(t, s.wk)
	require.Eventually(t, func() bool { return len(s.ask("GET", "events", "").Members["events"].([]any)) >= 3 }, waits, tick)
	stop()

	a = s.want(http.StatusOK, "GET", "events?limit=2", "")
	list, _ := a.Members["events"].([]any)
	require.Len(t, list, 2)
	first, _ := list[0].(map[string]any)
	assert.Equal(t, "10.50", first["amount"], "a string, with its decimals")
	assert.Equal(t, "new", first["kind"])
	assert.Equal(t, "open", first["state"])
	next := a.Members["next"].(float64)
	a = s.want(http.StatusOK, "GET", fmt.Sprintf("events?after=%.0f&limit=2", next), "")
	assert.Len(t, a.Members["events"], 1)
	end := a.Members["next"].(float64)
	assert.Greater(t, end, next)
	a = s.want(http.StatusOK, "GET", fmt.Sprintf("events?after=%.0f", end), "")
	assert.InDelta(t, end, a.Members["next"], 0, "nothing is new")

	path := fmt.Sprintf("events/%.0f/acknowledgement", first["position"])
	s.want(http.StatusNoContent, "PUT", path, `{"state": "blocked", "why": "no such customer"}`)
	for range 2 {
		s.want(http.StatusNoContent, "PUT", path, `{"state": "booked", "voucher": "V1", "who": "Maija"}`)
	}
	for _, body := range []string{`{"state": "booked", "voucher": "V2"}`, `{"state": "ignored"}`} {
		a := s.want(http.StatusConflict, "PUT", path, body)
		assert.Equal(t, "already_booked", a.Members["kind"])
	}
	a = s.want(http.StatusOK, "GET", "events?state=booked,blocked", "")
	require.Len(t, a.Members["events"], 1)
	assert.Contains(t, a.Text, `"voucher":"V1"`)
	assert.Contains(t, a.Text, `"acknowledged_by":"Maija (all)"`)
	assert.Len(t, s.want(http.StatusOK, "GET", "events?state=open", "").Members["events"], 2)

	for _, body := range []string{`{"state": "booked"}`, `{"state": "blocked"}`, `{"state": "open"}`, `{}`, `{"state": "ignored", "reason": "x"}`} {
		s.want(http.StatusUnprocessableEntity, "PUT", path, body)
	}
	s.want(http.StatusNotFound, "PUT", "events/999999/acknowledgement", `{"state": "ignored"}`)
	s.want(http.StatusUnprocessableEntity, "PUT", "events/x/acknowledgement", `{"state": "ignored"}`)
	for _, q := range []string{"after=-1", "after=x", "after=99999999999999999999", "state=new", "state=open,", "from=1", "after=%00"} {
		s.want(http.StatusUnprocessableEntity, "GET", "events?"+q, "")
	}
}
