package ledger_test

import (
	"errors"
	"fmt"
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

// TestEnsureTransferUnknown: the answer to a transfer was lost.
func TestEnsureTransferUnknown(t *testing.T) {
	for _, arrives := range []bool{true, false} {
		t.Run(fmt.Sprint(arrives), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t)
				l.srv.Company().Activate(maventatest.Ropo)
				invoice := l.srv.AddInvoice(maventatest.Invoice{Total: "100.00", DueDate: l.srv.Clock().Day(-20)})
				fault := maventatest.DropBeforeCommit()
				if arrives {
					fault = maventatest.DropAfterCommit()
				}
				l.srv.Inject(fault.On("Invoices.TransferToRopo"))
				entry := ledger.TransferEntry{Key: "collect/1", Ropo: &maventa.RopoTransfer{
					CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B, Currency: "EUR",
					DueDate: maventa.MustDate("2026-01-01"), Today: maventa.MustDate("2026-02-01"),
					Payers:  []maventa.Payer{{Name: "Oy Ab", Address: maventa.Address{Country: "FI", Streets: []string{"K 1"}, City: "H", ZipCode: "00100"}}},
					Amounts: maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("100.00")},
				}}
				ensure := func() (*ledger.Handover, error) {
					return l.EnsureTransfer(t.Context(), invoice, entry)
				}
				_, err := ensure()
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				if arrives {
					ensured, err := ensure()
					require.NoError(t, err)
					assert.False(t, ensured.Sent)
					assert.Equal(t, 1, l.srv.Count("Invoices.TransferToRopo"))
					return
				}
				_, err = ensure()
				require.ErrorIs(t, err, ledger.ErrUnsettled)
				time.Sleep(time.Hour)
				l.srv.Inject(maventatest.Status(403, `{"code":"forbidden"}`).On("Invoices.Get"))
				_, err = ensure()
				require.ErrorIs(t, err, ledger.ErrUndecided, "without access a 404 proves nothing")
				assert.Zero(t, asFailure(err).RetryAfter, "a person decides")
				ensured, err := ensure()
				require.NoError(t, err, "beside the invoice it does")
				assert.True(t, ensured.Sent)
				assert.Equal(t, 2, l.srv.Count("Invoices.TransferToRopo"))
			})
		})
	}
}

// TestEnsureTransferPostTooSoon: before the settle time is over not even the
// caller can know that a transfer never arrived.
func TestEnsureTransferPostTooSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t, withWire(t), maventatest.WithManualTransfers()) // it stays pending
		srv.Company().Activate(maventatest.Ropo)
		invoice, transfer := srv.AddInvoice(overdue(srv)), ropoTransfer()
		c := ledger.New(srv.Client(t), ledger.NewMemory())
		entry := ledger.TransferEntry{Key: "collect-1", Ropo: &transfer}
		srv.Inject(maventatest.CommitLate(5 * time.Minute).On("Invoices.TransferToRopo"))
		_, err := c.EnsureTransfer(t.Context(), invoice, entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		entry.NeverArrived = asFailure(err).FirstSent
		_, err = c.EnsureTransfer(t.Context(), invoice, entry)
		require.ErrorIs(t, err, ledger.ErrUnsettled)
		time.Sleep(15 * time.Minute)
		ensured, err := c.EnsureTransfer(t.Context(), invoice, entry)
		require.NoError(t, err)
		assert.False(t, ensured.Sent)
		assert.Equal(t, 1, srv.Count("Invoices.TransferToRopo"))
	})
}

// A transfer in a state that this package does not know.
func rawTransfer(t *testing.T, v2, v1 ct.Reply, entry ledger.TransferEntry) (posts int, err error) {
	m := newMock(t, ledger.NewMemory())
	m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return v2 })
	m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return v1 })
	for _, agency := range []string{"ropo", "amili"} {
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/"+agency, func(*http.Request) ct.Reply {
			posts++
			return ct.Reply{Status: 202, Body: `{"status":"pending"}`}
		})
	}
	_, err = m.EnsureTransfer(t.Context(), "I1", entry)
	return posts, err
}

func TestTransferUnknownState(t *testing.T) {
	for _, body := range []string{`{"status":"processing"}`, `{"status":"SENT"}`, `{"state":"sent","url":"https://x/v1/assignments/as-1"}`} {
		t.Run(body, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				posts, err := rawTransfer(t, ct.Reply{Status: 200, Body: body}, noTransfer, ropoEntry())
				require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
				assert.Zero(t, posts, "the service shows a transfer, and it is transferred again")
			})
		})
	}
}

func TestTransferV1ThenRopo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		posts, err := rawTransfer(t, noTransfer, ct.Reply{Status: 200, Body: `{"status":"sent"}`}, ropoEntry())
		require.NoError(t, err)
		assert.Zero(t, posts, "the invoice is at Amili (v1) and goes to Ropo too")
	})
}

// TestTransferV1BehindGateway: a gateway's 404 to the v1 status does not say that the
// invoice is not at Amili already.
func TestTransferV1BehindGateway(t *testing.T) {
	amili := maventa.AmiliTransfer{
		CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B, Payers: ropoTransfer().Payers, Amounts: ropoTransfer().Amounts,
	}
	for body, want := range map[string]int{"no such backend": 0, `{"code":"not_found"}`: 1} {
		synctest.Test(t, func(t *testing.T) {
			posts, err := rawTransfer(t, noTransfer, ct.Reply{Status: 404, Body: body}, ledger.TransferEntry{Key: "collect/1", Amili: &amili})
			assert.Equal(t, want, posts, body)
			if want == 0 {
				assert.Equal(t, maventa.ActionRetry, maventa.Advise(err).Action, "%v", err)
			}
		})
	}
}

// TransferEntry.NotMine stays in the caller's list.
func TestTransferPostStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		posts := 0
		m := newMock(t, ledger.NewMemory())
		m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return noTransfer }) // no access to the status
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1", func(*http.Request) ct.Reply { return noTransfer })
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
			posts++
			return ct.Reply{Err: errors.New("drop")}
		})
		e := ropoEntry()
		for range 4 {
			_, err := m.EnsureTransfer(t.Context(), "I1", e)
			require.Error(t, err)
			if e.NeverArrived.IsZero() {
				e.NeverArrived = asFailure(err).FirstSent // decided once, for the first attempt
			}
			time.Sleep(20 * time.Minute)
		}
		assert.Equal(t, 2, posts, "one word of the caller, several hand-overs")
	})
}

// A 202 that says error.
func TestTransferAnsweredError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, ledger.NewMemory())
		m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return noTransfer })
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
			return ct.Reply{Status: 202, Body: `{"status":"error","error_reason":"no agreement"}`}
		})
		for range 2 {
			e, err := m.EnsureTransfer(t.Context(), "I1", ropoEntry())
			assert.ErrorIs(t, err, maventa.ErrTransferFailed, "%+v", e)
		}
	})
}

// TestTransferStatusOfAnother: a 200 that is not the service's says neither that
// there is a transfer nor that there is none.
func TestTransferStatusOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		posts, err := rawTransfer(t, ct.Reply{Status: 200, Body: `{"portal":{"login":true}}`}, noTransfer, ropoEntry())
		assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, err).Outcome)
		assert.Zero(t, posts)
	})
}

// An unknown state, and the decision that the error asks for.
func TestTransferUnknownStateDecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		posts := 0
		status := noTransfer
		m := newMock(t, ledger.NewMemory())
		m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return status })
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
			posts++
			if posts == 1 {
				return ct.Reply{Err: errors.New("drop")}
			}
			return ct.Reply{Status: 202, Body: `{"status":"pending"}`}
		})
		e := ropoEntry()
		_, err := m.EnsureTransfer(t.Context(), "I1", e)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		status = ct.Reply{Status: 200, Body: `{"status":"withdrawn"}`}
		time.Sleep(20 * time.Minute)
		_, err = m.EnsureTransfer(t.Context(), "I1", e)
		require.ErrorIs(t, err, ledger.ErrUndecided)
		e.NeverArrived = asFailure(err).FirstSent
		for range 2 {
			_, err = m.EnsureTransfer(t.Context(), "I1", e)
		}
		assert.NoError(t, err, "the decision that was asked for has no effect")
	})
}

func TestRopoWithoutV1(t *testing.T) {
	for name, r := range map[string]ct.Reply{
		"dns":      {Err: errors.New("no such host")},
		"503":      {Status: 503},
		"500":      {Status: 500},
		"301":      {Status: 301},
		"html":     {Status: 200, Body: "<html>gone</html>"},
		"empty ok": {Status: 200, Body: "{}"},
		"405":      {Status: 405}, "401": {Status: 401}, "403": {Status: 403}, "410": {Status: 410},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				posts, err := rawTransfer(t, ct.Reply{Status: 404, Body: `{"code":"not_found"}`}, r, ropoEntry())
				require.NoError(t, err)
				assert.Equal(t, 1, posts)
			})
		})
	}
}

// The on-call person copies FirstSent in whole seconds or milliseconds.
func TestTransferPostPrecision(t *testing.T) {
	for _, precision := range []time.Duration{time.Second, time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(1234567 * time.Microsecond)
			time.Sleep(123 * time.Microsecond)
			m := newMock(t, ledger.NewMemory())
			m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return noTransfer })
			m.OnFunc("GET", ct.AX+"/v1/invoices/I1", func(*http.Request) ct.Reply { return noTransfer })
			m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
			posts := 0
			m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
				if posts++; posts == 1 {
					return ct.Reply{Err: errors.New("drop")}
				}
				return ct.Reply{Status: 202, Body: `{"status":"pending"}`}
			})
			e := ropoEntry()
			_, err := m.EnsureTransfer(t.Context(), "I1", e)
			require.Error(t, err)
			time.Sleep(20 * time.Minute)
			_, err = m.EnsureTransfer(t.Context(), "I1", e)
			assert.Contains(t, err.Error(), asFailure(err).FirstSent.Format("15:04:05"), "the text does not tell FirstSent")
			e.NeverArrived = asFailure(err).FirstSent.Truncate(precision)
			_, err = m.EnsureTransfer(t.Context(), "I1", e)
			assert.NoError(t, err, precision)
		})
	}
}

// Settle time 0: the first error's FirstSent is not taken.
func TestTransferPostSettleZero(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, tardyJournal{ledger.NewMemory()}, ledger.SettleTime(0))
		m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return noTransfer })
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
		posts := 0
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
			if posts++; posts == 1 {
				return ct.Reply{Err: errors.New("drop")}
			}
			return ct.Reply{Status: 202, Body: `{"status":"pending"}`}
		})
		e := ropoEntry()
		_, err := m.EnsureTransfer(t.Context(), "I1", e)
		require.Error(t, err)
		e.NeverArrived = asFailure(err).FirstSent
		_, err = m.EnsureTransfer(t.Context(), "I1", e)
		assert.NoError(t, err)
	})
}

// A lost transfer that the status shows as failed frees its key; the error of that
// one says nothing about the next.
func TestTransferErrorAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		posts := 0
		m := newMock(t, ledger.NewMemory())
		m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply {
			if posts == 0 {
				return noTransfer
			}
			return ct.Reply{Status: 200, Body: `{"status":"error","error_reason":"no agreement"}`}
		})
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
			posts++
			return ct.Reply{Err: errors.New("drop")}
		})
		var again time.Time
		for i, want := range []error{maventa.ErrOutcomeUnknown, maventa.ErrTransferFailed, maventa.ErrOutcomeUnknown, ledger.ErrUndecided} {
			entry := ropoEntry()
			entry.Again = again
			stands, err := m.EnsureTransfer(t.Context(), "I1", entry)
			require.ErrorIs(t, err, want, "run %d", i)
			if again = (time.Time{}); stands.State == maventa.TransferRefused {
				again = stands.Attempt
			}
			if i == 3 { // of this attempt the status says nothing
				assert.ErrorContains(t, err, "still the error of an earlier transfer")
				assert.Zero(t, asFailure(err).RetryAfter)
			}
			time.Sleep(20 * time.Minute)
		}
		assert.Equal(t, 2, posts)
	})
}
