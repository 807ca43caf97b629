package sqlstore

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"
)

// Takeover is a person's word that a store is to be written from here on, though it
// is older than what was sent, or a copy. See [Store.Takeover].
type Takeover struct {
	// Who says so, and why. Both are kept in the database: 1 to 200 and 1 to 2,000
	// bytes.
	Who, Why string
	// SettleTime is how long what was sent before may still arrive: nothing is begun
	// until then. It is that of the ledgers, see ledger.SettleTime; 0 is 15 minutes.
	SettleTime time.Duration
}

// defaultSettle is the ledger's.
const defaultSettle = 15 * time.Minute

// epoch is how far a takeover moves the generation on: no backup and no marker of
// before gets that far by itself.
const epoch = 1_000_000_000_000

// Takeover ends [ErrMaybeCopy]: the store belongs to this installation from now on, as
// it is. A store that can be written is left as it is.
//
// Before you say so, make sure that no other program writes for the same companies:
// not the original of a copy, and nobody with the database that was there before.
// What was begun after a backup is not in it. After the takeover nothing is begun for
// the settle time; entries may end meanwhile. Then every payment is looked for before
// it is sent, as always: an equal event that no entry explains is
// [ledger.ErrPossibleDuplicate], and a transfer that is shown is not made again.
func (s *Store) Takeover(ctx context.Context, t Takeover) error {
	return s.failed("Takeover", s.takeOver(ctx, t))
}

func (s *Store) takeOver(ctx context.Context, t Takeover) error {
	settle := t.SettleTime
	if settle == 0 {
		settle = defaultSettle
	}
	who, why := strings.TrimSpace(t.Who), strings.TrimSpace(t.Why)
	if who == "" || len(who) > 200 || why == "" || len(why) > 2000 || settle < 0 {
		return refusal(nil, "Who must have 1 to 200 bytes, Why 1 to 2,000, and SettleTime must not be negative")
	}
	var generation int64
	by := rand.Text()
	err := s.write(ctx, func(q session) error {
		now, err := s.state(ctx, q, true)
		if err != nil {
			return err
		}
		mark, err := s.own.Marker.Load(ctx)
		if err != nil {
			return markerFailure(err)
		}
		seen, twin := s.known()
		if err := s.owned(now, mark, seen); twin == nil && !isMaybeCopy(err) {
			return err
		}
		at := time.Now()
		generation = (max(seen, now.generation, now.seen, mark.Begun)/epoch + 1) * epoch
		known := mark.Committed
		if mark == (Mark{}) {
			known = -1
		}
		if err := s.exec(ctx, q, `INSERT INTO maventa_takeovers
			(generation, taken_at, installation, who, why, from_generation, from_marker, from_installation) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			generation, at.UnixMicro(), s.own.ID, who, why, now.generation, known, now.installation); err != nil {
			return fmt.Errorf("keeping who took over: %w", err)
		}
		return s.exec(ctx, q, "UPDATE maventa_store SET environment = ?, installation = ?, generation = ?, begun_by = ?, seen = ?, settles_at = ? WHERE id = 1",
			s.own.Environment.Name, s.own.ID, generation, by, generation, at.Add(settle).UnixMicro())
	})
	if err != nil || generation == 0 {
		return err
	}
	// Not before the commit: a marker alone must not make a store writable.
	s.mu.Lock()
	s.twin = nil
	s.mu.Unlock()
	return s.observe(ctx, generation, by)
}

// known is the highest generation that this process has read, and whether another
// database has counted it too.
func (s *Store) known() (seen int64, twin error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen, s.twin
}
