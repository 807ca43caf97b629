package worker_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
	"github.com/maventa-go/maventa/worker"
)

// insert writes a row as the ERP does.
func (w *world) insert(t testing.TB, companyID, key, assignmentID, amount, more string) {
	t.Helper()
	w.exec(t, fmt.Sprintf(`INSERT INTO maventa_intake (company_id, entry_key, kind, assignment_id, amount, date, more)
		VALUES ('%s', '%s', 'payment', '%s', '%s', '2026-11-20', '%s')`, companyID, key, assignmentID, amount, more))
}

// count is how many rows a query counts, beside the worker.
func (w *world) count(t testing.TB, query string) int {
	t.Helper()
	return number(t, foreign(t, w.config.Database), query)
}

// TestNothingForOneThatIsGone: nothing is taken in for a company that was offboarded,
// also by another process, since it would wait for ever.
func TestNothingForOneThatIsGone(t *testing.T) {
	s := serve(t, 1)
	id := s.companies[0].ID()
	s.want(http.StatusOK, "PUT", "offboarding", `{"who": "Maija", "why": "it has left us"}`)
	body := s.payment("10.00")
	s.want(http.StatusNotFound, "PUT", "entries/new", body)
	s.want(http.StatusNotFound, "POST", "entries", `{"entries": [{"key": "new", `+body[1:]+`]}`)
	s.want(http.StatusNotFound, "GET", "entries/new", "")
	s.insert(t, id, "new", "a", "1.00", "")
	run(t, s.wk)
	soon(t, func() bool {
		return s.count(t, "SELECT COUNT(*) FROM maventa_intake WHERE state = 'refused'") == 1
	})
}

// TestIntakeOfAnotherProcess: a row is left for the process that works for its company,
// and holds up no other.
func TestIntakeOfAnotherProcess(t *testing.T) {
	w := newWorld(t, onPostgres(t), 2)
	w.open(t) // both are known
	companies := w.config.Companies
	w.config.Companies = companies[:1]
	run(t, w.open(t))
	first, second := w.companies[0], w.companies[1]
	for i := range 3 {
		w.insert(t, second.ID(), fmt.Sprint(i), second.AddAssignment(maventatest.Ropo, maventatest.Invoice{}), "5.00", "")
	}
	w.insert(t, "nobody", "k", "a", "5.00", "")
	w.insert(t, strings.ToUpper(first.ID()), "k", first.AddAssignment(maventatest.Ropo, maventatest.Invoice{}), "5.00", "")
	soon(t, func() bool { return w.count(t, "SELECT COUNT(*) FROM maventa_intake WHERE state = 'new'") == 3 })
	assert.Equal(t, 1, w.count(t, "SELECT COUNT(*) FROM maventa_intake WHERE state = 'taken'"))
	assert.Equal(t, 1, w.count(t, "SELECT COUNT(*) FROM maventa_intake WHERE state = 'refused'"))

	w.config.Companies = companies[1:]
	run(t, w.open(t))
	soon(t, func() bool { return w.count(t, "SELECT COUNT(*) FROM maventa_intake WHERE state = 'taken'") == 4 })
}

// TestIntakeOfMuch: more rows than are taken in at once, half of them wrong.
func TestIntakeOfMuch(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		wk := w.open(t)
		require.NoError(t, wk.Pause(t.Context(), "Maija", "to count"))
		id := w.companies[0].AddAssignment(maventatest.Ropo, maventatest.Invoice{})
		const rows = 1200
		var values []string
		for i := range rows {
			values = append(values, fmt.Sprintf("('%s', 'k%d', 'payment', '%s', '%s', '2026-11-20')", w.companies[0].ID(), i, id, []string{"5.00", "5,00"}[i%2]))
		}
		w.exec(t, "INSERT INTO maventa_intake (company_id, entry_key, kind, assignment_id, amount, date) VALUES "+strings.Join(values, ", "))
		run(t, wk)
		soon(t, func() bool { return w.count(t, "SELECT COUNT(*) FROM maventa_intake WHERE state = 'new'") == 0 })
		assert.Equal(t, rows/2, w.count(t, "SELECT COUNT(*) FROM maventa_outbox"))
		assert.Equal(t, rows/2, w.count(t, "SELECT COUNT(*) FROM maventa_intake WHERE state = 'refused' AND problem LIKE '%amount%'"))
	})
}

// TestMoreHasNoColumns: what has a column is not dropped without a word if it is in the
// column more.
func TestMoreHasNoColumns(t *testing.T) {
	w := newWorld(t, kinds[0].make(t), 1)
	wk := w.open(t)
	w.insert(t, w.companies[0].ID(), "k", "a", "5.00", `{"currency": "SEK"}`)
	run(t, wk)
	soon(t, func() bool {
		return w.count(t, "SELECT COUNT(*) FROM maventa_intake WHERE state = 'refused' AND problem LIKE '%more%'") == 1
	})
}

// TestLongestKey: an entry of any key that is taken can be corrected and offboarded.
func TestLongestKey(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		wk := w.open(t)
		c := w.companies[0]
		e := worker.Entry{
			Kind: worker.Payment, AssignmentID: c.AddAssignment(maventatest.Ropo, maventatest.Invoice{}), Amount: "5.00", Date: maventa.MustDate("2026-11-20"),
		}
		key := strings.Repeat("ä", 250)
		_, err := wk.Put(t.Context(), c.ID(), key+"k", e)
		require.ErrorIs(t, err, maventa.ErrValidation)
		put(t, wk, c.ID(), key, e)
		run(t, wk)
		w.ends(t, wk, c.ID(), key, sqlstore.OutboxDone)
		unsent, err := wk.Withdraw(t.Context(), c.ID(), key, "Maija", "typed twice")
		require.NoError(t, err)
		assert.False(t, unsent)
		assert.NotNil(t, item(t, wk, c.ID(), "correction/"+key))
	})
}

// TestStrayMembers: what would not be sent is refused, and nothing is another number than
// it seems to be.
func TestStrayMembers(t *testing.T) {
	s := serve(t, 1)
	for body, field := range map[string]string{
		`{"kind": "payment", "assignment_id": "a", "amount": "1.00", "date": "2026-11-20", "text": "of Maija"}`:                        "text",
		`{"kind": "payment", "assignment_id": "a", "amount": "1.00", "date": "2026-11-20", "due_date": "2026-12-24"}`:                  "due_date",
		`{"kind": "comment", "assignment_id": "a", "text": "a", "amount": "5.00"}`:                                                     "amount",
		`{"kind": "comment", "assignment_id": "a", "text": "a", "bank_line": {"id": "b", "amount": "5.00"}}`:                           "bank_line",
		`{"kind": "stop", "assignment_id": "a", "until": "2026-12-24", "date": "2026-11-20"}`:                                          "date",
		`{"kind": "cancellation", "assignment_id": "a", "number": "H1"}`:                                                               "number",
		`{"kind": "comment", "assignment_id": "a", "text": "a", "transfer": {}}`:                                                       "transfer",
		`{"kind": "payment", "assignment_id": "a", "amount": "1e2", "date": "2026-11-20"}`:                                             "amount",
		`{"kind": "payment", "assignment_id": "a", "amount": "1.00", "date": "2026-11-20", "bank_line": {"id": "b", "amount": "1E2"}}`: "bank_line.amount",
		`{"kind": "transfer", "invoice_id": "i", "until": "2026-11-20", "transfer": {"agency": "ropo"}}`:                               "until",
		`{"kind": "transfer", "invoice_id": "i", "transfer": {"agency": "ropo", "reminder_date": "2026-11-20"}}`:                       "transfer.reminder_date",
		`{"kind": "transfer", "invoice_id": "i", "due_date": "2026-11-20", "transfer": {"agency": "amili"}}`:                           "due_date",
	} {
		a := s.want(http.StatusUnprocessableEntity, "PUT", "entries/k", body)
		assert.Contains(t, a.fields(), field, body)
	}
	s.want(http.StatusUnprocessableEntity, "PUT", "invoices/i/standing", `{"open": "1e2"}`)
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

// TestMoreIsNamed: what is no JSON is named as the column, not as the body of a request.
func TestMoreIsNamed(t *testing.T) {
	w := newWorld(t, kinds[0].make(t), 1)
	wk := w.open(t)
	w.insert(t, w.companies[0].ID(), "k", "a", "5.00", `oops`)
	run(t, wk)
	soon(t, func() bool {
		return w.count(t, "SELECT COUNT(*) FROM maventa_intake WHERE state = 'refused' AND problem LIKE '%more is not JSON%'") == 1
	})
}
