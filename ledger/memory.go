package ledger

import (
	"context"
	"slices"
	"sync"

	"github.com/maventa-go/maventa"
)

// index is a journal in memory; the file journal adds durability.
type index struct {
	records map[JournalKey]Record
	holders map[JournalKey]JournalKey // of claims; the key of a claim is its name
}

// claimKey names a claim in its company.
func claimKey(r *Record) JournalKey {
	return JournalKey{Environment: r.Environment, CompanyID: r.CompanyID, Key: r.Claim}
}

// find is Find of both journals.
func (x *index) find(key JournalKey) (Record, bool, error) {
	r, ok := x.records[key]
	return clone(r), ok, nil
}

// taken returns the record that keeps this one from being begun: the one of its
// key, or the one that holds its claim.
func (x *index) taken(record *Record) (Record, bool) {
	if r, ok := x.records[record.JournalKey]; ok && (r.Open() || r.Done()) {
		return clone(r), true
	}
	holder, ok := x.holders[claimKey(record)]
	return clone(x.records[holder]), ok
}

// mayEnd reports whether record ends one as [Journal.End] allows.
func (x *index) mayEnd(record *Record) bool {
	r, ok := x.records[record.JournalKey]
	switch {
	case !ok || !r.BegunAt.Equal(record.BegunAt):
		return false
	case record.Open():
		return r.Open() && record.EndedAt.IsZero() && record.Status != 0 && r.Attempt == record.Attempt
	}
	return r.Open() || r.Done() && r.isTransfer() && record.Outcome == maventa.OutcomeRejected
}

// put stores a record in the place of its key's earlier one.
func (x *index) put(record Record) {
	if x.records == nil {
		x.records, x.holders = map[JournalKey]Record{}, map[JournalKey]JournalKey{}
	}
	if earlier := x.records[record.JournalKey]; earlier.Holds() != "" {
		delete(x.holders, claimKey(&earlier))
	}
	if record.Holds() != "" {
		x.holders[claimKey(&record)] = record.JournalKey
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
	if stored, taken := j.index.taken(&record); taken {
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
