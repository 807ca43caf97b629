package ledger_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// sentinels are those of package maventa and of this one, by name.
func sentinels() map[string]error {
	all := maps.Clone(ct.Sentinels)
	maps.Copy(all, map[string]error{
		"ErrPossibleDuplicate": ledger.ErrPossibleDuplicate,
		"ErrKeyReused":         ledger.ErrKeyReused,
		"ErrUnsettled":         ledger.ErrUnsettled,
		"ErrUndecided":         ledger.ErrUndecided,
		"ErrJournal":           ledger.ErrJournal,
		"ErrJournalLocked":     ledger.ErrJournalLocked,
		"ErrJournalConflict":   ledger.ErrJournalConflict,
		"ErrClock":             ledger.ErrClock,
		"ErrHeld":              ledger.ErrHeld,
		"ErrPaused":            ledger.ErrPaused,
		"ErrLimit":             ledger.ErrLimit,
		"ErrPaymentsUnknown":   ledger.ErrPaymentsUnknown,
		"ErrOvertaken":         ledger.ErrOvertaken,
		"ErrAgencyPayer":       ledger.ErrAgencyPayer,
	})
	return all
}

// TestErrorTable compares with testdata/errors.txt what a user of the ledger
// reads and what a program can ask.
func TestErrorTable(t *testing.T) { ct.ErrorTable(t, *update, sentinels(), ledgerErrors(t)) }

// TestKinds: what each sentinel says to do by itself, and what it is a case of.
func TestKinds(t *testing.T) {
	for kind, want := range map[*maventa.Kind]struct {
		word   string
		action maventa.Action
		parent error
	}{
		ledger.ErrPossibleDuplicate: {"possible_duplicate", maventa.ActionAskPerson, nil},
		ledger.ErrKeyReused:         {"key_reused", maventa.ActionAskPerson, nil},
		ledger.ErrUnsettled:         {"not_settled", maventa.ActionRetry, maventa.ErrOutcomeUnknown},
		ledger.ErrUndecided:         {"undecided", maventa.ActionAskPerson, maventa.ErrOutcomeUnknown},
		ledger.ErrJournal:           {"journal_failed", maventa.ActionFixSetup, nil},
		ledger.ErrJournalLocked:     {"journal_locked", maventa.ActionFixSetup, ledger.ErrJournal},
		ledger.ErrJournalConflict:   {"journal_conflict", maventa.ActionRetry, ledger.ErrJournal},
		ledger.ErrClock:             {"clock_differs", maventa.ActionFixSetup, nil},
		ledger.ErrHeld:              {"held", maventa.ActionAskPerson, nil},
		ledger.ErrPaused:            {"paused", maventa.ActionAskPerson, ledger.ErrHeld},
		ledger.ErrLimit:             {"limit_reached", maventa.ActionAskPerson, ledger.ErrHeld},
		ledger.ErrPaymentsUnknown:   {"payments_unknown", maventa.ActionAskPerson, ledger.ErrHeld},
		ledger.ErrOvertaken:         {"overtaken", maventa.ActionAskPerson, ledger.ErrHeld},
		ledger.ErrAgencyPayer:       {"agency_payer", maventa.ActionAskPerson, ledger.ErrHeld},
	} {
		assert.Equal(t, want.word, kind.Word())
		assert.Equal(t, want.action, maventa.Advise(kind).Action, want.word)
		if want.parent != nil {
			assert.ErrorIs(t, kind, want.parent)
		}
	}
}

// sealed is a journal whose database is gone, once begins calls of Begin are done.
type sealed struct {
	ledger.Journal
	begins int
}

var errSealed = errors.New("the journal's database is gone")

func (j *sealed) Begin(ctx context.Context, e ledger.Record) (ledger.Record, bool, error) {
	if j.begins--; j.begins < 0 {
		return ledger.Record{}, false, errSealed
	}
	return j.Journal.Begin(ctx, e)
}

func (j *sealed) End(context.Context, ledger.Record) error { return errSealed }

// rival is a journal in which another process is always faster.
type rival struct{ ledger.Journal }

func (j rival) End(ctx context.Context, r ledger.Record) error {
	faster := r
	faster.EventID = "e7"
	return errors.Join(j.Journal.End(ctx, faster), j.Journal.End(ctx, r))
}

// unread is a journal whose database is gone.
type unread struct{ ledger.Journal }

func (unread) Find(context.Context, ledger.JournalKey) (ledger.Record, bool, error) {
	return ledger.Record{}, false, errSealed
}

// ledgerErrors are the failures of what is done exactly once, and of journals.
func ledgerErrors(t *testing.T) (cases []ct.ErrorCase) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cases = append(eventLedgerErrors(t), transferLedgerErrors(t)...)
		cases = append(cases, guardErrors(t)...)
	})
	return append(cases, journalFailures(t)...)
}

func eventLedgerErrors(t *testing.T) (cases []ct.ErrorCase) {
	t.Helper()
	add := func(name string, err error) { cases = append(cases, ct.ErrorCase{Name: name, Err: err}) }
	pay := func(l *rawLedger, key, amount string) error { return onlyErr(l.ensure(payment(key, amount))) }
	lose := func(l *rawLedger, key string) error {
		l.answer = dropAfter
		err := pay(l, key, "40.00")
		l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
		return err
	}

	add("no journal", onlyErr(newMock(t, nil).EnsureEvent(t.Context(), rawID, payment("bank-1", "40.00"))))
	l := newRaw(t)
	add("bad key", pay(l, "", "40.00"))
	add("bad event", pay(l, "bank-1", "-40.00"))
	add("bad assignment id", onlyErr(l.EnsureEvent(t.Context(), "", payment("bank-1", "40.00"))))
	require.NoError(t, pay(l, "bank-1", "40.00"))
	add("key reused", pay(l, "bank-1", "41.00"))
	twice := l.EnsureEvents(t.Context(), []ledger.Item{
		{AssignmentID: rawID, Entry: payment("bank-6", "40.00")}, {AssignmentID: rawID, Entry: payment("bank-6", "41.00")},
	})
	add("key twice in a batch", twice[0].Err)
	l.paid("50.00")
	add("possible duplicate", pay(l, "bank-2", "50.00"))
	adopt := payment("bank-2", "50.00")
	adopt.Adopt = "e1"
	add("adopts another's event", onlyErr(l.ensure(adopt)))
	adopt.Adopt = "e9"
	add("adopts no event", onlyErr(l.ensure(adopt)))

	l = newRaw(t)
	l.lost = true
	add("outcome unknown", pay(l, "bank-1", "40.00"))
	add("not settled yet", pay(l, "bank-1", "40.00"))
	add("another entry is open", pay(l, "bank-2", "7.00"))
	l.listing = func(*http.Request) *ct.Reply { return &ct.Reply{Status: 503} }
	time.Sleep(time.Hour)
	add("events not readable, and open", pay(l, "bank-1", "40.00"))
	l.listing = nil
	adopt = payment("bank-1", "40.00")
	adopt.Adopt = "e9"
	add("adopts no event, and open", onlyErr(l.ensure(adopt)))
	add("bad event, and open", pay(l, "bank-1", "-40.00"))
	l.paid("40.0000000001")
	add("it may be in another spelling", pay(l, "bank-1", "40.00"))
	l.paid("40.00")
	l.paid("40.00")
	add("several may be the one", pay(l, "bank-1", "40.00"))
	add("another entry needs a decision", pay(l, "bank-2", "7.00"))

	l = newRaw(t)
	require.Error(t, lose(l, "bank-1"))
	add("other contents after a lost answer", pay(l, "bank-1", "41.00"))

	l = newRaw(t)
	l.paid("1.00")
	require.Error(t, lose(l, "bank-1"))
	l.events = l.events[1:]
	time.Sleep(time.Hour)
	add("list not whole", pay(l, "bank-1", "40.00"))

	l = newRaw(t)
	l.listing = func(*http.Request) *ct.Reply { return &ct.Reply{Status: 503} }
	add("events not readable", pay(l, "bank-1", "40.00"))
	l.listing = func(*http.Request) *ct.Reply {
		return &ct.Reply{Status: 200, Body: "[]", Header: map[string]string{"Age": "4000"}}
	}
	add("events of a cache", pay(l, "bank-1", "40.00"))
	l.listing = nil
	l.header = map[string]string{"Date": time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)}
	add("clock is wrong", pay(l, "bank-1", "40.00"))
	l.header = nil
	l.answer = func(string) ct.Reply { return ct.Reply{Status: 422, Body: `{"code":"invalid_parameters"}`} }
	add("event refused", pay(l, "bank-1", "40.00"))
	add("event refused before", pay(l, "bank-1", "40.00"))
	l.answer = func(string) ct.Reply { return ct.Reply{Status: 413, Body: "<html>too large</html>"} }
	l.shown = func(map[string]any) map[string]any { return nil }
	add("refused by somebody", pay(l, "bank-1", "41.00"))
	time.Sleep(time.Hour)
	add("refused by somebody, and absent", pay(l, "bank-1", "41.00"))

	l = newRaw(t)
	l.Ledger = ledger.New(l.Client, &sealed{Journal: l.journal})
	add("journal fails before", pay(l, "bank-1", "40.00"))
	l.Ledger = ledger.New(l.Client, &sealed{Journal: l.journal, begins: 1})
	add("journal fails after", pay(l, "bank-1", "40.00"))
	l = newRaw(t)
	l.Ledger = ledger.New(l.Client, rival{l.journal})
	add("journal is ended by another", pay(l, "bank-1", "40.00"))
	l.Ledger = ledger.New(l.Client, unread{l.journal})
	add("journal cannot be read", pay(l, "bank-1", "40.00"))

	_, err := newMock(t, nil).Recover(t.Context())
	add("recover without a journal", err)
	return cases
}

func transferLedgerErrors(t *testing.T) (cases []ct.ErrorCase) {
	t.Helper()
	add := func(name string, err error) { cases = append(cases, ct.ErrorCase{Name: name, Err: err}) }
	status, answer := noTransfer, ct.Reply{Status: 202, Body: `{"status":"pending"}`}
	start := func() *mock {
		m := newMock(t, ledger.NewMemory())
		m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return status })
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return noTransfer })
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1", func(*http.Request) ct.Reply { return noTransfer })
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply { return answer })
		return m
	}
	ensure := func(m *mock, e ledger.TransferEntry) error {
		return onlyErr(m.EnsureTransfer(t.Context(), "I1", e))
	}
	m := start()
	add("transfer to nobody", ensure(m, ledger.TransferEntry{Key: "collect/1"}))
	status = ct.Reply{Status: 200, Body: `{"status":"processing"}`}
	add("transfer of unknown state", ensure(m, ropoEntry()))
	status = ct.Reply{Status: 200, Body: `{}`}
	add("transfer status of another", ensure(m, ropoEntry()))
	status, answer = noTransfer, ct.Reply{Status: 200, Body: `{"status":"error","error_reason":"Maksajaa ei tunneta"}`}
	add("transfer answered with error", ensure(m, ropoEntry()))
	m, answer = start(), ct.Reply{Err: errors.New("drop")}
	add("transfer outcome unknown", ensure(m, ropoEntry()))
	add("transfer not settled yet", ensure(m, ropoEntry()))
	time.Sleep(time.Hour)
	add("transfer never seen", ensure(m, ropoEntry()))
	status = ct.Reply{Status: 503}
	add("transfer status not readable, and open", ensure(m, ropoEntry()))
	status = ct.Reply{Status: 200, Body: `{"status":"error","error_reason":"Maksajaa ei tunneta"}`}
	add("transfer ended in error", ensure(m, ropoEntry()))
	add("transfer refused, the same contents", ensure(m, ropoEntry()))
	status, answer = noTransfer, ct.Reply{Status: 202, Body: `{"status":"pending"}`}
	again := ropoEntry()
	again.Again = time.Now()
	add("transfer refused, Again names no attempt", ensure(m, again))
	other := ropoEntry()
	other.Ropo.Amounts.CapitalAmount = amount("99.00")
	require.NoError(t, ensure(m, other))
	add("transfer key reused", onlyErr(m.EnsureTransfer(t.Context(), "I2", ropoEntry())))
	status = ct.Reply{Status: 503}
	add("transfer accepted, status not readable", ensure(m, ropoEntry()))
	status = ct.Reply{Status: 200, Body: `{"status":"pending","error_reason":"Osoite puuttuu"}`}
	add("transfer stalled", ensure(m, ropoEntry()))
	second := ropoEntry()
	second.Case = 2
	add("transfer of a second case too early", ensure(m, second))
	status = ct.Reply{Status: 200, Body: `{"status":"sent"}`}
	collected := start()
	collected.OnFunc("GET", ct.Receivables+"/v1/assignments", func(*http.Request) ct.Reply { return listedNow })
	collected.OnFunc("GET", ct.Receivables+"/v1/assignments/as-1", func(*http.Request) ct.Reply {
		return ct.Reply{Status: 200, Body: `{"id":"as-1","status":"open"}`}
	})
	require.NoError(t, ensure(collected, ropoEntry()))
	add("transfer of a second case, the first one is open", ensure(collected, second))
	status = noTransfer
	other.Key = "collect/2"
	add("transfer under another key", ensure(m, other))
	status = ct.Reply{Status: 200, Body: `{"status":"error","error_reason":"Maksajaa ei tunneta"}`}
	time.Sleep(time.Hour)
	other.Key = "collect/1"
	add("transfer refused later", ensure(m, other))
	status, answer = noTransfer, ct.Reply{Status: 422, Body: `{"code":"invalid"}`}
	require.Error(t, ensure(m, ropoEntry()))
	add("transfer without attempts left", ensure(m, other))
	m, answer = start(), ct.Reply{Status: 409, Body: `{"code":"conflict"}`}
	require.Error(t, ensure(m, other))
	add("transfer refused by the service, the same contents", ensure(m, other))
	m, status = start(), ct.Reply{Status: 200, Body: `{"status":"pending"}`}
	require.NoError(t, ensure(m, ropoEntry()))
	time.Sleep(40 * 24 * time.Hour)
	add("transfer without an assignment for long", ensure(m, ropoEntry()))
	return cases
}

func journalFailures(t *testing.T) []ct.ErrorCase {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.journal")
	j, err := ledger.OpenFile(path)
	require.NoError(t, err)
	_, locked := ledger.OpenFile(path)
	entry := journalEntry("bank-1", 0)
	conflict := j.End(t.Context(), entry)
	require.NoError(t, j.Close())
	_, _, closed := j.Begin(t.Context(), entry)
	broken := filepath.Join(dir, "broken.journal")
	require.NoError(t, os.WriteFile(broken, []byte("no journal\n"), 0o600))
	_, damaged := ledger.OpenFile(broken)
	_, missing := ledger.OpenFile(filepath.Join(dir, "nowhere", "ledger.journal"))
	changed := filepath.Join(dir, "changed.journal")
	j, err = ledger.OpenFile(changed)
	require.NoError(t, err)
	defer func() { require.NoError(t, j.Close()) }()
	l := newRaw(t)
	l.Ledger = ledger.New(l.Client, j)
	require.NoError(t, os.WriteFile(changed, []byte("{}"), 0o600))
	_, foreign := l.ensure(payment("bank-1", "40.00"))
	require.NoError(t, os.Rename(changed, changed+".1"))
	_, moved := l.ensure(payment("bank-1", "40.00"))
	_, _, begin := j.Begin(t.Context(), entry)
	return []ct.ErrorCase{
		{Name: "journal is changed by another", Err: foreign},
		{Name: "journal is moved", Err: moved},
		{Name: "journal is moved, without a ledger", Err: begin},
		{Name: "journal is locked", Err: locked},
		{Name: "journal entry is not open", Err: conflict},
		{Name: "journal is closed", Err: closed},
		{Name: "journal is damaged", Err: damaged},
		{Name: "journal's directory is missing", Err: missing},
	}
}
