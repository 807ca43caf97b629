package ledger_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// The clock was wrong when the entry began.
func TestBegunInTheFuture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.lost = true
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		key := ledger.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: "bank-1"}
		stored, _, _ := l.journal.Find(t.Context(), key)
		j := ledger.NewMemory() // the same entry, written under a clock that was years ahead
		stored.BegunAt = stored.BegunAt.AddDate(50, 0, 0)
		_, _, err = j.Begin(t.Context(), stored)
		require.NoError(t, err)
		l.journal = j
		m := newMock(t, j, ledger.SettleTime(0))
		m.OnFunc("GET", ct.Receivables+"/v1/assignments/A1/events", func(*http.Request) ct.Reply { return ct.Reply{Status: 200, Body: "[]"} })
		time.Sleep(24 * time.Hour)
		_, err = m.EnsureEvent(t.Context(), "A1", payment("bank-1", "40.00"))
		require.ErrorIs(t, err, ledger.ErrUndecided)
		assert.ErrorContains(t, err, "began in the future")
		assert.Zero(t, asFailure(err).RetryAfter, "running again does not help")
	})
}

// 50 ms of clock skew between two servers.
func TestClocksApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		_, _, err := l.journal.Begin(t.Context(), ledger.Record{
			JournalKey: ledger.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: "bank-1"},
			Operation:  "Assignments.AddEvent", AssignmentID: rawID, EventType: maventa.EventPaid, Digest: "x", Baseline: []string{},
			BegunAt: time.Now().UTC().Add(50 * time.Millisecond), // server 1's clock
		})
		require.NoError(t, err)
		_, err = l.ensure(payment("bank-2", "1.00"))
		require.ErrorIs(t, err, ledger.ErrUnsettled)
		assert.NotZero(t, asFailure(err).RetryAfter, "a person is sent to settle by hand what is just being sent")
	})
}

// Settle time of 10 s: the rerun that settles cannot send.
func TestShortSettleTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.lost = true
		e := payment("bank-1", "40.00")
		short := ledger.New(l.Client, l.journal, ledger.SettleTime(8*time.Second))
		_, err := short.EnsureEvent(t.Context(), rawID, e)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(time.Minute)
		_, err = short.EnsureEvent(t.Context(), rawID, e)
		assert.NoError(t, err)
	})
}

// TestJournalTimes: instants are whole microseconds in UTC, so that they survive
// a database: an entry whose BegunAt came back rounded could never be ended.
func TestJournalTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(1234567 * time.Nanosecond)
		l := newBooks(t)
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		e := l.entry("bank-1")
		for _, at := range []time.Time{e.BegunAt, e.EndedAt} {
			assert.Zero(t, at.Nanosecond()%1000, at)
			assert.Equal(t, time.UTC, at.Location())
		}
	})
}
