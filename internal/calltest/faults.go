package calltest

import (
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

// The fault matrix: every call that changes something, under every way in which a network or a server fails, on a fresh and on a reused
// connection. The judge is what the fake Maventa has really done.

// MatrixFault is one fault of the matrix.
type MatrixFault struct {
	ID    string
	What  string
	Fault maventatest.Fault // zero: the connection is refused

	// definite marks the faults after which it can be known what AddEvent did.
	definite bool
	// posts is how many requests may arrive; zero stands for 1. More than one
	// only where the one before certainly did nothing, or the network is at it.
	posts int
	// Network marks the fault that makes two of one request: not the SDK's doing.
	Network bool
	// hangs marks a fault that lasts until the caller gives up.
	hangs bool
}

// MatrixFaults are all fault points: what can happen to a connection, and what may
// answer in the service's place.
func MatrixFaults(wait time.Duration) []MatrixFault {
	return append(networkFaults(wait), foreignFaults()...)
}

// networkFaults are the fault points that ten other clients were measured with.
// F01 to F23 are those of the 45 trials, F01 on a fresh connection only.
func networkFaults(wait time.Duration) []MatrixFault {
	return []MatrixFault{
		{ID: "F01", What: "dial refused", definite: true},
		{ID: "F02", What: "closed before the body was read", Fault: maventatest.DropBeforeCommit()},
		{ID: "F03", What: "FIN after apply", Fault: maventatest.DropAfterCommit()},
		{ID: "F04", What: "RST after apply", Fault: maventatest.Reset()},
		{ID: "F05", What: "half a status line", Fault: maventatest.HalfStatusLine()},
		{ID: "F06", What: "201, then half the body", Fault: maventatest.Truncate(), definite: true},
		{ID: "F07", What: "201 with truncated JSON", Fault: maventatest.BrokenJSON(), definite: true},
		{ID: "F08", What: "201 without a body", Fault: maventatest.EmptyBody(http.StatusCreated), definite: true},
		{ID: "F09", What: "500 after apply", Fault: maventatest.StatusAfterCommit(500)},
		{ID: "F10", What: "502 after apply", Fault: maventatest.StatusAfterCommit(502)},
		{ID: "F11", What: "503 after apply", Fault: maventatest.StatusAfterCommit(503)},
		{ID: "F12", What: "504 after apply", Fault: maventatest.StatusAfterCommit(504)},
		{ID: "F13", What: "503 with Retry-After", Fault: maventatest.RetryAfter(503, wait)},
		{ID: "F14", What: "429 with Retry-After", Fault: maventatest.RetryAfter(429, wait), definite: true, posts: 2},
		{ID: "F15", What: "401, token expired mid-flow", Fault: maventatest.ExpireToken(), definite: true, posts: 2},
		{ID: "F16", What: "408", Fault: maventatest.Status(408)},
		{ID: "F17", What: "the answer never comes", Fault: maventatest.HangAfterCommit(), hangs: true},
		{ID: "F18", What: "the body stalls", Fault: maventatest.StallBody(), definite: true, hangs: true},
		{ID: "F19", What: "307 to itself after apply", Fault: maventatest.RedirectAfterCommit(307, "")},
		{ID: "F20", What: "307 to a foreign host", Fault: maventatest.Redirect(307, ForeignURL)},
		{ID: "F21", What: "302", Fault: maventatest.Redirect(302, "")},
		{ID: "F22", What: "200 with a login page", Fault: maventatest.HTML(200)},
		{ID: "F23", What: "200 with foreign JSON", Fault: maventatest.ForeignJSON()},
		{ID: "F24", What: "504, delivered later", Fault: maventatest.CommitLate(lateCommit)},
		{ID: "F25", What: "delivered twice", Fault: maventatest.DeliverTwice(), posts: 2, Network: true},

		// What else the fake can do.
		{ID: "X01", What: "RST before apply", Fault: maventatest.ResetBeforeCommit()},
		{ID: "X02", What: "never answered, not applied", Fault: maventatest.Hang(), hangs: true},
		{ID: "X03", What: "applied late", Fault: maventatest.Slow(wait)},
		{ID: "X04", What: "answered late", Fault: maventatest.SlowAnswer(wait)},
		{ID: "X05", What: "the body is slow", Fault: maventatest.SlowBody(wait)},
		{ID: "X06", What: "a wrong Content-Length", Fault: maventatest.WrongLength()},
		{ID: "X07", What: "502 with a proxy's page", Fault: maventatest.HTML(502)},
		{ID: "X08", What: "307 to a foreign host after apply", Fault: maventatest.RedirectAfterCommit(307, ForeignURL)},
		{ID: "X09", What: "302 after apply", Fault: maventatest.RedirectAfterCommit(302, "")},
		{ID: "X10", What: "409", Fault: maventatest.Status(409)},
		{ID: "X11", What: "an unknown enum value", Fault: maventatest.UnknownEnum()},
		{ID: "X12", What: "delivered twice, answer lost", Fault: maventatest.DeliverTwice().And(maventatest.DropAfterCommit()), posts: 2, Network: true},
	}
}

// foreignFaults are answers of what stands between client and service: a 200 that
// proves nothing, before and after the service has acted, and a 4xx after it has.
func foreignFaults() (faults []MatrixFault) {
	bodies := maventatest.ForeignBodies()
	for i, body := range bodies {
		what := fmt.Sprintf("200 with %.30q", body)
		faults = append(faults,
			MatrixFault{ID: fmt.Sprintf("P%02d", i+1), What: what, Fault: maventatest.Status(200, body)},
			MatrixFault{ID: fmt.Sprintf("Q%02d", i+1), What: what + " after apply", Fault: maventatest.StatusAfterCommit(200, body)})
	}
	refusal, problem, page, word, list := bodies[0], bodies[1], bodies[2], bodies[3], bodies[5]
	for i, answer := range []struct {
		status int
		body   string
	}{
		{499, ""},
		{499, refusal},
		{451, refusal},
		{425, problem},
		{408, problem},
		{403, page},
		{403, ""},
		{404, page},
		{404, ""},
		{400, word},
		{409, ""},
		{413, page},
		{422, list},
		{405, "null"},
		{402, refusal},
	} {
		faults = append(faults, MatrixFault{
			ID: fmt.Sprintf("R%02d", i+1), What: fmt.Sprintf("%d with %.30q after apply", answer.status, answer.body),
			Fault: maventatest.StatusAfterCommit(answer.status, answer.body),
		})
	}
	return faults
}

// ForeignURL is where no request may go.
const ForeignURL = "http://elsewhere.example.com/collect"

const lateCommit = 20 * time.Millisecond

// counts: the fault is one of those that other clients were measured with.
func (f *MatrixFault) counts() bool { return f.ID[0] == 'F' && f.ID <= "F23" }

// EachTrial runs f for every fault on both kinds of connection.
func EachTrial(faults []MatrixFault, f func(fault MatrixFault, reused bool)) {
	for _, fault := range faults {
		f(fault, false)
		if fault.ID != "F01" { // a reused connection needs no dialling
			f(fault, true)
		}
	}
}

// scopes are all that the calls of the matrix need.
var scopes = append(maventa.DefaultScopes(), "global", "invoice:receive", "analysis", "fi_bank_message:send", "fi_bank_message:receive")

// NewClient returns a client of srv for the calls of every case.
func NewClient(srv *maventatest.Server, opts ...maventa.ClientOption) (*maventa.Client, error) {
	return srv.NewClient(append([]maventa.ClientOption{maventa.WithScopes(scopes...)}, opts...)...)
}

// Faults runs the matrix of the writes in memory, where time costs nothing. What
// the network delivers twice changes nothing more where the call is not unsafe.
func Faults(t *testing.T, cases []Case) *MatrixScore {
	score := &MatrixScore{refusedTwice: refusedTwice(cases)}
	t.Run("calls", func(t *testing.T) {
		for _, c := range writes(t, cases) {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { c.goesWell(t) })
				EachTrial(MatrixFaults(2*time.Second), func(fault MatrixFault, reused bool) {
					if fault.Network && !c.unsafe() {
						return
					}
					synctest.Test(t, func(t *testing.T) {
						srv := maventatest.NewServer(t)
						client := srv.Client(t, maventa.WithScopes(scopes...))
						_, err := client.Ropo.Status(t.Context()) // the token
						require.NoError(t, err)
						time.Sleep(time.Minute) // it is no longer young: a 401 may replace it
						(&trial{
							t: t, score: score, srv: srv, client: client, call: c, fault: fault, reused: reused,
							timeout: 25 * time.Second, settle: time.Minute,
						}).run()
					})
				})
			})
		}
	})
	return score
}

// FaultsOverTCP runs it once more over real sockets, in real time, for the calls that
// act twice: what can happen to a connection. A whole answer is the same over a
// socket, whoever wrote it.
func FaultsOverTCP(t *testing.T, cases []Case) *MatrixScore {
	score := &MatrixScore{refusedTwice: refusedTwice(cases)}
	t.Run("calls", func(t *testing.T) {
		for _, c := range writes(t, cases) {
			if !c.unsafe() {
				continue
			}
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				srv := maventatest.NewServer(t, maventatest.OverTCP())
				EachTrial(networkFaults(0), func(fault MatrixFault, reused bool) {
					// Each with a token of its own: F15 makes one worthless.
					client := srv.Client(t, maventa.WithScopes(scopes...), maventa.WithRetry(maventa.RetryPolicy{TransientDelay: 10 * time.Millisecond, ThrottleDelay: 10 * time.Millisecond}))
					tr := &trial{
						t: t, score: score, srv: srv, client: client, call: c, fault: fault, reused: reused,
						timeout: 20 * time.Second, slack: 5 * time.Second, // the bar itself is measured in memory
					}
					if fault.hangs {
						tr.timeout = 150 * time.Millisecond
					}
					if fault.ID == "F24" {
						tr.settle = 6 * lateCommit
					}
					tr.run()
				})
			})
		}
	})
	return score
}

// goesWell makes the call without a fault: under faults, a call that the fake
// refuses or does not know would prove nothing.
func (c Case) goesWell(t *testing.T) {
	srv := maventatest.NewServer(t)
	client := srv.Client(t, maventa.WithScopes(scopes...))
	ids := c.prepare(srv)
	before := c.effects(srv, ids)
	v, err := c.Call(t.Context(), client, ids...)
	require.NoError(t, err, "%s on the fake", c.Name)
	assert.NotNil(t, v)
	if r := reflect.Indirect(reflect.ValueOf(v)); r.Kind() == reflect.Struct && r.FieldByName("Extra").IsValid() {
		if extra, ok := reflect.TypeAssert[maventa.Extra](r.FieldByName("Extra")); ok {
			assert.Zero(t, extra.Len(), "%s: the fake answers with members that the model has not", c.Name)
		}
	}
	assert.Equal(t, 1, c.effects(srv, ids)-before, "%s on the fake: what it did", c.Name)
}

func refusedTwice(cases []Case) (names []string) {
	for _, c := range cases {
		if c.RefusedTwice {
			names = append(names, c.Name)
		}
	}
	return names
}
