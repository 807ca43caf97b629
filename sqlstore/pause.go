package sqlstore

import (
	"context"
	"fmt"
	"time"
)

const (
	pauseRow    = "SELECT paused, who, why, changed_at FROM maventa_pause WHERE environment = ?"
	pauseInsert = "INSERT INTO maventa_pause (environment, paused, who, why, changed_at) VALUES (?, 0, '', '', 0)"
	pauseSet    = "UPDATE maventa_pause SET paused = ?, who = ?, why = ?, changed_at = ? WHERE environment = ?"
)

// Paused implements [ledger.Pause]: give the store as ledger.Guards.Pause.
func (s *Store) Paused(ctx context.Context) (paused bool, why string, err error) {
	var (
		isPaused  int
		who       string
		changedAt int64
	)
	err = s.read(ctx, func(q session) error {
		return q.QueryRowContext(ctx, s.dialect.query(pauseRow), s.own.Environment.Name).Scan(&isPaused, &who, &why, &changedAt)
	})
	switch {
	case isMissing(err):
		return false, "", nil
	case err != nil:
		return false, "", s.failed("Paused", err)
	}
	return isPaused == 1, fmt.Sprintf("%s, by %s on %s", why, who, timeOf(changedAt).Format(time.RFC3339)), nil
}

// Pause stops all sending of all processes whose ledgers ask this store, until
// [Store.Resume]. Who says so, and why, is kept: up to 200 and 2,000 bytes.
func (s *Store) Pause(ctx context.Context, who, why string) error {
	return s.failed("Pause", s.setPause(ctx, 1, who, why))
}

// Resume ends a pause.
func (s *Store) Resume(ctx context.Context, who, why string) error {
	return s.failed("Resume", s.setPause(ctx, 0, who, why))
}

func (s *Store) setPause(ctx context.Context, paused int, who, why string) error {
	if err := fit(text{"who", who, 1, mostWho}, text{"why", why, 1, mostWhy}); err != nil {
		return err
	}
	return s.within(ctx, nil, func(q session, _ *state) error {
		if _, err := s.insertNew(ctx, q, pauseInsert, s.own.Environment.Name); err != nil {
			return err
		}
		return s.exec(ctx, q, pauseSet, paused, who, why, time.Now().UnixMicro(), s.own.Environment.Name)
	})
}
