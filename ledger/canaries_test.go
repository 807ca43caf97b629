package ledger_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// failingJournal is a caller's journal whose errors say too much.
type failingJournal struct {
	ledger.MemoryJournal
	err error
}

func (j *failingJournal) Find(context.Context, ledger.JournalKey) (ledger.Record, bool, error) {
	return ledger.Record{}, false, j.err
}

func (j *failingJournal) Pending(context.Context, string, string) ([]ledger.Record, error) {
	return nil, j.err
}

func (j *failingJournal) ForAssignment(context.Context, string, string, string) ([]ledger.Record, error) {
	return nil, j.err
}

// TestCanariesOfJournals: the error of a caller's own journal is shown, without
// keys and passwords, and stays reachable.
func TestCanariesOfJournals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
		keys := srv.Credentials()
		errJournal := errors.New("INSERT of " + string(keys.UserAPIKey) + ", " + string(keys.VendorAPIKey) + " at postgres://app:" + ct.CanaryUserKey + "@db failed")
		l := ledger.New(srv.Client(t), &failingJournal{err: errJournal})
		transfer := canaryTransfer()
		for name, err := range map[string]error{
			"EnsureEvent":    onlyErr(l.EnsureEvent(t.Context(), id, payment("bank-1", "1.00"))),
			"EnsureEvents":   l.EnsureEvents(t.Context(), []ledger.Item{{InvoiceID: "in-1", Entry: payment("bank-1", "1.00")}})[0].Err,
			"EnsureTransfer": onlyErr(l.EnsureTransfer(t.Context(), "in-1", ledger.TransferEntry{Key: "k", Ropo: &transfer})),
			"Recover":        onlyErr(l.Recover(t.Context())),
		} {
			require.ErrorIs(t, err, errJournal, name)
			require.ErrorIs(t, err, ledger.ErrJournal, name)
			assert.ErrorContains(t, err, "INSERT of [redacted], [redacted] at postgres://[redacted]@db failed", name)
			assert.Empty(t, ct.Finds(ct.Printed(err)), "%s: %v", name, err)
			assert.Empty(t, ct.Leaked(err, srv), name)
		}
	})
}

// TestNotMade: what ledger.New did not make, or made of nothing, fails; it does
// not panic.
func TestNotMade(t *testing.T) {
	journal := ledger.NewMemory()
	made := ct.NewMock(t).Client
	for name, l := range map[string]*ledger.Ledger{
		"nil":                    nil,
		"zero":                   {},
		"nil client":             ledger.New(nil, journal),
		"zero client":            ledger.New(&maventa.Client{}, journal),
		"for nil":                ledger.New(made, journal).For(nil),
		"nil for":                (*ledger.Ledger)(nil).For(made),
		"no journal":             ledger.New(made, nil),
		"a negative settle time": ledger.New(made, journal, ledger.SettleTime(-1)),
		"a nil call option":      ledger.New(made, journal, nil, ledger.With(nil)),
	} {
		for call, f := range map[string]func() error{
			"EnsureEvent": func() error { return onlyErr(l.EnsureEvent(t.Context(), "as-1", payment("k", "1.00"))) },
			"EnsureEvents": func() error {
				return l.EnsureEvents(t.Context(), []ledger.Item{{InvoiceID: "in-1", Entry: payment("k", "1.00")}})[0].Err
			},
			"EnsureTransfer": func() error { return onlyErr(l.EnsureTransfer(t.Context(), "in-1", ropoEntry())) },
			"Recover":        func() error { return onlyErr(l.Recover(t.Context())) },
		} {
			if name == "a nil call option" && call == "Recover" {
				continue // it sends nothing
			}
			assert.NotPanics(t, func() {
				want := maventa.OutcomeUnknown // no journal says what an earlier run did
				if name == "a nil call option" || name == "a negative settle time" && call != "Recover" {
					want = maventa.OutcomeNotSent
				}
				err := ct.Failure(t, f())
				assert.Equal(t, want, err.Outcome, "%s %s", name, call)
				assert.Equal(t, want == maventa.OutcomeNotSent, strings.Contains(err.Error(), "nothing was sent"), "%s %s: %v", name, call, err)
			}, "%s %s", name, call)
		}
	}
}

// TestReasonRepeatsSecrets: nor does the service's reason or state show a key or a
// token that it repeats.
func TestReasonRepeatsSecrets(t *testing.T) {
	for _, answer := range []string{
		`{"status":"error","error_reason":"who is ` + ct.CanaryUserKey + ` with Bearer ` + ct.CanaryToken + `?"}`,
		`{"status":"` + ct.CanaryToken + `"}`,
	} {
		for _, at := range []string{http.MethodGet, http.MethodPost} {
			c := ct.TrippedClient(t, ct.Tripper(func(r *http.Request, _ string) (*http.Response, error) {
				if r.Method != at {
					return ct.AnswerOf(r, 404, `{"code":"not_found"}`), nil
				}
				return ct.AnswerOf(r, 200, answer), nil
			}))
			_, err := ledger.New(c, ledger.NewMemory()).EnsureTransfer(t.Context(), "in-1", ropoEntry())
			require.Error(t, err)
			assert.Empty(t, ct.Finds(ct.Printed(err)), "%s %s: %v", at, answer, err)
		}
	}
}
