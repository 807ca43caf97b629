package worker_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/maventatest"
)

// payment is a body of a payment to a new assignment of the first company.
func (s *served) payment(amount string) string {
	id := s.companies[0].AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "1000.00"})
	return fmt.Sprintf(`{"kind": "payment", "assignment_id": %q, "amount": %q, "date": "2026-11-20"}`, id, amount)
}

// TestPutEntry: once per key, whatever the key has in it.
func TestPutEntry(t *testing.T) {
	s := serve(t, 1)
	body := s.payment("12.50")
	for path, key := range map[string]string{
		"bank-17":                  "bank-17",
		"bank%2F2026-11-20%2F17":   "bank/2026-11-20/17",
		"a%2F%2Fb":                 "a//b",
		"%2E%2E%2Fx":               "../x",
		"%2e%2e":                   "..",
		"50%25%20%C3%A4%3F%23%2B+": "50% ä?#++",
		"100%252F1":                "100%2F1",
	} {
		a := s.want(http.StatusCreated, "PUT", "entries/"+path, body)
		assert.Equal(t, key, a.Members["key"])
		assert.Equal(t, "queued", a.Members["state"])
		s.want(http.StatusOK, "PUT", "entries/"+path, body)
		assert.Equal(t, key, s.want(http.StatusOK, "GET", "entries/"+path, "").Members["key"])
		status, err := s.wk.Find(t.Context(), s.companies[0].ID(), key)
		require.NoError(t, err)
		assert.Equal(t, key, status.Key)

		a = s.want(http.StatusConflict, "PUT", "entries/"+path, strings.Replace(body, "12.50", "12.51", 1))
		assert.Equal(t, "key_reused", a.Members["kind"])
		assert.Equal(t, "ask_person", a.Members["advice"])
	}
	s.want(http.StatusNotFound, "PUT", "entries/bank/2026-11-20/17", body)
	assert.Equal(t, "fix_input", s.want(http.StatusNotFound, "GET", "entries/other", "").Members["advice"])
	for _, path := range []string{"entries/", "entries/%00", "entries/%E4", "entries/%20a", "entries/a%0A", "entries/" + strings.Repeat("k", 513)} {
		a := s.ask("PUT", path, body)
		assert.Contains(t, []int{http.StatusUnprocessableEntity, http.StatusNotFound}, a.Status, path)
	}
}

// TestPutEntryWrong: each mistake is named.
func TestPutEntryWrong(t *testing.T) {
	s := serve(t, 1)
	for body, want := range map[string][]string{
		``:                            {"body"},
		`{`:                           {"body"},
		`null`:                        {"assignment_id", "kind"},
		`[]`:                          {"body"},
		`"payment"`:                   {"body"},
		`{} {}`:                       {"body"},
		`{}x`:                         {"body"},
		strings.Repeat(`[`, 5000):     {"body"},
		strings.Repeat(`{"a":`, 5000): {"body"},
		`{"kind": "payment", "assignment_id": "a", "amout": "1.00"}`:                                                                 {"amout"},
		`{"kind": "payment", "assignment_id": "a", "amount": 12.5, "date": "2026-11-20"}`:                                            {"amount"},
		`{"kind": "payment", "assignment_id": "a", "amount": "12,50", "date": "2026-11-20"}`:                                         {"amount"},
		`{"kind": "payment", "assignment_id": "a", "amount": true, "date": "2026-11-20"}`:                                            {"amount"},
		`{"kind": "payment", "assignment_id": "a", "amount": "1.00", "amount": "2.00", "date": "2026-11-20"}`:                        {"amount"},
		`{"kind": "payment", "assignment_id": "a", "amount": "1.00", "Amount": "2.00", "date": "2026-11-20"}`:                        {"Amount"},
		`{"kind": "payment", "assignment_id": "a", "amount": "1.00", "date": "2099-01-01"}`:                                          {"date"},
		`{"kind": "payment", "assignment_id": "a", "amount": "1.00", "date": "20.11.2026"}`:                                          {"date"},
		`{"kind": "payment", "assignment_id": "a", "amount": "1.00", "date": "2026-11-20", "not_before": "soon"}`:                    {"not_before"},
		`{"kind": "payment", "assignment_id": "a", "invoice_id": "i", "amount": "1.00", "date": "2026-11-20"}`:                       {"assignment_id"},
		`{"kind": "payment", "assignment_id": "a", "amount": "1.00", "date": "2026-11-20", "bank_line": {"id": "b", "amount": "x"}}`: {"bank_line.amount"},
		`{"kind": "payment", "assignment_id": "a", "amount": "1.00", "date": "2026-11-20", "bank_line": {"id": "", "amount": "1"}}`:  {"bank_line.id"},
		`{"kind": "payment", "assignment_id": "a", "amount": "1,00"}`:                                                                {"date"},
		`{"kind": "comment", "assignment_id": "a", "text": "a\u0000b"}`:                                                              {"text"},
		"{\"kind\": \"comment\", \"assignment_id\": \"a\", \"text\": \"M\xe4ki\"}":                                                   {"text"},
		`{"kind": "gift", "assignment_id": "a"}`:                                                                                     {"kind"},
		`{"kind": "transfer", "invoice_id": "i", "transfer": {"agency": "ropo", "amounts": {"capital_amount": 1}}}`:                  {"transfer.amounts.capital_amount"},
		`{"kind": "transfer", "invoice_id": "i", "transfer": {"agency": "ropo", "payers": [{"name": "A", "ssn": "010101-123N"}]}}`:   {"ssn"},
	} {
		a := s.want(http.StatusUnprocessableEntity, "PUT", "entries/k", body)
		assert.Equal(t, "fix_input", a.Members["advice"])
		assert.Subset(t, a.fields(), want[:1], "%s: %s", body, a.Text)
		assert.NotContains(t, a.Text, "010101")
	}
	s.want(http.StatusNotFound, "GET", "entries/k", "")
	s.want(http.StatusRequestEntityTooLarge, "PUT", "entries/k", `{"text": "`+strings.Repeat("x", 1<<20)+`"}`)
	s.want(http.StatusNotFound, "PUT", "/v1/companies/nobody/entries/k", s.payment("1.00"))
}

// TestPutTransfer: contents that were not sent are replaced.
func TestPutTransfer(t *testing.T) {
	s := serve(t, 1)
	id := s.companies[0].AddInvoice(maventatest.Invoice{Total: "100.00"})
	body := `{"kind": "transfer", "invoice_id": "` + id + `", "due_date": "2026-01-01", "currency": "EUR", "transfer": {
		"agency": "ropo", "collection_type": "reminder_and_collection", "receivables_type": "b2b",
		"payers": [{"name": "Velallinen Oy", "address": {"country": "FI", "streets": ["Katu 1"], "city": "Oulu", "zip_code": "90100"}}],
		"amounts": {"capital_amount": "100.00", "reminder_amount": "0.00"}, "case": 0}}`
	s.want(http.StatusCreated, "PUT", "entries/collect%2F1", body)
	s.want(http.StatusOK, "PUT", "entries/collect%2F1", body)
	s.want(http.StatusOK, "PUT", "entries/collect%2F1", strings.Replace(body, `"100.00"`, `"90.00"`, 1))
}

// TestBatch: the good rows are stored, and each row has its answer.
func TestBatch(t *testing.T) {
	s := serve(t, 1)
	good, other := s.payment("10.00"), s.payment("20.00")
	keyed := func(key, body string) string { return strings.Replace(body, "{", `{"key": "`+key+`", `, 1) }
	s.want(http.StatusCreated, "PUT", "entries/old", good)
	batch := `{"entries": [` + strings.Join([]string{
		keyed("a/1", good), keyed("a/1", good), keyed("a/1", other), keyed("old", good), keyed("", good),
		keyed("b", strings.Replace(good, `"10.00"`, `10`, 1)), `{"key": "c", "kind": "payment", "amout": "1"}`, `null`, `7`, keyed("d", other),
	}, ",") + `]}`
	a := s.want(http.StatusOK, "POST", "entries", batch)
	var got struct {
		Stored, Same, Refused int
		Results               []struct {
			Key     string
			Status  int
			Problem struct {
				Kind   string
				Fields []struct{ Field string }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(a.Text), &got))
	assert.Equal(t, []int{2, 2, 6}, []int{got.Stored, got.Same, got.Refused})
	for i, want := range []string{"a/1 201 ", "a/1 200 ", "a/1 409 key_reused", "old 200 ", " 422 invalid_request", "b 422 invalid_request", "c 422 invalid_request", " 422 invalid_request", " 422 invalid_request", "d 201 "} {
		r := got.Results[i]
		assert.Equal(t, want, fmt.Sprintf("%s %d %s", r.Key, r.Status, r.Problem.Kind), i)
	}
	assert.Equal(t, "amount", got.Results[5].Problem.Fields[0].Field)
	assert.Equal(t, "amout", got.Results[6].Problem.Fields[0].Field)
	s.want(http.StatusOK, "GET", "entries/a%2F1", "")
	s.want(http.StatusOK, "GET", "entries/d", "")

	again := s.want(http.StatusOK, "POST", "entries", batch)
	assert.InDelta(t, 0, again.Members["stored"], 0)
	assert.InDelta(t, 4, again.Members["same"], 0)

	rows := strings.Repeat(keyed("k", good)+",", 1000)
	a = s.want(http.StatusOK, "POST", "entries", `{"entries": [`+rows[:len(rows)-1]+`]}`)
	assert.InDelta(t, 999, a.Members["same"], 0)
	for _, body := range []string{`{"entries": [` + rows + keyed("k", good) + `]}`, `{"entries": []}`, `{}`, `[]`, `{"entries": {}}`, `{"rows": []}`, ``} {
		s.want(http.StatusUnprocessableEntity, "POST", "entries", body)
	}
	s.want(http.StatusRequestEntityTooLarge, "POST", "entries", `{"entries": ["`+strings.Repeat("x", 8<<20)+`"]}`)
}

// TestWithdraw: what was not sent is withdrawn, the rest is a person's.
func TestWithdraw(t *testing.T) {
	s := serve(t, 1)
	s.want(http.StatusNotFound, "DELETE", "entries/k%2F1", "")
	s.want(http.StatusCreated, "PUT", "entries/k%2F1", s.payment("10.00"))
	a := s.want(http.StatusOK, "DELETE", "entries/k%2F1?who=Maija&why=twice", "")
	assert.Equal(t, "withdrawn", a.Members["state"])
	assert.Equal(t, "Maija (all): twice", a.Members["why"])
	s.want(http.StatusOK, "DELETE", "entries/k%2F1", "")

	s.want(http.StatusCreated, "PUT", "entries/k%2F2", s.payment("11.00"))
	stop := run(t, s.wk)
	s.until("k%2F2", "done")
	stop()
	assert.NotEmpty(t, s.want(http.StatusOK, "GET", "entries/k%2F2", "").Members["event_id"])
	a = s.want(http.StatusConflict, "DELETE", "entries/k%2F2?why=wrong+amount", "")
	assert.Equal(t, "sent_already", a.Members["kind"])
	assert.Equal(t, "correction/k/2", a.Members["work_key"])
	a = s.want(http.StatusOK, "GET", "work", "")
	assert.Contains(t, a.Text, `"correction/k/2"`)
	assert.Contains(t, a.Text, "all: wrong amount")
	s.want(http.StatusNoContent, "PUT", "work/correction%2Fk%2F2/decision", `{"decision": "drop", "who": "Maija", "why": "corrected by phone"}`)
	assert.Empty(t, s.want(http.StatusOK, "GET", "work", "").Members["work"])
}

// TestOffboardOverHTTP: a company ends, and what is left of it stays readable.
func TestOffboardOverHTTP(t *testing.T) {
	s := serve(t, 2)
	s.want(http.StatusCreated, "PUT", "entries/k", s.payment("10.00"))
	for _, body := range []string{`{}`, `{"who": "Maija"}`, `{"why": "x"}`} {
		s.want(http.StatusUnprocessableEntity, "PUT", "offboarding", body)
	}
	for i := range 2 {
		a := s.want(http.StatusOK, "PUT", "offboarding", `{"who": "Maija", "why": "it has left us"}`)
		assert.Len(t, a.Members["cases"], 1)
		if i == 0 {
			assert.Equal(t, []any{"k"}, a.Members["withdrawn"])
		}
	}
	assert.Equal(t, "withdrawn", s.want(http.StatusOK, "GET", "entries/k", "").Members["state"])
	s.want(http.StatusOK, "GET", "work", "")
	assert.Contains(t, s.want(http.StatusOK, "GET", "/v1/companies", "").Text, `"state":"gone","reason":"Maija (all): it has left us"`)
	require.NoError(t, s.wk.SetCompanies(t.Context(), s.config.Companies))
	s.want(http.StatusNotFound, "PUT", "entries/new", s.payment("10.00"))
	s.want(http.StatusNotFound, "POST", "entries", `{"entries": [{"key": "new"}]}`)
	s.want(http.StatusOK, "GET", "entries/k", "")
	s.want(http.StatusOK, "PUT", "offboarding", `{"who": "Maija", "why": "it has left us"}`)
}

// TestBooks: what the books say of a company and of its invoices.
func TestBooks(t *testing.T) {
	s := serve(t, 1)
	s.want(http.StatusNoContent, "PUT", "known-until", `{"known_until": "2026-11-20"}`)
	assert.Contains(t, s.want(http.StatusOK, "GET", "/v1/companies", "").Text, `"known_until":"2026-11-20"`)
	for _, body := range []string{`{}`, `{"known_until": "today"}`, `{"known_until": null}`, `{"date": "2026-11-20"}`} {
		s.want(http.StatusUnprocessableEntity, "PUT", "known-until", body)
	}
	s.want(http.StatusNoContent, "PUT", "invoices/I%2F1/standing", `{"open": "10.00", "disputed": true}`)
	s.want(http.StatusNoContent, "PUT", "invoices/I%2F1/standing", `{"stopped": true}`)
	for _, body := range []string{`{"open": 10}`, `{"open": "x"}`, `{"disputed": "yes"}`, `{"paid": true}`} {
		s.want(http.StatusUnprocessableEntity, "PUT", "invoices/1/standing", body)
	}
}
