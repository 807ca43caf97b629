package worker

import (
	"bytes"
	"database/sql/driver"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// TestFailures: what fails is tried less and less often, and logged now and again.
func TestFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &Worker{failures: map[string]failure{}}
		tries, logged := 0, 0
		for began := time.Now(); time.Since(began) < time.Hour; tries++ {
			wait, isNews := w.failed("follow", "c")
			if isNews {
				logged++
			}
			time.Sleep(wait)
		}
		assert.Less(t, tries, 25)
		assert.Less(t, logged, 13)
		w.worked("follow", "c")
		wait, isNews := w.failed("follow", "c")
		assert.Equal(t, retryTime, wait)
		assert.True(t, isNews)
	})
}

// TestProblemOfTheDatabase: what comes of the database for a moment is 503 over HTTP. A
// file that is not there is not of that kind.
func TestProblemOfTheDatabase(t *testing.T) {
	for want, causes := range map[int][]error{
		http.StatusServiceUnavailable:  {&pgconn.PgError{Code: "57P01"}, &pgconn.PgError{Code: "53100"}, driver.ErrBadConn, pgconn.ErrConnClosed},
		http.StatusInternalServerError: {&pgconn.PgError{Code: "42P01"}, &fs.PathError{Op: "open", Path: "marker", Err: syscall.ENOENT}},
	} {
		for _, cause := range causes {
			p, isHidden := problemOf(fmt.Errorf("commit: %w", cause))
			assert.Equal(t, want, p.Status, cause)
			assert.True(t, isHidden)
		}
	}
}

// TestNotSettled: what fails for all entries is one line of the log, and what a person
// deals with is one each.
func TestNotSettled(t *testing.T) {
	var log bytes.Buffer
	w := &Worker{failures: map[string]failure{}, config: Config{Log: slog.New(slog.NewTextHandler(&log, nil))}}
	c := &company{}
	for range 10 {
		entry := &sqlstore.OutboxEntry{AssignmentID: "A1"}
		for _, err := range []error{
			&maventa.Error{Phase: maventa.PhaseHTTP, Status: http.StatusServiceUnavailable, Safety: maventa.Safe},
			&maventa.Error{Phase: maventa.PhaseHTTP, Kind: ledger.ErrClock, Hint: "set the clock"},
			&maventa.Error{Phase: maventa.PhaseHTTP, Kind: ledger.ErrUndecided},
			nil,
		} {
			w.notSettled(t.Context(), c, &result{entry: entry, err: err})
		}
	}
	assert.Equal(t, 1, strings.Count(log.String(), "kind=unavailable advice=retry"))
	assert.Equal(t, 1, strings.Count(log.String(), "level=WARN"))
	assert.Contains(t, log.String(), `kind=clock_differs advice=fix_setup hint="set the clock"`)
	assert.Equal(t, 10, strings.Count(log.String(), "kind=undecided"))
	assert.Equal(t, 12, strings.Count(log.String(), "not settled"))
}
