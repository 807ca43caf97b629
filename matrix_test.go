package maventa_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/maventatest"
)

// The fault matrix: every call that acts twice when it is sent twice, under
// every way in which a network or a server fails, on a fresh and on a reused
// connection. The judge is what the fake Maventa has really done.

// matrixFault is one fault of the matrix.
type matrixFault struct {
	id    string
	what  string
	fault maventatest.Fault // zero: the connection is refused

	// definite marks the faults after which it can be known what AddEvent did.
	definite bool
	// posts is how many requests may arrive; zero stands for 1. More than one
	// only where the one before certainly did nothing, or the network is at it.
	posts int
	// network marks the fault that makes two of one request: not the SDK's doing.
	network bool
	// hangs marks a fault that lasts until the caller gives up.
	hangs bool
}

// matrixFaults are the fault points that ten other clients were measured with.
// F01 to F23 are those of the 45 trials, F01 on a fresh connection only.
func matrixFaults(wait time.Duration) []matrixFault {
	return []matrixFault{
		{id: "F01", what: "dial refused", definite: true},
		{id: "F02", what: "closed before the body was read", fault: maventatest.DropBeforeCommit()},
		{id: "F03", what: "FIN after apply", fault: maventatest.DropAfterCommit()},
		{id: "F04", what: "RST after apply", fault: maventatest.Reset()},
		{id: "F05", what: "half a status line", fault: maventatest.HalfStatusLine()},
		{id: "F06", what: "201, then half the body", fault: maventatest.Truncate(), definite: true},
		{id: "F07", what: "201 with truncated JSON", fault: maventatest.BrokenJSON(), definite: true},
		{id: "F08", what: "201 without a body", fault: maventatest.EmptyBody(http.StatusCreated), definite: true},
		{id: "F09", what: "500 after apply", fault: maventatest.StatusAfterCommit(500)},
		{id: "F10", what: "502 after apply", fault: maventatest.StatusAfterCommit(502)},
		{id: "F11", what: "503 after apply", fault: maventatest.StatusAfterCommit(503)},
		{id: "F12", what: "504 after apply", fault: maventatest.StatusAfterCommit(504)},
		{id: "F13", what: "503 with Retry-After", fault: maventatest.RetryAfter(503, wait)},
		{id: "F14", what: "429 with Retry-After", fault: maventatest.RetryAfter(429, wait), definite: true, posts: 2},
		{id: "F15", what: "401, token expired mid-flow", fault: maventatest.ExpireToken(), definite: true, posts: 2},
		{id: "F16", what: "408", fault: maventatest.Status(408)},
		{id: "F17", what: "the answer never comes", fault: maventatest.HangAfterCommit(), hangs: true},
		{id: "F18", what: "the body stalls", fault: maventatest.StallBody(), definite: true, hangs: true},
		{id: "F19", what: "307 to itself after apply", fault: maventatest.RedirectAfterCommit(307, "")},
		{id: "F20", what: "307 to a foreign host", fault: maventatest.Redirect(307, foreignURL)},
		{id: "F21", what: "302", fault: maventatest.Redirect(302, "")},
		{id: "F22", what: "200 with a login page", fault: maventatest.HTML(200)},
		{id: "F23", what: "200 with foreign JSON", fault: maventatest.ForeignJSON()},
		{id: "F24", what: "504, delivered later", fault: maventatest.CommitLate(lateCommit)},
		{id: "F25", what: "delivered twice", fault: maventatest.DeliverTwice(), posts: 2, network: true},

		// What else the fake can do.
		{id: "X01", what: "RST before apply", fault: maventatest.ResetBeforeCommit()},
		{id: "X02", what: "never answered, not applied", fault: maventatest.Hang(), hangs: true},
		{id: "X03", what: "applied late", fault: maventatest.Slow(wait)},
		{id: "X04", what: "answered late", fault: maventatest.SlowAnswer(wait)},
		{id: "X05", what: "the body is slow", fault: maventatest.SlowBody(wait)},
		{id: "X06", what: "a wrong Content-Length", fault: maventatest.WrongLength()},
		{id: "X07", what: "502 with a proxy's page", fault: maventatest.HTML(502)},
		{id: "X08", what: "307 to a foreign host after apply", fault: maventatest.RedirectAfterCommit(307, foreignURL)},
		{id: "X09", what: "302 after apply", fault: maventatest.RedirectAfterCommit(302, "")},
		{id: "X10", what: "409", fault: maventatest.Status(409)},
		{id: "X11", what: "an unknown enum value", fault: maventatest.UnknownEnum()},
		{id: "X12", what: "delivered twice, answer lost", fault: maventatest.DeliverTwice().And(maventatest.DropAfterCommit()), posts: 2, network: true},
	}
}

const (
	foreignURL = "http://elsewhere.example.com/collect"
	lateCommit = 50 * time.Millisecond
)

func (f *matrixFault) trial() bool { return f.id[0] == 'F' && f.id <= "F23" }

// unsafeCall is one call that acts twice when it is sent twice.
type unsafeCall struct {
	// prepare makes what the call acts on and returns its id.
	prepare func(srv *maventatest.Server) string
	call    func(ctx context.Context, c *maventa.Client, id string) error
	// effects counts what the call has done, in the server's state.
	effects func(srv *maventatest.Server, id string) int
	// once marks a call that is never sent again, not even after a 401 or a
	// 429: its body is read from the caller's reader as it leaves.
	once bool
}

// unsafeCalls has one entry for each unsafe row of the operation table, those of
// axWrites included.
var unsafeCalls = map[string]unsafeCall{
	"Assignments.AddEvent": {
		prepare: func(srv *maventatest.Server) string {
			return srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
		},
		call: func(ctx context.Context, c *maventa.Client, id string) error {
			return present(c.Assignments.AddEvent(ctx, id, canaryEvent()))
		},
		effects: sentPayments,
	},
	"Ropo.Activate": {
		prepare: func(*maventatest.Server) string { return "" },
		call: func(ctx context.Context, c *maventa.Client, _ string) error {
			return present(c.Ropo.Activate(ctx, canaryRopoActivation()))
		},
		effects: func(srv *maventatest.Server, _ string) int { return srv.Company().KYCMails(maventatest.Ropo) },
	},
	"Amili.Activate": {
		prepare: func(*maventatest.Server) string { return "" },
		call: func(ctx context.Context, c *maventa.Client, _ string) error {
			return present(c.Amili.Activate(ctx, canaryAmiliActivation()))
		},
		effects: func(srv *maventatest.Server, _ string) int { return srv.Company().KYCMails(maventatest.Amili) },
	},
	"Invoices.TransferToRopo": {
		prepare: func(srv *maventatest.Server) string {
			srv.Company().Activate(maventatest.Ropo)
			return srv.AddInvoice(overdue(srv))
		},
		call: func(ctx context.Context, c *maventa.Client, id string) error {
			return present(c.Invoices.TransferToRopo(ctx, id, canaryRopoTransfer()))
		},
		effects: transfersOf,
	},
	"Invoices.TransferToAmili": {
		prepare: prepareAmili,
		call: func(ctx context.Context, c *maventa.Client, id string) error {
			return present(c.Invoices.TransferToAmili(ctx, id, canaryAmiliTransfer()))
		},
		effects: transfersOf,
	},
	"Invoices.TransferToAmiliV1": {
		prepare: prepareAmili,
		call: func(ctx context.Context, c *maventa.Client, id string) error {
			return present(c.Invoices.TransferToAmiliV1(ctx, id, canaryAmiliTransferV1()))
		},
		effects: transfersOf,
	},
}

func prepareAmili(srv *maventatest.Server) string {
	srv.Company().ActivatePerinta("vfsfi")
	return srv.AddInvoice(overdue(srv))
}

// overdue is an invoice that an agency takes.
func overdue(srv *maventatest.Server) maventatest.Invoice {
	return maventatest.Invoice{Date: srv.Clock().Day(-60), DueDate: srv.Clock().Day(-30)}
}

// present turns the forbidden nil, nil into an error.
func present[T any](v *T, err error) error {
	if v == nil && err == nil {
		return errors.New("nil, nil")
	}
	return err
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

func TestUnsafeCallsAreComplete(t *testing.T) {
	var want []string
	for _, id := range operation.All() {
		if id.Op().Safety == operation.Unsafe {
			want = append(want, id.String())
		}
	}
	sameNames(t, "the table", want, "unsafeCalls", slices.Collect(maps.Keys(unsafeCalls)))
}

// matrixScore is what the trials add up to.
type matrixScore struct {
	mu sync.Mutex

	trials       int      // all
	counted      int      // those of AddEvent that other clients were measured with
	duplicates   []string // caused by the SDK
	falseSuccess []string
	falseClaims  []string // definite and wrong
	tooMany      []string // requests beyond what is allowed
	strays       []string
	secrets      []string
	panics       []string
	late         []string
	definite     map[string]int // by call
	missing      []string       // AddEvent not definite where it can be
	notApart     []string       // the network delivered twice, and the second answer misleads
	worst        time.Duration  // overshoot of a deadline
}

func (s *matrixScore) add(list *[]string, format string, args ...any) {
	*list = append(*list, fmt.Sprintf(format, args...))
}

// trial makes one call under one fault and judges it.
type trial struct {
	t       *testing.T
	score   *matrixScore
	srv     *maventatest.Server
	c       *maventa.Client
	op      string
	fault   matrixFault
	reused  bool
	timeout time.Duration
	slack   time.Duration // how late a deadline may be noticed
	settle  time.Duration // until everything under way has arrived
}

func (tr *trial) name() string {
	connection := "fresh"
	if tr.reused {
		connection = "reused"
	}
	return fmt.Sprintf("%s %s %s (%s)", tr.op, tr.fault.id, connection, tr.fault.what)
}

func (tr *trial) run() {
	call := unsafeCalls[tr.op]
	id := call.prepare(tr.srv)
	before, arrived := call.effects(tr.srv, id), tr.srv.Count(tr.op)

	// A connection that is open, and perhaps not any more.
	_, err := tr.c.Ropo.Status(tr.t.Context())
	require.NoError(tr.t, err)
	_, err = tr.c.Assignments.Overview(tr.t.Context())
	require.NoError(tr.t, err)
	if !tr.reused {
		tr.c.CloseIdleConnections()
	}
	if tr.fault.fault.String() == "" {
		tr.srv.RefuseConnections(1)
	} else {
		tr.srv.Inject(tr.fault.fault.On(tr.op))
	}

	var reused []bool
	ctx := httptrace.WithClientTrace(tr.t.Context(), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { reused = append(reused, info.Reused) },
	})
	ctx, cancel := context.WithTimeout(ctx, tr.timeout)
	defer cancel()
	start := time.Now()
	var panicked any
	func() {
		defer func() { panicked = recover() }()
		err = call.call(ctx, tr.c, id)
	}()
	late := time.Since(start) - tr.timeout
	if tr.fault.id == "F01" && call.once {
		assert.Empty(tr.t, reused, "%s: it was sent again", tr.name())
	} else if assert.NotEmpty(tr.t, reused, "%s: no connection was used: %v", tr.name(), err) && tr.fault.id != "F01" {
		assert.Equal(tr.t, tr.reused, reused[0], "%s: the connection", tr.name())
	}
	assert.Zero(tr.t, tr.srv.PendingFaults(), "%s: the fault met no call: %v", tr.name(), err)
	time.Sleep(tr.settle)
	tr.judge(err, call.effects(tr.srv, id)-before, tr.srv.Count(tr.op)-arrived, late, panicked)
}

// judge compares what the caller was told with what was done.
func (tr *trial) judge(err error, effects, posts int, late time.Duration, panicked any) {
	s := tr.score
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trials++
	told := "success"
	definite := err == nil
	if err != nil {
		var e *maventa.Error
		if !errors.As(err, &e) {
			tr.t.Errorf("%s: not an *Error: %v", tr.name(), err)
			return
		}
		told, definite = e.Outcome.String(), e.Outcome != maventa.OutcomeUnknown
		if definite == errors.Is(err, maventa.ErrOutcomeUnknown) {
			s.add(&s.falseClaims, "%s: ErrOutcomeUnknown does not go with %s", tr.name(), told)
		}
		if leak := leaked(err, tr.srv); leak != "" {
			s.add(&s.secrets, "%s: %s", tr.name(), leak)
		}
	}
	claimsEffect := err == nil || told == "applied"
	switch {
	case panicked != nil:
		s.add(&s.panics, "%s: %v", tr.name(), panicked)
	case err == nil && effects == 0:
		s.add(&s.falseSuccess, "%s", tr.name())
	case definite && claimsEffect != (effects > 0):
		if tr.fault.network { // a refusal of the second delivery, where the first one acted
			s.add(&s.notApart, "%s: told %s", tr.name(), told)
		} else {
			s.add(&s.falseClaims, "%s: told %s, done %d times", tr.name(), told, effects)
		}
	}
	allowed := max(tr.fault.posts, 1)
	if unsafeCalls[tr.op].once && !tr.fault.network {
		allowed = 1
	}
	if posts > allowed {
		s.add(&s.tooMany, "%s: %d requests", tr.name(), posts)
	}
	if effects > 1 && !tr.fault.network {
		s.add(&s.duplicates, "%s: done %d times", tr.name(), effects)
	}
	if late > tr.slack {
		s.add(&s.late, "%s: %s after the deadline", tr.name(), late)
	}
	s.worst = max(s.worst, late)
	for _, stray := range tr.srv.StrayAddresses() {
		s.add(&s.strays, "%s: %s", tr.name(), stray)
	}
	if tr.fault.trial() {
		if s.definite == nil {
			s.definite = map[string]int{}
		}
		if definite {
			s.definite[tr.op]++
		}
		if tr.op == "Assignments.AddEvent" {
			s.counted++
			if tr.fault.definite && !definite {
				s.add(&s.missing, "%s", tr.name())
			}
		}
	}
}

// leaked finds a secret or personal text in what an error prints.
func leaked(err error, srv *maventatest.Server) string {
	text := printed(err)
	asJSON, jsonErr := json.Marshal(err)
	if jsonErr != nil {
		return jsonErr.Error()
	}
	text += string(asJSON)
	for _, secret := range []string{"canary", "Canary", srv.UserAPIKey(), srv.VendorAPIKey(), "maventatest-", "Bearer", "elsewhere", "http://"} {
		if strings.Contains(text, secret) {
			return fmt.Sprintf("%q in %s", secret, err)
		}
	}
	return ""
}

// eachTrial runs f for every fault on both kinds of connection.
func eachTrial(faults []matrixFault, f func(fault matrixFault, reused bool)) {
	for _, fault := range faults {
		f(fault, false)
		if fault.id != "F01" { // a reused connection needs no dialling
			f(fault, true)
		}
	}
}

// memoryMatrix runs the matrix in memory, where time costs nothing.
func memoryMatrix(t *testing.T, score *matrixScore) {
	for op := range unsafeCalls {
		eachTrial(matrixFaults(2*time.Second), func(fault matrixFault, reused bool) {
			synctest.Test(t, func(t *testing.T) {
				srv := maventatest.NewServer(t)
				c := srv.Client(t, maventa.WithScopes(axScopes...))
				_, err := c.Ropo.Status(t.Context()) // the token
				require.NoError(t, err)
				time.Sleep(time.Minute) // it is no longer young: a 401 may replace it
				(&trial{
					t: t, score: score, srv: srv, c: c, op: op, fault: fault, reused: reused,
					timeout: 25 * time.Second, settle: time.Minute,
				}).run()
			})
		})
	}
}

// tcpCalls are the calls that go over TCP as well: all about receivables. How a
// call is sent does not depend on which one it is but on what it carries, so of
// the others one of each kind is enough: a streamed file, a form with keys and
// without a token, a body, and none.
func tcpCalls() []string {
	calls := []string{"Invoices.Send", "Companies.Create", "OPInvoiceCredit.Withdraw", "Company.KeepActive"}
	for op := range unsafeCalls {
		if _, isAX := axWrites[op]; !isAX {
			calls = append(calls, op)
		}
	}
	return calls
}

// tcpMatrix runs it once more over real sockets, in real time.
func tcpMatrix(t *testing.T, score *matrixScore) {
	t.Run("calls", func(t *testing.T) {
		for _, op := range tcpCalls() {
			t.Run(op, func(t *testing.T) {
				t.Parallel()
				srv := maventatest.NewServer(t, maventatest.OverTCP())
				eachTrial(matrixFaults(0), func(fault matrixFault, reused bool) {
					// Each with a token of its own: F15 makes one worthless.
					c := srv.Client(t, maventa.WithScopes(axScopes...), maventa.WithRetry(maventa.RetryPolicy{ThrottleDelay: 10 * time.Millisecond}))
					tr := &trial{
						t: t, score: score, srv: srv, c: c, op: op, fault: fault, reused: reused,
						timeout: 20 * time.Second, slack: 5 * time.Second, // the bar itself is measured in memory
					}
					if fault.hangs {
						tr.timeout = 150 * time.Millisecond
					}
					if fault.id == "F24" {
						tr.settle = 6 * lateCommit
					}
					tr.run()
				})
			})
		}
	})
}
