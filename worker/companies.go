package worker

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

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

// The states of a company.
const (
	stateActive   = "active"
	stateAside    = "aside"    // its keys are dead
	stateQuestion = "question" // a person decides first
	stateGone     = "gone"     // offboarded
)

// asideFor is how long a company with dead keys is left alone. Other keys, or a person,
// end it at once.
const asideFor = time.Hour

// SetCompanies replaces the companies that are worked for, for example after their file
// has changed. One whose keys are others than before is tried at once.
func (w *Worker) SetCompanies(ctx context.Context, list []Company) error {
	next := map[string]*company{}
	for _, c := range list {
		id := canonical(c.CompanyID)
		made, err := w.client(c)
		if err != nil {
			return err
		}
		next[id] = made
		old := w.company(id)
		if err := w.register(ctx, made, old != nil && old.Credentials != c.Credentials); err != nil {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.companies = next
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
		if w.base, err = maventa.NewClient(w.config.Environment, c.Credentials, w.config.Options...); err != nil {
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

// register makes the row of a company.
func (w *Worker) register(ctx context.Context, c *company, isChanged bool) error {
	return w.db.within(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO maventa_company (company_id, business_id, since) VALUES ($1, $2, $3)
			ON CONFLICT (company_id) DO UPDATE SET business_id = excluded.business_id`, c.id(), c.BusinessID, time.Now().UnixMicro())
		if err == nil && isChanged {
			_, err = tx.ExecContext(ctx, reviveAside+" AND company_id = $1", c.id())
		}
		return err
	})
}

func (c *company) id() string { return canonical(c.CompanyID) }

// company returns a company that this process works for, or nil.
func (w *Worker) company(id string) *company {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.companies[canonical(id)]
}

const reviveAside = "UPDATE maventa_company SET state = 'active', reason = '', try_at = 0, follow_at = 0 WHERE state = 'aside'"

// Revive lets a company whose keys were dead be worked for again, at once.
func (w *Worker) Revive(ctx context.Context, companyID string) error {
	done, err := w.db.ExecContext(ctx, reviveAside+" AND company_id = $1", canonical(companyID))
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return fmt.Errorf("worker: company %s: %w: it is not set aside", companyID, maventa.ErrNotFound)
}

// isDead reports whether an error says that a company's keys cannot be used.
func isDead(err error) bool {
	return errors.Is(err, maventa.ErrInvalidCredentials) || errors.Is(err, maventa.ErrMissingScope)
}

// setAside leaves a company alone whose keys are dead.
func (w *Worker) setAside(ctx context.Context, c *company, reason error) error {
	ctx, cancel := ending(ctx)
	defer cancel()
	now := time.Now()
	w.config.Log.Warn("a company is set aside, since its keys are dead", "company", c.id(), "kind", maventa.Advise(reason).Kind.Word())
	_, err := w.db.ExecContext(ctx, `UPDATE maventa_company SET state = 'aside', reason = $1, try_at = $2,
		since = CASE WHEN state = 'aside' THEN since ELSE $3 END WHERE company_id = $4 AND state <> 'gone'`,
		reason.Error(), now.Add(asideFor).UnixMicro(), now.UnixMicro(), c.id())
	return err
}

// ending is a context for what is stored though ctx may have ended.
func ending(ctx context.Context) (context.Context, context.CancelFunc) {
	const enough = 5 * time.Second
	return context.WithTimeout(context.WithoutCancel(ctx), enough)
}

// SetKnownUntil notes the last day whose payments are all in the books of a company.
// Nothing is transferred if that is older than the last banking day.
func (w *Worker) SetKnownUntil(ctx context.Context, companyID string, day maventa.Date) error {
	return w.changeCompany(ctx, companyID, "UPDATE maventa_company SET known_until = $1 WHERE company_id = $2", day.String())
}

func (w *Worker) changeCompany(ctx context.Context, companyID, statement string, value any) error {
	done, err := w.db.ExecContext(ctx, statement, value, canonical(companyID))
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return unknownCompany(companyID)
}

func unknownCompany(id string) error {
	return fmt.Errorf("worker: company %s: %w: it is none of those that are worked for", id, maventa.ErrNotFound)
}

func (w *Worker) knownUntil(ctx context.Context, companyID string) (day maventa.Date, err error) {
	text := ""
	err = w.db.QueryRowContext(ctx, "SELECT known_until FROM maventa_company WHERE company_id = $1", canonical(companyID)).Scan(&text)
	if err != nil || text == "" {
		return maventa.Date{}, err
	}
	return maventa.ParseDate(text)
}

// Standing is what the books say of an invoice, see ledger.Standing.
type Standing struct {
	Open     string `json:"open,omitzero"` // what is unpaid, "100.00"; empty: the books do not say
	Disputed bool   `json:"disputed,omitzero"`
	Stopped  bool   `json:"stopped,omitzero"` // it must not be collected
}

// SetStanding notes what the books say of an invoice. It is read in the moment before
// the invoice is transferred. An invoice that is paid, and that no agency has, needs no
// reports: those that wait for it end as not needed.
func (w *Worker) SetStanding(ctx context.Context, companyID, invoiceID string, s Standing) error {
	if s.Open != "" {
		if _, err := maventa.ParseAmount(s.Open); err != nil {
			return invalid(maventa.FieldProblem{Field: "open", Problem: `must be a decimal such as "12.50"`})
		}
	}
	_, err := w.db.ExecContext(ctx, `INSERT INTO maventa_standing (company_id, invoice_id, open, disputed, stopped) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (company_id, invoice_id) DO UPDATE SET open = excluded.open, disputed = excluded.disputed, stopped = excluded.stopped`,
		canonical(companyID), canonical(invoiceID), s.Open, flag(s.Disputed), flag(s.Stopped))
	return err
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// lastLook is what the books say of an invoice: its row, and what is queued of it that
// overtakes a transfer.
func (w *Worker) lastLook(ctx context.Context, companyID, invoiceID string) (ledger.Standing, error) {
	var (
		stands            ledger.Standing
		open              string
		disputed, stopped int
	)
	err := w.db.QueryRowContext(ctx, "SELECT open, disputed, stopped FROM maventa_standing WHERE company_id = $1 AND invoice_id = $2",
		canonical(companyID), canonical(invoiceID)).Scan(&open, &disputed, &stopped)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return stands, err
	}
	stands.Disputed, stands.Stopped = disputed != 0, stopped != 0
	if open != "" {
		amount, err := maventa.ParseAmount(open)
		if err != nil {
			return stands, err
		}
		stands.Open = maventa.Some(amount)
	}
	if !stands.Stopped {
		stands.Stopped, err = w.isOvertaken(ctx, companyID, invoiceID)
		return stands, err
	}
	return stands, nil
}

// isOvertaken reports whether a stop, a cancellation, a credit note or a loss of the
// invoice waits to be sent.
func (w *Worker) isOvertaken(ctx context.Context, companyID, invoiceID string) (bool, error) {
	waiting, err := w.store.Outbox(canonical(companyID)).ForInvoice(ctx, invoiceID)
	if err != nil {
		return false, err
	}
	for _, e := range waiting {
		if e.State != sqlstore.OutboxQueued && e.State != sqlstore.OutboxHeld || e.Event == nil {
			continue
		}
		switch e.Event.Event.Type { //nolint:exhaustive // the others do not end a claim
		case maventa.EventCollectionStop, maventa.EventCancellation, maventa.EventCreditNote, maventa.EventCreditLoss:
			return true, nil
		}
	}
	return false, nil
}
