package ledger_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// TestClockDiffers: what became of a lost attempt is concluded from times. So a
// clock that differs from the service's stops the writes of the ledger.
func TestClockDiffers(t *testing.T) {
	const minutes5 = 5 * time.Minute
	for _, tt := range []struct {
		settle, ahead, delay time.Duration // of the service's clock against ours; of its answer
		refused              bool
	}{
		{settle: 15 * time.Minute},
		{settle: 15 * time.Minute, ahead: 225 * time.Second}, // a quarter
		{settle: 15 * time.Minute, ahead: 227 * time.Second, refused: true},
		{settle: 15 * time.Minute, ahead: -225 * time.Second},
		{settle: 15 * time.Minute, ahead: -227 * time.Second, refused: true},
		{settle: 24 * time.Hour, ahead: minutes5},
		{settle: 24 * time.Hour, ahead: minutes5 + 2*time.Second, refused: true},
		{settle: 24 * time.Hour, ahead: -minutes5},
		{settle: 24 * time.Hour, ahead: -minutes5 - 2*time.Second, refused: true},
		{settle: time.Second, ahead: 2 * time.Second}, // two seconds at least
		{settle: time.Second, ahead: -2 * time.Second},
		{settle: time.Second, ahead: 4 * time.Second, refused: true},
		{settle: time.Second, ahead: -4 * time.Second, refused: true},
		{settle: 0, ahead: -4 * time.Second, refused: true},
		{settle: 20 * time.Second, ahead: 13 * time.Second, delay: 18 * time.Second}, // of 18 s nobody knows when the Date was written
		{settle: 20 * time.Second, ahead: -13 * time.Second, delay: 18 * time.Second},
		{settle: 20 * time.Second, ahead: 25 * time.Second, delay: 18 * time.Second, refused: true},
		{settle: 20 * time.Second, ahead: 365 * 24 * time.Hour, refused: true},
	} {
		for name, run := range map[string]func(*rawLedger) error{
			"event": func(l *rawLedger) error { return onlyErr(l.ensure(payment("bank-1", "40.00"))) },
			"transfer": func(l *rawLedger) error {
				return onlyErr(l.EnsureTransfer(l.t.Context(), "I1", ropoEntry()))
			},
		} {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(987 * time.Millisecond) // no whole second
				l := newRaw(t)
				l.Ledger = ledger.New(l.Client, l.journal, ledger.SettleTime(tt.settle))
				dated := func(r ct.Reply) ct.Reply {
					time.Sleep(tt.delay / 2)
					r.Header = map[string]string{"Date": time.Now().Add(tt.ahead).UTC().Format(http.TimeFormat)}
					time.Sleep(tt.delay / 2)
					return r
				}
				l.listing = func(*http.Request) *ct.Reply { a := dated(ct.Reply{Status: 200, Body: "[]"}); return &a }
				l.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return dated(noTransfer) })
				l.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return dated(noTransfer) })
				l.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
					l.posts++
					return ct.Reply{Status: 202, Body: `{"status":"pending"}`}
				})
				err := run(l)
				if !tt.refused {
					if !errors.Is(err, ledger.ErrUnsettled) { // a short settle time leaves no time to send
						require.NoError(t, err, "%s: %+v", name, tt)
					}
					return
				}
				require.ErrorIs(t, err, ledger.ErrClock, "%s: %+v", name, tt)
				assert.Equal(t, maventa.OutcomeNotSent, maventa.OutcomeOf(err))
				assert.Equal(t, maventa.ActionFixSetup, maventa.Advise(err).Action)
				assert.Contains(t, []string{rawID, "I1"}, asFailure(err).Target)
				assert.Contains(t, err.Error(), map[bool]string{true: " behind the Date", false: " ahead of the Date"}[tt.ahead > 0])
				assert.Zero(t, l.posts)
				pending, err := l.journal.Pending(t.Context(), "stage", ct.CompanyID)
				require.NoError(t, err)
				assert.Empty(t, pending, "no key is claimed")
			})
		}
	}
}

// TestClockConcludesNothing: nor does a wrong clock settle an earlier attempt.
func TestClockConcludesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.lost = true
		require.ErrorIs(t, onlyErr(l.ensure(payment("bank-1", "40.00"))), maventa.ErrOutcomeUnknown)
		time.Sleep(time.Hour) // the clock jumps: for the service a minute has passed
		l.header = map[string]string{"Date": time.Now().Add(-59 * time.Minute).UTC().Format(http.TimeFormat)}
		require.ErrorIs(t, onlyErr(l.ensure(payment("bank-1", "40.00"))), ledger.ErrClock)
		_, err := l.Recover(t.Context())
		require.ErrorIs(t, err, ledger.ErrClock)
		pending, err := l.journal.Pending(t.Context(), "stage", ct.CompanyID)
		require.NoError(t, err)
		assert.Len(t, pending, 1, "it stays open")
		assert.Equal(t, 1, l.posts)
		l.header = map[string]string{"Date": time.Now().UTC().Format(http.TimeFormat)}
		require.NoError(t, onlyErr(l.ensure(payment("bank-1", "40.00"))))
		assert.Equal(t, 2, l.posts)
	})
}

// TestClockOfTheFake: the fake's Date is that of time.Now, also in a bubble and
// when its story clock is elsewhere.
func TestClockOfTheFake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t, maventatest.WithToday("2030-01-01"))
		l.srv.Advance(1000 * time.Hour)
		require.NoError(t, onlyErr(l.ensure(payment("bank-1", "40.00"))))
	})
}
