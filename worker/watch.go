package worker

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

// Services is what was seen of the two services of a company.
type Services struct {
	Ropo  Service `json:"ropo,omitzero"`
	Amili Service `json:"amili,omitzero"`
}

// Service is what was seen of one service.
type Service struct {
	Status maventa.ServiceStatus `json:"status"` // empty: not looked at yet
	Type   maventa.ServiceType   `json:"type,omitzero"`
	// Since is when it was seen first in this status (UTC). It is zero if it was active or
	// disabled already when it was looked at first.
	Since time.Time `json:"since,omitzero"`
}

// isKassavirta reports whether every invoice goes through the agency.
func (s *Service) isKassavirta() bool {
	return s.Status == maventa.ServiceActive && s.Type == maventa.ServiceTypeFull
}

// see takes in what was seen now.
func (s *Service) see(status maventa.ServiceStatus, kind maventa.ServiceType, now time.Time) {
	s.Type = kind
	if s.Status == status {
		return
	}
	if s.Status != "" || status == maventa.ServicePending {
		s.Since = now.UTC()
	}
	s.Status = status
}

// Services returns what was seen of the services of a company. The error matches
// maventa.ErrNotFound if the company is unknown.
func (w *Worker) Services(ctx context.Context, companyID string) (*Services, error) {
	text := ""
	err := w.db.QueryRowContext(ctx, "SELECT services FROM maventa_company WHERE company_id = $1", canonical(companyID)).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, unknownCompany(companyID)
	}
	seen := &Services{}
	if err == nil {
		err = seen.read(text)
	}
	if err != nil {
		return nil, fmt.Errorf("worker: the services of company %s: %w", companyID, err)
	}
	return seen, nil
}

// read reads the column.
func (s *Services) read(text string) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), s)
}

// watch looks once at the activation of a company's services. One that waits for a
// signature is looked at every Config.Watch, the others once in 24 times that.
func (w *Worker) watch(ctx context.Context, companyID string) error {
	c := w.company(companyID)
	if c == nil {
		return nil
	}
	seen, err := w.Services(ctx, companyID)
	if err != nil {
		return err
	}
	const rarely = 24
	wait := rarely * w.config.Watch
	now, failed := time.Now(), false
	for _, of := range []struct {
		service *Service
		look    func() (maventa.ServiceStatus, maventa.ServiceType, error)
	}{
		{&seen.Ropo, func() (maventa.ServiceStatus, maventa.ServiceType, error) {
			s, err := c.client.Ropo.Status(ctx)
			if err != nil {
				return "", "", err
			}
			return s.Status, "", nil
		}},
		{&seen.Amili, func() (maventa.ServiceStatus, maventa.ServiceType, error) {
			s, err := c.client.Amili.Status(ctx)
			if err != nil {
				return "", "", err
			}
			return s.Status, s.ServiceType, nil
		}},
	} {
		status, kind, err := of.look()
		switch {
		case isDead(err):
			return w.setAside(ctx, c, err)
		case errors.Is(err, maventa.ErrNotFound): // it was never ordered
			of.service.see(maventa.ServiceDisabled, "", now)
		case err != nil: // what was seen before stands
			advice := maventa.Advise(err)
			again, isNews := w.failed("watch", c.id())
			if isNews {
				w.config.Log.InfoContext(ctx, "looking at a service failed, and is done again", "company", c.id(), "kind", advice.Kind.Word())
			}
			if advice.Action == maventa.ActionRetry {
				wait = min(wait, max(advice.After, again))
			}
			failed = true
		default:
			of.service.see(status, kind, now)
		}
		if of.service.Status == maventa.ServicePending {
			wait = min(wait, w.config.Watch)
		}
	}
	if !failed {
		w.worked("watch", c.id())
	}
	return w.seen(ctx, c, seen, now.Add(wait))
}

// seen stores what was seen of the services, with the items of those that nobody signs.
func (w *Worker) seen(ctx context.Context, c *company, seen *Services, next time.Time) error {
	ctx, cancel := ending(ctx)
	defer cancel()
	text, err := json.Marshal(seen)
	if err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	uncovered := 0
	if seen.Amili.isKassavirta() {
		uncovered = 1
	}
	return w.db.within(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE maventa_company SET services = $1, watch_at = $2,
			uncovered_at = CASE WHEN $3 = 0 THEN 0 WHEN uncovered_at = 0 THEN 1 ELSE uncovered_at END WHERE company_id = $4`,
			string(text), next.UnixMicro(), uncovered, c.id())
		if err != nil {
			return err
		}
		if err := w.noteActivation(ctx, tx, c, "ropo", &seen.Ropo); err != nil {
			return err
		}
		return w.noteActivation(ctx, tx, c, "amili", &seen.Amili)
	})
}

// mostPending is how many banking days an activation may wait until a person hears of it.
const mostPending = 3

// noteActivation puts an activation on the work list that waits for longer than usual,
// and closes the item once it does not wait any more. Where it is signed is not written
// down: whoever knows the address can open it.
func (w *Worker) noteActivation(ctx context.Context, tx *sql.Tx, c *company, agency string, s *Service) error {
	work, key := w.store.WorkList(c.id()).In(tx), "company/"+c.id()+"/activation/"+agency
	if s.Status != maventa.ServicePending {
		return work.Note(ctx, key, nil)
	}
	if bankingDays(maventa.DateOf(s.Since), maventa.DateOf(time.Now())) <= mostPending {
		return nil
	}
	return work.Put(ctx, sqlstore.WorkItem{
		Key: key, Kind: "activation_pending", Action: maventa.ActionAskPerson, About: agency, Attempt: s.Since,
		Text: "the activation of " + agency + " for company " + c.id() + " waits for a signature, seen since " + maventa.DateOf(s.Since).String() +
			". A person who may sign for the company has to identify and sign: look who was named in the activation, and whether the agency's mail has come." +
			" Nothing can be transferred to " + agency + " until then.",
	})
}

// bankingDays counts Monday to Friday after one day, until another one.
func bankingDays(after, until maventa.Date) (n int) {
	for day := after.AddDays(1); !day.After(until); day = day.AddDays(1) {
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			n++
		}
	}
	return n
}
