package sqlstore

import (
	"errors"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// Sentinels for [errors.Is]. All of them match [ledger.ErrJournal] too: nothing is
// wrong with the payment, and nothing was sent.
var (
	// ErrMaybeCopy: the store may be a copy, or older than what was sent from it. It
	// is read and not written until a person says [Store.Takeover].
	ErrMaybeCopy = maventa.NewKind("store_may_be_a_copy", maventa.ActionAskPerson, ledger.ErrJournal)
	// ErrTakenOver: somebody has taken the store over a moment ago, and what was
	// sent before may still arrive. Try again after RetryAfter.
	ErrTakenOver = maventa.NewKind("store_taken_over", maventa.ActionRetry, ledger.ErrJournal)
	// ErrSchema: the tables are not those of this program: [Store.Migrate] was not
	// run, or a newer program has run it.
	ErrSchema = maventa.NewKind("store_schema", maventa.ActionFixSetup, ledger.ErrJournal)
	// ErrOtherEnvironment: the store, or the marker, belongs to another environment
	// or installation than the program says.
	ErrOtherEnvironment = maventa.NewKind("store_other_environment", maventa.ActionFixSetup, ledger.ErrJournal)
	// ErrNotDurable: the database may lose what it has committed.
	ErrNotDurable = maventa.NewKind("store_not_durable", maventa.ActionFixSetup, ledger.ErrJournal)
)

// Sentinels of the inbox, the work list and the outbox.
var (
	// ErrLookOvertaken: other processes looked for the same company at the same time, and
	// stored what they saw. Look again.
	ErrLookOvertaken = maventa.NewKind("look_overtaken", maventa.ActionRetry, nil)
	// ErrBooked: the row was booked already, and not with this voucher.
	ErrBooked = maventa.NewKind("already_booked", maventa.ActionAskPerson, nil)
	// ErrSettled: the entry is settled already, so that there is nothing to decide.
	ErrSettled = maventa.NewKind("settled_already", maventa.ActionDone, nil)
	// ErrUnfinished: what was to be forgotten is needed yet.
	ErrUnfinished = maventa.NewKind("unfinished", maventa.ActionAskPerson, nil)
)

// refusal is an error of this package's own finding.
func refusal(kind *maventa.Kind, hint string) *maventa.Error {
	return &maventa.Error{Phase: ledger.PhaseJournal, Outcome: maventa.OutcomeNotSent, Kind: kind, Hint: hint}
}

// failed is the error of an operation of the store, whatever err is.
func (s *Store) failed(operation string, err error) error {
	if err == nil {
		return nil
	}
	failure := &maventa.Error{Phase: ledger.PhaseJournal, Outcome: maventa.OutcomeNotSent, Kind: ledger.ErrJournal, Err: err}
	if own, ok := errors.AsType[*maventa.Error](err); ok {
		copied := *own
		failure = &copied
	}
	failure.Operation = "sqlstore." + operation
	return failure
}
