package ledgermodel

import (
	"context"
	"errors"
	"time"

	"github.com/maventa-go/maventa/ledger"
)

// journal is a life's hold on the journal. Before and after each call the life can
// end, and the journal can fail: what it was given may be stored then or not. What
// the server's clock is ahead, the times that it writes are, and others' are
// behind when it reads them.
type journal struct {
	inner ledger.Journal
	life  *life
}

var errJournal = errors.New("the journal does not answer")

// The chance that a call of the journal fails is one in failing, that the life of
// the server begins an outage one in outages, that a call takes long one in slow.
const (
	failing = 30
	outages = 150
	slow    = 60
)

// call makes one call of the journal.
func (j *journal) call(ctx context.Context, what string, f func() error) error {
	k, ok := ctx.Value(workerKey{}).(*worker)
	if !ok {
		return errors.New("the context is not the caller's")
	}
	k.pause(20 * time.Millisecond)
	w := j.life.world
	if !j.life.step("before " + what) {
		return errKilled
	}
	if w.calm {
		return f()
	}
	chance := k.draw(failing * outages * slow)
	if j.life.isOut(k, chance%outages == 0) {
		w.note("", "%s: the journal is down (%s)", k.name, what)
		return errJournal
	}
	if chance/outages%failing == 0 {
		w.note("", "%s: the journal fails before %s", k.name, what)
		return errJournal
	}
	late := chance/outages/failing%slow == 0 || w.sleepy && what == "Begin" && k.draw(2) == 0
	before := late && k.draw(2) == 0
	if late {
		w.note("", "%s: the journal is slow (%s, before it: %v)", k.name, what, before)
	}
	if before {
		k.pause(k.server.settle * 5 / 8)
		if !j.life.step("before " + what) {
			return errKilled
		}
	}
	err := f()
	if late && !before {
		k.pause(k.server.settle * 5 / 8)
	}
	if !j.life.step("after " + what) {
		return errKilled
	}
	if err == nil && k.draw(failing) == 0 {
		w.note("", "%s: the journal fails after %s", k.name, what)
		return errJournal
	}
	return err
}

// isOut reports whether the server's journal is down, and begins an outage.
func (l *life) isOut(k *worker, begin bool) bool {
	lengths := []time.Duration{30 * time.Millisecond, 300 * time.Millisecond, 3 * time.Second, l.world.quarter}
	length := lengths[k.draw(len(lengths))]
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if begin && now.After(l.outage) {
		l.outage = now.Add(length)
	}
	return now.Before(l.outage)
}

// written is a record with the times that this server's clock shows.
func (j *journal) written(r ledger.Record) ledger.Record { return shift(r, j.life.server.skew) }

// read is a record as it looks by this server's clock.
func (j *journal) read(r ledger.Record) ledger.Record { return shift(r, -j.life.server.skew) }

func shift(r ledger.Record, by time.Duration) ledger.Record {
	for _, t := range []*time.Time{&r.BegunAt, &r.SettleBy, &r.EndedAt} {
		if !t.IsZero() {
			*t = t.Add(by)
		}
	}
	return r
}

func (j *journal) all(list []ledger.Record) []ledger.Record {
	for i := range list {
		list[i] = j.read(list[i])
	}
	return list
}

// Find implements [ledger.Journal].
func (j *journal) Find(ctx context.Context, key ledger.JournalKey) (record ledger.Record, found bool, err error) {
	err = j.call(ctx, "Find", func() (err error) {
		record, found, err = j.inner.Find(ctx, key)
		return err
	})
	if err != nil {
		return ledger.Record{}, false, err
	}
	return j.read(record), found, nil
}

// Begin implements [ledger.Journal].
func (j *journal) Begin(ctx context.Context, record ledger.Record) (stored ledger.Record, claimed bool, err error) {
	if k, ok := ctx.Value(workerKey{}).(*worker); ok {
		k.begin(record.Key) // what it sends next is about this one
	}
	err = j.call(ctx, "Begin", func() (err error) {
		stored, claimed, err = j.inner.Begin(ctx, j.written(record))
		return err
	})
	if err != nil {
		return ledger.Record{}, false, err
	}
	return j.read(stored), claimed, nil
}

// End implements [ledger.Journal].
func (j *journal) End(ctx context.Context, record ledger.Record) error {
	return j.call(ctx, "End", func() error { return j.inner.End(ctx, j.written(record)) })
}

// ForAssignment implements [ledger.Journal].
func (j *journal) ForAssignment(ctx context.Context, environment, companyID, assignmentID string) (list []ledger.Record, err error) {
	err = j.call(ctx, "ForAssignment", func() (err error) {
		list, err = j.inner.ForAssignment(ctx, environment, companyID, assignmentID)
		return err
	})
	return j.all(list), err
}

// Pending implements [ledger.Journal].
func (j *journal) Pending(ctx context.Context, environment, companyID string) (list []ledger.Record, err error) {
	err = j.call(ctx, "Pending", func() (err error) {
		list, err = j.inner.Pending(ctx, environment, companyID)
		return err
	})
	return j.all(list), err
}
