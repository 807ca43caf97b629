package calltest

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

// Scorecard collects the measures that every release is held to.
type Scorecard struct{ rows []string }

// Row asserts one measure and notes it for the table. problems are shown if it
// misses its target.
func (s *Scorecard) Row(t *testing.T, id, measure, target string, value any, ok bool, problems ...string) {
	t.Helper()
	mark := "ok"
	if !ok {
		mark = "MISSED"
		t.Errorf("%s %s: %v, want %s\n\t%s", id, measure, value, target, strings.Join(problems, "\n\t"))
	}
	s.rows = append(s.rows, fmt.Sprintf("%-3s  %-68s  %-26s  %-22v  %s", id, measure, target, value, mark))
}

// None asserts that nothing was found.
func (s *Scorecard) None(t *testing.T, id, measure string, found []string) {
	t.Helper()
	s.Row(t, id, measure, "0", len(found), len(found) == 0, found...)
}

// Log prints the table.
func (s *Scorecard) Log(t *testing.T) { t.Logf("scorecard\n%s", strings.Join(s.rows, "\n")) }

// Matrix scores the fault matrix in memory.
func (s *Scorecard) Matrix(t *testing.T, cases []Case) *MatrixScore {
	m := Faults(t, cases)
	s.None(t, "S1", fmt.Sprintf("ledger duplicates caused by the SDK, %d trials", m.Trials), m.Duplicates)
	s.None(t, "S2", "success although nothing was applied", m.FalseSuccess)
	s.None(t, "S3", "definite claims that the state contradicts", m.FalseClaims)
	s.None(t, "S5", "requests beyond one, but for not sent, 401 once and 429", m.TooMany)
	s.None(t, "S6", "connections to a host not configured", m.Strays)
	s.None(t, "S11", "answers later than the deadline, worst "+max(m.Worst, 0).String(), m.Late)
	s.None(t, "S13", "secrets in errors, %+v, %#v, slog and JSON", m.Secrets)
	s.None(t, "S", "panics", m.Panics)
	m.AssertNotApart(t)
	for op, n := range m.Definite {
		t.Logf("%-28s %2d of 45 definite", op, n)
	}
	return m
}

// TCP scores the fault matrix over real sockets.
func (s *Scorecard) TCP(t *testing.T, cases []Case) {
	start := time.Now()
	before := runtime.NumGoroutine()
	m := FaultsOverTCP(t, cases)
	left := goroutinesAbove(before)
	s.None(t, "S1", fmt.Sprintf("duplicates over TCP, %d trials in %.1f s", m.Trials, time.Since(start).Seconds()), m.Duplicates)
	s.None(t, "S2", "success although nothing was applied, over TCP", m.FalseSuccess)
	s.None(t, "S3", "definite claims that the state contradicts, over TCP", m.FalseClaims)
	s.None(t, "S5", "requests too many, over TCP", m.TooMany)
	s.None(t, "S6", "connections to a host not configured, over TCP", m.Strays)
	s.Row(t, "S12", "goroutines left by the matrix", "0", left, left <= 0)
	s.None(t, "S13", "secrets in errors, over TCP", m.Secrets)
	s.None(t, "S", "panics or late answers over TCP", append(m.Panics, m.Late...))
	assert.Less(t, time.Since(start), 60*time.Second)
}

// goroutinesAbove waits until no more than n goroutines are left, and returns how
// many are too many after all.
func goroutinesAbove(n int) int {
	for range 100 {
		if runtime.NumGoroutine() <= n {
			return 0
		}
		time.Sleep(20 * time.Millisecond)
	}
	return runtime.NumGoroutine() - n
}

// Redirects scores that no redirect is followed, by calls or for tokens.
func (s *Scorecard) Redirects(t *testing.T, cases []Case) {
	var followed []string
	answers := 0
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{ForeignURL, "//elsewhere.example.com/x", "https://receivables.maventa.com/"} {
			for _, c := range cases {
				op := c.op(t)
				target, fault := c.Name, maventatest.Redirect(status, to)
				if to == "//elsewhere.example.com/x" { // the call for a token this time
					target = "Auth.Token"
					if op.NoAuth {
						continue
					}
				}
				synctest.Test(t, func(t *testing.T) {
					srv := maventatest.NewServer(t)
					client := srv.Client(t, maventa.WithTimeout(10*time.Second))
					srv.Inject(fault.On(target).Times(maventatest.Always))
					_, err := c.call(t.Context(), client)
					answers++
					if strays := srv.StrayAddresses(); len(strays) > 0 || err == nil {
						followed = append(followed, fmt.Sprintf("%s %d to %s: %v, %v", c.Name, status, to, strays, err))
					}
					if target == "Auth.Token" {
						require.ErrorIs(t, err, maventa.ErrAuth)
						assert.Equal(t, maventa.OutcomeNotSent, Failure(t, err).Outcome)
					}
				})
			}
		}
	}
	s.None(t, "R2", fmt.Sprintf("redirects followed, of %d", answers), followed)
}

// IDs scores that no id leaves its segment, and that no request is made to find
// out.
func (s *Scorecard) IDs(t *testing.T, cases []Case) {
	srv := maventatest.NewServer(t)
	client := srv.Client(t)
	calls := idCalls(t, cases)
	for _, c := range calls {
		for _, id := range badIDs {
			assert.ErrorIs(t, c.call(t.Context(), client, id), maventa.ErrValidation, "%s %q", c, id)
		}
	}
	n := len(srv.Requests())
	s.Row(t, "R3", fmt.Sprintf("requests for %d hostile ids in %d parameters", len(badIDs), len(calls)), "0", n, n == 0)
}

// ServerText scores that what a server says is cut and quoted, and that only
// what is on the list of what may be shown reaches a log.
func (s *Scorecard) ServerText(t *testing.T, cases []Case) {
	evil := "\x1b[31mred\x00\n2026-11-22 INFO all is well\r\u2028\u202e" + strings.Repeat("long ", 200)
	body, err := json.Marshal(map[string]any{"code": evil, "message": evil, "details": slices.Repeat([]string{evil}, 40)})
	require.NoError(t, err)
	var problems []string
	longest := 0
	for _, c := range cases {
		for _, status := range []int{400, 404, 500} {
			client := TrippedClient(t, Tripper(func(r *http.Request, _ string) (*http.Response, error) {
				resp := AnswerOf(r, status, string(body))
				resp.Header.Set("X-Request-Id", evil)
				resp.Header.Set("Location", evil)
				return resp, nil
			}))
			_, err := c.call(t.Context(), client)
			e := Failure(t, err)
			longest = max(longest, len(err.Error()))
			for _, text := range append([]string{e.Message}, e.Details...) {
				if len(text) > 256 {
					problems = append(problems, c.Name+": a text of "+strconv.Itoa(len(text)))
				}
			}
			var logged strings.Builder
			slog.New(slog.NewTextHandler(&logged, nil)).ErrorContext(t.Context(), "x", "err", err)
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), strings.TrimSuffix(logged.String(), "\n")} {
				if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u202e' }); i >= 0 {
					problems = append(problems, fmt.Sprintf("%s: %q", c.Name, text[i:i+3]))
				}
			}
			for _, a := range e.LogValue().Group() {
				if !slices.Contains([]string{"operation", "phase", "outcome", "error", "target", "environment", "code", "request_id", "status", "attempts", "kind", "retry_after", "details"}, a.Key) {
					problems = append(problems, c.Name+": logs "+a.Key)
				}
			}
		}
	}
	s.None(t, "R7", fmt.Sprintf("server texts longer than 256 bytes or not quoted (longest error %d)", longest), problems)
	assert.Less(t, longest, 4096)
}
