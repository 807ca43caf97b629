package maventa_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

// sealed is a journal whose database is gone, once begins calls of Begin are done.
type sealed struct {
	maventa.Journal
	begins int
}

var errSealed = errors.New("the journal's database is gone")

func (j *sealed) Begin(ctx context.Context, e maventa.JournalEntry) (maventa.JournalEntry, bool, error) {
	if j.begins--; j.begins < 0 {
		return maventa.JournalEntry{}, false, errSealed
	}
	return j.Journal.Begin(ctx, e)
}

func (j *sealed) End(context.Context, maventa.JournalEntry) error { return errSealed }

// ledgerErrors are the failures of what is done exactly once, and of journals.
func ledgerErrors(t *testing.T) (cases []errorCase) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cases = append(eventLedgerErrors(t), transferLedgerErrors(t)...)
	})
	return append(cases, journalErrors(t)...)
}

func eventLedgerErrors(t *testing.T) (cases []errorCase) {
	t.Helper()
	add := func(name string, err error) { cases = append(cases, errorCase{name, err}) }
	pay := func(l *rawLedger, key, amount string) error { return onlyErr(l.ensure(payment(key, amount))) }
	lose := func(l *rawLedger, key string) error {
		l.answer = dropAfter
		err := pay(l, key, "40.00")
		l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
		return err
	}

	add("no journal", onlyErr(ct.NewMock(t).Client.Assignments.EnsureEvent(t.Context(), rawID, payment("bank-1", "40.00"))))
	l := newRaw(t)
	add("bad key", pay(l, "", "40.00"))
	add("bad event", pay(l, "bank-1", "-40.00"))
	add("bad assignment id", onlyErr(l.Client.Assignments.EnsureEvent(t.Context(), "", payment("bank-1", "40.00"))))
	require.NoError(t, pay(l, "bank-1", "40.00"))
	add("key reused", pay(l, "bank-1", "41.00"))
	l.paid("50.00")
	add("possible duplicate", pay(l, "bank-2", "50.00"))
	adopt := payment("bank-2", "50.00")
	adopt.Adopt = "e1"
	add("adopts another's event", onlyErr(l.ensure(adopt)))
	adopt.Adopt = "e9"
	add("adopts no event", onlyErr(l.ensure(adopt)))

	l = newRaw(t)
	add("outcome unknown", lose(l, "bank-1"))
	add("not settled yet", pay(l, "bank-1", "40.00"))
	add("another entry is open", pay(l, "bank-2", "7.00"))
	l.paid("40.00")
	time.Sleep(time.Hour)
	add("several may be the one", pay(l, "bank-1", "40.00"))
	add("another entry needs a decision", pay(l, "bank-2", "7.00"))

	l = newRaw(t)
	l.paid("1.00")
	require.Error(t, lose(l, "bank-1"))
	l.events = l.events[1:]
	time.Sleep(time.Hour)
	add("list not whole", pay(l, "bank-1", "40.00"))

	l = newRaw(t)
	l.listing = func(*http.Request) *ct.Reply { return &ct.Reply{Status: 503} }
	add("events not readable", pay(l, "bank-1", "40.00"))
	l.listing = nil
	l.answer = func(string) ct.Reply { return ct.Reply{Status: 422, Body: `{"code":"invalid_parameters"}`} }
	add("event refused", pay(l, "bank-1", "40.00"))

	l = newRaw(t)
	l.Client = newMockOf(t, l, &sealed{Journal: l.journal})
	add("journal fails before", pay(l, "bank-1", "40.00"))
	l.Client = newMockOf(t, l, &sealed{Journal: l.journal, begins: 1})
	add("journal fails after", pay(l, "bank-1", "40.00"))

	_, err := ct.NewMock(t).Client.Recover(t.Context())
	add("recover without a journal", err)
	return cases
}

// newMockOf is a client of the same service with another journal.
func newMockOf(t *testing.T, l *rawLedger, j maventa.Journal) *maventa.Client {
	t.Helper()
	c, err := maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.WithHTTPClient(&http.Client{Transport: l.Transport}),
		maventa.WithRetry(maventa.NoRetry), maventa.WithJournal(j))
	require.NoError(t, err)
	return c
}

func transferLedgerErrors(t *testing.T) (cases []errorCase) {
	t.Helper()
	add := func(name string, err error) { cases = append(cases, errorCase{name, err}) }
	status, answer := ct.Reply{Status: 404}, ct.Reply{Status: 202, Body: `{"status":"pending"}`}
	start := func() *ct.Mock {
		m := ct.NewMock(t, maventa.WithJournal(maventa.NewMemoryJournal()))
		m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return status })
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 404} })
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply { return answer })
		return m
	}
	ensure := func(m *ct.Mock, e maventa.TransferEntry) error {
		return onlyErr(m.Client.Invoices.EnsureTransfer(t.Context(), "I1", e))
	}
	m := start()
	add("transfer to nobody", ensure(m, maventa.TransferEntry{Key: "collect/1"}))
	status = ct.Reply{Status: 200, Body: `{"status":"processing"}`}
	add("transfer of unknown state", ensure(m, ropoEntry()))
	status = ct.Reply{Status: 200, Body: `{}`}
	add("transfer status of another", ensure(m, ropoEntry()))
	status, answer = ct.Reply{Status: 404}, ct.Reply{Status: 200, Body: `{"status":"error","error_reason":"Maksajaa ei tunneta"}`}
	add("transfer answered with error", ensure(m, ropoEntry()))
	answer = ct.Reply{Err: errors.New("drop")}
	add("transfer outcome unknown", ensure(m, ropoEntry()))
	add("transfer not settled yet", ensure(m, ropoEntry()))
	time.Sleep(time.Hour)
	add("transfer never seen", ensure(m, ropoEntry()))
	status = ct.Reply{Status: 200, Body: `{"status":"error","error_reason":"Maksajaa ei tunneta"}`}
	add("transfer ended in error", ensure(m, ropoEntry()))
	status, answer = ct.Reply{Status: 404}, ct.Reply{Status: 202, Body: `{"status":"pending"}`}
	require.NoError(t, ensure(m, ropoEntry()))
	other := ropoEntry()
	other.Ropo.Amounts.CapitalAmount = amount("99.00")
	add("transfer key reused", ensure(m, other))
	return cases
}

func journalErrors(t *testing.T) []errorCase {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.journal")
	j, err := maventa.OpenFileJournal(path)
	require.NoError(t, err)
	_, locked := maventa.OpenFileJournal(path)
	entry := journalEntry("bank-1", 0)
	conflict := j.End(t.Context(), entry)
	require.NoError(t, j.Close())
	_, _, closed := j.Begin(t.Context(), entry)
	broken := filepath.Join(dir, "broken.journal")
	require.NoError(t, os.WriteFile(broken, []byte("no journal\n"), 0o600))
	_, damaged := maventa.OpenFileJournal(broken)
	_, missing := maventa.OpenFileJournal(filepath.Join(dir, "nowhere", "ledger.journal"))
	return []errorCase{
		{"journal is locked", locked},
		{"journal entry is not open", conflict},
		{"journal is closed", closed},
		{"journal is damaged", damaged},
		{"journal's directory is missing", missing},
	}
}
