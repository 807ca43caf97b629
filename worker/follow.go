package worker

import (
	"context"
	"time"

	"github.com/maventa-go/maventa"
)

// follow looks once for the events of a company. They are stored page by page, each
// together with its checkpoint.
func (w *Worker) follow(ctx context.Context, companyID string) error {
	c := w.company(companyID)
	if c == nil {
		return nil
	}
	_, err := w.store.Inbox(c.client).Look(ctx)
	now, wait := time.Now(), w.config.Follow
	switch {
	case isDead(err):
		return w.setAside(ctx, c, err)
	case err != nil:
		advice := maventa.Advise(err)
		again, isNews := w.failed("follow", c.id())
		if isNews {
			w.config.Log.WarnContext(ctx, "looking for events failed, and is done again", "company", c.id(), "kind", advice.Kind.Word())
		}
		if advice.Action == maventa.ActionRetry {
			wait = min(wait, max(advice.After, again))
		}
	default:
		w.worked("follow", c.id())
	}
	ctx, cancel := ending(ctx)
	defer cancel()
	statement, args := "UPDATE maventa_company SET follow_at = $1 WHERE company_id = $2", []any{now.Add(wait).UnixMicro(), c.id()}
	if err == nil {
		statement, args = "UPDATE maventa_company SET follow_at = $1, followed_at = $3 WHERE company_id = $2", append(args, now.UnixMicro())
	}
	_, err = w.db.ExecContext(ctx, statement, args...)
	return err
}
