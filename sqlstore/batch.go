package sqlstore

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync/atomic"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// What the goroutines of a process begin and end at the same time shares a
// transaction, a generation and a marker: a batch. Nobody waits for one to fill up.
// While a batch is committed, the next one gathers.

// mostTogether bounds a batch.
const mostTogether = 64

// request is one Begin or End.
type request struct {
	ctx    context.Context //nolint:containedctx // of the caller, who waits
	record ledger.Record
	row    []any
	isEnd  bool

	done    chan struct{} // closed when the rest is set
	stored  ledger.Record
	claimed bool
	err     error
}

// together runs a request with those of other goroutines. A caller whose context ends
// before that leaves; after it he gets the answer.
func (s *Store) together(r *request) {
	r.done = make(chan struct{})
	s.mu.Lock()
	s.waiting = append(s.waiting, r)
	s.mu.Unlock()
	gone := r.ctx.Done()
	for {
		select {
		case <-r.done:
			return
		case s.turn <- struct{}{}:
			s.lead(r)
		case <-gone:
			if s.leave(r) {
				r.err = r.ctx.Err()
				return
			}
			gone = nil
		}
	}
}

// lead runs the batch that waits, if the leader's own was not in the one before.
func (s *Store) lead(own *request) {
	defer func() { <-s.turn }()
	select {
	case <-own.done:
		return
	default:
	}
	s.mu.Lock()
	n := min(len(s.waiting), mostTogether)
	batch := slices.Clone(s.waiting[:n])
	s.waiting = slices.Delete(s.waiting, 0, n)
	s.mu.Unlock()
	for _, r := range batch {
		r.err = errCutOff // until there is an answer: a driver may panic
	}
	defer func() {
		for _, r := range batch {
			close(r.done)
		}
	}()
	s.run(batch)
}

var errCutOff = errors.New("the transaction was cut off")

// leave takes a request back that is in no batch yet.
func (s *Store) leave(r *request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.waiting, r)
	if i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
	}
	return i >= 0
}

// run answers a batch. If the statements of one of its requests fail, nothing is
// committed, and each runs alone.
func (s *Store) run(batch []*request) {
	if !s.commit(batch) {
		for _, r := range batch {
			s.commit([]*request{r})
		}
	}
}

// commit runs a batch in one transaction and sets the answers, unless a statement
// failed that may be the matter of one of several requests.
func (s *Store) commit(batch []*request) (answered bool) {
	ctx, cancel := whileWanted(batch)
	defer cancel()
	var (
		generation int64
		mark       Mark
		isOnes     bool
	)
	by := rand.Text()
	err := s.guarded(ctx, func(q session) error {
		now, err := s.ready(ctx, q, slices.ContainsFunc(batch, func(r *request) bool { return !r.isEnd }))
		if err != nil {
			return err
		}
		for _, r := range batch {
			if err := s.do(ctx, q, now, r); err != nil {
				isOnes = true
				return err
			}
		}
		if slices.ContainsFunc(batch, func(r *request) bool { return r.claimed }) {
			generation, mark, err = s.next(ctx, q, now, by)
		}
		return err
	})
	if isOnes && len(batch) > 1 {
		return false
	}
	if err != nil && generation > 0 {
		s.doubt(generation)
	}
	var unconfirmed error
	if err == nil && generation > 0 {
		if unconfirmed = s.confirm(ctx, mark, generation, by); unconfirmed != nil {
			s.doubt(generation)
		}
	}
	for _, r := range batch {
		switch {
		case err != nil:
			r.err = err
		case r.claimed:
			r.err = unconfirmed
		}
		if r.err != nil {
			r.stored, r.claimed = ledger.Record{}, false
		}
	}
	return true
}

// whileWanted is the context of a batch: it ends when all of its callers' have.
func whileWanted(batch []*request) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(batch[0].ctx))
	var left atomic.Int64
	left.Store(int64(len(batch)))
	var stops []func() bool
	for _, r := range batch {
		stops = append(stops, context.AfterFunc(r.ctx, func() {
			if left.Add(-1) == 0 {
				cancel()
			}
		}))
	}
	return ctx, func() {
		cancel()
		for _, stop := range stops {
			stop()
		}
	}
}

// do runs one request of a batch. An error is a statement's; what the journal refuses
// is the request's own.
func (s *Store) do(ctx context.Context, q session, now *state, r *request) error {
	r.stored, r.claimed, r.err = ledger.Record{}, false, nil
	if r.isEnd {
		return s.end(ctx, q, r)
	}
	return s.begin(ctx, q, now, r)
}

func (s *Store) begin(ctx context.Context, q session, now *state, r *request) error {
	key := []any{r.record.Environment, r.record.CompanyID, r.record.Key}
	found, err := s.list(ctx, q, findKey+" UNION ALL "+findClaim, append(key, r.record.Environment, r.record.CompanyID, r.record.Claim)...)
	if err != nil {
		return err
	}
	statement := insert
	for _, other := range found {
		isOwn := other.Key == r.record.Key
		if !isOwn || other.Open() || other.Done() {
			if r.stored = other; isOwn {
				return nil
			}
		} else {
			statement = replace
		}
	}
	if r.stored.Key != "" {
		return nil
	}
	if r.err = isSettling(now); r.err != nil {
		return nil //nolint:nilerr // it is the answer of this request, and no statement failed
	}
	if err := s.exec(ctx, q, statement, r.row...); err != nil {
		return err
	}
	r.stored, r.claimed = r.record, true
	return nil
}

func (s *Store) end(ctx context.Context, q session, r *request) error {
	n, err := s.change(ctx, q, replace+" AND state = 'open' AND begun_at = ?", append(slices.Clip(r.row), r.record.BegunAt.UnixMicro())...)
	if err != nil || n > 0 {
		return err
	}
	old, known, err := first(s.list(ctx, q, findKey+s.dialect.forUpdate, r.record.Environment, r.record.CompanyID, r.record.Key))
	if err != nil {
		return err
	}
	isRefusedLater := old.Done() && old.AssignmentID == "" && r.record.Outcome == maventa.OutcomeRejected && !r.record.Open()
	isInCollection := old.Done() && old.AssignmentID == "" && r.record.Done() && r.record.InCollection != ""
	if !known || !old.BegunAt.Equal(r.record.BegunAt) || !old.Open() && !isRefusedLater && !isInCollection {
		conflict := refusal(ledger.ErrJournalConflict, "the entry is not open any more")
		conflict.Target = r.record.Key
		r.err = conflict
		return nil
	}
	return s.exec(ctx, q, replace, r.row...)
}
