package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// scribe is a journal that notes what it is asked, beside the requests that the
// service gets. It can be down for one of its methods.
type scribe struct {
	ledger.Journal
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

func (s *scribe) Find(ctx context.Context, key ledger.JournalKey) (ledger.Record, bool, error) {
	if err := s.note("Find"); err != nil {
		return ledger.Record{}, false, err
	}
	return s.Journal.Find(ctx, key)
}

func (s *scribe) Begin(ctx context.Context, entry ledger.Record) (ledger.Record, bool, error) {
	if err := s.note("Begin"); err != nil {
		return ledger.Record{}, false, err
	}
	return s.Journal.Begin(ctx, entry)
}

func (s *scribe) End(ctx context.Context, entry ledger.Record) error {
	if err := s.note("End " + entry.Outcome.String()); err != nil {
		return err
	}
	return s.Journal.End(ctx, entry)
}

func (s *scribe) ForAssignment(ctx context.Context, environment, companyID, assignmentID string) ([]ledger.Record, error) {
	if err := s.note("ForAssignment"); err != nil {
		return nil, err
	}
	return s.Journal.ForAssignment(ctx, environment, companyID, assignmentID)
}

func (s *scribe) Pending(ctx context.Context, environment, companyID string) ([]ledger.Record, error) {
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
		about = strings.NewReplacer("/invoices/I1/assignment", " transfer", "/invoices/I2/assignment", " transfer").Replace(path)[1:]
	case strings.HasSuffix(path, "/v1/assignments"):
		about = "assignments"
	case strings.HasSuffix(path, "/v1/assignments/"+rawID):
		about = "assignment"
	}
	_ = s.note(r.Method + " " + about)
}

// newScribe is one assignment of invoice I1 and a ledger whose journal takes notes.
func newScribe(t *testing.T) *scribe {
	t.Helper()
	s := &scribe{rawLedger: newRaw(t), Journal: ledger.NewMemory()}
	s.header = map[string]string{"X-Request-Id": "req-1"}
	s.Ledger = ledger.New(s.Client, s)
	events := ct.Receivables + "/v1/assignments/" + rawID + "/events"
	for method, answer := range map[string]func(*http.Request) ct.Reply{http.MethodGet: s.list, http.MethodPost: s.take} {
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

// transfer sets what the status calls show of every invoice: v2, and v1 nothing.
func (s *scribe) transfer(state string) {
	v2 := noTransfer
	if state != "" {
		v2 = ct.Reply{Status: 200, Body: `{"status":"` + state + `"}`}
	}
	for _, invoice := range []string{"I1", "I2"} {
		s.fixed(http.MethodGet, ct.AX+"/v2/invoices/"+invoice+"/assignment", v2)
		s.fixed(http.MethodGet, ct.AX+"/v1/invoices/"+invoice+"/assignment", noTransfer)
		s.fixed(http.MethodGet, ct.AX+"/v1/invoices/"+invoice, noTransfer) // no access
	}
}

// result is what a caller learns, without the words.
func result(e *ledger.Ensured, err error) string {
	if err == nil {
		return fmt.Sprintf("sent %v, event %q", e.Sent, e.EventID)
	}
	text := maventa.OutcomeOf(err).String()
	for _, k := range []struct {
		name string
		err  error
	}{
		{"ErrUnsettled", ledger.ErrUnsettled},
		{"ErrUndecided", ledger.ErrUndecided},
		{"ErrPossibleDuplicate", ledger.ErrPossibleDuplicate},
		{"ErrKeyReused", ledger.ErrKeyReused},
		{"ErrJournal", ledger.ErrJournal},
		{"ErrOutcomeUnknown", maventa.ErrOutcomeUnknown},
	} {
		if errors.Is(err, k.err) {
			text += ", " + k.name
		}
	}
	return text
}

// standing is result of a transfer.
func standing(h *ledger.Handover, err error) string {
	text := string(h.State)
	if h.AssignmentID != "" {
		text += " as " + h.AssignmentID
	}
	if err != nil {
		return text + ", " + result(nil, err)
	}
	return fmt.Sprintf("%s, sent %v", text, h.Sent)
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
func (s *scribe) ensure(name string, entry ledger.Entry) {
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
		entry.Adopt, entry.NotMine = "", []string{other}
		s.ensure("not mine", entry)
	}},
	{"Two keys", func(_ *testing.T, s *scribe) {
		s.ensure("bank-1", payment("bank-1", "40.00"))
		s.ensure("bank-2", payment("bank-2", "40.00"))
		s.ensure("bank-1 again", payment("bank-1", "40.00"))
	}},
	{"EnsureEvents", func(t *testing.T, s *scribe) {
		items := func(item ledger.Item) []ledger.Item {
			var list []ledger.Item
			for i := range 3 {
				item.Entry = payment(fmt.Sprintf("%s%s-%d", item.AssignmentID, item.InvoiceID, i), "10.00")
				list = append(list, item)
			}
			return list
		}
		s.transfer("sent")
		for _, item := range []ledger.Item{{AssignmentID: rawID}, {InvoiceID: "I1"}} {
			for _, run := range []string{"first", "again"} {
				var results []string
				for _, r := range s.EnsureEvents(t.Context(), items(item)) {
					results = append(results, result(r.Ensured, r.Err))
				}
				s.step(fmt.Sprintf("three lines of %s%s, %s", item.AssignmentID, item.InvoiceID, run), strings.Join(results, "; "))
			}
		}
	}},
	{"EnsureTransfer", func(t *testing.T, s *scribe) {
		invoice, url := "I1", ct.AX+"/v2/invoices/I1/assignment/ropo"
		ensure := func(name string, entry ledger.TransferEntry) {
			s.step(name, standing(s.EnsureTransfer(t.Context(), invoice, entry)))
		}
		s.transfer("")
		s.fixed(http.MethodPost, url, ct.Reply{Status: 202, Body: `{"status":"pending"}`})
		ensure("first", ropoEntry())
		ensure("again", ropoEntry())
		s.transfer("sent")
		other := ropoEntry()
		other.Key = "collect/2"
		ensure("another key", other)
		s.transfer("")
		invoice, url = "I2", ct.AX+"/v2/invoices/I2/assignment/ropo"
		s.fixed(http.MethodPost, url, ct.Reply{Err: errors.New("drop")})
		lost := ropoEntry()
		lost.Key = "collect/3"
		ensure("lost", lost)
		ensure("at once", lost)
		s.later()
		stands, err := s.EnsureTransfer(t.Context(), invoice, lost)
		s.step("later", standing(stands, err))
		lost.NeverArrived = asFailure(err).FirstSent
		s.fixed(http.MethodPost, url, ct.Reply{Status: 202, Body: `{"status":"pending"}`})
		ensure("never arrived", lost)
	}},
	{"Recover", func(t *testing.T, s *scribe) {
		recoverAll := func(name string) {
			open, err := s.Recover(t.Context())
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
