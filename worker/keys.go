package worker

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

const (
	// asideFor is how long a company with dead keys is left alone. Other keys, or a
	// person, end it at once.
	asideFor = time.Hour
	// doubtFor is the same for one whose calls were refused: its probe says more.
	doubtFor = 30 * time.Second
	// deadFor is after what time dead keys are a person's business.
	deadFor = 24 * time.Hour
)

// digest is what is stored of a company's keys: by it other keys are seen, also after a
// restart.
func (w *Worker) digest(c *maventa.Credentials) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{w.config.Installation, canonical(c.CompanyID), string(c.UserAPIKey), string(c.VendorAPIKey)}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// isDead reports whether an error says that a company's keys cannot be used.
func isDead(err error) bool {
	return errors.Is(err, maventa.ErrInvalidCredentials) || errors.Is(err, maventa.ErrMissingScope)
}

// isRefused reports whether an error may mean so: 401 is answered for a token that died
// as well as for one thing that the company may not see.
func isRefused(err error) bool {
	return errors.Is(err, maventa.ErrUnauthorized) || errors.Is(err, maventa.ErrForbidden)
}

// mostlyRefused is the error for which a company is set aside, nil if there is none: its keys
// are dead, or most of what was tried was refused.
func mostlyRefused(results []result) (refused error) {
	balance := 0
	for _, r := range results {
		switch {
		case isDead(r.err):
			return r.err
		case isRefused(r.err):
			refused = r.err
			balance--
		case r.err == nil && !r.drop && !r.none:
			balance++
		}
	}
	if balance >= 0 {
		return nil
	}
	return refused
}

// setAside leaves a company alone whose keys are dead. Those of a day are put on the
// work list.
func (w *Worker) setAside(ctx context.Context, c *company, reason error) error {
	ctx, cancel := ending(ctx)
	defer cancel()
	now, wait := time.Now(), asideFor
	if !isDead(reason) {
		wait = doubtFor
	}
	w.config.Log.WarnContext(ctx, "a company is set aside, since its keys are refused", "company", c.id(), "kind", maventa.Advise(reason).Kind.Word())
	return w.db.within(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE maventa_company SET reason = $1, try_at = $2, since = CASE WHEN state = 'aside' THEN since ELSE $3 END,
			state = 'aside' WHERE company_id = $4 AND state IN ('active', 'aside')`,
			reason.Error(), now.Add(wait).UnixMicro(), now.UnixMicro(), c.id())
		if err != nil {
			return err
		}
		var since int64
		err = tx.QueryRowContext(ctx, "SELECT since FROM maventa_company WHERE company_id = $1 AND state = 'aside'", c.id()).Scan(&since)
		if errors.Is(err, sql.ErrNoRows) || err == nil && since > now.Add(-deadFor).UnixMicro() {
			return nil
		}
		if err != nil {
			return err
		}
		return w.store.WorkList(c.id()).In(tx).Put(ctx, sqlstore.WorkItem{
			Key: keysItem(c.id()), Kind: "dead_keys", Action: maventa.ActionFixSetup, About: c.id(), Attempt: time.UnixMicro(since),
			Text: "the keys of company " + c.id() + " are refused since " + time.UnixMicro(since).UTC().Format(time.RFC3339) +
				". Nothing is sent for it, and its events are not followed; what is queued stays. Configure other keys, or offboard it. The last refusal: " +
				reason.Error(),
		})
	})
}

// probe tries the keys of a company that was set aside, once.
func (w *Worker) probe(ctx context.Context, companyID string) error {
	c := w.company(companyID)
	if c == nil {
		return nil
	}
	_, err := c.client.Check(ctx)
	switch {
	case err == nil:
		return w.db.within(ctx, func(tx *sql.Tx) error {
			_, err := w.revive(ctx, tx, c.id(), deadKinds) // what else was refused keeps its time
			return err
		})
	case isDead(err):
		return w.setAside(ctx, c, err)
	}
	advice := maventa.Advise(err)
	w.config.Log.InfoContext(ctx, "the keys of a company could not be tried, and are tried again", "company", c.id(), "kind", advice.Kind.Word())
	ctx, cancel := ending(ctx)
	defer cancel()
	_, err = w.db.ExecContext(ctx, "UPDATE maventa_company SET try_at = $1 WHERE company_id = $2 AND state = 'aside'",
		time.Now().Add(max(advice.After, time.Minute)).UnixMicro(), c.id())
	return err
}

// Revive lets a company whose keys were dead be worked for again, at once. The error
// matches maventa.ErrNotFound if it is not set aside.
func (w *Worker) Revive(ctx context.Context, companyID string) error {
	return w.db.within(ctx, func(tx *sql.Tx) error {
		done, err := w.revive(ctx, tx, canonical(companyID), refusedKinds)
		if err == nil && !done {
			err = fmt.Errorf("worker: company %s: %w: it is not set aside", companyID, maventa.ErrNotFound)
		}
		return err
	})
}

// The kinds of errors that entries waited for, by the words that are stored.
var (
	deadKinds    = []*maventa.Kind{maventa.ErrInvalidCredentials, maventa.ErrMissingScope}
	refusedKinds = append(deadKinds[:2:2], maventa.ErrUnauthorized, maventa.ErrForbidden)
)

// revive makes a company active that was set aside. The entries that had an error of one
// of the kinds are due.
func (w *Worker) revive(ctx context.Context, tx *sql.Tx, id string, kinds []*maventa.Kind) (done bool, err error) {
	now := time.Now().UnixMicro()
	changed, err := tx.ExecContext(ctx, `UPDATE maventa_company SET state = 'active', reason = '', since = $1, try_at = 0, follow_at = 0, watch_at = 0
		WHERE company_id = $2 AND state = 'aside'`, now, id)
	if err != nil {
		return false, err
	}
	if n, err := changed.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	for _, kind := range kinds {
		_, err = tx.ExecContext(ctx, `UPDATE maventa_outbox SET due_at = $1 WHERE environment = $2 AND company_id = $3 AND state = 'queued'
			AND taken_at = 0 AND due_at > $1 AND last_error = $4`, now, w.config.Environment.Name, id, kind.Word())
		if err != nil {
			return false, err
		}
	}
	return true, w.store.WorkList(id).In(tx).Note(ctx, keysItem(id), nil)
}

// ending is a context for what is stored though ctx may have ended.
func ending(ctx context.Context) (context.Context, context.CancelFunc) {
	const enough = 5 * time.Second
	return context.WithTimeout(context.WithoutCancel(ctx), enough)
}
