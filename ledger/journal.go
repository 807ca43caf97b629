package ledger

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
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
	// Baseline holds the ids of the assignment's events before the first byte
	// was sent.
	Baseline []string `json:"baseline,omitzero"`

	BegunAt time.Time       `json:"begun_at"`            // UTC
	EndedAt time.Time       `json:"ended_at,omitzero"`   // zero: open, what became of it is not known
	Outcome maventa.Outcome `json:"outcome,omitzero"`    // once ended: applied, rejected or not sent
	EventID string          `json:"event_id,omitzero"`   // once applied, if it is known
	Request string          `json:"request_id,omitzero"` // the service's id of the request, if it gave one
}

// Open reports whether what became of the entry is not known.
func (r *Record) Open() bool { return r.EndedAt.IsZero() }

// Done reports whether the entry took effect.
func (r *Record) Done() bool { return !r.Open() && r.Outcome == maventa.OutcomeApplied }

func clone(r Record) Record {
	r.Baseline = slices.Clone(r.Baseline)
	return r
}

// Journal remembers what was sent, so that a payment is reported exactly once
// across crashes, repeated runs and several servers. See [New].
//
// Several goroutines, processes or servers may use one journal at a time, as
// far as the implementation allows: [FileJournal] serves one process. For
// several servers keep it in a database; docs/ledger.md shows the one table,
// and ledgertest.TestJournal checks an implementation.
type Journal interface {
	// Find returns the record of a key; ok is false if there is none.
	Find(ctx context.Context, key JournalKey) (record Record, ok bool, err error)

	// Begin stores record and claims its key, atomically and durably: when it
	// returns, the record survives a crash. If the key has a record already that
	// is open or took effect, nothing is stored, claimed is false and stored is
	// that record. One that ended without effect is replaced.
	Begin(ctx context.Context, record Record) (stored Record, claimed bool, err error)

	// End stores what became of an open record, durably. The record is the one of
	// its key with the same BegunAt; if that one is not open (any more), nothing
	// is stored and the error matches [ErrJournalConflict].
	End(ctx context.Context, record Record) error

	// ForAssignment returns all records of one assignment, open and ended.
	ForAssignment(ctx context.Context, environment, companyID, assignmentID string) ([]Record, error)

	// Pending returns the open records of one company, oldest first.
	Pending(ctx context.Context, environment, companyID string) ([]Record, error)
}

// now is the time in whole microseconds: what every database keeps.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// digestOf is a keyed hash of what a call sends: it shows equal from different
// without showing the contents. The key is environment and company; it is no
// secret, so whoever knows a body can recognize it.
func (l *Ledger) digestOf(operation string, body []byte) string {
	h := hmac.New(sha256.New, []byte(l.c.Environment().Name+"\x00"+l.c.CompanyID()))
	for _, part := range []string{operation, string(body)} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
