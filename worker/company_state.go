package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/maventa-go/maventa"
)

// CompanyState is where a company stands.
type CompanyState struct {
	CompanyID  string       `json:"company_id"`
	BusinessID string       `json:"business_id,omitzero"`
	State      string       `json:"state"`           // active, aside (its keys are dead), question (a person first) or gone
	Reason     string       `json:"reason,omitzero"` // of any state but active
	Since      time.Time    `json:"since,omitzero"`
	DeadKeys   bool         `json:"dead_keys,omitzero"` // aside for a day or longer: an alert
	Services   Services     `json:"services,omitzero"`
	FollowedAt time.Time    `json:"followed_at,omitzero"` // when its events were last looked for without an error
	KnownUntil maventa.Date `json:"known_until,omitzero"` // see [Worker.SetKnownUntil]
	Queued     int          `json:"queued"`               // entries that are sent when they are due
	Late       int          `json:"late"`                 // those that have been due for a minute
	Held       int          `json:"held"`                 // entries that wait for a person
	Work       int          `json:"work"`                 // items of the work list that nobody has decided on
}

// Companies returns all companies that there are in the database, by id: also those of
// other processes, and those that are gone.
func (w *Worker) Companies(ctx context.Context) (list []CompanyState, err error) {
	at := map[string]int{}
	err = each(ctx, w.db, `SELECT company_id, business_id, state, reason, since, followed_at, known_until, services FROM maventa_company
		ORDER BY company_id`, nil, func(scan func(...any) error) error {
		var (
			c               CompanyState
			since, followed int64
			known, services string
		)
		err := scan(&c.CompanyID, &c.BusinessID, &c.State, &c.Reason, &since, &followed, &known, &services)
		if err == nil && known != "" {
			c.KnownUntil, err = maventa.ParseDate(known)
		}
		if err == nil {
			err = c.Services.read(services)
		}
		c.Reason, c.Since, c.FollowedAt = plain.Replace(c.Reason), timeOf(since), timeOf(followed)
		c.DeadKeys = c.State == stateAside && time.Since(c.Since) >= deadFor
		at[c.CompanyID] = len(list)
		list = append(list, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("worker: the companies: %w", err)
	}
	// What is done is not counted: it may be millions.
	err = each(ctx, w.db, `SELECT company_id, state, COUNT(*), SUM(CASE WHEN due_at < $2 THEN 1 ELSE 0 END) FROM maventa_outbox
		WHERE environment = $1 AND state IN ('queued', 'held') GROUP BY company_id, state
		UNION ALL SELECT company_id, 'work', COUNT(*), 0 FROM maventa_worklist WHERE environment = $1 AND state = 'open' GROUP BY company_id`,
		[]any{w.config.Environment.Name, time.Now().Add(-time.Minute).UnixMicro()}, func(scan func(...any) error) error {
			var (
				id, state string
				n, late   int
			)
			err := scan(&id, &state, &n, &late)
			i, known := at[id]
			if err != nil || !known {
				return err
			}
			switch state {
			case "queued":
				list[i].Queued, list[i].Late = n, late
			case "held":
				list[i].Held = n
			case "work":
				list[i].Work = n
			}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("worker: what waits for the companies: %w", err)
	}
	return list, nil
}

// timeOf is a time of a column: microseconds since 1970, 0 for none.
func timeOf(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// Paused reports whether a person has stopped all sending, and who and why.
func (w *Worker) Paused(ctx context.Context) (paused bool, why string, err error) {
	return w.store.Paused(ctx)
}
