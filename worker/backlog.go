package worker

import (
	"context"
	"fmt"
	"time"
)

// Backlog is what waits longest, and what waits for a correction.
type Backlog struct {
	OldestDue time.Time // since when the oldest entry that is due waits to be sent; zero: none is due
	Refused   int       // rows of maventa_intake that were refused
}

// Backlog returns it for all companies together.
func (w *Worker) Backlog(ctx context.Context) (b Backlog, err error) {
	now, oldest := time.Now().UnixMicro(), int64(0)
	err = w.db.QueryRowContext(ctx, "SELECT COALESCE(MIN(due_at), 0) FROM maventa_outbox WHERE environment = $1 AND state = 'queued' AND due_at <= $2",
		w.config.Environment.Name, now).Scan(&oldest)
	if err == nil {
		err = w.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM maventa_intake WHERE state = 'refused'").Scan(&b.Refused)
	}
	if err != nil {
		return b, fmt.Errorf("worker: the backlog: %w", err)
	}
	b.OldestDue = timeOf(oldest)
	return b, nil
}

// Settled returns how many entries have ended, by state: done, withdrawn and not_needed.
// It counts them, which takes a moment if there are millions.
func (w *Worker) Settled(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{"done": 0}
	err := each(ctx, w.db, "SELECT state, COUNT(*) FROM maventa_outbox WHERE environment = $1 AND state IN ('done', 'withdrawn', 'not_needed') GROUP BY state",
		[]any{w.config.Environment.Name}, func(scan func(...any) error) error {
			state, n := "", 0
			err := scan(&state, &n)
			counts[state] = n
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("worker: the entries that have ended: %w", err)
	}
	return counts, nil
}

// RefusedRow is a row of maventa_intake that was refused.
type RefusedRow struct {
	ID        int64  `json:"id"`
	CompanyID string `json:"company_id"`
	Key       string `json:"key"`
	Problem   string `json:"problem"`
}

// RefusedRows returns the last rows that were refused, the newest first, at most limit.
func (w *Worker) RefusedRows(ctx context.Context, limit int) (list []RefusedRow, err error) {
	err = each(ctx, w.db, "SELECT id, company_id, entry_key, problem FROM maventa_intake WHERE state = 'refused' ORDER BY id DESC LIMIT $1",
		[]any{limit}, func(scan func(...any) error) error {
			var r RefusedRow
			err := scan(&r.ID, &r.CompanyID, &r.Key, &r.Problem)
			list = append(list, r)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("worker: the rows that were refused: %w", err)
	}
	return list, nil
}
