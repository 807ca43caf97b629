package sqlstore

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// Outbox keeps what is to be sent until it is. Make it with [Store.Outbox].
type Outbox struct {
	store   *Store
	company string
	tx      Tx
	lend    time.Duration // 0: lease
}

// Outbox returns the outbox of a company. Without a company [Outbox.Take] takes of all.
func (s *Store) Outbox(companyID string) *Outbox { return &Outbox{store: s, company: companyID} }

// In returns the outbox within a transaction of the caller's: an entry is put there
// together with the posting that it comes from, or not at all.
func (o *Outbox) In(tx Tx) *Outbox {
	other := *o
	other.tx = inTx(tx)
	return &other
}

// Lend returns the outbox with another time for which [Outbox.Take] lends. It must be
// longer than the caller works on what it has taken.
func (o *Outbox) Lend(d time.Duration) *Outbox {
	other := *o
	other.lend = d
	return &other
}

// OutboxState is where an entry stands.
type OutboxState string

// The states of an entry.
const (
	OutboxQueued    OutboxState = "queued"     // to be sent when it is due
	OutboxHeld      OutboxState = "held"       // a person acts first: see [Outbox.Release]
	OutboxDone      OutboxState = "done"       // it took effect
	OutboxWithdrawn OutboxState = "withdrawn"  // it was never sent, and is not to be
	OutboxNotNeeded OutboxState = "not_needed" // the same, since its invoice was settled otherwise
)

// OutboxEntry is what is to be sent: Event or Transfer, whose Key is the entry's.
type OutboxEntry struct {
	CompanyID    string
	AssignmentID string // of an event; or
	InvoiceID    string // of a transfer, or of an event whose assignment is not known yet
	Event        *ledger.Entry
	Transfer     *ledger.TransferEntry
	Due          time.Time // not before; zero: now

	// Set by the outbox.
	State     OutboxState
	Attempts  int    // how often it was taken
	LastError string // the word of the last error's kind
	Why       string // of a person, or of the last error
}

// Key is the entry's business key.
func (e *OutboxEntry) Key() string {
	switch {
	case e.Event != nil:
		return e.Event.Key
	case e.Transfer != nil:
		return e.Transfer.Key
	}
	return ""
}

func (e *OutboxEntry) kind() OutboxKind {
	if e.Transfer != nil {
		return OutboxTransfers
	}
	return OutboxEvents
}

// lease is how long an entry that was taken may be under way. The ledger sends within
// half its settle time.
const lease = 15 * time.Minute

// OutboxKind is what an entry is.
type OutboxKind string

// The kinds of entries.
const (
	OutboxEvents    OutboxKind = "event"
	OutboxTransfers OutboxKind = "transfer"
)

// Take returns entries that are due, at most limit, oldest first, and lends them to
// the caller for 15 minutes, or as [Outbox.Lend] says: nobody else is given them. With
// a kind only those are taken. Run each, and say with [Outbox.Sent] what became of it.
// One whose process was killed comes again: the ledger knows what it has sent.
func (o *Outbox) Take(ctx context.Context, limit int, only ...OutboxKind) (taken []OutboxEntry, err error) {
	query, args := outboxRows+" AND state = 'queued' AND due_at <= ?", []any{o.store.own.Environment.Name, time.Now().UnixMicro()}
	if o.company != "" {
		query, args = query+" AND company_id = ?", append(args, o.company)
	}
	if len(only) == 1 {
		query, args = query+" AND kind = ?", append(args, string(only[0]))
	}
	err = o.store.within(ctx, o.tx, func(q session, _ *state) error {
		rows, err := o.rows(ctx, q, query+" ORDER BY due_at, entry_key LIMIT ?"+o.store.dialect.forUpdate, append(args, rowsOf(limit))...)
		keys := map[string][]string{} // by company
		for _, row := range rows {
			row.Attempts++
			taken = append(taken, row.OutboxEntry)
			keys[row.CompanyID] = append(keys[row.CompanyID], row.Key())
		}
		for company, all := range keys {
			for some := range slices.Chunk(all, mostKeys) {
				if err == nil {
					err = o.taken(ctx, q, company, some)
				}
			}
		}
		return err
	})
	if err != nil {
		return nil, o.store.failed("Outbox.Take", err)
	}
	return taken, nil
}

// taken notes that entries are lent.
func (o *Outbox) taken(ctx context.Context, q session, company string, keys []string) error {
	lend := o.lend
	if lend == 0 {
		lend = lease
	}
	at := time.Now()
	condition, args := in("entry_key", keys)
	return o.store.exec(ctx, q, outboxTake+condition,
		append([]any{at.Add(lend).UnixMicro(), at.UnixMicro(), o.store.own.Environment.Name, company}, args...)...)
}

// GiveBack makes all entries due now that were taken and of which nobody has said what
// became of them, and returns how many. Only a process that knows itself to be the only
// one says so, at its start: those of one that was killed need not wait.
func (s *Store) GiveBack(ctx context.Context) (n int64, err error) {
	err = s.within(ctx, nil, func(q session, _ *state) (err error) {
		n, err = s.change(ctx, q, "UPDATE maventa_outbox SET due_at = taken_at, taken_at = 0 WHERE environment = ? AND state = 'queued' AND taken_at > 0",
			s.own.Environment.Name)
		return err
	})
	return n, s.failed("GiveBack", err)
}

// growing is how long to wait before something is tried again that failed so many times
// in a row in the same way: least after the first failure, after each further one factor
// times as long, most at the most.
func growing(least, most time.Duration, factor, failures int) time.Duration {
	wait := least
	for n := 1; n < failures && wait < most; n++ {
		wait *= time.Duration(factor)
	}
	return min(wait, most)
}

// Sent notes what became of an entry that was taken: err is the ledger's. After success
// it is done; what a person or the input must fix is held; the rest is due again after
// the time that [maventa.Advise] says. If that says none, it waits longer each time that
// the same happens: five times 1 second and then up to 1 minute, with a fault of the
// set-up 5 seconds to 15 minutes. A [ledger.Handover] that is not in collection yet is
// looked at again: give its After as again, otherwise 0.
func (o *Outbox) Sent(ctx context.Context, key string, err error, again time.Duration) error {
	return o.store.failed("Outbox.Sent", o.store.within(ctx, o.tx, func(q session, _ *state) error {
		return o.sent(ctx, q, &OutboxResult{Key: key, Err: err, Again: again})
	}))
}

func (o *Outbox) sent(ctx context.Context, q session, r *OutboxResult) error {
	advice := maventa.Advise(r.Err)
	state, due, why, failures := OutboxHeld, time.Now(), "", 0
	switch {
	case advice.Action == maventa.ActionDone && r.Again > 0:
		state, due = OutboxQueued, due.Add(r.Again)
	case advice.Action == maventa.ActionDone:
		state = OutboxDone
	case advice.Action == maventa.ActionFixSetup && wasCutOff(r.Err):
		state, due = OutboxQueued, due.Add(time.Second)
	case advice.Action == maventa.ActionRetry && advice.After > 0:
		state, due = OutboxQueued, due.Add(max(advice.After, r.Again, time.Second))
	case advice.Action == maventa.ActionRetry, advice.Action == maventa.ActionFixSetup:
		old, err := o.locked(ctx, q, r.Key)
		if err != nil {
			return err
		}
		failures = 1
		if old.LastError == advice.Kind.Word() {
			failures = old.failures + 1
		}
		wait := growing(5*time.Second, 15*time.Minute, 4, failures) // a proxy may have said it once: it is no fault of the set-up then
		if advice.Action == maventa.ActionRetry {
			const soon = 4 // more than so many times in a row is no bad luck any more
			wait = max(r.Again, growing(time.Second, time.Minute, 2, failures-soon))
		}
		state, due = OutboxQueued, due.Add(wait)
	}
	if r.Err != nil {
		why = cut(r.Err.Error(), mostWhy)
	}
	n, err := o.store.change(ctx, q, outboxSent, append([]any{string(state), due.UnixMicro(), failures, advice.Kind.Word(), why}, o.names(r.Key)...)...)
	if err == nil && n == 0 { // a person was faster, or it is not there
		err = o.sentAfterAll(ctx, q, r.Key)
	}
	return err
}

// wasCutOff reports whether an error came of the end of a context: then nothing is wrong
// with the set-up, such as the journal.
func wasCutOff(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// Release makes an entry that is held due now, after a person has acted.
func (o *Outbox) Release(ctx context.Context, key, who, why string) error {
	return o.store.failed("Outbox.Release", o.decided(ctx, key, who, why, func(_ session, old *outboxRow) error {
		if old.State != OutboxHeld {
			return refusal(ErrSettled, "the entry is not held, but "+string(old.State))
		}
		old.State, old.Due = OutboxQueued, time.Now()
		return nil
	}))
}

// Withdraw takes back an entry that was not sent, and reports whether it could: then
// its state is as [OutboxWithdrawn] or [OutboxNotNeeded], and it uses nothing of a limit or
// bank line any more. Of one that was sent, or may be on
// its way, a person's item "correction/" and its key is put on the work list instead.
//
// A program that has taken the entry more than 15 minutes ago, and longer than it was
// lent for, may send it afterwards. [Outbox.Sent] makes that a person's item, too. Of a
// transfer let ledger.Guards.LastLook say that its invoice is stopped.
func (o *Outbox) Withdraw(ctx context.Context, key string, as OutboxState, who, why string) (unsent bool, err error) {
	if as != OutboxWithdrawn && as != OutboxNotNeeded {
		return false, o.store.failed("Outbox.Withdraw", invalid(maventa.FieldProblem{Field: "state", Problem: "must be withdrawn or not_needed"}))
	}
	err = o.decided(ctx, key, who, why, func(q session, old *outboxRow) error {
		record, found, err := first(o.store.list(ctx, q, findKey, o.names(key)...))
		if err != nil {
			return err
		}
		isLent := old.takenAt != 0 && (time.Since(timeOf(old.takenAt)) < lease || time.Now().Before(old.Due))
		isOut := isLent || found && (record.Open() || record.Done())
		switch {
		case old.State == OutboxWithdrawn || old.State == OutboxNotNeeded:
			unsent = true
			return nil
		case old.State != OutboxDone && !isOut:
			unsent, old.State, old.Due = true, as, time.Now()
			return o.store.unreserve(ctx, q, o.company, key)
		}
		return o.correct(ctx, q, old, who+": "+why)
	})
	return unsent && err == nil, o.store.failed("Outbox.Withdraw", err)
}

// decided is set with who says so.
func (o *Outbox) decided(ctx context.Context, key, who, why string, do func(q session, old *outboxRow) error) error {
	if err := fit(text{"who", who, 1, mostWho}, text{"why", why, 1, mostWhy - mostWho - 2}); err != nil {
		return err
	}
	return o.set(ctx, key, func(q session, old *outboxRow) error {
		before := old.State
		err := do(q, old)
		if old.State != before {
			old.Why = who + ": " + why
		}
		return err
	})
}

// set changes an entry while nobody else does.
func (o *Outbox) set(ctx context.Context, key string, do func(q session, old *outboxRow) error) error {
	return o.store.within(ctx, o.tx, func(q session, _ *state) error {
		old, err := o.locked(ctx, q, key)
		if err == nil {
			err = do(q, old)
		}
		if err != nil {
			return err
		}
		return o.store.exec(ctx, q, outboxSet,
			append([]any{string(old.State), micros(old.Due), old.takenAt, old.LastError, old.Why}, o.names(key)...)...)
	})
}
