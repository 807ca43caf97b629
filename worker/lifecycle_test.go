package worker_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
	"github.com/maventa-go/maventa/worker"
)

// exec changes the world's database beside the worker.
func (w *world) exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	driver, name := "pgx", w.config.Database
	if path, isFile := strings.CutPrefix(name, "sqlite:"); isFile {
		driver, name = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, name)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), statement, args...)
	require.NoError(t, err)
}

// item is an item of the work list that nobody has decided on, or nil.
func item(t testing.TB, wk *worker.Worker, companyID, key string) *worker.WorkItem {
	t.Helper()
	list, err := wk.Work(t.Context(), companyID, 1000)
	require.NoError(t, err)
	for i := range list {
		if list[i].Key == key {
			return &list[i]
		}
	}
	return nil
}

// soon waits until something holds.
func soon(t testing.TB, holds func() bool, what ...any) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(50 * time.Millisecond) {
		require.True(t, time.Now().Before(end), what...)
	}
}

// stateOf is where a company stands.
func stateOf(t testing.TB, wk *worker.Worker, companyID string) worker.CompanyState {
	t.Helper()
	list, err := wk.Companies(t.Context())
	require.NoError(t, err)
	for _, c := range list {
		if strings.EqualFold(c.CompanyID, companyID) {
			return c
		}
	}
	t.Fatalf("there is no company %s", companyID)
	return worker.CompanyState{}
}

func find(t testing.TB, wk *worker.Worker, companyID, key string) *worker.Status {
	t.Helper()
	s, err := wk.Find(t.Context(), companyID, key)
	require.NoError(t, err)
	return s
}

func ago(d time.Duration) int64 { return time.Now().Add(-d).UnixMicro() }

// otherKey is the key of another user of a company.
func (w *world) otherKey(t testing.TB, c *maventatest.Company) maventa.Secret {
	t.Helper()
	client, err := maventa.NewClient(w.config.Environment, credentials(c), maventa.WithScopes("global", "company"))
	require.NoError(t, err)
	user, err := ax.New(client).Company.AddUser(t.Context(), ax.AddedUser{Email: "other@example.com", FirstName: "Toinen"})
	require.NoError(t, err)
	return user.APIKey
}

// TestWatch: an activation is looked at until it is signed, and one that nobody signs
// is a person's item, without the address at which one signs.
func TestWatch(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		w.config.Watch = 200 * time.Millisecond
		c, id := w.companies[0], w.companies[0].ID()
		client, err := maventa.NewClient(w.config.Environment, credentials(c))
		require.NoError(t, err)
		_, err = client.Ropo.Activate(t.Context(), maventa.RopoActivation{AgreementContactEmail: "signer@example.com"})
		require.NoError(t, err)
		wk := w.open(t)
		run(t, wk)
		services := func() *worker.Services {
			s, err := wk.Services(t.Context(), id)
			require.NoError(t, err)
			return s
		}
		soon(t, func() bool { return services().Ropo.Status == maventa.ServicePending })
		assert.WithinDuration(t, time.Now(), services().Ropo.Since, time.Minute)
		assert.Equal(t, maventa.ServiceDisabled, services().Amili.Status)
		assert.Nil(t, item(t, wk, id, "company/"+id+"/activation/ropo"), "it has just begun")

		w.exec(t, "UPDATE maventa_company SET services = $1", `{"ropo":{"status":"PENDING","since":"`+time.Now().AddDate(0, 0, -7).UTC().Format(time.RFC3339)+`"}}`)
		soon(t, func() bool { return item(t, wk, id, "company/"+id+"/activation/ropo") != nil })
		waiting := item(t, wk, id, "company/"+id+"/activation/ropo")
		assert.NotContains(t, waiting.Text, "http")
		assert.NotContains(t, waiting.Text, "@")

		c.CompleteKYC(maventatest.Ropo)
		soon(t, func() bool { return services().Ropo.Status == maventa.ServiceActive })
		soon(t, func() bool { return item(t, wk, id, "company/"+id+"/activation/ropo") == nil }, "it closes by itself")
		assert.WithinDuration(t, time.Now(), services().Ropo.Since, time.Minute)
		assert.Equal(t, services().Ropo, stateOf(t, wk, id).Services.Ropo)
	})
}

// TestWatchRarely: a service that waits for nobody is looked at once a day.
func TestWatchRarely(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		w.companies[0].Activate(maventatest.Ropo)
		w.srv.Inject(maventatest.Status(404).On("Amili.Status"))
		wk := w.open(t)
		run(t, wk)
		soon(t, func() bool {
			s, err := wk.Services(t.Context(), w.companies[0].ID())
			return err == nil && s.Amili.Status == maventa.ServiceDisabled
		})
		time.Sleep(2 * time.Second)
		assert.Equal(t, 1, w.srv.Count("Ropo.Status"))
	})
}

// TestWatchBehindGateway: a gateway's 404 does not say that a service was never ordered.
func TestWatchBehindGateway(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		w.config.Watch = 200 * time.Millisecond
		w.companies[0].Activate(maventatest.Ropo)
		wk := w.open(t)
		run(t, wk)
		ropo := func() maventa.ServiceStatus {
			s, err := wk.Services(t.Context(), w.companies[0].ID())
			require.NoError(t, err)
			return s.Ropo.Status
		}
		soon(t, func() bool { return ropo() == maventa.ServiceActive })
		looks := w.srv.Count("Ropo.Status")
		w.srv.Inject(maventatest.Status(404, "no such backend").On("Ropo.Status").Times(maventatest.Always))
		w.exec(t, "UPDATE maventa_company SET watch_at = 1")
		soon(t, func() bool { return w.srv.Count("Ropo.Status") > looks+1 }, "it is looked at again")
		assert.Equal(t, maventa.ServiceActive, ropo())
	})
}

// TestUncovered: invoices that Kassavirta passes by are a person's items, once each,
// until they have an assignment.
func TestUncovered(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1, maventatest.WithToday(time.Now().AddDate(0, 0, -4).Format(time.DateOnly)))
		c, id := w.companies[0], w.companies[0].ID()
		c.ActivateKassavirta("vfsfi")
		euros := c.AddInvoice(maventatest.Invoice{Number: "1"})
		crowns := c.AddInvoice(maventatest.Invoice{Number: "2", Currency: "SEK"})
		wk := w.open(t)
		w.srv.Clock().AdvanceDays(2)
		run(t, wk)
		soon(t, func() bool { return item(t, wk, id, "uncovered/"+crowns) != nil })
		assert.Contains(t, item(t, wk, id, "uncovered/"+crowns).Text, "EUR")
		assert.Nil(t, item(t, wk, id, "uncovered/"+euros))

		require.NoError(t, wk.Decide(t.Context(), id, "uncovered/"+crowns, sqlstore.Decision{Kind: sqlstore.DecideDrop, Who: "Maija", Why: "paid"}))
		looks := w.srv.Count("Invoices.List")
		w.exec(t, "UPDATE maventa_company SET uncovered_at = 1")
		soon(t, func() bool { return w.srv.Count("Invoices.List") > looks })
		time.Sleep(time.Second)
		assert.Nil(t, item(t, wk, id, "uncovered/"+crowns), "once per invoice")
	})
}

// TestDeadKeys: a company whose keys die in the middle of a batch loses nothing, costs
// one refusal, is an alert after a day, and goes on at once with other keys, also after
// a restart.
func TestDeadKeys(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 2, maventatest.WithTokenLife(5*time.Second))
		c, id := w.companies[0], w.companies[0].ID()
		wk := w.open(t)
		other := w.otherKey(t, c)
		keys := w.payments(t, wk, c, 40)
		var once sync.Once
		w.srv.OnChange(func() {
			if w.srv.Count("Assignments.AddEvent") >= 7 {
				once.Do(c.DeleteUser)
			}
		})
		stop := run(t, wk)
		soon(t, func() bool { return stateOf(t, wk, id).State == "aside" })
		queued := 0
		for _, key := range keys {
			s := find(t, wk, id, key)
			require.Contains(t, []sqlstore.OutboxState{sqlstore.OutboxQueued, sqlstore.OutboxDone}, s.State, "%+v", s)
			if s.State == sqlstore.OutboxQueued {
				queued++
			}
		}
		assert.Positive(t, queued)
		list, err := wk.Work(t.Context(), id, 0)
		require.NoError(t, err)
		assert.Empty(t, list, "nothing is a person's yet")
		assert.False(t, stateOf(t, wk, id).DeadKeys)
		assert.NotContains(t, stateOf(t, wk, id).Reason, "Client.Check", "which is a name in Go")

		time.Sleep(5 * time.Second) // the token that died has expired
		w.exec(t, "UPDATE maventa_company SET since = $1, try_at = 1 WHERE state = 'aside'", ago(25*time.Hour))
		soon(t, func() bool { return item(t, wk, id, "company/"+id+"/keys") != nil })
		assert.True(t, stateOf(t, wk, id).DeadKeys)
		stop()
		require.NoError(t, wk.Close())
		refusals := 0
		for _, r := range w.srv.TokenRequests() {
			if r.Status >= 400 {
				refusals++
			}
		}
		assert.Equal(t, 1, refusals)

		// Other keys, and a new process.
		w.srv.OnChange(nil)
		w.config.Companies[0].UserAPIKey = other
		wk = w.open(t)
		assert.Equal(t, "active", stateOf(t, wk, id).State)
		assert.Nil(t, item(t, wk, id, "company/"+id+"/keys"), "it closes by itself")
		stop = run(t, wk)
		for _, key := range keys {
			soon(t, func() bool { return find(t, wk, id, key).State == sqlstore.OutboxDone }, key)
		}
		stop()
		for _, a := range c.Assignments() {
			assert.Len(t, a.Events, 10)
		}
	})
}

// TestSameBusinessID: the second company with one business id waits for a person.
func TestSameBusinessID(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 3)
		for i, business := range []string{"1234567-8", "FI12345678", "12345678"} {
			w.config.Companies[i].BusinessID = business
		}
		wk := w.open(t)
		for _, c := range w.companies {
			w.payments(t, wk, c, 1)
		}
		run(t, wk)
		first, second, third := w.companies[0].ID(), w.companies[1].ID(), w.companies[2].ID()
		soon(t, func() bool { return find(t, wk, first, "bank/0").State == sqlstore.OutboxDone })
		for _, id := range []string{second, third} {
			asked := item(t, wk, id, "company/"+id+"/business_id")
			require.NotNil(t, asked)
			assert.Contains(t, asked.Text, first)
			assert.Equal(t, "question", stateOf(t, wk, id).State)
			assert.Zero(t, find(t, wk, id, "bank/0").Attempts)
		}
		decide := func(id string, kind sqlstore.DecisionKind) {
			require.NoError(t, wk.Decide(t.Context(), id, "company/"+id+"/business_id", sqlstore.Decision{Kind: kind, Who: "Maija", Why: "asked"}))
		}
		decide(second, sqlstore.DecideAgain)
		decide(third, sqlstore.DecideDrop)
		soon(t, func() bool { return find(t, wk, second, "bank/0").State == sqlstore.OutboxDone })
		assert.Equal(t, "gone", stateOf(t, wk, third).State)
		assert.Equal(t, sqlstore.OutboxWithdrawn, find(t, wk, third, "bank/0").State)

		require.NoError(t, wk.SetCompanies(t.Context(), w.config.Companies))
		assert.Equal(t, "active", stateOf(t, wk, second).State, "it is asked once")
		_, err := wk.Put(t.Context(), third, "bank/1", worker.Entry{})
		require.ErrorIs(t, err, maventa.ErrNotFound, "it is gone")
	})
}

// TestOffboard: nothing is sent for a company that is gone, and what there is of it is
// listed and exported, without keys.
func TestOffboard(t *testing.T) {
	t.Parallel() // it mostly waits
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 2)
		c, id, other := w.companies[0], w.companies[0].ID(), w.companies[1]
		wk := w.open(t)
		w.payments(t, wk, c, 2)
		w.srv.Agency().Reminder(c.Assignments()[0].ID, "5.00")
		stop := run(t, wk)
		soon(t, func() bool {
			return find(t, wk, id, "bank/1").State == sqlstore.OutboxDone && w.count(t, "SELECT COUNT(*) FROM maventa_inbox") > 0
		})
		stop()
		require.NoError(t, wk.Close())
		wk = w.open(t)
		require.NoError(t, wk.Pause(t.Context(), "Maija", "test"))
		invoice := c.AddInvoice(maventatest.Invoice{})
		_, err := wk.Put(t.Context(), id, "collect/1", transferOf(invoice, "124.00"))
		require.NoError(t, err)
		_, err = wk.Put(t.Context(), id, "bank/late", worker.Entry{
			Kind: worker.Payment, AssignmentID: c.Assignments()[0].ID, Amount: "1.00", Date: maventa.MustDate("2026-11-20"),
		})
		require.NoError(t, err)

		var export bytes.Buffer
		left, err := wk.Offboard(t.Context(), id, "Maija", "a customer no more", &export)
		require.NoError(t, err)
		assert.Equal(t, []string{"collect/1", "bank/late"}, left.Withdrawn)
		assert.Empty(t, left.Sent)
		require.Len(t, left.Cases, 1)
		assert.Equal(t, c.Assignments()[0].ID, left.Cases[0].AssignmentID)
		assert.Contains(t, left.Keys, "remove them")
		tables := map[string]int{}
		for line := range strings.Lines(export.String()) {
			row := map[string]any{}
			require.NoError(t, json.Unmarshal([]byte(line), &row))
			tables[row["table"].(string)]++
		}
		assert.Equal(t, 4, tables["maventa_outbox"])
		assert.Equal(t, 2, tables["maventa_journal"])
		assert.Equal(t, 1, tables["maventa_company"])
		assert.Positive(t, tables["maventa_inbox"])
		for _, secret := range []string{c.UserAPIKey(), c.VendorAPIKey(), other.ID(), "key_digest"} {
			assert.NotContains(t, export.String(), secret)
		}

		again, err := wk.Offboard(t.Context(), id, "Maija", "once more", nil)
		require.NoError(t, err)
		assert.Empty(t, again.Withdrawn)
		assert.Equal(t, left.Cases, again.Cases)
		assert.Contains(t, stateOf(t, wk, id).Reason, "a customer no more")

		require.NoError(t, wk.SetCompanies(t.Context(), w.config.Companies))
		require.NoError(t, wk.Resume(t.Context(), "Maija", "test"))
		sent := len(w.srv.Requests())
		run(t, wk)
		time.Sleep(2 * time.Second)
		for _, r := range w.srv.Requests()[sent:] {
			assert.NotEqual(t, id, r.Company)
		}
		again, err = wk.Offboard(t.Context(), id, "Maija", "after a restart", nil)
		require.NoError(t, err)
		assert.Equal(t, left.Cases, again.Cases)
		require.NoError(t, wk.SetCompanies(t.Context(), w.config.Companies[1:]))
		again, err = wk.Offboard(t.Context(), id, "Maija", "keys are removed", nil)
		require.NoError(t, err)
		assert.NotEmpty(t, again.NotListed)
		_, err = wk.Offboard(t.Context(), "nobody", "Maija", "a slip", nil)
		require.ErrorIs(t, err, maventa.ErrNotFound)
	})
}

// transferOf hands an invoice over to Ropo.
func transferOf(invoiceID, capital string) worker.Entry {
	return worker.Entry{
		Kind: worker.Transfer, InvoiceID: invoiceID, Currency: "EUR", DueDate: maventa.DateOf(time.Now()).AddDays(-30),
		Handover: &worker.Handover{
			Agency: "ropo", CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B,
			Payers: []maventa.Payer{{
				Name: "Velallinen Oy", Address: maventa.Address{Country: "FI", Streets: []string{"Katu 1"}, City: "Helsinki", ZipCode: "00100"},
			}},
			Amounts: maventa.TransferAmounts{CapitalAmount: maventa.MustAmount(capital)},
		},
	}
}
