package worker

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// company is one that this process works for.
type company struct {
	Company

	client *maventa.Client
	ledger *ledger.Ledger
}

func (c *company) id() string { return canonical(c.CompanyID) }

// The states of a company.
const (
	stateActive   = "active"
	stateAside    = "aside"    // its keys are dead
	stateQuestion = "question" // a person decides first
	stateGone     = "gone"     // offboarded
)

// SetCompanies replaces the companies that are worked for, for example after their file
// has changed. One whose keys are others than before is tried at once. One that is gone
// is left out, see [Worker.Offboard]. One whose business id another company has is a
// question to a person: nothing is sent for it until it is decided on the work list.
func (w *Worker) SetCompanies(ctx context.Context, list []Company) error {
	next, gone := map[string]*company{}, map[string]*company{}
	for _, c := range list {
		made := w.company(c.CompanyID)
		if made == nil || made.Company != c {
			var err error
			if made, err = w.client(c); err != nil {
				return err
			}
		}
		next[made.id()] = made
	}
	err := w.db.within(ctx, func(tx *sql.Tx) error {
		if !w.db.isSQLite() { // two with one business id are seen, whoever comes first
			if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(5566218147003122)"); err != nil {
				return err
			}
		}
		for _, c := range list {
			id := canonical(c.CompanyID)
			state, err := w.register(ctx, tx, next[id])
			if err != nil {
				return fmt.Errorf("worker: company %s: %w", id, err)
			}
			if state == stateGone {
				gone[id] = next[id]
				delete(next, id)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.companies, w.gone = next, gone
	return nil
}

// client makes the client and the ledger of a company.
func (w *Worker) client(c Company) (*company, error) {
	var err error
	made := &company{Company: c}
	var opts []maventa.CompanyOption
	if w.config.ReadOnly {
		opts = append(opts, maventa.ReadOnly())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.base == nil {
		if w.base, err = maventa.NewClient(w.config.Environment, c.Credentials, w.config.clientOptions()...); err != nil {
			return nil, fmt.Errorf("%w: company %s: %w", ErrConfig, c.CompanyID, err)
		}
	}
	if made.client, err = w.base.ForCompany(c.Credentials, opts...); err != nil {
		return nil, fmt.Errorf("%w: company %s: %w", ErrConfig, c.CompanyID, err)
	}
	made.ledger = ledger.New(made.client, w.store.Journal(), ledger.SettleTime(w.config.Settle), ledger.WithGuards(ledger.Guards{
		Pause: w.store, Reservations: w.store, Limits: w.config.Limits, KnownUntil: w.knownUntil, LastLook: w.lastLook,
	}))
	return made, nil
}

// register makes the row of a company, or brings it to what is configured, and returns
// its state.
func (w *Worker) register(ctx context.Context, tx *sql.Tx, c *company) (state string, err error) {
	inserted, err := tx.ExecContext(ctx, `INSERT INTO maventa_company (company_id, since) VALUES ($1, $2) ON CONFLICT (company_id) DO NOTHING`,
		c.id(), time.Now().UnixMicro())
	if err != nil {
		return "", err
	}
	isNew, err := inserted.RowsAffected()
	if err != nil {
		return "", err
	}
	var businessBefore, keysBefore string
	err = tx.QueryRowContext(ctx, "SELECT state, business_id, key_digest FROM maventa_company WHERE company_id = $1", c.id()).
		Scan(&state, &businessBefore, &keysBefore)
	if err != nil || state == stateGone {
		return state, err
	}
	business, keys := businessID(c.BusinessID), w.digest(&c.Credentials)
	if business != businessBefore || keys != keysBefore {
		_, err = tx.ExecContext(ctx, "UPDATE maventa_company SET business_id = $1, key_digest = $2 WHERE company_id = $3", business, keys, c.id())
	}
	if err == nil && state == stateAside && keys != keysBefore {
		_, err = w.revive(ctx, tx, c.id(), refusedKinds)
	}
	if err == nil && business != "" && (isNew > 0 || business != businessBefore) {
		err = w.question(ctx, tx, c.id(), business)
	}
	return state, err
}

// businessID is a business id as it is compared: "FI12345678", "1234567-8" and
// "12345678" are one.
func businessID(id string) string {
	id = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, id)
	const withCountry = len("FI12345678")
	if len(id) == withCountry {
		id = strings.TrimPrefix(id, "FI")
	}
	return id
}

// question asks a person about a company if another one has its business id: the same
// company under a new UUID may have sent everything already.
func (w *Worker) question(ctx context.Context, tx *sql.Tx, id, business string) error {
	other := ""
	err := each(ctx, tx, "SELECT company_id FROM maventa_company WHERE business_id = $1 AND company_id <> $2 AND state <> 'gone' ORDER BY since, company_id LIMIT 1",
		[]any{business, id}, func(scan func(...any) error) error { return scan(&other) })
	if err != nil || other == "" {
		return err
	}
	const why = "another company has the same business id"
	_, err = tx.ExecContext(ctx, "UPDATE maventa_company SET state = 'question', reason = $1, since = $2 WHERE company_id = $3",
		why, time.Now().UnixMicro(), id)
	if err != nil {
		return err
	}
	return w.store.WorkList(id).In(tx).Put(ctx, sqlstore.WorkItem{
		Key: businessItem(id), Kind: "same_business_id", Action: maventa.ActionAskPerson, About: other, IDs: []string{other},
		Attempt: time.Now(), // asked again, it is another question
		Text: "company " + id + " has the business id of company " + other + ". Nothing is sent for it. If both are one company, the agencies may have" +
			" everything already: find out. Decide again: it is another company, work for it too; drop: never work for it.",
	})
}

// The items of a company's own on the work list.
func businessItem(id string) string { return "company/" + id + "/business_id" }
func keysItem(id string) string     { return "company/" + id + "/keys" }

// decideCompany does what a person has decided on an item of a company's own.
func (w *Worker) decideCompany(ctx context.Context, tx *sql.Tx, id, key string, d sqlstore.Decision) (err error) {
	switch {
	case key == keysItem(id) && d.Kind == sqlstore.DecideAgain:
		_, err = w.revive(ctx, tx, id, refusedKinds)
	case key == businessItem(id) && d.Kind == sqlstore.DecideAgain:
		_, err = tx.ExecContext(ctx, "UPDATE maventa_company SET state = 'active', reason = '', since = $1 WHERE company_id = $2 AND state = 'question'",
			time.Now().UnixMicro(), id)
		if err == nil {
			err = w.store.WorkList(id).In(tx).Note(ctx, key, nil) // it is done
		}
	case key == businessItem(id) && d.Kind == sqlstore.DecideDrop:
		_, _, err = w.end(ctx, tx, id, d.Who, d.Why)
	}
	return err
}

// company returns a company that this process works for, or nil.
func (w *Worker) company(id string) *company {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.companies[canonical(id)]
}

// isActive reports whether anything may be sent for a company.
func (w *Worker) isActive(ctx context.Context, id string) (bool, error) {
	n := 0
	err := w.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM maventa_company WHERE company_id = $1 AND state = 'active'", canonical(id)).Scan(&n)
	return n > 0, err
}

func unknownCompany(id string) error {
	return fmt.Errorf("worker: company %s: %w: it is none of those that are worked for", id, maventa.ErrNotFound)
}
