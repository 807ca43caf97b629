package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// command runs the program as from the command line.
func (w *world) command(args ...string) (string, error) {
	w.t.Helper()
	what, err := json.Marshal(w.job)
	require.NoError(w.t, err)
	var out bytes.Buffer
	err = run(w.t.Context(), args, bytes.NewReader(what), &out)
	return out.String(), err
}

func (w *world) mustCommand(args ...string) string {
	w.t.Helper()
	out, err := w.command(args...)
	require.NoError(w.t, err)
	return out
}

func (w *world) decideBy(key string, args ...string) {
	w.t.Helper()
	w.mustCommand(append([]string{"-decide", key, "-company", w.srv.CompanyID(), "-who", "Maija", "-why", "we have looked"}, args...)...)
}

// Decisions come from the command line, with who and why.
func TestDecisions(t *testing.T) {
	// doubt makes a payment that the agency shows already.
	doubt := func(t *testing.T) (w *world, id, key, event string) {
		t.Helper()
		w = newWorld(t, agencyRopo)
		id = w.sell(0, "1001", "2026-10-20")
		w.mustNight("2026-11-03")
		event = w.srv.Agency().Paid(w.claim(id).ID, "30.00", "2026-11-03")
		w.bank("2026-11-03", "L1,30.00,Keksitty Oy,1001")
		w.mustNight("2026-11-04")
		require.Contains(t, w.work(), "possible_duplicate")
		list := w.mustCommand("-work")
		key = "bank/L1/" + id + "/1"
		assert.Contains(t, list, "for a person: "+key+" (invoice 1001): possible_duplicate")
		assert.Contains(t, list, "answers: adopt -event ID, not_mine, drop")
		assert.Contains(t, list, event)
		w.bank("2026-11-04")
		return w, id, key, event
	}
	for as, c := range map[string]struct {
		open  string // of the claim then
		state sqlstore.OutboxState
	}{
		"adopt":    {"70.00", sqlstore.OutboxDone},
		"not_mine": {"40.00", sqlstore.OutboxDone},
		"drop":     {"70.00", sqlstore.OutboxWithdrawn},
	} {
		t.Run(as, func(t *testing.T) {
			w, id, key, event := doubt(t)
			w.decideBy(key, "-as", as, "-event", event)
			w.mustNight("2026-11-05")
			assert.Equal(t, c.open, w.claim(id).OpenAmount)
			assert.Equal(t, c.state, w.state(key))
		})
	}
	t.Run("again", func(t *testing.T) {
		w := newWorld(t, agencyRopo)
		id := w.sell(0, "1001", "2026-10-20")
		w.exec("UPDATE debtors SET zip = ''")
		w.mustNight("2026-11-03")
		assert.Zero(t, w.writes())
		assert.Equal(t, sqlstore.OutboxHeld, w.state("collect/"+id+"/1"))
		w.exec("UPDATE debtors SET zip = '00100'")
		w.decideBy("collect/"+id+"/1", "-as", "again")
		w.mustNight("2026-11-03")
		assert.Equal(t, 1, w.writes())
	})
	t.Run("refused", func(t *testing.T) {
		w, _, key, _ := doubt(t)
		decide := []string{"-decide", key, "-company", w.srv.CompanyID(), "-as"}
		_, err := w.command(append(decide, "adopt", "-event", "another", "-who", "Maija", "-why", "it is")...)
		require.ErrorIs(t, err, maventa.ErrValidation)
		_, err = w.command(append(decide, "not_mine")...)
		require.ErrorIs(t, err, maventa.ErrValidation, "nobody says so")
		_, err = w.command(append(decide, "again", "-who", "Maija", "-why", "it is")...)
		require.ErrorContains(t, err, "the answers are: adopt -event ID, not_mine, drop; nothing was changed")
		assert.Equal(t, sqlstore.OutboxHeld, w.state(key))
	})
}

// What is forgotten leaves its keys: it is not reported a second time.
func TestForget(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	forget := []string{"-forget", "17", "-who", "Maija", "-why", "he asks for it"}
	_, err := w.command(forget...)
	require.ErrorContains(t, err, "is open, or in collection; nothing was changed")
	w.bank("2026-11-03", "L1,100.00,Keksitty Oy,1001")
	w.srv.Agency().Comment(w.claim(id).ID, "Keksitty Oy has called")
	w.mustNight("2026-11-04")
	out := w.mustCommand("-export", "17")
	for _, has := range []string{"Keksitty Oy, 1234567-1, Keksitty katu 1", "Keksitty Oy has called", "bank/L1/" + id} {
		assert.Contains(t, out, has)
	}
	w.bank("2026-11-04")
	w.mustNight("2026-11-05")
	_, err = w.command(forget...)
	require.ErrorIs(t, err, sqlstore.ErrUnfinished, "the comment waits for an answer")
	w.decideBy(w.items()[0].Key, "-as", "drop")
	w.mustCommand(forget...)
	out = w.mustCommand("-export", "17")
	assert.NotContains(t, out, "Keksitty")
	assert.Contains(t, out, "bank/L1/"+id)

	// The bank line comes once more, after somebody has emptied our own tables.
	w.exec("DELETE FROM payments")
	w.exec("DELETE FROM vouchers WHERE id LIKE 'bank/%'")
	w.exec("DELETE FROM bank_lines")
	w.exec("DELETE FROM maventa_outbox")
	w.bank("2026-11-05", "L1,100.00,Keksitty Oy,1001")
	w.mustNight("2026-11-06")
	require.Contains(t, w.work(), "not_the_debtor", "his name is forgotten")
	w.of(id, func(e *erp, i *invoice) error { // and a person posts it by hand
		l := w.line(i)
		p := payment{line: ledger.BankLine{ID: l.id, Amount: amount(10000), PayerKind: l.kind}, day: maventa.MustDate("2026-11-05"), invoice: id, amount: 10000}
		return e.pay(t.Context(), &p)
	})
	w.mustNight("2026-11-07")
	w.srv.AssertExactlyOnce(t, w.claim(id).ID, "paid", "100.00")
}

// Names are read from the books when an entry is sent: the outbox has none.
func TestOutboxHoldsNoNames(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.bank("2026-11-03", "L1,30.00,Keksitty Oy,1001")
	w.mustNight("2026-11-04")
	assert.Equal(t, "70.00", w.claim(id).OpenAmount)
	assert.Contains(t, w.srv.RequestsTo("Invoices.TransferToRopo")[0].Body, "Keksitty Oy")
	var held int
	w.books(func(e *erp) error {
		const named = "SELECT COUNT(*) FROM maventa_outbox WHERE entry LIKE '%Keksitty%' OR why LIKE '%Keksitty%'"
		return e.tx.QueryRowContext(t.Context(), named).Scan(&held)
	})
	assert.Zero(t, held)
}

// The program looks as soon as Maventa calls, over loopback.
func TestListen(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.bank("2026-11-03")
	w.mustNight("2026-11-04")
	const secret = "not-a-secret-but-a-test-of-one"
	var listening net.ListenConfig
	l, err := listening.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	looked, ended := make(chan error), make(chan error)
	go func() {
		ended <- w.job.with(ctx, func(e *erp) error {
			say := log.New(&bytes.Buffer{}, "", 0)
			return listen(ctx, l, secret, func(ctx context.Context) error {
				err := w.job.each(e, say, func(n *night) error { return n.look(ctx) })
				looked <- err
				return err
			}, say)
		})
	}()
	co := w.srv.Company()
	c, err := maventa.NewClient(w.job.Environment.Environment, co.Credentials(), maventa.WithHTTPClient(&w.client))
	require.NoError(t, err)
	_, err = ax.New(c).Notifications.Create(t.Context(), ax.NewNotification{
		DestinationType: ax.DestinationWebhook, Destination: maventa.Secret("http://" + l.Addr().String() + "/" + secret),
		Events: []ax.EventName{ax.NotifyInvoiceDelivered},
	})
	require.NoError(t, err)
	w.srv.Debtor().PayAgency(w.claim(id).ID, "60.00")
	w.srv.DeliverWebhooksThrough(&http.Client{Timeout: 10 * time.Second})
	xml, err := os.ReadFile("../send-invoice/testdata/invoice.xml")
	require.NoError(t, err)
	_, err = upload(t.Context(), c, "new/1", bytes.NewReader(xml), sendIt)
	require.NoError(t, err)
	require.NoError(t, <-looked)
	stop()
	require.NoError(t, <-ended)
	assert.Equal(t, int64(6000), w.account("clearing"))

	resp, err := http.Post("http://"+l.Addr().String()+"/"+strings.ToUpper(secret), "application/json", nil)
	if err == nil {
		_ = resp.Body.Close()
	}
	require.Error(t, err, "nobody listens any more")
}
