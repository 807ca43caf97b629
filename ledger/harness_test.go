package ledger_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

var update = flag.Bool("update", false, "write the files of testdata anew")

// books is one assignment on a fake, and a ledger of a client of its company.
type books struct {
	*ledger.Ledger

	t       *testing.T
	srv     *maventatest.Server
	c       *maventa.Client
	journal ledger.Journal
	id      string
}

// wireName lets the ledger's tests run on each of the fake's ways to speak: .ci/run
// does.
var wireName = flag.String("wire", "default", "how the fake speaks in the tests of the ledger: a name of maventatest.Wires")

func withWire(t *testing.T) maventatest.Option {
	t.Helper()
	for _, w := range maventatest.Wires() {
		if w.Name == *wireName {
			return maventatest.WithWire(w)
		}
	}
	t.Fatalf("no wire %q", *wireName)
	return nil
}

func newBooks(t *testing.T, opts ...maventatest.Option) *books {
	t.Helper()
	opts = append([]maventatest.Option{withWire(t)}, opts...)
	l := &books{t: t, srv: maventatest.NewServer(t, opts...), journal: ledger.NewMemory()}
	l.use(l.srv.Client(t), l.journal)
	l.id = l.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
	return l
}

// use makes the ledger of another client or journal.
func (l *books) use(c *maventa.Client, j ledger.Journal, opts ...ledger.Option) {
	l.c, l.Ledger = c, ledger.New(c, j, opts...)
}

var payday = maventa.MustDate("2026-11-20")

func payment(key, amount string) ledger.Entry {
	return ledger.Entry{Key: key, Event: maventa.DirectPayment(maventa.MustAmount(amount), payday)}
}

// ensure is one run of the caller's batch for one entry.
func (l *books) ensure(entry ledger.Entry) (*ledger.Ensured, error) {
	l.t.Helper()
	return l.EnsureEvent(l.t.Context(), l.id, entry)
}

// entry is what the journal holds.
func (l *books) entry(key string) ledger.Record {
	l.t.Helper()
	e, ok, err := l.journal.Find(l.t.Context(), ledger.JournalKey{Environment: "maventatest", CompanyID: l.srv.CompanyID(), Key: key})
	require.NoError(l.t, err)
	require.True(l.t, ok, "no entry for %s", key)
	return e
}

// lastEvent is the id of the newest event. The answer to AddEvent need not tell.
func (l *books) lastEvent() string {
	l.t.Helper()
	a, ok := l.srv.Assignment(l.id)
	require.True(l.t, ok && len(a.Events) > 0)
	return a.Events[len(a.Events)-1].ID
}

func (l *books) posts() int { return l.srv.Count("Assignments.AddEvent") }

// mock is Maventa behind a mock, and a ledger of its client.
type mock struct {
	*ct.Mock
	*ledger.Ledger

	journal ledger.Journal
}

func newMock(t *testing.T, j ledger.Journal, opts ...ledger.Option) *mock {
	t.Helper()
	m := ct.NewMock(t)
	m.OnFunc("GET", ct.Receivables+"/v1/assignments", func(*http.Request) ct.Reply { return noAssignment })
	return &mock{m, ledger.New(m.Client, j, opts...), j}
}

// rawLedger is one assignment whose every answer the test decides.
type rawLedger struct {
	*mock

	t       *testing.T
	events  []map[string]any
	shown   func(map[string]any) map[string]any // nil: hidden
	answer  func(id string) ct.Reply            // to a POST, after the commit
	lost    bool                                // the next POST never arrives
	header  map[string]string
	posts   int
	listing func(r *http.Request) *ct.Reply
}

const rawID = "A1"

func newRaw(t *testing.T) *rawLedger {
	l := &rawLedger{t: t, mock: newMock(t, ledger.NewMemory())}
	l.shown = func(e map[string]any) map[string]any { return e }
	l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `"}`} }
	url := maventa.Stage.ReceivablesURL + "/v1/assignments/" + rawID + "/events"
	l.OnFunc(http.MethodGet, url, l.list)
	l.OnFunc(http.MethodPost, url, l.take)
	return l
}

// list answers with the events.
func (l *rawLedger) list(r *http.Request) ct.Reply {
	if l.listing != nil {
		if a := l.listing(r); a != nil {
			return *a
		}
	}
	if p := r.URL.Query().Get("page"); p != "" && p != "1" {
		return ct.Reply{Status: 200, Body: "[]"}
	}
	list := []map[string]any{}
	for _, e := range l.events {
		if s := l.shown(e); s != nil {
			list = append(list, s)
		}
	}
	b, _ := json.Marshal(list)
	return ct.Reply{Status: 200, Body: string(b), Header: l.header}
}

// take adds an event and answers.
func (l *rawLedger) take(*http.Request) ct.Reply {
	l.posts++
	if l.lost {
		l.lost = false
		return ct.Reply{Err: errors.New("drop")}
	}
	body := l.Mock.Sent[len(l.Mock.Sent)-1].Body
	var e map[string]any
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	_ = d.Decode(&e)
	return l.answer(l.add(e))
}

func (l *rawLedger) add(e map[string]any) string {
	id := fmt.Sprintf("e%d", len(l.events)+1)
	e["id"] = id
	if _, ok := e["author"]; !ok {
		e["author"] = "sender"
	}
	l.events = append(l.events, e)
	return id
}

func (l *rawLedger) paid(amount string) string {
	return l.add(map[string]any{"type": "paid", "amount": json.Number(amount), "date": payday.String()})
}

func (l *rawLedger) ensure(e ledger.Entry) (*ledger.Ensured, error) {
	return l.EnsureEvent(l.t.Context(), rawID, e)
}

func dropAfter(string) ct.Reply { return ct.Reply{Err: errors.New("drop")} }

func minus(m map[string]any, names ...string) map[string]any {
	c := map[string]any{}
	for k, v := range m {
		if !slices.Contains(names, k) {
			c[k] = v
		}
	}
	return c
}

// amount, date and extraOf are constants of the tests.
func amount(s string) maventa.Amount                  { return maventa.MustAmount(s) }
func someAmount(s string) maventa.Opt[maventa.Amount] { return maventa.Some(amount(s)) }
func date(s string) maventa.Date                      { return maventa.MustDate(s) }

// extraOf makes an Extra of pairs of name and value.
func extraOf(t testing.TB, pairs ...any) maventa.Extra {
	t.Helper()
	var x maventa.Extra
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		require.True(t, ok)
		require.NoError(t, x.Set(name, pairs[i+1]))
	}
	return x
}

// onlyErr drops a call's value.
func onlyErr[T any](_ T, err error) error { return err }

// asFailure returns err as the SDK's error, or nil.
func asFailure(err error) *maventa.Error {
	e, _ := errors.AsType[*maventa.Error](err)
	return e
}

func isDuplicate(err error) bool { return errors.Is(err, ledger.ErrPossibleDuplicate) }

// overdue is an invoice that an agency takes.
func overdue(srv *maventatest.Server) maventatest.Invoice {
	return maventatest.Invoice{Date: srv.Clock().Day(-60), DueDate: srv.Clock().Day(-30)}
}

// sentPayments counts the payments that the sender has reported.
func sentPayments(srv *maventatest.Server, assignmentID string) (n int) {
	a, _ := srv.Assignment(assignmentID)
	for _, e := range a.Events {
		if e.Author == "sender" && e.Type == "paid" {
			n++
		}
	}
	return n
}

// reported counts the payments of one amount that the sender has reported.
func reported(srv *maventatest.Server, assignmentID, sum string) (n int) {
	a, _ := srv.Assignment(assignmentID)
	for _, e := range a.Events {
		if e.Author == "sender" && e.Type == "paid" && e.Amount == sum {
			n++
		}
	}
	return n
}

// transfersOf counts the transfers of an invoice that were accepted. The fake
// refuses a second one by itself, which Maventa is not known to do; so each
// request for one that arrives after the first counts as well.
func transfersOf(srv *maventatest.Server, invoiceID string) (n int) {
	for _, r := range srv.Requests() {
		isTransfer := r.Method == http.MethodPost && strings.Contains(r.Path, invoiceID)
		if isTransfer && (r.Committed || n > 0) {
			n++
		}
	}
	return n
}

// ropoEntry is a transfer that passes every check.
func ropoEntry() ledger.TransferEntry {
	transfer := ropoTransfer()
	return ledger.TransferEntry{Key: "collect/1", Ropo: &transfer}
}

func ropoTransfer() maventa.RopoTransfer {
	return maventa.RopoTransfer{
		CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B, Currency: "EUR",
		DueDate: date("2026-01-01"), Today: date("2026-02-01"),
		Payers:  []maventa.Payer{{Name: "Oy Ab", Address: maventa.Address{Country: "FI", Streets: []string{"K 1"}, City: "H", ZipCode: "00100"}}},
		Amounts: maventa.TransferAmounts{CapitalAmount: amount("100.00")},
	}
}

// canaryTransfer holds texts that must never show.
func canaryTransfer() maventa.RopoTransfer {
	t := ropoTransfer()
	t.Payers[0].Name, t.Payers[0].SSN, t.AssignmentSummary, t.Extra = ct.CanaryName, ct.CanarySSN, ct.CanarySummary, ct.CanaryFields()
	return t
}

func utc(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}
