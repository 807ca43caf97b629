package worker_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
	"github.com/maventa-go/maventa/worker"
)

// TestDecideOffered: an answer that the item does not offer would make it vanish, and
// nobody would do anything.
func TestDecideOffered(t *testing.T) {
	w := newWorld(t, kinds[0].make(t), 1)
	wk, id := w.open(t), w.companies[0].ID()
	for _, i := range []sqlstore.WorkItem{
		{Key: "correction/r1", Kind: "correction", Text: "x"},
		{Key: "k", Kind: "possible_duplicate", Text: "no ids"},
	} {
		require.NoError(t, worker.PutItem(t.Context(), wk, id, i))
		for _, kind := range []sqlstore.DecisionKind{sqlstore.DecideAgain, sqlstore.DecideNotMine, "yes"} {
			err := wk.Decide(t.Context(), id, i.Key, sqlstore.Decision{Kind: kind, Who: "Maija", Why: "x"})
			require.ErrorIs(t, err, maventa.ErrValidation)
			require.ErrorContains(t, err, "this item takes: drop")
		}
		require.NotNil(t, item(t, wk, id, i.Key), "it is still there")
		require.NoError(t, wk.Decide(t.Context(), id, i.Key, sqlstore.Decision{Kind: sqlstore.DecideDrop, Who: "Maija", Why: "x"}))
	}
}

// TestPutAfterOffboarding: another process has offboarded a company that this one has.
func TestPutAfterOffboarding(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		wk, id := w.open(t), w.companies[0].ID()
		w.payments(t, wk, w.companies[0], 1) // and one was put in the very moment
		execute(t, wk, "UPDATE maventa_company SET state = 'gone'")
		_, err := wk.Put(t.Context(), id, "k", paymentOf("i", "1.00"))
		require.ErrorIs(t, err, maventa.ErrNotFound)
		require.ErrorContains(t, err, "offboarded")
		execute(t, wk, "INSERT INTO maventa_intake (company_id, entry_key, kind, invoice_id, amount, date) VALUES ($1, 'k', 'payment', 'i', '1.00', '2026-11-20')", id)
		run(t, wk)
		soon(t, func() bool { return find(t, wk, id, "bank/0").State == sqlstore.OutboxWithdrawn })
		soon(t, func() bool {
			rows, err := wk.RefusedRows(t.Context(), 10)
			return err == nil && len(rows) == 1
		})
		left, err := wk.Offboard(t.Context(), id, "Maija", "once more", nil)
		require.NoError(t, err)
		assert.Empty(t, left.NotListed, "the keys are given")
		assert.Len(t, left.Cases, 1)
	})
}

// TestKeyReusedAdvice: a new key for what was reported already is a second payment.
func TestKeyReusedAdvice(t *testing.T) {
	s := serve(t, 1)
	body := s.payment("10.00")
	other := strings.Replace(body, "10.00", "11.00", 1)
	s.want(http.StatusCreated, "PUT", "entries/k", body)
	assert.Contains(t, s.want(http.StatusConflict, "PUT", "entries/k", other).Text, "withdraw that entry")
	run(t, s.wk)
	s.until("k", "done")
	text := s.want(http.StatusConflict, "PUT", "entries/k", other).Text
	assert.Contains(t, text, "second payment")
	assert.NotContains(t, text, "withdraw that entry")
}

// TestIntakeNull: an ERP's NULL is an empty column.
func TestIntakeNull(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		wk := w.open(t)
		execute(t, wk, `INSERT INTO maventa_intake (company_id, entry_key, kind, assignment_id, invoice_id, amount, currency, date, more)
			VALUES ($1, 'k', 'payment', NULL, 'i', '1.00', NULL, '2026-11-20', NULL)`, w.companies[0].ID())
		run(t, wk)
		soon(t, func() bool {
			state := ""
			err := wk.DB().QueryRowContext(t.Context(), "SELECT state FROM maventa_intake").Scan(&state)
			return err == nil && state == "taken"
		})
	})
}

func execute(t *testing.T, wk *worker.Worker, statement string, args ...any) {
	t.Helper()
	_, err := wk.DB().ExecContext(t.Context(), statement, args...)
	require.NoError(t, err)
}
