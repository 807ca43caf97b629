package ledger

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/maventa-go/maventa"
)

// JournalKey names one thing to be done exactly once: an entry of the caller's
// books, in one environment and company.
type JournalKey struct {
	Environment string `json:"environment"`
	CompanyID   string `json:"company_id"`
	Key         string `json:"key"`
}

// Record is what a [Journal] keeps about one key: enough to find out after a
// crash what became of it, and an audit trail. It holds no names and no texts.
type Record struct {
	JournalKey
	Operation    string                      `json:"operation"`
	InvoiceID    string                      `json:"invoice_id,omitzero"`
	AssignmentID string                      `json:"assignment_id,omitzero"`
	EventType    maventa.EventType           `json:"event_type,omitzero"`
	Amount       maventa.Opt[maventa.Amount] `json:"amount,omitzero"` // in the assignment's currency
	Date         maventa.Date                `json:"date,omitzero"`

	// Digest shows whether the same key came back with another body.
	Digest string `json:"digest"`
	// Claim names what the record is about: "assignment/" and an id for an event,
	// "invoice/", an id and "/collection" for a transfer, "/collection/2" for one of a
	// second case. [Record.Holds] says whether it is held.
	Claim string `json:"claim,omitzero"`
	// Attempt is a random name of the attempt. It tells a record from another
	// server's of the same key and microsecond.
	Attempt string `json:"attempt,omitzero"`
	// Baseline is what was there before the first byte was sent: the ids of the
	// assignment's events; of a transfer the status, and for a second case the id
	// of the first one's assignment.
	Baseline []string `json:"baseline,omitzero"`

	BegunAt time.Time `json:"begun_at"` // UTC
	// SettleBy is when the writer's settle time is over. Until then nobody
	// concludes that the attempt never arrived, however short his own is.
	SettleBy time.Time `json:"settle_by,omitzero"` // UTC

	EndedAt time.Time       `json:"ended_at,omitzero"`   // zero: open, what became of it is not known
	Outcome maventa.Outcome `json:"outcome,omitzero"`    // once ended: applied, rejected or not sent
	EventID string          `json:"event_id,omitzero"`   // once applied, if it is known
	Request string          `json:"request_id,omitzero"` // the service's id of the request, if it gave one
	// InCollection is the id of the assignment that came of an applied transfer, once
	// it is known.
	InCollection string `json:"in_collection,omitzero"`
	// Attempts counts a transfer's attempts under the key up to this one, without those
	// that certainly did not reach the agency.
	Attempts int `json:"attempts,omitzero"`
	// Status is the HTTP status of a refusal. Of an open record it is what the
	// attempt was answered with, by whoever did: it counts if the attempt is found
	// absent.
	Status int `json:"status,omitzero"`
}

// Open reports whether what became of the entry is not known: it did not end, or
// its outcome is none of applied, rejected and not sent.
func (r *Record) Open() bool { return r.EndedAt.IsZero() || r.Outcome == maventa.OutcomeUnknown }

// Done reports whether the entry took effect.
func (r *Record) Done() bool { return !r.Open() && r.Outcome == maventa.OutcomeApplied }

// Holds returns the claim that the record holds, and "" if it holds none: an
// event's while it is open, a transfer's until it ends without effect. At most
// one record of a company holds a claim.
func (r *Record) Holds() string {
	if r.Open() || r.Done() && r.isTransfer() {
		return r.Claim
	}
	return ""
}

func (r *Record) isTransfer() bool { return r.AssignmentID == "" }

// claimOf is the claim of a record. An invoice has one transfer at a time,
// whichever agency it went to and with reminders or without: one call shows the
// state of all of them.
func claimOf(r *Record) string {
	if r.isTransfer() {
		return "invoice/" + r.InvoiceID + "/collection"
	}
	return "assignment/" + r.AssignmentID
}

// Journal remembers what was sent, so that a payment is reported exactly once
// across crashes, repeated runs and several servers. See [New].
//
// Several goroutines, processes or servers may use one journal at a time, as
// far as the implementation allows: [FileJournal] serves one process. For
// several servers keep it in a database; docs/ledger.md shows the one table,
// and ledgertest.TestJournal checks an implementation.
type Journal interface {
	// Find returns the record of a key; ok is false if there is none. Keys, ids and
	// claims are compared byte by byte.
	Find(ctx context.Context, key JournalKey) (record Record, ok bool, err error)

	// Begin stores record and claims its key and its Claim, in one atomic step and
	// durably: when it returns, the record survives a crash. If the key has a
	// record already that is open or took effect, or if another record of the
	// company holds the claim (see [Record.Holds]), nothing is stored, claimed is
	// false and stored is that record, perhaps of another key. A record of the key
	// that ended without effect is replaced.
	Begin(ctx context.Context, record Record) (stored Record, claimed bool, err error)

	// End stores what became of a record, durably, and gives up its claim unless
	// it holds it still. The record is the one of its key with the same BegunAt.
	// It must be open, or a transfer that was applied and is rejected now, since the
	// agency refused it later, or that is stored once more with its InCollection.
	// Otherwise nothing is stored and the error matches [ErrJournalConflict]. A record without EndedAt does not end: it stores the
	// Status of an open one, which stays open.
	End(ctx context.Context, record Record) error

	// ForAssignment returns all records of one assignment, open and ended. Its id,
	// and the company's, are written as in the records: a UUID in small letters.
	ForAssignment(ctx context.Context, environment, companyID, assignmentID string) ([]Record, error)

	// Pending returns the open records of one company, oldest first.
	Pending(ctx context.Context, environment, companyID string) ([]Record, error)
}

// begin is Begin of the journal for an attempt of this ledger. After an error it
// reads what the journal holds: it may have stored the record all the same.
func (l *Ledger) begin(ctx context.Context, record Record) (stored Record, claimed bool, err *maventa.Error) {
	if record.Attempt = rand.Text(); record.Claim == "" {
		record.Claim = claimOf(&record)
	}
	record.SettleBy = record.BegunAt.Add(l.settle)
	stored, claimed, failure := l.journal.Begin(ctx, record)
	if failure == nil {
		return stored, claimed, nil
	}
	stored, found, readFailure := readBack(ctx, l.journal, record.JournalKey)
	switch {
	case readFailure != nil:
		return Record{}, false, l.journalFailure(failure, maventa.OutcomeUnknown)
	case found && stored.Open() && stored.Attempt == record.Attempt:
		return stored, true, nil
	case found && stored.Open(): // another process's attempt
		return Record{}, false, l.journalFailure(failure, maventa.OutcomeUnknown)
	}
	return Record{}, false, l.journalFailure(failure, maventa.OutcomeNotSent)
}

// journalTime bounds what must be written or read although the caller's context
// is over.
const journalTime = 30 * time.Second

// endRecord ends a record also when ctx is over. After an error it reads whether
// the journal holds the end all the same, or another process's equal one.
func endRecord(ctx context.Context, j Journal, record Record) error {
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), journalTime)
	defer cancel()
	err := j.End(ending, record)
	if err == nil {
		return nil
	}
	stored, found, readFailure := readBack(ctx, j, record.JournalKey)
	isEnded := readFailure == nil && found && !stored.Open() && stored.Attempt == record.Attempt && stored.BegunAt.Equal(record.BegunAt)
	if isEnded && stored.Outcome == record.Outcome && stored.EventID == record.EventID && stored.InCollection == record.InCollection {
		return nil
	}
	return err
}

// readBack is Find after a write that failed.
func readBack(ctx context.Context, j Journal, key JournalKey) (Record, bool, error) {
	reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), journalTime)
	defer cancel()
	return j.Find(reading, key)
}

// left is how long nobody may conclude yet that an attempt never arrived: until
// the settle times of its writer and of this ledger are over.
func (l *Ledger) left(record *Record) time.Duration {
	by := record.BegunAt.Add(l.settle)
	if record.SettleBy.After(by) {
		by = record.SettleBy
	}
	return time.Until(by)
}

// now is the time in whole microseconds: what every database keeps.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
