package worker

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// batch is how many entries of a company are taken at once.
const batch = 50

// send sends what a company has due, for some seconds; whoever looks next sees that
// there is more.
func (w *Worker) send(ctx context.Context, companyID string) error {
	c := w.company(companyID)
	if c == nil {
		return nil
	}
	for end := time.Now().Add(stepTime); time.Now().Before(end) && !w.isStopping(); {
		isMore, err := w.sendBatch(ctx, c)
		if err != nil || !isMore {
			return err
		}
	}
	return nil
}

// result is what became of an entry that was taken.
type result struct {
	entry  *sqlstore.OutboxEntry
	stands *ledger.Handover // of a transfer
	err    error
	again  time.Duration // without an error: it is not settled, look again
	drop   bool          // a person has dropped it
	none   bool          // its invoice was settled without collection
}

// sendBatch takes entries, sends them and stores what became of each: what was sent is
// stored also when ctx has ended.
func (w *Worker) sendBatch(ctx context.Context, c *company) (isMore bool, err error) {
	if active, err := w.isActive(ctx, c.id()); err != nil || !active {
		return false, err // it was set aside or offboarded after the job was inserted
	}
	if paused, _, err := w.store.Paused(ctx); err != nil || paused {
		return false, err
	}
	taken, err := w.store.Outbox(c.id()).Lend(lending).Take(ctx, batch)
	if err != nil || len(taken) == 0 {
		return false, err
	}
	dropped, err := w.store.WorkList(c.id()).ApplyAll(ctx, taken) // what persons have decided
	if err != nil {
		return false, err
	}
	results := make([]result, len(taken))
	for i := range taken {
		results[i] = result{entry: &taken[i], drop: dropped[i]}
	}
	w.transfer(ctx, c, results) // before what is reported of their invoices
	w.report(ctx, c, results)
	for i := range results { // what a pause stopped goes on after it: no person decides on each
		if r := &results[i]; errors.Is(r.err, ledger.ErrPaused) {
			r.err, r.again = nil, pauseWait
		}
	}
	if err := w.book(ctx, c, results); err != nil {
		return false, err
	}
	if reason := mostlyRefused(results); reason != nil {
		return false, w.setAside(ctx, c, reason)
	}
	return len(taken) == batch, nil
}

// transfer takes each transfer one step further, some at a time.
func (w *Worker) transfer(ctx context.Context, c *company, results []result) {
	const atOnce = 8
	slots := make(chan struct{}, atOnce)
	var (
		wg     sync.WaitGroup
		panics call.Panics // of an observer: the job fails of one, not the process
	)
	for i := range results {
		r := &results[i]
		if r.entry.Transfer == nil || r.drop {
			continue
		}
		slots <- struct{}{}
		if w.isStopping() { // the others come again
			r.again = time.Second
			<-slots
			continue
		}
		wg.Go(func() {
			defer func() { <-slots }()
			defer panics.Keep()
			r.stands, r.err = c.ledger.EnsureTransfer(ctx, r.entry.InvoiceID, *r.entry.Transfer)
			if r.err == nil && r.stands.State != maventa.TransferInCollection {
				r.again = max(min(r.stands.After, w.config.Follow), time.Second) // no later than events are looked for
			}
		})
	}
	wg.Wait()
	panics.Raise()
}

// report reports what there is of the other entries.
func (w *Worker) report(ctx context.Context, c *company, results []result) {
	var items []ledger.Item
	var of []*result
	for i := range results {
		if r := &results[i]; r.entry.Event != nil && !r.drop {
			items = append(items, ledger.Item{AssignmentID: r.entry.AssignmentID, InvoiceID: r.entry.InvoiceID, Entry: *r.entry.Event})
			of = append(of, r)
		}
	}
	for begun := 0; begun < len(items); begun += chunk {
		n := min(begun+chunk, len(items))
		if w.isStopping() { // the others come again
			for _, r := range of[begun:] {
				r.again = time.Second
			}
			return
		}
		for i, done := range c.ledger.EnsureEvents(ctx, items[begun:n]) {
			w.reported(ctx, c, of[begun+i], done.Err)
		}
	}
}

// chunk is how many are reported before it is asked whether the worker is to end.
const chunk = 16

// reported takes in what became of an entry that was reported.
func (w *Worker) reported(ctx context.Context, c *company, r *result, err error) {
	r.err = err
	if r.entry.AssignmentID != "" || !errors.Is(err, maventa.ErrNotFound) {
		return
	}
	r.none, r.err = w.isSettled(ctx, c, r.entry.InvoiceID)
	_, isOwn := errors.AsType[*maventa.Error](r.err)
	switch {
	case r.err != nil && !isOwn: // the database's, or the time of the job: no person's business
		w.config.Log.WarnContext(ctx, "whether an invoice is settled is asked again", "company", c.id(), "error", r.err)
		r.err, r.again = nil, time.Second
	case r.err == nil && !r.none:
		r.again = min(w.config.Follow, waitForCase) // it is not in collection yet
	}
}

// pauseWait is when what was under way in the moment of a pause is tried again.
const pauseWait = 10 * time.Second

// waitForCase is how long what is reported of an invoice waits, at most, until it is
// looked for again whether that is in collection.
const waitForCase = 5 * time.Minute

// isSettled reports whether an invoice is paid and no agency has it, or may get it yet:
// nobody has to hear of its payments.
func (w *Worker) isSettled(ctx context.Context, c *company, invoiceID string) (bool, error) {
	stands, err := w.lastLook(ctx, c.id(), invoiceID)
	if err != nil {
		return false, err
	}
	open, isKnown := stands.Open.Get()
	if !isKnown || open.Sign() > 0 {
		return false, nil
	}
	entries, err := w.store.Outbox(c.id()).ForInvoice(ctx, invoiceID)
	if err != nil {
		return false, err
	}
	for i := range entries {
		e := &entries[i]
		if e.Transfer == nil {
			continue
		}
		record, found, err := w.store.Journal().Find(ctx, ledger.JournalKey{Environment: w.config.Environment.Name, CompanyID: c.id(), Key: e.Key()})
		if err != nil || found && (record.Open() || record.Done()) {
			return false, err // it may arrive later than the status shows
		}
	}
	return c.client.Invoices.TransferAbsent(ctx, invoiceID)
}

// book stores what became of the entries, in one transaction.
func (w *Worker) book(ctx context.Context, c *company, results []result) error {
	ctx, cancel := ending(ctx)
	defer cancel()
	return w.db.within(ctx, func(tx *sql.Tx) error {
		out := w.store.Outbox(c.id()).In(tx)
		var sent []sqlstore.OutboxResult
		for _, r := range results {
			key := r.entry.Key()
			var err error
			switch {
			case r.drop:
				err = giveBack(ctx, out, key, sqlstore.OutboxWithdrawn, "it was dropped")
			case r.none:
				err = giveBack(ctx, out, key, sqlstore.OutboxNotNeeded, "the invoice was settled without collection")
			default:
				sent = append(sent, sqlstore.OutboxResult{Key: key, Stands: r.stands, Err: r.err, Again: r.again})
			}
			if err == nil {
				err = noteFields(ctx, tx, c.id(), key, r.err)
			}
			if err != nil {
				return err
			}
			if !r.drop && !r.none && (r.err != nil || r.again == 0) { // it does not just wait
				w.config.OnEntry(kindOf(r.entry), r.err)
			}
			w.notSettled(ctx, c, &r)
		}
		if err := out.SentAll(ctx, sent); err != nil {
			return err
		}
		return w.store.WorkList(c.id()).In(tx).NoteAll(ctx, sent)
	})
}

// notSettled logs what became of an entry that did not take effect: of one that a person
// deals with at once; of those that are tried again one line now and again, since a
// service that is away fails all of them.
func (w *Worker) notSettled(ctx context.Context, c *company, r *result) {
	if r.err == nil {
		return
	}
	advice := maventa.Advise(r.err)
	level, word := slog.LevelInfo, advice.Kind.Word()
	if advice.Action == maventa.ActionRetry || advice.Action == maventa.ActionFixSetup {
		if _, isNews := w.failed("send "+word, c.id()); !isNews {
			return
		}
	}
	args := []any{"company", c.id(), "target", r.entry.AssignmentID + r.entry.InvoiceID, "kind", word, "advice", advice.Action}
	if own, ok := errors.AsType[*maventa.Error](r.err); ok && advice.Action == maventa.ActionFixSetup { // somebody has to act
		level, args = slog.LevelWarn, append(args, "hint", own.Hint) // our words, not the service's
	}
	w.config.Log.Log(ctx, level, "not settled", args...)
}

// giveBack ends an entry that was taken and not sent. One that an earlier run may have
// sent is held instead: what is to be corrected stands on the work list.
func giveBack(ctx context.Context, out *sqlstore.Outbox, key string, as sqlstore.OutboxState, why string) error {
	if err := out.Sent(ctx, key, nil, time.Second); err != nil { // it is not under way
		return err
	}
	unsent, err := out.Withdraw(ctx, key, as, "worker", why)
	if err != nil || unsent {
		return err
	}
	return out.Sent(ctx, key, &maventa.Error{
		Operation: "worker.send", Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Kind: ledger.ErrUndecided,
		Hint: why + ", and an earlier run may have sent it: see its correction on the work list",
	}, 0)
}

// noteFields keeps what was wrong with the data of an entry that is held for it.
func noteFields(ctx context.Context, tx *sql.Tx, companyID, key string, err error) error {
	advice := maventa.Advise(err)
	if advice.Action != maventa.ActionFixInput || len(advice.Fields) == 0 {
		return nil
	}
	var fields []field
	for _, f := range advice.Fields {
		fields = append(fields, field{f.Field, f.Problem})
	}
	text, err := json.Marshal(fields)
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO maventa_refused (company_id, entry_key, fields) VALUES ($1, $2, $3)
			ON CONFLICT (company_id, entry_key) DO UPDATE SET fields = excluded.fields`, companyID, key, string(text))
	}
	return err
}
