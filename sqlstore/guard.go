package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// state is the row of maventa_store.
type state struct {
	version                   int
	environment, installation string
	generation, seen          int64
	begunBy                   string
	settlesAt                 int64 // microseconds since 1970

	mark Mark // what the marker held before the row was read
}

// stateQuery reads the row together with what durability rests on.
const stateQuery = `SELECT schema_version, environment, installation, generation, begun_by, seen, settles_at, %s
	FROM maventa_store WHERE id = 1%s`

// state reads the row in a transaction whose commit is to be durable. If it is
// locked, no other process begins anything until the transaction ends.
func (s *Store) state(ctx context.Context, q session, lock bool) (*state, error) {
	forUpdate := ""
	if lock {
		forUpdate = s.dialect.forUpdate
	}
	var (
		now      state
		settings string
	)
	err := q.QueryRowContext(ctx, fmt.Sprintf(stateQuery, s.dialect.settings, forUpdate)).Scan(
		&now.version, &now.environment, &now.installation, &now.generation, &now.begunBy, &now.seen, &now.settlesAt, &settings)
	if err != nil {
		return nil, s.noState(ctx, err)
	}
	if err := s.settled(ctx, q, settings); err != nil {
		return nil, err
	}
	return &now, s.fits(&now)
}

// noState is the error of a table that cannot be read: it may not be there.
func (s *Store) noState(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	missing := refusal(ErrSchema, "the tables cannot be read: run Store.Migrate if they are not there")
	missing.Err = err
	if isMissing(err) {
		missing.Err = errors.New("maventa_store has no row: a migration was cut off")
	}
	return missing
}

// fits reports whether the tables are this program's.
func (s *Store) fits(now *state) error {
	switch {
	case now.version > len(steps):
		return newerSchema(now.version)
	case now.version < len(steps):
		return refusal(ErrSchema, fmt.Sprintf("the tables are of version %d, and this program needs %d: run Store.Migrate", now.version, len(steps)))
	case now.environment != "" && now.environment != s.own.Environment.Name:
		return refusal(ErrOtherEnvironment, "the store belongs to environment "+strconv.Quote(now.environment)+
			", and the program says "+strconv.Quote(s.own.Environment.Name))
	}
	return nil
}

// advised ends every reason for ErrMaybeCopy.
const advised = "; until a person has found out why and says Takeover, the store is only read"

// owned checks that the store is not a copy and not older than what was sent from
// it: the generation that the database holds must not be behind what the marker,
// another marker or this process has seen of it. Both are read before the database's:
// others go on.
func (s *Store) owned(now *state, mark Mark, seen int64) error {
	seen = max(seen, now.seen)
	switch {
	case mark != Mark{} && (mark.Environment != s.own.Environment.Name || mark.Installation != s.own.ID):
		return refusal(ErrOtherEnvironment, fmt.Sprintf("the marker belongs to installation %q of environment %q: give each installation its own",
			mark.Installation, mark.Environment))
	case now.environment != "" && now.installation != s.own.ID:
		return refusal(ErrMaybeCopy, fmt.Sprintf("the database belongs to installation %q, and the program says %q: it may be a copy",
			now.installation, s.own.ID)+advised)
	case mark == Mark{} && now.generation > 0:
		return refusal(ErrMaybeCopy, "the database is in use and the marker is missing: the database may be a copy, or the marker was lost"+advised)
	case now.generation < max(seen, mark.Committed):
		s.mu.Lock()
		s.ahead = max(seen, mark.Committed)
		s.mu.Unlock()
		return refusal(ErrMaybeCopy, fmt.Sprintf("the database stands at generation %d, and %d was there already: an older backup was restored, "+
			"or this is a copy", now.generation, max(seen, mark.Committed))+advised)
	case mark.Committed > 0 && now.generation == mark.Committed && now.begunBy != mark.CommittedBy:
		return sameMarker()
	}
	return nil
}

func sameMarker() error {
	return refusal(ErrMaybeCopy, "another database has counted the same generation with this marker: one of the two is a copy of the other"+advised)
}

// guarded is write for what asks whether the store is ready. If it is an older state,
// the others are to see it too, whose markers may be behind.
func (s *Store) guarded(ctx context.Context, do func(q session) error) error {
	err := s.write(ctx, do)
	s.mu.Lock()
	ahead := s.ahead
	s.mu.Unlock()
	if ahead == 0 || !isMaybeCopy(err) {
		return err
	}
	failure := s.write(ctx, func(q session) error {
		return s.exec(ctx, q, "UPDATE maventa_store SET seen = ? WHERE id = 1 AND installation = ? AND seen < ?", ahead, s.own.ID, ahead)
	})
	if own, ok := errors.AsType[*maventa.Error](err); ok && failure != nil {
		own.Err = failure
	}
	return err
}

func isMaybeCopy(err error) bool { return errors.Is(err, ErrMaybeCopy) }

// ready is what every write asks first: it checks the store, and binds one that is
// new.
func (s *Store) ready(ctx context.Context, q session, lock bool) (*state, error) {
	seen, twin := s.known()
	if twin != nil {
		return nil, twin
	}
	now, err := s.marked(ctx, q, lock)
	if err == nil && now.mark == (Mark{}) && now.generation > 0 {
		now, err = s.marked(ctx, q, lock) // both are there since a moment ago, if others begin
	}
	if err != nil {
		return nil, err
	}
	if err := s.owned(now, now.mark, seen); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.seen = max(s.seen, now.generation)
	s.mu.Unlock()
	if lock && now.environment == "" {
		now.environment, now.installation = s.own.Environment.Name, s.own.ID
		err = s.exec(ctx, q, "UPDATE maventa_store SET environment = ?, installation = ? WHERE id = 1", now.environment, now.installation)
	}
	return now, err
}

// marked reads the marker and after it the row.
func (s *Store) marked(ctx context.Context, q session, lock bool) (*state, error) {
	mark, err := s.own.Marker.Load(ctx)
	if err != nil {
		return nil, markerFailure(err)
	}
	now, err := s.state(ctx, q, lock)
	if err != nil {
		return nil, err
	}
	now.mark = mark
	return now, nil
}

// isSettling says how long after a takeover nothing is begun.
func isSettling(now *state) error {
	left := time.Until(time.UnixMicro(now.settlesAt))
	if left <= 0 {
		return nil
	}
	err := refusal(ErrTakenOver, "the store was taken over; what was sent before may still arrive, and nothing is sent until then")
	err.RetryAfter = left
	return err
}

// next counts a batch that is begun, in the database and before that in the marker.
func (s *Store) next(ctx context.Context, q session, now *state, by string) (generation int64, mark Mark, err error) {
	next := now.generation + 1
	if err := s.exec(ctx, q, "UPDATE maventa_store SET generation = ?, begun_by = ? WHERE id = 1", next, by); err != nil {
		return 0, Mark{}, err
	}
	mark, err = s.mark(ctx, now.mark, func(mark Mark) (Mark, error) {
		if err := s.owned(now, mark, now.generation); err != nil {
			return mark, err
		}
		return Mark{s.own.Environment.Name, s.own.ID, next, now.generation, by, now.begunBy}, nil
	})
	return next, mark, err
}

// confirm notes in the marker that what was begun is committed: from now on the
// database must not be behind it. A copy of the database with the same marker may
// have begun the same generation meanwhile: then one of the two must not send.
func (s *Store) confirm(ctx context.Context, mark Mark, generation int64, by string) error {
	_, err := s.mark(ctx, mark, func(mark Mark) (Mark, error) {
		if mark.Begun == generation && mark.BegunBy != by {
			return mark, sameMarker()
		}
		return mark.after(generation, by), nil
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = max(s.seen, generation)
	if isMaybeCopy(err) {
		s.twin = err
	}
	return err
}

// observe notes in the marker what was read as committed, or creates the marker.
func (s *Store) observe(ctx context.Context, generation int64, by string) error {
	mark, err := s.own.Marker.Load(ctx)
	if err != nil {
		return markerFailure(err)
	}
	_, err = s.mark(ctx, mark, func(mark Mark) (Mark, error) {
		mark.Environment, mark.Installation = s.own.Environment.Name, s.own.ID
		return mark.after(generation, by), nil
	})
	return err
}

// after is the mark when a generation is known to be committed.
func (m Mark) after(generation int64, by string) Mark {
	if generation > m.Begun {
		m.Begun, m.BegunBy = generation, by
	}
	if generation > m.Committed {
		m.Committed, m.CommittedBy = generation, by
	}
	return m
}

// mark changes the marker, which was as before when it was read. Processes that share
// it may be faster.
func (s *Store) mark(ctx context.Context, before Mark, change func(Mark) (Mark, error)) (after Mark, err error) {
	for {
		after, err := change(before)
		if err != nil || after == before {
			return before, err
		}
		err = s.own.Marker.Replace(ctx, before, after)
		if !errors.Is(err, ErrMarkerMoved) {
			return after, markerFailure(err)
		}
		if before, err = s.own.Marker.Load(ctx); err != nil {
			return before, markerFailure(err)
		}
	}
}

func markerFailure(err error) error {
	if err == nil {
		return nil
	}
	failure := refusal(ledger.ErrJournal, "the marker cannot be read or written: fix that, then run again")
	failure.Err = err
	return failure
}

// doubt notes that the commit of a generation was not answered.
func (s *Store) doubt(generation int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unconfirmed = max(s.unconfirmed, generation)
}

// settleDoubt confirms what was committed without an answer, before anybody who
// reads it may send.
func (s *Store) settleDoubt(ctx context.Context) error {
	s.mu.Lock()
	doubted, twin := s.unconfirmed, s.twin
	s.mu.Unlock()
	if doubted == 0 || twin != nil {
		return twin
	}
	var (
		generation int64
		by         string
	)
	if err := s.read(ctx, func(q session) error {
		return q.QueryRowContext(ctx, "SELECT generation, begun_by FROM maventa_store WHERE id = 1").Scan(&generation, &by)
	}); err != nil {
		return err
	}
	if err := s.observe(ctx, generation, by); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if generation >= doubted && s.unconfirmed == doubted {
		s.unconfirmed = 0
	}
	return nil
}

// Check says whether the store can be written, as a job should ask before it begins:
// the tables are this program's, the store is this installation's and not older than
// it was, and what it commits is durable. It binds a store that is new to the
// installation, and creates its marker.
func (s *Store) Check(ctx context.Context) error {
	return s.failed("Check", s.guarded(ctx, func(q session) error {
		now, err := s.ready(ctx, q, true)
		if err != nil {
			return err
		}
		if err := s.observe(ctx, now.generation, now.begunBy); err != nil {
			return err
		}
		return isSettling(now)
	}))
}
