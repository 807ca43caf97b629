package worker

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/sqlstore"
)

const (
	uncoveredTime  = 12 * time.Second // of jobTime, for the lists
	uncoveredDays  = 14               // how far back, if the time suffices
	uncoveredEvery = 24 * time.Hour
	uncoveredKey   = "uncovered/"
)

// uncovered looks once for invoices of the last days that Kassavirta has passed by. If
// the time does not suffice, it looks back half as far the next time.
func (w *Worker) uncovered(ctx context.Context, companyID string) error {
	c := w.company(companyID)
	if c == nil {
		return nil
	}
	seen, err := w.Services(ctx, companyID)
	if err != nil || !seen.Amili.isKassavirta() {
		return err
	}
	days := uncoveredDays
	if err := w.db.QueryRowContext(ctx, "SELECT uncovered_days FROM maventa_company WHERE company_id = $1", c.id()).Scan(&days); err != nil {
		return err
	}
	now := time.Now()
	q := ax.UncoveredQuery{From: now.AddDate(0, 0, -days), ActiveSince: seen.Amili.Since}
	if q.From.Before(q.ActiveSince) { // what is older has no assignment, rightly
		q.From = q.ActiveSince
	}
	found, err := w.findUncovered(ctx, c, q)
	next := now.Add(uncoveredEvery)
	switch {
	case isDead(err):
		return w.setAside(ctx, c, err)
	case errors.Is(err, context.DeadlineExceeded):
		w.config.Log.WarnContext(ctx, "there are too many invoices to look for those without an assignment: fewer days are looked at", "company", c.id(), "days", days)
		days, next = max(1, days/2), now.Add(time.Hour)
	case err != nil:
		advice := maventa.Advise(err)
		w.config.Log.WarnContext(ctx, "looking for invoices without an assignment failed, and is done again", "company", c.id(), "kind", advice.Kind.Word())
		next = now.Add(max(advice.After, w.config.Follow))
	default:
		if err := w.noteUncovered(ctx, c, found); err != nil {
			return err
		}
	}
	ctx, cancel := ending(ctx)
	defer cancel()
	_, err = w.db.ExecContext(ctx, "UPDATE maventa_company SET uncovered_at = $1, uncovered_days = $2 WHERE company_id = $3 AND uncovered_at > 0",
		next.UnixMicro(), days, c.id())
	return err
}

func (w *Worker) findUncovered(ctx context.Context, c *company, q ax.UncoveredQuery) (found []ax.UncoveredInvoice, err error) {
	ctx, cancel := context.WithTimeout(ctx, uncoveredTime)
	defer cancel()
	for invoice, err := range ax.Uncovered(ctx, c.client, q) {
		if err != nil {
			return nil, err
		}
		found = append(found, invoice)
	}
	return found, nil
}

// noteUncovered puts invoices without an assignment on the work list, each once, and
// closes the items of those that have one now.
func (w *Worker) noteUncovered(ctx context.Context, c *company, found []ax.UncoveredInvoice) error {
	isFound := map[string]bool{}
	err := w.db.within(ctx, func(tx *sql.Tx) error {
		work := w.store.WorkList(c.id()).In(tx)
		for _, u := range found {
			id := canonical(u.Invoice.ID)
			isFound[uncoveredKey+id] = true
			err := work.Put(ctx, sqlstore.WorkItem{
				Key: uncoveredKey + id, Kind: "uncovered", Action: maventa.ActionAskPerson, About: id, Text: uncoveredText(&u),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	const most = 1000
	open, err := w.store.WorkList(c.id()).Open(ctx, most)
	if err != nil {
		return err
	}
	for end := time.Now().Add(jobTime - uncoveredTime - 4*time.Second); len(open) > 0 && time.Now().Before(end); open = open[1:] {
		key := open[0].Key
		id, isOne := strings.CutPrefix(key, uncoveredKey)
		if !isOne || isFound[key] {
			continue
		}
		_, err := c.client.Assignments.ForInvoice(ctx, id)
		switch {
		case errors.Is(err, maventa.ErrNotFound): // it was sent too long ago to be found
			continue
		case err != nil: // the next day's run looks again
			return nil //nolint:nilerr // the list itself is stored
		}
		if err := w.store.WorkList(c.id()).Note(ctx, key, nil); err != nil {
			return err
		}
	}
	return nil
}

func uncoveredText(u *ax.UncoveredInvoice) string {
	reasons := map[ax.UncoveredReason]string{
		ax.UncoveredCurrency:  "perhaps since its currency is not EUR",
		ax.UncoveredFormat:    "perhaps since Kassavirta takes no invoices of its format",
		ax.UncoveredGraceDays: "perhaps since it is a consumer's and was sent in the first days of the service",
	}
	why := reasons[u.Reason]
	if why == "" {
		why = "and no rule explains it: ask Maventa"
	}
	return "invoice " + u.Invoice.ID + " was sent on " + maventa.DateOf(u.Invoice.CreatedAt).String() + " (status " + string(u.Invoice.Status) +
		") and Kassavirta has made no assignment of it, " + why + ". Nobody watches its payment: do so by hand, or hand it over."
}
