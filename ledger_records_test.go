package maventa_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

// What the ledger asks of its journal and of the service, and what it stores, is
// written down in testdata/ledger: a change of the code that changes one of these
// files changes what a crash leaves behind, or how a payment is found again.

var updateRecords = flag.Bool("records", false, "write testdata/ledger anew")

// sameRecord compares text with a file of testdata/ledger.
func sameRecord(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", "ledger", name)
	if *updateRecords {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	golden, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(golden), text)
}

// scribe is a journal that notes what it is asked, beside the requests that the
// service gets. It can be down for one of its methods.
type scribe struct {
	maventa.Journal
	*rawLedger
	calls []string
	down  string
	all   strings.Builder
}

var errDown = errors.New("the database does not answer")

func (s *scribe) note(call string) error {
	s.calls = append(s.calls, call)
	if s.down != "" && strings.HasPrefix(call, s.down) {
		return errDown
	}
	return nil
}

func (s *scribe) Find(ctx context.Context, key maventa.JournalKey) (maventa.JournalEntry, bool, error) {
	if err := s.note("Find"); err != nil {
		return maventa.JournalEntry{}, false, err
	}
	return s.Journal.Find(ctx, key)
}

func (s *scribe) Begin(ctx context.Context, entry maventa.JournalEntry) (maventa.JournalEntry, bool, error) {
	if err := s.note("Begin"); err != nil {
		return maventa.JournalEntry{}, false, err
	}
	return s.Journal.Begin(ctx, entry)
}

func (s *scribe) End(ctx context.Context, entry maventa.JournalEntry) error {
	if err := s.note("End " + entry.Outcome.String()); err != nil {
		return err
	}
	return s.Journal.End(ctx, entry)
}

func (s *scribe) ForAssignment(ctx context.Context, environment, companyID, assignmentID string) ([]maventa.JournalEntry, error) {
	if err := s.note("ForAssignment"); err != nil {
		return nil, err
	}
	return s.Journal.ForAssignment(ctx, environment, companyID, assignmentID)
}

func (s *scribe) Pending(ctx context.Context, environment, companyID string) ([]maventa.JournalEntry, error) {
	if err := s.note("Pending"); err != nil {
		return nil, err
	}
	return s.Journal.Pending(ctx, environment, companyID)
}

// request notes a request by what it is about.
func (s *scribe) request(r *http.Request) {
	about := "events"
	switch path := r.URL.Path; {
	case strings.Contains(path, "/invoices/"):
		about = strings.Replace(path, "/invoices/I1/assignment", " transfer", 1)[1:]
	case strings.HasSuffix(path, "/v1/assignments"):
		about = "assignments"
	case strings.HasSuffix(path, "/v1/assignments/"+rawID):
		about = "assignment"
	}
	_ = s.note(r.Method + " " + about)
}

// newScribe is one assignment of invoice I1 and a client whose journal takes notes.
func newScribe(t *testing.T) *scribe {
	t.Helper()
	s := &scribe{rawLedger: newRaw(t), Journal: maventa.NewMemoryJournal()}
	s.rawLedger.journal = s
	s.rawLedger.header = map[string]string{"X-Request-Id": "req-1"}
	s.Mock = ct.NewMock(t, maventa.WithJournal(s))
	events := ct.Receivables + "/v1/assignments/" + rawID + "/events"
	for method, answer := range map[string]func(*http.Request) ct.Reply{http.MethodGet: s.rawLedger.list, http.MethodPost: s.rawLedger.take} {
		s.OnFunc(method, events, func(r *http.Request) ct.Reply {
			s.request(r)
			return answer(r)
		})
	}
	assignment := `{"id":"` + rawID + `","invoice_id":"I1"}`
	s.fixed(http.MethodGet, ct.Receivables+"/v1/assignments/"+rawID, ct.Reply{Status: 200, Body: assignment})
	s.fixed(http.MethodGet, ct.Receivables+"/v1/assignments", ct.Reply{Status: 200, Body: "[" + assignment + "]"})
	return s
}

// fixed answers each call of one method and URL alike.
func (s *scribe) fixed(method, url string, answer ct.Reply) {
	s.OnFunc(method, url, func(r *http.Request) ct.Reply {
		s.request(r)
		return answer
	})
}

// transfer sets what the status calls show: v2, and v1 nothing.
func (s *scribe) transfer(state string) {
	v2 := ct.Reply{Status: 404}
	if state != "" {
		v2 = ct.Reply{Status: 200, Body: `{"status":"` + state + `"}`}
	}
	s.fixed(http.MethodGet, ct.AX+"/v2/invoices/I1/assignment", v2)
	s.fixed(http.MethodGet, ct.AX+"/v1/invoices/I1/assignment", ct.Reply{Status: 404})
}

// result is what a caller learns, without the words.
func result(e *maventa.Ensured, err error) string {
	if err == nil {
		return fmt.Sprintf("sent %v, event %q", e.Sent, e.EventID)
	}
	text := maventa.OutcomeOf(err).String()
	for _, k := range []struct {
		name string
		err  error
	}{
		{"ErrUnsettled", maventa.ErrUnsettled},
		{"ErrPossibleDuplicate", maventa.ErrPossibleDuplicate},
		{"ErrKeyReused", maventa.ErrKeyReused},
		{"ErrJournal", maventa.ErrJournal},
		{"ErrOutcomeUnknown", maventa.ErrOutcomeUnknown},
	} {
		if errors.Is(err, k.err) {
			text += ", " + k.name
		}
	}
	return text
}

// step writes down what a run asked for and came to.
func (s *scribe) step(name, result string) {
	fmt.Fprintf(&s.all, "%s: %s\n", name, result)
	for _, c := range s.calls {
		fmt.Fprintf(&s.all, "    %s\n", c)
	}
	s.calls = nil
}

// ensure is a step that reports one payment.
func (s *scribe) ensure(name string, entry maventa.LedgerEntry) {
	s.step(name, result(s.rawLedger.ensure(entry)))
}

// later is after the settle time.
func (s *scribe) later() { time.Sleep(20 * time.Minute) }

var ledgerScenarios = []struct {
	name string
	run  func(*testing.T, *scribe)
}{
	{"EnsureEvent, fresh", func(_ *testing.T, s *scribe) {
		s.ensure("first", payment("bank-1", "40.00"))
	}},
	{"EnsureEvent, again", func(_ *testing.T, s *scribe) {
		s.ensure("first", payment("bank-1", "40.00"))
		s.ensure("again", payment("bank-1", "40.00"))
		s.ensure("another amount", payment("bank-1", "41.00"))
	}},
	{"EnsureEvent, the answer is lost", func(_ *testing.T, s *scribe) {
		ok := s.answer
		s.answer = dropAfter
		s.ensure("first", payment("bank-1", "40.00"))
		s.answer = ok
		s.ensure("at once", payment("bank-1", "40.00"))
		s.ensure("another key at once", payment("bank-2", "7.00"))
		s.later()
		s.ensure("later", payment("bank-1", "40.00"))
		s.lost = true
		s.ensure("the request is lost", payment("bank-3", "8.00"))
		s.later()
		s.ensure("another key later", payment("bank-2", "7.00"))
		s.ensure("later", payment("bank-3", "8.00"))
	}},
	{"EnsureEvent, refused", func(_ *testing.T, s *scribe) {
		ok := s.answer
		s.answer = func(string) ct.Reply {
			s.events = nil
			return ct.Reply{Status: 422, Body: `{"code":"no"}`}
		}
		s.ensure("first", payment("bank-1", "40.00"))
		s.answer = ok
		s.ensure("again", payment("bank-1", "40.00"))
	}},
	{"The journal is down at Find", func(_ *testing.T, s *scribe) {
		s.down = "Find"
		s.ensure("first", payment("bank-1", "40.00"))
		s.down = ""
		s.ensure("again", payment("bank-1", "40.00"))
	}},
	{"The journal is down at Begin", func(_ *testing.T, s *scribe) {
		s.down = "Begin"
		s.ensure("first", payment("bank-1", "40.00"))
		s.down = ""
		s.ensure("again", payment("bank-1", "40.00"))
	}},
	{"The journal is down at End", func(_ *testing.T, s *scribe) {
		s.down = "End"
		s.ensure("first", payment("bank-1", "40.00"))
		s.down = ""
		s.ensure("again", payment("bank-1", "40.00"))
		s.later()
		s.ensure("later", payment("bank-1", "40.00"))
	}},
	{"Adopt and Post", func(_ *testing.T, s *scribe) {
		byHand := s.paid("40.00")
		entry := payment("bank-1", "40.00")
		s.ensure("an equal event is there", entry)
		entry.Adopt = byHand
		s.ensure("adopted", entry)
		entry = payment("bank-2", "40.00")
		entry.Adopt = byHand
		s.ensure("adopted again", entry)
		other := s.paid("40.00")
		entry.Adopt, entry.Post = "", []string{other}
		s.ensure("not mine", entry)
	}},
	{"Two keys", func(_ *testing.T, s *scribe) {
		s.ensure("bank-1", payment("bank-1", "40.00"))
		s.ensure("bank-2", payment("bank-2", "40.00"))
		s.ensure("bank-1 again", payment("bank-1", "40.00"))
	}},
	{"EnsureEvents", func(t *testing.T, s *scribe) {
		items := func(item maventa.LedgerItem) []maventa.LedgerItem {
			var list []maventa.LedgerItem
			for i := range 3 {
				item.LedgerEntry = payment(fmt.Sprintf("%s%s-%d", item.AssignmentID, item.InvoiceID, i), "10.00")
				list = append(list, item)
			}
			return list
		}
		s.transfer("sent")
		for _, item := range []maventa.LedgerItem{{AssignmentID: rawID}, {InvoiceID: "I1"}} {
			for _, run := range []string{"first", "again"} {
				var results []string
				for _, r := range s.Client.Assignments.EnsureEvents(t.Context(), items(item)) {
					results = append(results, result(r.Ensured, r.Err))
				}
				s.step(fmt.Sprintf("three lines of %s%s, %s", item.AssignmentID, item.InvoiceID, run), strings.Join(results, "; "))
			}
		}
	}},
	{"EnsureTransfer", func(t *testing.T, s *scribe) {
		ensure := func(name string, entry maventa.TransferEntry) {
			s.step(name, result(s.Client.Invoices.EnsureTransfer(t.Context(), "I1", entry)))
		}
		url := ct.AX + "/v2/invoices/I1/assignment/ropo"
		s.transfer("")
		s.fixed(http.MethodPost, url, ct.Reply{Status: 202, Body: `{"status":"pending"}`})
		ensure("first", ropoEntry())
		ensure("again", ropoEntry())
		s.transfer("sent")
		other := ropoEntry()
		other.Key = "collect/2"
		ensure("another key", other)
		s.transfer("")
		s.fixed(http.MethodPost, url, ct.Reply{Err: errors.New("drop")})
		lost := ropoEntry()
		lost.Key = "collect/3"
		ensure("lost", lost)
		ensure("at once", lost)
		s.later()
		_, err := s.Client.Invoices.EnsureTransfer(t.Context(), "I1", lost)
		s.step("later", result(nil, err))
		lost.Post = asFailure(err).FirstSent
		s.fixed(http.MethodPost, url, ct.Reply{Status: 202, Body: `{"status":"pending"}`})
		ensure("never arrived", lost)
	}},
	{"Recover", func(t *testing.T, s *scribe) {
		recoverAll := func(name string) {
			open, err := s.Client.Recover(t.Context())
			require.NoError(t, err)
			s.step(name, fmt.Sprintf("%d open", len(open)))
		}
		recoverAll("nothing is open")
		s.lost = true
		s.ensure("lost", payment("bank-1", "40.00"))
		recoverAll("at once")
		s.later()
		recoverAll("later")
		s.ensure("again", payment("bank-1", "40.00"))
	}},
}

// TestLedgerOperations: which calls of the journal and of the service twelve
// scenarios make, in which order, and what comes of them.
func TestLedgerOperations(t *testing.T) {
	var all strings.Builder
	for _, scenario := range ledgerScenarios {
		synctest.Test(t, func(t *testing.T) {
			s := newScribe(t)
			scenario.run(t, s)
			posts := 0
			for _, sent := range s.Sent {
				if sent.Method == http.MethodPost {
					posts++
				}
			}
			fmt.Fprintf(&all, "== %s: %d POSTs\n%s\n", scenario.name, posts, s.all.String())
		})
	}
	sameRecord(t, "operations.txt", all.String())
}

// TestLedgerJournalFile: what a journal's file holds after a ledger's life.
func TestLedgerJournalFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		file, err := maventa.OpenFileJournal(path)
		require.NoError(t, err)
		s := newScribe(t)
		s.Journal = file
		ensure := func(key string, event maventa.NewEvent) {
			_, _ = s.rawLedger.ensure(maventa.LedgerEntry{Key: key, Event: event})
		}
		ok := s.answer
		ensure("bank-1", maventa.DirectPayment(amount("40.00"), payday))
		ensure("bank-2", maventa.CreditNote(amount("7"), payday, "CN-1"))
		ensure("bank-3", maventa.Comment("a promise to pay"))
		changed := maventa.DirectPayment(amount("5.00"), payday)
		changed.Extra = extraOf(t, "amount", 500)
		ensure("bank-4", changed)
		s.answer = func(string) ct.Reply {
			return ct.Reply{Status: 422, Body: `{"code":"no"}`, Header: map[string]string{"X-Request-Id": "req-2"}}
		}
		ensure("bank-5", maventa.DirectPayment(amount("6.00"), payday))
		s.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		ensure("bank-6", maventa.DueDateChange(payday))
		s.answer = dropAfter
		ensure("bank-7", maventa.DirectPayment(amount("8.10"), payday))
		s.later()
		s.answer = ok
		ensure("bank-7", maventa.DirectPayment(amount("8.10"), payday))
		s.lost = true
		ensure("bank-8", maventa.DirectPayment(amount("9.00"), payday))
		s.transfer("")
		s.fixed(http.MethodPost, ct.AX+"/v2/invoices/I1/assignment/ropo", ct.Reply{Status: 202, Body: `{"status":"pending"}`})
		_, err = s.Client.Invoices.EnsureTransfer(t.Context(), "I1", ropoEntry())
		require.NoError(t, err)
		require.NoError(t, file.Close())
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		sameRecord(t, "journal.jsonl", string(content))
	})
}

// TestLedgerReadsOldJournal: a file that an earlier version wrote is understood:
// what was done is done, and what was open is open.
func TestLedgerReadsOldJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		content, err := os.ReadFile(filepath.Join("testdata", "ledger", "journal.jsonl"))
		require.NoError(t, err)
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		file, err := maventa.OpenFileJournal(path)
		require.NoError(t, err)
		defer func() { require.NoError(t, file.Close()) }()
		s := newScribe(t)
		s.Journal = file
		ensured, err := s.rawLedger.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.False(t, ensured.Sent)
		_, err = s.rawLedger.ensure(payment("bank-1", "40.01"))
		require.ErrorIs(t, err, maventa.ErrKeyReused)
		_, err = s.rawLedger.ensure(payment("bank-8", "9.00"))
		require.ErrorIs(t, err, maventa.ErrUnsettled)
		transferred, err := s.Client.Invoices.EnsureTransfer(t.Context(), "I1", ropoEntry())
		require.NoError(t, err)
		assert.False(t, transferred.Sent)
		assert.Zero(t, s.posts)
	})
}

// TestLedgerDigests: by which digests the journal tells one content from another.
func TestLedgerDigests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScribe(t)
		var all strings.Builder
		digest := func(name, key string) {
			stored, ok, err := s.Journal.Find(t.Context(), maventa.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: key})
			require.NoError(t, err)
			require.True(t, ok, name)
			fmt.Fprintf(&all, "%s  %s\n", stored.Digest, name)
		}
		null := maventa.CustomEvent("something")
		null.Amount = maventa.Null[maventa.Amount]()
		changed := maventa.DirectPayment(amount("5.00"), payday)
		changed.Extra = extraOf(t, "amount", 500, "note", "x")
		for i, e := range []struct {
			name  string
			event maventa.NewEvent
		}{
			{"payment 40.00", maventa.DirectPayment(amount("40.00"), payday)},
			{"payment 40.0", maventa.DirectPayment(amount("40.0"), payday)},
			{"credit note", maventa.CreditNote(amount("7"), payday, "CN-1")},
			{"comment", maventa.Comment("ä <b> \u2028")},
			{"due date", maventa.DueDateChange(payday)},
			{"collection stop", maventa.CollectionStop(payday)},
			{"cancellation", maventa.Cancellation("")},
			{"credit loss", maventa.CreditLoss(payday)},
			{"null amount", null},
			{"extra", changed},
		} {
			key := fmt.Sprintf("k-%d", i)
			_, err := s.Client.Assignments.EnsureEvent(t.Context(), rawID, maventa.LedgerEntry{Key: key, Event: e.event, Post: []string{"e1"}},
				maventa.Unchecked(), maventa.WithoutPreflight())
			require.NoError(t, err, e.name)
			digest(e.name, key)
		}
		s.transfer("")
		amili := maventa.AmiliTransfer{
			CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2C, Payers: ropoEntry().Ropo.Payers,
			Amounts: maventa.TransferAmounts{CapitalAmount: amount("100.00"), InterestAmount: someAmount("1.50"), InterestCalculationDate: payday},
		}
		amili.Payers[0].SSN = "131052-308T"
		ropo := ropoEntry()
		ropo.Key = "ropo"
		for _, e := range []maventa.TransferEntry{ropo, {Key: "amili", Amili: &amili}} {
			s.fixed(http.MethodPost, ct.AX+"/v2/invoices/I1/assignment/"+e.Key, ct.Reply{Status: 202, Body: `{"status":"pending"}`})
			_, err := s.Client.Invoices.EnsureTransfer(t.Context(), "I1", e)
			require.NoError(t, err, e.Key)
			digest("transfer to "+e.Key, e.Key)
		}
		sameRecord(t, "digests.txt", all.String())
	})
}
