package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/maventa-go/maventa"
)

const (
	workRows = `SELECT company_id, item_key, kind, outcome, advice, about, ids, message, attempt_at, since, item_owner, state,
		decision, event_id, not_mine, decided_by, decided_why, decided_at, used FROM maventa_worklist WHERE environment = ?`
	workInsert = `INSERT INTO maventa_worklist (environment, company_id, item_key, kind, outcome, advice, about, ids, message, attempt_at, since,
		item_owner, state, decision, event_id, not_mine, decided_by, decided_why, decided_at, used)
		VALUES (?, ?, ?, '', '', '', '', '[]', '', 0, 0, '', '', '', '', '[]', '', '', 0, 0)`
	workReplace = `UPDATE maventa_worklist SET kind = ?, outcome = ?, advice = ?, about = ?, ids = ?, message = ?, attempt_at = ?, since = ?,
		item_owner = ?, state = ?, decision = ?, event_id = ?, not_mine = ?, decided_by = ?, decided_why = ?, decided_at = ?, used = ?
		WHERE environment = ? AND company_id = ? AND item_key = ?`
	workUsed = "UPDATE maventa_worklist SET used = 1 WHERE environment = ? AND company_id = ? AND item_key = ?"
)

// names are the values of an item's key.
func (w *WorkList) names(key string) []any {
	return []any{w.store.own.Environment.Name, w.company, key}
}

// Find returns the item under a key.
func (w *WorkList) Find(ctx context.Context, key string) (item WorkItem, found bool, err error) {
	list, err := w.read(ctx, workRows+" AND company_id = ? AND item_key = ?", w.names(key)...)
	if err != nil || len(list) == 0 {
		return WorkItem{}, false, w.store.failed("WorkList.Find", err)
	}
	return list[0], true, nil
}

// Open returns the items that nobody has decided on, oldest first, at most limit: 0 is
// 100, and more than 1,000 are not given at once.
func (w *WorkList) Open(ctx context.Context, limit int) ([]WorkItem, error) {
	query, args := workRows+" AND state = 'open'", []any{w.store.own.Environment.Name}
	if w.company != "" {
		query, args = query+" AND company_id = ?", append(args, w.company)
	}
	list, err := w.read(ctx, query+" ORDER BY since, item_key LIMIT ?", append(args, rowsOf(limit))...)
	return list, w.store.failed("WorkList.Open", err)
}

// change replaces an item, or adds one, while nobody else changes it. What do returns
// is stored, unless that is nil.
func (w *WorkList) change(ctx context.Context, key string, do func(q session, old *WorkItem, used bool) (*WorkItem, error)) error {
	if err := fit(text{"company id", w.company, 1, 64}, text{"key", key, 1, 512}); err != nil {
		return err
	}
	return w.store.within(ctx, w.tx, func(q session, _ *state) error {
		if _, err := w.store.insertNew(ctx, q, workInsert, w.names(key)...); err != nil {
			return err
		}
		list, used, err := w.rows(ctx, q, workRows+" AND company_id = ? AND item_key = ?"+w.store.dialect.forUpdate, w.names(key)...)
		if err != nil {
			return err
		}
		old := &list[0]
		if old.State == "" { // it was just inserted, to be locked
			old = nil
		}
		item, err := do(q, old, used)
		if err != nil {
			return err
		}
		if item == nil {
			return w.store.exec(ctx, q, "DELETE FROM maventa_worklist WHERE environment = ? AND company_id = ? AND item_key = ? AND state = ''", w.names(key)...)
		}
		return w.replace(ctx, q, item, used && item.State != WorkOpen && old.Decision.At.Equal(item.Decision.At))
	})
}

func (w *WorkList) replace(ctx context.Context, q session, item *WorkItem, used bool) error {
	lists := [2]string{"[]", "[]"}
	for n, list := range [][]string{item.IDs, item.NotMine} {
		if len(list) > 0 {
			data, err := json.Marshal(list)
			if err != nil {
				return err
			}
			lists[n] = string(data)
		}
	}
	isUsed := 0
	if used {
		isUsed = 1
	}
	d := &item.Decision
	return w.store.exec(ctx, q, workReplace, append([]any{
		item.Kind, item.Outcome, string(item.Action), item.About, lists[0], item.Text, micros(item.Attempt), micros(item.Since),
		item.Owner, string(item.State), string(d.Kind), d.EventID, lists[1], d.Who, d.Why, micros(d.At), isUsed,
	}, w.names(item.Key)...)...)
}

func (w *WorkList) read(ctx context.Context, query string, args ...any) (list []WorkItem, err error) {
	err = w.store.reading(ctx, w.tx, func(q session) error {
		list, _, err = w.rows(ctx, q, query, args...)
		return err
	})
	return list, err
}

func (w *WorkList) rows(ctx context.Context, q session, query string, args ...any) (list []WorkItem, used bool, err error) {
	err = w.store.each(ctx, q, func(scan func(...any) error) error {
		var (
			i                                 WorkItem
			action, ids, state, kind, notMine string
			attempt, since, decided           int64
			isUsed                            int
		)
		err := scan(&i.CompanyID, &i.Key, &i.Kind, &i.Outcome, &action, &i.About, &ids, &i.Text, &attempt, &since, &i.Owner, &state,
			&kind, &i.Decision.EventID, &notMine, &i.Decision.Who, &i.Decision.Why, &decided, &isUsed)
		if err != nil {
			return err
		}
		if i.IDs, err = listOf(ids); err == nil {
			i.NotMine, err = listOf(notMine)
		}
		if err != nil {
			return fmt.Errorf("item %s of company %s on the work list cannot be read: %w", i.Key, i.CompanyID, err)
		}
		i.Action, i.State, i.Decision.Kind, used = maventa.Action(action), WorkState(state), DecisionKind(kind), isUsed == 1
		i.Attempt, i.Since, i.Decision.At = timeOf(attempt), timeOf(since), timeOf(decided)
		list = append(list, i)
		return nil
	}, query, args...)
	return list, used, err
}

// micros is a time in a column: microseconds since 1970, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func timeOf(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// workStep makes the table; docs/ledger.md describes it.
var workStep = []string{
	`CREATE TABLE IF NOT EXISTS maventa_worklist (
		environment KEY(64)  NOT NULL,
		company_id  KEY(64)  NOT NULL,
		item_key    KEY(512) NOT NULL,
		kind        KEY(64)  NOT NULL,
		outcome     KEY(16)  NOT NULL,
		advice      KEY(16)  NOT NULL,
		about       KEY(200) NOT NULL, -- the assignment or invoice
		ids         JSON     NOT NULL, -- a list
		message     JSON     NOT NULL, -- a text
		attempt_at  BIGINT   NOT NULL, -- microseconds since 1970, UTC; 0: none
		since       BIGINT   NOT NULL,
		item_owner  KEY(200) NOT NULL,
		state       KEY(16)  NOT NULL, -- open, decided or closed
		decision    KEY(16)  NOT NULL, -- adopt, not_mine, never_arrived, again or drop; empty: none
		event_id    KEY(200) NOT NULL, -- that is adopted
		not_mine    JSON     NOT NULL, -- a list
		decided_by  KEY(200) NOT NULL,
		decided_why JSON     NOT NULL,
		decided_at  BIGINT   NOT NULL,
		used        INTEGER  NOT NULL, -- 1: a run has used the decision
		PRIMARY KEY (item_key, company_id, environment)
	) ENGINE`,
	`INDEX maventa_worklist_state ON maventa_worklist (state, since)`,
}
