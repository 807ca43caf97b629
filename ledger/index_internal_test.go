package ledger

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// slowIndex is an index that walks through all records.
type slowIndex map[JournalKey]Record

func (x slowIndex) where(keep func(*Record) bool) []Record {
	var list []Record
	for _, r := range x {
		if keep(&r) {
			list = append(list, r)
		}
	}
	return oldestFirst(list)
}

// TestIndexLooks: whatever was begun and ended, a look finds what a walk through
// all records finds.
func TestIndexLooks(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	ids := []string{"A1", "A2", "A3", ""}
	x, slow := &index{}, slowIndex{}
	for step := range 4_000 {
		key := JournalKey{Environment: pick("stage", "production"), CompanyID: pick("c", "d"), Key: pick("k1", "k2", "k3", "k4", "k5", "k6")}
		stored, known := slow[key]
		record := stored
		if known && random.IntN(3) > 0 {
			record.EndedAt = stored.BegunAt
			record.Outcome = []maventa.Outcome{maventa.OutcomeApplied, maventa.OutcomeNotSent, maventa.OutcomeRejected}[random.IntN(3)]
		} else {
			record = Record{JournalKey: key, AssignmentID: pick(ids...), InvoiceID: "I1", BegunAt: time.Unix(int64(step), 0).UTC(), Baseline: []string{"e1"}}
			record.Claim = claimOf(&record)
		}
		isFree := len(slow.where(func(r *Record) bool {
			return r.JournalKey == key && (r.Open() || r.Done()) || companyOf(r) == companyOf(&record) && r.Holds() != "" && r.Holds() == record.Claim
		})) == 0
		mayEnd := known && (stored.Open() || stored.Done() && stored.isTransfer() && record.Outcome == maventa.OutcomeRejected)
		if record.Open() {
			_, taken := x.place(key).taken(&record)
			require.Equal(t, isFree, !taken, "step %d, %+v", step, record)
			mayEnd = isFree
		} else {
			require.Equal(t, mayEnd, x.place(key).mayEnd(&record), "step %d, %+v", step, record)
		}
		if !mayEnd {
			continue
		}
		x.keep(t, record)
		slow[key] = record
		for _, id := range ids {
			require.Equal(t, slow.where(func(r *Record) bool { return companyOf(r) == companyOf(&record) && r.AssignmentID == id }),
				x.forAssignment(key.Environment, key.CompanyID, id), "step %d, assignment %q", step, id)
		}
		require.Equal(t, slow.where(func(r *Record) bool { return companyOf(r) == companyOf(&record) && r.Open() }),
			x.pending(key.Environment, key.CompanyID), "step %d", step)
	}
	assert.ElementsMatch(t, slow.where(every), all(&contents{index: *x}))
}

// TestIndexTouches: a look touches the records that it returns and no others. Those
// of other assignments, and ended ones, may be any number.
func TestIndexTouches(t *testing.T) {
	x := &index{}
	for i := range 1_000 {
		r := Record{JournalKey: JournalKey{"stage", "c", fmt.Sprint(i)}, AssignmentID: fmt.Sprint("a", i/2), BegunAt: time.Unix(int64(i), 0)}
		if i%2 == 0 || i < 990 {
			r.EndedAt, r.Outcome = r.BegunAt, maventa.OutcomeApplied
		}
		r.Claim = claimOf(&r)
		x.keep(t, r)
	}
	c := x.of(companyKey{"stage", "c"})
	assert.Len(t, c.records, 1_000)
	assert.Len(t, c.open, 5)
	assert.Len(t, c.holders, 5)
	assert.Len(t, c.assignments, 500)
	for id, k := range c.assignments {
		assert.True(t, k.previous != nil && k.previous.previous == nil, id)
	}
}
