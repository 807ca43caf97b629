package ledger

import (
	"context"
	"slices"
	"sync"

	"github.com/maventa-go/maventa"
)

// index is a journal in memory; the file journal adds durability.
type index struct{ records map[JournalKey]Record }

// find is Find of both journals.
func (x *index) find(key JournalKey) (Record, bool, error) {
	r, ok := x.records[key]
	return clone(r), ok, nil
}

// taken returns the record of a key that may not be claimed.
func (x *index) taken(key JournalKey) (Record, bool) {
	r, ok := x.records[key]
	return clone(r), ok && (r.Open() || r.Done())
}

// mayEnd reports whether record ends an open one.
func (x *index) mayEnd(record *Record) bool {
	r, ok := x.records[record.JournalKey]
	return ok && r.Open() && r.BegunAt.Equal(record.BegunAt) && !record.Open()
}

func (x *index) put(record Record) {
	if x.records == nil {
		x.records = map[JournalKey]Record{}
	}
	x.records[record.JournalKey] = clone(record)
}

// list returns the records that keep accepts, oldest first.
func (x *index) list(keep func(*Record) bool) []Record {
	var list []Record
	for _, r := range x.records {
		if keep(&r) {
			list = append(list, clone(r))
		}
	}
	slices.SortFunc(list, func(a, b Record) int { return a.BegunAt.Compare(b.BegunAt) })
	return list
}

func ofAssignment(environment, companyID, assignmentID string) func(*Record) bool {
	return func(r *Record) bool {
		return r.Environment == environment && r.CompanyID == companyID && r.AssignmentID == assignmentID
	}
}

func openOf(environment, companyID string) func(*Record) bool {
	return func(r *Record) bool {
		return r.Open() && r.Environment == environment && r.CompanyID == companyID
	}
}

func journalConflict() *maventa.Error {
	return &maventa.Error{
		Operation: "Journal.End", Phase: PhaseJournal, Outcome: maventa.OutcomeNotSent, Kind: ErrJournalConflict,
		Hint: "the entry is not open, or not any more",
	}
}

// MemoryJournal is a [Journal] that ends with the process. It guards against
// everything but a crash: use it in tests, or where a crash is looked into by a
// person. Make it with [NewMemory].
type MemoryJournal struct {
	mu    sync.Mutex
	index index
}

// NewMemory returns an empty journal.
func NewMemory() *MemoryJournal { return &MemoryJournal{} }

// Find implements [Journal].
func (j *MemoryJournal) Find(_ context.Context, key JournalKey) (Record, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.index.find(key)
}

// Begin implements [Journal].
func (j *MemoryJournal) Begin(_ context.Context, record Record) (Record, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if stored, taken := j.index.taken(record.JournalKey); taken {
		return stored, false, nil
	}
	j.index.put(record)
	return record, true, nil
}

// End implements [Journal].
func (j *MemoryJournal) End(_ context.Context, record Record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.index.mayEnd(&record) {
		return journalConflict()
	}
	j.index.put(record)
	return nil
}

// ForAssignment implements [Journal].
func (j *MemoryJournal) ForAssignment(_ context.Context, environment, companyID, assignmentID string) ([]Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.index.list(ofAssignment(environment, companyID, assignmentID)), nil
}

// Pending implements [Journal].
func (j *MemoryJournal) Pending(_ context.Context, environment, companyID string) ([]Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.index.list(openOf(environment, companyID)), nil
}
