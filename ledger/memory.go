package ledger

import (
	"context"
	"sync"

	"github.com/maventa-go/maventa"
)

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
	r, ok := j.index.find(key)
	return r, ok, nil
}

// Begin implements [Journal].
func (j *MemoryJournal) Begin(_ context.Context, record Record) (Record, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := j.index.place(record.JournalKey)
	if stored, taken := p.taken(&record); taken {
		return stored, false, nil
	}
	if err := p.keep(&record); err != nil {
		return Record{}, false, journalError("Journal.Begin", err)
	}
	return record, true, nil
}

// End implements [Journal].
func (j *MemoryJournal) End(_ context.Context, record Record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := j.index.place(record.JournalKey)
	if !p.mayEnd(&record) {
		return journalConflict()
	}
	if err := p.keep(&record); err != nil {
		return journalError("Journal.End", err)
	}
	return nil
}

// ForAssignment implements [Journal].
func (j *MemoryJournal) ForAssignment(_ context.Context, environment, companyID, assignmentID string) ([]Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.index.forAssignment(environment, companyID, assignmentID), nil
}

// Pending implements [Journal].
func (j *MemoryJournal) Pending(_ context.Context, environment, companyID string) ([]Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.index.pending(environment, companyID), nil
}
