package maventa_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

// watcher notes what an observer gets.
type watcher struct {
	calls    []maventa.CallInfo
	attempts []maventa.AttemptInfo
	results  []maventa.ResultInfo
}

type watcherKey struct{}

func (w *watcher) Start(ctx context.Context, call maventa.CallInfo) context.Context {
	w.calls = append(w.calls, call)
	return context.WithValue(ctx, watcherKey{}, call.Operation)
}

func (w *watcher) Attempt(ctx context.Context, call maventa.CallInfo, a maventa.AttemptInfo) {
	if ctx.Value(watcherKey{}) != call.Operation {
		panic("the context of Start is lost")
	}
	w.attempts = append(w.attempts, a)
}

func (w *watcher) End(_ context.Context, _ maventa.CallInfo, r maventa.ResultInfo) {
	w.results = append(w.results, r)
}

func TestObserver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
		srv.Inject(maventatest.Status(503).On("Assignments.Get"), maventatest.DropAfterCommit().On("Assignments.AddEvent"))
		w := &watcher{}
		var log ct.Recorder
		c := srv.Client(t, maventa.WithObserver(w), maventa.WithLogger(slog.New(&log)))

		_, err := c.Assignments.Get(t.Context(), id)
		require.NoError(t, err)
		_, err = c.Assignments.AddEvent(t.Context(), id, maventa.Comment("canary"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		_, err = c.Assignments.AddEvent(t.Context(), "../x", maventa.Comment("canary"))
		require.ErrorIs(t, err, maventa.ErrValidation)

		require.Len(t, w.calls, 3)
		assert.Equal(t, maventa.CallInfo{
			Operation: "Assignments.Get", Method: "GET", PathTemplate: "/v1/assignments/{assignment_id}", Host: w.calls[0].Host,
			Environment: "maventatest", CompanyID: c.CompanyID(), Safety: maventa.Safe,
		}, w.calls[0])
		require.Len(t, w.attempts, 3)
		assert.Equal(t, []int{503, 200, 0}, []int{w.attempts[0].Status, w.attempts[1].Status, w.attempts[2].Status})
		assert.Equal(t, []int{1, 2, 1}, []int{w.attempts[0].Number, w.attempts[1].Number, w.attempts[2].Number})
		assert.Equal(t, maventa.PhaseHTTP, w.attempts[0].Phase)
		assert.Equal(t, maventa.PhaseSend, w.attempts[2].Phase)
		require.Len(t, w.results, 3)
		assert.Equal(t, 2, w.results[0].Attempts)
		assert.Equal(t, 200, w.results[0].Status)
		assert.Equal(t, maventa.OutcomeApplied, w.results[0].Outcome)
		assert.Positive(t, w.results[0].Duration+time.Nanosecond)
		assert.Equal(t, maventa.OutcomeUnknown, w.results[1].Outcome)
		assert.Equal(t, maventa.OutcomeNotSent, w.results[2].Outcome)
		assert.Zero(t, w.results[2].Attempts)

		assert.NotContains(t, log.Text.String(), "canary")
		assert.NotContains(t, log.Text.String(), id)
		assert.NotContains(t, log.Text.String(), srv.UserAPIKey())
		assert.Contains(t, log.Text.String(), `level=WARN msg="maventa: call" operation=Assignments.AddEvent environment=maventatest company=`+c.CompanyID()+` status=0 attempts=1`)
		assert.Contains(t, log.Text.String(), `phase=send kind=outcome_unknown`)
		assert.Equal(t, []string{"", "outcome_unknown", "invalid_request"}, []string{w.results[0].Kind.Word(), w.results[1].Kind.Word(), w.results[2].Kind.Word()})
	})
}

// TestObserverExpected: a refusal that a call is made to find out is no warning, and
// another one is.
func TestObserverExpected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		srv.Inject(maventatest.RetryAfter(429, 7*time.Second).On("Assignments.Overview"))
		w := &watcher{}
		var log ct.Recorder
		c := srv.Client(t, maventa.WithObserver(w), maventa.WithLogger(slog.New(&log)), maventa.WithRetry(maventa.NoRetry))
		const id = "11111111-1111-4111-8111-111111111111"
		_, err := c.Invoices.TransferStatus(t.Context(), id)
		require.ErrorIs(t, err, maventa.ErrNotFound)
		assert.NotContains(t, log.Text.String(), "WARN")
		assert.Contains(t, log.Text.String(), "kind=not_found")
		_, err = c.Assignments.Get(t.Context(), id)
		require.ErrorIs(t, err, maventa.ErrNotFound)
		assert.Contains(t, log.Text.String(), "level=WARN")
		_, err = c.Assignments.Overview(t.Context())
		require.ErrorIs(t, err, maventa.ErrRateLimited)
		assert.Contains(t, log.Text.String(), "retry_after=7s")

		var attempts, calls []bool
		for i := range w.results {
			attempts, calls = append(attempts, w.attempts[i].Expected), append(calls, w.results[i].Expected)
		}
		assert.Equal(t, []bool{true, false, false}, attempts)
		assert.Equal(t, []bool{true, false, false}, calls)
		assert.Equal(t, 7*time.Second, w.results[2].RetryAfter)
	})
}
