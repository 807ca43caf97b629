package ledger_test

import (
	"context"
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
)

// TestErrorsSpeakOfThePayment: the first attempt took effect and its answer was
// lost. Whatever goes wrong in the second run, its error does not say that nothing
// was sent or changed.
func TestErrorsSpeakOfThePayment(t *testing.T) {
	answer := func(r ct.Reply) func(*http.Request) *ct.Reply { return func(*http.Request) *ct.Reply { return &r } }
	adopting := payment("bank-1", "40.00")
	adopting.Adopt = "e9"
	both := payment("bank-1", "40.00")
	both.Adopt, both.NotMine = "e1", []string{"e1"}
	ensure := func(w *scribe) error { return onlyErr(w.rawLedger.ensure(payment("bank-1", "40.00"))) }
	for name, again := range map[string]func(t *testing.T, w *scribe) error{
		"the journal is down at Find": func(_ *testing.T, w *scribe) error { w.down = "Find"; return ensure(w) },
		"at ForAssignment":            func(_ *testing.T, w *scribe) error { w.down = "ForAssignment"; return ensure(w) },
		"at End":                      func(_ *testing.T, w *scribe) error { w.down = "End"; return ensure(w) },
		"at Find, by invoice": func(t *testing.T, w *scribe) error {
			w.down = "Find"
			return w.EnsureEvents(t.Context(), []ledger.Item{{InvoiceID: "I1", Entry: payment("bank-1", "40.00")}})[0].Err
		},
		"Adopt names a wrong id": func(_ *testing.T, w *scribe) error { return onlyErr(w.rawLedger.ensure(adopting)) },
		"Adopt is in NotMine":    func(_ *testing.T, w *scribe) error { return onlyErr(w.rawLedger.ensure(both)) },
		"the event is not valid": func(_ *testing.T, w *scribe) error { return onlyErr(w.rawLedger.ensure(payment("bank-1", "-1"))) },
		"other contents": func(_ *testing.T, w *scribe) error {
			w.listing = answer(ct.Reply{Status: 503})
			return onlyErr(w.rawLedger.ensure(payment("bank-1", "41.00")))
		},
		"the events are down": func(_ *testing.T, w *scribe) error { w.listing = answer(ct.Reply{Status: 503}); return ensure(w) },
		"the events are forbidden": func(_ *testing.T, w *scribe) error {
			w.listing = answer(ct.Reply{Status: 403, Body: `{"code":"forbidden"}`})
			return ensure(w)
		},
		"the events are not there": func(_ *testing.T, w *scribe) error {
			w.listing = answer(ct.Reply{Status: 404, Body: `{"code":"not_found"}`})
			return ensure(w)
		},
		"the token is refused": func(_ *testing.T, w *scribe) error {
			w.listing = answer(ct.Reply{Status: 401, Body: `{"code":"unauthorized"}`})
			return ensure(w)
		},
		"the events are unreadable": func(_ *testing.T, w *scribe) error {
			w.listing = answer(ct.Reply{Status: 200, Body: "<html>"})
			return ensure(w)
		},
		"the list shows no assignment of the invoice": func(t *testing.T, w *scribe) error {
			w.On("GET", ct.AX+"/v2/invoices/I1/assignment", ct.Reply{Status: 404, Body: `{"code":"not_found"}`})
			w.On("GET", ct.Receivables+"/v1/assignments", ct.Reply{Status: 200, Body: "[]"})
			return w.EnsureEvents(t.Context(), []ledger.Item{{InvoiceID: "I1", Entry: payment("bank-1", "40.00")}})[0].Err
		},
		"the context is over": func(t *testing.T, w *scribe) error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return onlyErr(w.EnsureEvent(ctx, rawID, payment("bank-1", "40.00")))
		},
		"the key is busy": func(t *testing.T, w *scribe) error {
			w.listing = func(*http.Request) *ct.Reply { time.Sleep(10 * time.Second); return &ct.Reply{Status: 503} }
			done := make(chan struct{})
			go func() { defer close(done); _, _ = w.rawLedger.ensure(payment("bank-1", "40.00")) }()
			synctest.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			err := onlyErr(w.EnsureEvent(ctx, rawID, payment("bank-1", "40.00")))
			<-done
			return err
		},
		"Recover, and Pending is down": func(t *testing.T, w *scribe) error { w.down = "Pending"; return onlyErr(w.Recover(t.Context())) },
		"Recover, and the events are": func(t *testing.T, w *scribe) error {
			w.listing = answer(ct.Reply{Status: 503})
			return onlyErr(w.Recover(t.Context()))
		},
		"Recover, and End is down":      func(t *testing.T, w *scribe) error { w.down = "End"; return onlyErr(w.Recover(t.Context())) },
		"Recover, and ForAssignment is": func(t *testing.T, w *scribe) error { w.down = "ForAssignment"; return onlyErr(w.Recover(t.Context())) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newScribe(t)
				w.answer = dropAfter
				require.ErrorIs(t, ensure(w), maventa.ErrOutcomeUnknown)
				time.Sleep(time.Hour)
				err := again(t, w)
				require.Error(t, err)
				assert.Equal(t, maventa.OutcomeUnknown, maventa.OutcomeOf(err), "%v", err)
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown, "%v", err)
				assert.NotContains(t, err.Error(), "nothing was sent")
				assert.NotContains(t, err.Error(), "nothing was changed")
				assert.ErrorContains(t, err, "it may have taken effect")
				assert.Equal(t, 1, w.posts)
			})
		})
	}
}

// Of a key that is not open the errors stay what they are: the journal says so.
func TestErrorsOfAFreeKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.Ledger = ledger.New(l.Client, l.journal, ledger.With(maventa.WithRetry(maventa.NoRetry)))
		_, err := l.ensure(payment("bank-1", "-1"))
		require.ErrorIs(t, err, maventa.ErrValidation)
		assert.Equal(t, maventa.OutcomeNotSent, asFailure(err).Outcome)
		l.listing = func(*http.Request) *ct.Reply { return &ct.Reply{Status: 503} }
		_, err = l.ensure(payment("bank-1", "40.00"))
		assert.Equal(t, maventa.OutcomeNotSent, asFailure(err).Outcome)
		assert.Equal(t, maventa.ActionRetry, maventa.Advise(err).Action)
		l.listing, l.answer = nil, func(string) ct.Reply { return ct.Reply{Status: 403, Body: `{"code":"forbidden"}`} }
		_, err = l.ensure(payment("bank-1", "40.00"))
		assert.Equal(t, maventa.OutcomeRejected, asFailure(err).Outcome)
		_, err = l.ensure(payment("", "40.00"))
		assert.Equal(t, maventa.OutcomeNotSent, asFailure(err).Outcome)
	})
}

// What is to be done about the failure at hand is not lost by the doubt.
func TestAdviceOfAnOpenEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for status, want := range map[int]maventa.Action{503: maventa.ActionRetry, 403: maventa.ActionFixSetup, 404: maventa.ActionAskPerson} {
			l := newRaw(t)
			l.lost = true
			_, err := l.ensure(payment("bank-1", "40.00"))
			require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
			l.listing = func(*http.Request) *ct.Reply { return &ct.Reply{Status: status, Body: `{"code":"x"}`} }
			time.Sleep(time.Hour)
			_, err = l.ensure(payment("bank-1", "40.00"))
			advice := maventa.Advise(err)
			assert.Equal(t, want, advice.Action, status)
			assert.Equal(t, want == maventa.ActionRetry, advice.After > 0, status)
		}
	})
}

// TestTransferErrorsSpeakOfTheTransfer is the same for a transfer.
func TestTransferErrorsSpeakOfTheTransfer(t *testing.T) {
	for name, again := range map[string]func(m *scribe, status *ct.Reply, e *ledger.TransferEntry){
		"the journal is down at Find": func(j *scribe, _ *ct.Reply, _ *ledger.TransferEntry) { j.down = "Find" },
		"at End": func(j *scribe, s *ct.Reply, _ *ledger.TransferEntry) {
			j.down, *s = "End", ct.Reply{Status: 200, Body: `{"status":"sent"}`}
		},
		"the status is down":    func(_ *scribe, s *ct.Reply, _ *ledger.TransferEntry) { s.Status = 503 },
		"the status is foreign": func(_ *scribe, s *ct.Reply, _ *ledger.TransferEntry) { *s = ct.Reply{Status: 200, Body: `{"x":1}`} },
		"the status is refused": func(_ *scribe, s *ct.Reply, _ *ledger.TransferEntry) { s.Status = 403 },
		"the status is not known": func(_ *scribe, s *ct.Reply, _ *ledger.TransferEntry) {
			*s = ct.Reply{Status: 200, Body: `{"status":"x"}`}
		},
		"the body is not valid": func(_ *scribe, _ *ct.Reply, e *ledger.TransferEntry) { e.Ropo.Payers = nil },
		"it is for nobody":      func(_ *scribe, _ *ct.Reply, e *ledger.TransferEntry) { e.Ropo = nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newScribe(t)
				status := noTransfer
				m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return status })
				m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
				m.On("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", ct.Reply{Err: errors.New("drop")})
				entry := ropoEntry()
				_, err := m.EnsureTransfer(t.Context(), "I1", entry)
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				time.Sleep(time.Hour)
				again(m, &status, &entry)
				_, err = m.EnsureTransfer(t.Context(), "I1", entry)
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				assert.Equal(t, maventa.OutcomeUnknown, asFailure(err).Outcome)
				assert.NotContains(t, err.Error(), "nothing was sent")
				assert.NotContains(t, err.Error(), "nothing was changed")
			})
		})
	}
}
