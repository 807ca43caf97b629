package worker_test

import (
	"flag"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

var zero maventa.Amount

var followCompanies = flag.Int("follow.companies", 1000, "how many companies TestFollow follows")

// TestFollow follows many companies, three of them with dead keys: those are set aside
// after one refusal, and the events of the others are in the inbox once.
func TestFollow(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		const dead, events = 3, 2
		n := *followCompanies
		w := newWorld(t, database, n)
		wk := w.open(t)
		for i, c := range w.companies {
			if i < dead {
				c.DeleteUser()
			}
			id := c.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "500.00"})
			for j := range events {
				w.srv.Agency().Paid(id, fmt.Sprintf("%d.00", j+1), w.srv.Today())
			}
		}
		db := look(t, database)
		const (
			followed = "SELECT COUNT(*) FROM maventa_company WHERE follow_at > 0 AND state = 'active'"
			aside    = "SELECT COUNT(*) FROM maventa_company WHERE state = 'aside'"
			stored   = "SELECT COUNT(*) FROM maventa_inbox"
		)
		run(t, wk)
		first := eventually(t, 3*time.Minute, func() bool { return number(t, db, followed) == n-dead && number(t, db, aside) == dead }, "not followed")
		assert.Equal(t, events*(n-dead), number(t, db, stored), "events in the inbox")
		eventually(t, time.Minute, func() bool { return number(t, db, "SELECT COUNT(*) FROM river_job WHERE state <> 'completed'") == 0 }, "jobs are left")

		for i, c := range w.companies {
			w.srv.Agency().Comment(c.Assignments()[0].ID, fmt.Sprintf("%d", i))
		}
		_, err := db.ExecContext(t.Context(), "UPDATE maventa_company SET follow_at = 0 WHERE state = 'active'")
		require.NoError(t, err)
		second := eventually(t, 3*time.Minute, func() bool { return number(t, db, followed) == n-dead }, "not followed again")
		rows := number(t, db, stored)
		t.Logf("%d companies followed in %v, and again in %v; %d events", n, first.Round(time.Millisecond), second.Round(time.Millisecond), rows)
		assert.Equal(t, (events+1)*(n-dead), rows, "events in the inbox")
		assert.Zero(t, number(t, db, "SELECT COUNT(*) FROM maventa_inbox WHERE kind <> 'new'"))
		assert.Equal(t, dead, number(t, db, aside))

		asked := map[string]int{}
		for _, r := range w.srv.TokenRequests() {
			form, err := url.ParseQuery(r.Body)
			require.NoError(t, err)
			asked[form.Get("client_id")]++
		}
		for _, c := range w.companies[:dead] {
			assert.Equal(t, 1, asked[c.ID()], "requests with keys that are dead")
		}
	})
}

// TestEventsInOrder reads the inbox by position while two look for events, and commit
// late: none is skipped.
func TestEventsInOrder(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		const events, lasts = 60, 6 * time.Second
		w := newWorld(t, database, 1)
		w.config.Follow = 50 * time.Millisecond
		wk := w.open(t)
		db := look(t, database)
		run(t, wk)
		if database[0] == 'p' {
			run(t, w.open(t))
			for _, statement := range []string{
				`CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3 * random()); RETURN NULL; END $$`,
				`CREATE CONSTRAINT TRIGGER late AFTER INSERT ON maventa_inbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION late()`,
			} {
				_, err := db.ExecContext(t.Context(), statement)
				require.NoError(t, err)
			}
		}
		c := w.companies[0]
		id := c.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "5000.00"})
		go func() {
			for i := range events {
				w.srv.Agency().Paid(id, fmt.Sprintf("%d.00", i+1), w.srv.Today())
				time.Sleep(lasts / events)
			}
		}()
		var (
			position int64
			seen     = map[string]int{}
			lost     time.Time
		)
		for began := time.Now(); len(seen) < events && time.Since(began) < time.Minute; time.Sleep(5 * time.Millisecond) {
			list, err := wk.Events(t.Context(), c.ID(), position, 10)
			require.NoError(t, err)
			for _, item := range list {
				require.Greater(t, item.Position, position)
				position = item.Position
				seen[item.Event.Amount.Or(zero).String()]++
			}
			if time.Since(lost) < 200*time.Millisecond {
				continue
			}
			// Without its job a company is looked at by both. In SQLite another
			// program's transaction stands in the way for a while.
			lost = time.Now()
			tx, err := db.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			_, err = tx.ExecContext(t.Context(), "DELETE FROM river_job")
			require.NoError(t, err)
			time.Sleep(100 * time.Millisecond)
			require.NoError(t, tx.Commit())
		}
		assert.Len(t, seen, events, "events that the reader saw")
		for amount, n := range seen {
			assert.Equal(t, 1, n, amount)
		}
		assert.Equal(t, events, number(t, db, "SELECT COUNT(*) FROM maventa_inbox"))
	})
}
