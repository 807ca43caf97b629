package maventa

import (
	"context"
	"slices"
	"sync"
	"time"
)

// JournalKey names one thing to be done exactly once: an entry of the caller's
// ledger, in one environment and company.
type JournalKey struct {
	Environment string `json:"environment"`
	CompanyID   string `json:"company_id"`
	Key         string `json:"key"`
}

// JournalEntry is what a [Journal] keeps about one key: enough to find out after
// a crash what became of it, and an audit trail. It holds no names and no texts.
type JournalEntry struct {
	JournalKey
	Operation    string      `json:"operation"`
	InvoiceID    string      `json:"invoice_id,omitzero"`
	AssignmentID string      `json:"assignment_id,omitzero"`
	EventType    EventType   `json:"event_type,omitzero"`
	Amount       Opt[Amount] `json:"amount,omitzero"` // in the assignment's currency
	Date         Date        `json:"date,omitzero"`

	// Digest tells whether the same key came back with another body.
	Digest string `json:"digest"`
	// Baseline holds the ids of the assignment's events before the first byte
	// was sent.
	Baseline []string `json:"baseline,omitzero"`

	BegunAt time.Time `json:"begun_at"`            // UTC
	EndedAt time.Time `json:"ended_at,omitzero"`   // zero: open, what became of it is not known
	Outcome Outcome   `json:"outcome,omitzero"`    // once ended: applied, rejected or not sent
	EventID string    `json:"event_id,omitzero"`   // once applied, if it is known
	Request string    `json:"request_id,omitzero"` // the service's id of the request, if it gave one
}

// Open reports whether what became of the entry is not known.
func (e *JournalEntry) Open() bool { return e.EndedAt.IsZero() }

// Done reports whether the entry took effect.
func (e *JournalEntry) Done() bool { return !e.Open() && e.Outcome == OutcomeApplied }

// Journal remembers what was sent, so that a payment is reported exactly once
// across crashes, repeated runs and several servers. See
// [AssignmentService.EnsureEvent].
//
// Several goroutines, processes or servers may use one journal at a time, as
// far as the implementation allows: [FileJournal] serves one process. For
// several servers keep it in a database; docs/ledger.md shows the one table,
// and maventatest.TestJournal checks an implementation.
type Journal interface {
	// Find returns the entry of a key; ok is false if there is none.
	Find(ctx context.Context, key JournalKey) (entry JournalEntry, ok bool, err error)

	// Begin stores entry and claims its key, atomically and durably: when it
	// returns, the entry survives a crash. If the key has an entry already that
	// is open or took effect, nothing is stored, claimed is false and stored is
	// that entry. An entry that ended without effect is replaced.
	Begin(ctx context.Context, entry JournalEntry) (stored JournalEntry, claimed bool, err error)

	// End stores what became of an open entry, durably. The entry is the one of
	// its key with the same BegunAt; if that one is not open (any more), nothing
	// is stored and the error matches [ErrJournalConflict].
	End(ctx context.Context, entry JournalEntry) error

	// ForAssignment returns all entries of one assignment, open and ended.
	ForAssignment(ctx context.Context, environment, companyID, assignmentID string) ([]JournalEntry, error)

	// Pending returns the open entries of one company, oldest first.
	Pending(ctx context.Context, environment, companyID string) ([]JournalEntry, error)
}

// journalIndex is a journal in memory; the file journal adds durability.
type journalIndex struct {
	entries map[JournalKey]JournalEntry
}

// begin returns what to store: nothing if the key is taken.
func (x *journalIndex) taken(key JournalKey) (JournalEntry, bool) {
	e, ok := x.entries[key]
	return cloneEntry(e), ok && (e.Open() || e.Done())
}

// mayEnd reports whether entry ends an open one.
func (x *journalIndex) mayEnd(entry *JournalEntry) bool {
	e, ok := x.entries[entry.JournalKey]
	return ok && e.Open() && e.BegunAt.Equal(entry.BegunAt) && !entry.Open()
}

func (x *journalIndex) put(entry JournalEntry) {
	if x.entries == nil {
		x.entries = map[JournalKey]JournalEntry{}
	}
	x.entries[entry.JournalKey] = cloneEntry(entry)
}

// list returns the entries that keep accepts, oldest first.
func (x *journalIndex) list(keep func(*JournalEntry) bool) []JournalEntry {
	var list []JournalEntry
	for _, e := range x.entries {
		if keep(&e) {
			list = append(list, cloneEntry(e))
		}
	}
	slices.SortFunc(list, func(a, b JournalEntry) int { return a.BegunAt.Compare(b.BegunAt) })
	return list
}

func ofAssignment(environment, companyID, assignmentID string) func(*JournalEntry) bool {
	return func(e *JournalEntry) bool {
		return e.Environment == environment && e.CompanyID == companyID && e.AssignmentID == assignmentID
	}
}

func openOf(environment, companyID string) func(*JournalEntry) bool {
	return func(e *JournalEntry) bool {
		return e.Open() && e.Environment == environment && e.CompanyID == companyID
	}
}

func cloneEntry(e JournalEntry) JournalEntry {
	e.Baseline = slices.Clone(e.Baseline)
	return e
}

// MemoryJournal is a [Journal] that ends with the process. It guards against
// everything but a crash: use it in tests, or where a crash is looked into by a
// person.
type MemoryJournal struct {
	mu    sync.Mutex
	index journalIndex
}

// NewMemoryJournal returns an empty journal.
func NewMemoryJournal() *MemoryJournal { return &MemoryJournal{} }

// Find implements [Journal].
func (j *MemoryJournal) Find(_ context.Context, key JournalKey) (JournalEntry, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e, ok := j.index.entries[key]
	return cloneEntry(e), ok, nil
}

// Begin implements [Journal].
func (j *MemoryJournal) Begin(_ context.Context, entry JournalEntry) (JournalEntry, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if stored, taken := j.index.taken(entry.JournalKey); taken {
		return stored, false, nil
	}
	j.index.put(entry)
	return entry, true, nil
}

// End implements [Journal].
func (j *MemoryJournal) End(_ context.Context, entry JournalEntry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.index.mayEnd(&entry) {
		return journalConflict()
	}
	j.index.put(entry)
	return nil
}

// ForAssignment implements [Journal].
func (j *MemoryJournal) ForAssignment(_ context.Context, environment, companyID, assignmentID string) ([]JournalEntry, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.index.list(ofAssignment(environment, companyID, assignmentID)), nil
}

// Pending implements [Journal].
func (j *MemoryJournal) Pending(_ context.Context, environment, companyID string) ([]JournalEntry, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.index.list(openOf(environment, companyID)), nil
}

// journalTime is now, in whole microseconds: what every database keeps.
func journalTime() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

func journalConflict() *Error {
	return &Error{Operation: "Journal.End", Phase: PhaseJournal, Outcome: OutcomeNotSent, Kind: ErrJournalConflict, Hint: "the entry is not open, or not any more"}
}
