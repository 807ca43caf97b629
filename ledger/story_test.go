package ledger_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// assertSuccess: what is said to be done is done.
func (s *story) assertSuccess(key string, ensured *ledger.Ensured) {
	if ensured.AssignmentID == "" {
		assert.Equal(s.t, 1, transfersOf(s.srv, ensured.InvoiceID), "%s: false success", key)
		return
	}
	i := slices.IndexFunc(s.items, func(item ledger.Item) bool { return item.Key == key })
	want := kindOf(s.items[i].Event)
	ids := s.sent(ensured.AssignmentID)[want]
	claims := 0
	for k, other := range s.said {
		same := slices.ContainsFunc(s.items, func(item ledger.Item) bool { return item.Key == k && kindOf(item.Event) == want })
		if same && other.AssignmentID == ensured.AssignmentID {
			claims++
		}
	}
	assert.GreaterOrEqual(s.t, len(ids), claims, "%s: false success", key)
	if ensured.EventID != "" {
		assert.Contains(s.t, ids, ensured.EventID, "%s: not its event", key)
	}
}

// kindOf is what equal events have in common.
func kindOf(e maventa.NewEvent) string {
	value := ""
	if a, ok := e.Amount.Get(); ok {
		cents, _ := a.Coefficient(2)
		value = fmt.Sprint(cents)
	}
	return strings.Join([]string{string(e.Type), value, e.Date.String(), e.Comment}, "|")
}

// sent lists the ids of the sender's events on an assignment, by kind.
func (s *story) sent(assignmentID string) map[string][]string {
	kinds := map[string][]string{}
	a, _ := s.srv.Assignment(assignmentID)
	for _, e := range a.Events {
		if e.Author != "sender" {
			continue
		}
		event := maventa.NewEvent{Type: maventa.EventType(e.Type), Comment: e.Comment}
		if e.Amount != "" {
			event.Amount = someAmount(e.Amount)
		}
		if e.Date != "" {
			event.Date = date(e.Date)
		}
		kinds[kindOf(event)] = append(kinds[kindOf(event)], e.ID)
	}
	return kinds
}

// assignmentOf is where an item belongs.
func (s *story) assignmentOf(item ledger.Item) string {
	if item.AssignmentID != "" {
		return item.AssignmentID
	}
	return s.srv.AssignmentOf(item.InvoiceID)
}

// decide is the person who deals with a possible duplicate: one that compares
// the events on the service with the entries of the journal.
func (s *story) decide(journal ledger.Journal, r ledger.Result) {
	item := r.Item
	assignmentID := s.assignmentOf(item)
	entries, err := journal.ForAssignment(s.t.Context(), "maventatest", s.srv.CompanyID(), assignmentID)
	require.NoError(s.t, err)
	free, nameless := s.sent(assignmentID)[kindOf(item.Event)], 0
	for _, other := range s.items { // what is somebody else's, or was given to them just now
		if other.Key == item.Key {
			continue
		}
		for _, e := range entries {
			if e.Key == other.Key && e.Done() {
				free = slices.DeleteFunc(free, func(id string) bool { return id == e.EventID })
				if e.EventID == "" && kindOf(other.Event) == kindOf(item.Event) {
					nameless++
				}
			}
		}
		free = slices.DeleteFunc(free, func(id string) bool { return id == other.Adopt })
	}
	free = free[min(nameless, len(free)):]
	for i := range s.items {
		if s.items[i].Key == item.Key {
			if s.items[i].Adopt = ""; len(free) > 0 {
				s.items[i].Adopt, s.items[i].NotMine = free[0], nil
			} else {
				s.items[i].NotMine = append(s.items[i].NotMine, asFailure(r.Err).Details...)
			}
		}
	}
}

// correct is the person who deals with contents that were refused: under the same
// key other contents are a new attempt. What stands between had refused them.
func (s *story) correct(key string) {
	for i := range s.items {
		if s.items[i].Key == key {
			s.items[i].Event.Comment += "corrected"
		}
	}
}

// agencyBooks: the debtors pay the agency too, sometimes the very same.
func (s *story) agencyBooks() {
	for _, item := range s.items {
		if id := s.assignmentOf(item); id != "" && s.random.IntN(8) == 0 {
			s.srv.Agency().Paid(id, "10.00", payday.String())
			s.agency[id]++
		}
	}
}

// log tells what was sent, for a story that went wrong.
func (s *story) log() string {
	var b strings.Builder
	requests := s.srv.Requests()
	for _, r := range requests {
		fmt.Fprintf(&b, "\n%16s %-24s %s %s %d committed=%v %.90s", r.Time.Sub(requests[0].Time), r.Op, r.Path, r.Fault, r.Status, r.Committed, r.Body)
	}
	for _, item := range s.items {
		fmt.Fprintf(&b, "\n%s %s%s %s: %+v", item.Key, item.AssignmentID, item.InvoiceID, kindOf(item.Event), s.said[item.Key])
	}
	return b.String()
}

func (s *story) done() bool { return len(s.open) == 0 }

// audit compares the ledger, the journal and the service.
func (s *story) audit() {
	want := map[string]map[string]int{} // events by assignment and kind
	sum := map[string]int64{}           // cents by assignment
	for _, item := range s.items {
		id := s.assignmentOf(item)
		if want[id] == nil {
			want[id] = map[string]int{}
		}
		want[id][kindOf(item.Event)]++
		if a, ok := item.Event.Amount.Get(); ok {
			cents, err := a.Coefficient(2)
			require.NoError(s.t, err)
			sum[id] += cents
		}
	}
	journal := s.journal()
	for id, kinds := range want {
		got := map[string]int{}
		for kind, ids := range s.sent(id) {
			got[kind] = len(ids)
		}
		assert.Equal(s.t, kinds, got, "the events of %s", id)
		a, _ := s.srv.Assignment(id)
		left := 10000_00 - sum[id] - 10_00*int64(s.agency[id])
		assert.Equal(s.t, fmt.Sprintf("%d.%02d", left/100, left%100), a.OpenAmount, "what is open of %s", id)
		entries, err := journal.ForAssignment(s.t.Context(), "maventatest", s.srv.CompanyID(), id)
		require.NoError(s.t, err)
		seen := map[string]bool{}
		for _, e := range entries {
			assert.True(s.t, e.Done(), "%s ended as %s", e.Key, e.Outcome)
			assert.False(s.t, e.EventID != "" && seen[e.EventID], "two entries for one event")
			seen[e.EventID] = true
		}
	}
	for invoice := range s.transfers {
		assert.Equal(s.t, 1, transfersOf(s.srv, invoice), "transfers of %s", invoice)
	}
	pending, err := journal.Pending(s.t.Context(), "maventatest", s.srv.CompanyID())
	require.NoError(s.t, err)
	assert.Empty(s.t, pending)
	assert.Empty(s.t, s.srv.StrayAddresses())
}
