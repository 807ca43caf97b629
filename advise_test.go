package maventa_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// advice is what each sentinel says by itself. What it says of the suite's
// errors stands in testdata/errors.txt.
var advice = map[string]maventa.Action{
	"ErrValidation":         maventa.ActionFixInput,
	"ErrUnauthorized":       maventa.ActionFixSetup,
	"ErrForbidden":          maventa.ActionFixSetup,
	"ErrNotFound":           maventa.ActionAskPerson,
	"ErrConflict":           maventa.ActionAskPerson,
	"ErrRateLimited":        maventa.ActionRetry,
	"ErrUnavailable":        maventa.ActionRetry,
	"ErrAuth":               maventa.ActionFixSetup,
	"ErrOutcomeUnknown":     maventa.ActionAskPerson,
	"ErrInvalidCredentials": maventa.ActionFixSetup,
	"ErrMissingScope":       maventa.ActionFixSetup,
	"ErrUnreadableToken":    maventa.ActionFixSetup,
	"ErrWrongEnvironment":   maventa.ActionFixSetup,
	"ErrAmbiguous":          maventa.ActionAskPerson,
	"ErrAlreadyActivated":   maventa.ActionAskPerson,
	"ErrInferredWrite":      maventa.ActionFixSetup,
	"ErrReadOnly":           maventa.ActionFixSetup,
	"ErrTransferFailed":     maventa.ActionAskPerson,
	"ErrTransferStalled":    maventa.ActionAskPerson,
	"ErrNotAdvancing":       maventa.ActionAskPerson,
}

func TestAdviseKinds(t *testing.T) {
	words := map[string]bool{}
	for name, sentinel := range sentinels {
		kind, ok := errors.AsType[*maventa.Kind](sentinel)
		require.True(t, ok, name)
		assert.Regexp(t, `^[a-z]+(_[a-z]+)*$`, kind.Word(), name)
		assert.False(t, words[kind.Word()], "%s: the word is another's", name)
		words[kind.Word()] = true
		text, err := json.Marshal(kind)
		require.NoError(t, err)
		assert.Equal(t, `"`+kind.Word()+`"`, string(text))

		want := maventa.Advice{Action: advice[name], Kind: kind}
		assert.Equal(t, want, maventa.Advise(fmt.Errorf("wrapped: %w", kind)), name)
		// A stub in somebody's test, and the same after a call that took effect.
		stub := &maventa.Error{Operation: "Assignments.AddEvent", Outcome: maventa.OutcomeNotSent, Kind: kind, RetryAfter: time.Second}
		require.ErrorIs(t, stub, sentinel)
		if want.Action == maventa.ActionRetry {
			want.After = time.Second
		}
		assert.Equal(t, want, maventa.Advise(stub), name)
		stub.Outcome = maventa.OutcomeApplied
		done := maventa.ActionDone
		if advice[name] == maventa.ActionAskPerson { // which never says to send again either
			done = maventa.ActionAskPerson
		}
		assert.Equal(t, done, maventa.Advise(stub).Action, name)
		stub.Safety = maventa.Safe
		assert.Equal(t, advice[name], maventa.Advise(stub).Action, "%s: of a read it is the answer that counts", name)
	}
	assert.Len(t, advice, len(sentinels))
}

func TestAdvise(t *testing.T) {
	assert.Equal(t, maventa.Advice{Action: maventa.ActionDone}, maventa.Advise(nil))
	assert.Equal(t, maventa.Advice{Action: maventa.ActionAskPerson}, maventa.Advise(errors.New("of other code")))
	for name, c := range map[string]struct {
		err  maventa.Error
		want maventa.Action
	}{
		"nothing is known":               {maventa.Error{}, maventa.ActionAskPerson},
		"503 to a payment, Retry-After":  {maventa.Error{Phase: maventa.PhaseHTTP, Status: 503, RetryAfter: time.Second}, maventa.ActionAskPerson},
		"503 to what may be sent again":  {maventa.Error{Phase: maventa.PhaseHTTP, Status: 503, Safety: maventa.Idempotent}, maventa.ActionRetry},
		"500 to what may be sent again":  {maventa.Error{Phase: maventa.PhaseHTTP, Status: 500, Safety: maventa.Idempotent}, maventa.ActionRetry},
		"a page for what may be":         {maventa.Error{Phase: maventa.PhaseDecode, Status: 200, Safety: maventa.Idempotent}, maventa.ActionAskPerson},
		"503 to a read":                  {maventa.Error{Phase: maventa.PhaseHTTP, Status: 503, Safety: maventa.Safe}, maventa.ActionRetry},
		"a redirect of a read":           {maventa.Error{Phase: maventa.PhaseHTTP, Status: 302, Safety: maventa.Safe}, maventa.ActionFixSetup},
		"408 to a read":                  {maventa.Error{Phase: maventa.PhaseHTTP, Status: 408, Safety: maventa.Safe}, maventa.ActionRetry},
		"429 to a payment":               {maventa.Error{Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeRejected, Status: 429}, maventa.ActionRetry},
		"a payment that never left":      {maventa.Error{Phase: maventa.PhaseSend, Outcome: maventa.OutcomeNotSent}, maventa.ActionRetry},
		"400 to a payment":               {maventa.Error{Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeRejected, Status: 400}, maventa.ActionFixInput},
		"400 of the token endpoint":      {maventa.Error{Phase: maventa.PhaseAuth, Outcome: maventa.OutcomeNotSent, Status: 400}, maventa.ActionFixSetup},
		"cancelled before the token":     {maventa.Error{Phase: maventa.PhaseAuth, Outcome: maventa.OutcomeNotSent, Err: context.Canceled}, maventa.ActionRetry},
		"cancelled before the beginning": {maventa.Error{Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent, Err: context.Canceled}, maventa.ActionRetry},
		"cancelled payment":              {maventa.Error{Phase: maventa.PhaseSend, Err: context.Canceled}, maventa.ActionAskPerson},
		"not settled, and when":          {maventa.Error{Phase: maventa.PhaseHTTP, Kind: ledger.ErrUnsettled, RetryAfter: time.Minute}, maventa.ActionRetry},
		"not settled, not when":          {maventa.Error{Phase: maventa.PhaseHTTP, Kind: ledger.ErrUnsettled}, maventa.ActionRetry},
		"a decision is due":              {maventa.Error{Phase: maventa.PhaseHTTP, Kind: ledger.ErrUndecided}, maventa.ActionAskPerson},
	} {
		assert.Equal(t, c.want, maventa.Advise(&c.err).Action, name)
	}
	a := maventa.Advise(fmt.Errorf("of a job: %w", &maventa.Error{
		Target: "as-1", Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeRejected, Status: 429, RetryAfter: time.Minute,
	}))
	assert.Equal(t, maventa.Advice{Action: maventa.ActionRetry, After: time.Minute, IDs: []string{"as-1"}, Kind: maventa.ErrRateLimited}, a)
}

// A kind of a package that is built on this one.
func TestNewKind(t *testing.T) {
	held := maventa.NewKind("held_back", "", maventa.ErrOutcomeUnknown)
	err := &maventa.Error{Operation: "Ledger.Pay", Environment: "stage", Outcome: maventa.OutcomeNotSent, Kind: held, Err: http.ErrHandlerTimeout, Hint: "look at the bank"}
	require.ErrorIs(t, err, held)
	require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
	require.ErrorIs(t, err, http.ErrHandlerTimeout)
	assert.NotErrorIs(t, err, ledger.ErrUnsettled)
	assert.Equal(t, maventa.ActionAskPerson, maventa.Advise(err).Action)
	assert.Equal(t, `maventa: Ledger.Pay on stage: held back, "http: Handler timeout"; look at the bank; nothing was sent`, err.Error())
	b, jsonErr := json.Marshal(err)
	require.NoError(t, jsonErr)
	assert.Contains(t, string(b), `"Kind":"held_back"`)
	assert.NotContains(t, string(b), "timeout")
}

// A kind that is made badly asks a person, and none has no word.
func TestOddKinds(t *testing.T) {
	for _, kind := range []*maventa.Kind{maventa.NewKind("x", "nonsense", nil), {}} {
		assert.Equal(t, maventa.ActionAskPerson, maventa.Advise(&maventa.Error{Kind: kind}).Action)
		assert.Equal(t, maventa.ActionAskPerson, maventa.Advise(kind).Action)
	}
	assert.Empty(t, maventa.Advise(nil).Kind.Word())
	assert.Equal(t, "maventa: call: no answer", (&maventa.Error{}).Error())
}

// What an error is about is this call: not the data or the answer of another one
// that the caller's own code made.
func TestErrorsOfOthers(t *testing.T) {
	for _, foreign := range []error{
		onlyErr(maventa.ParseDate("x")), &maventa.Error{Status: 404, Phase: maventa.PhaseHTTP}, maventa.ErrNotFound, maventa.ErrRateLimited, maventa.ErrOutcomeUnknown,
	} {
		m := ct.NewMock(t, maventa.WithKeys(func(context.Context, string) (maventa.Keys, error) {
			return maventa.Keys{}, fmt.Errorf("vault: %w", foreign)
		}))
		err := onlyErr(m.Client.Assignments.Get(t.Context(), "as-1"))
		require.ErrorIs(t, err, maventa.ErrAuth)
		for _, kind := range []*maventa.Kind{maventa.ErrValidation, maventa.ErrNotFound, maventa.ErrRateLimited, maventa.ErrOutcomeUnknown} {
			assert.NotErrorIs(t, err, kind)
		}
		require.ErrorContains(t, err, "vault: ")
	}
	m := ct.NewMock(t)
	m.On("GET", ropoURL, ct.Reply{Status: 422, Body: `{"code":"c","message":"m"}`})
	err := onlyErr(m.Client.Ropo.Activate(t.Context(), maventa.RopoActivation{AgreementContactEmail: "a@b.example"}))
	assert.NotErrorIs(t, err, maventa.ErrValidation, "it was the reading of the state that was refused")
	m.On("GET", assignmentsURL+"/as-1", ct.Reply{Status: 400, Body: "<html>blocked</html>"})
	err = onlyErr(m.Client.Assignments.Get(t.Context(), "as-1"))
	assert.NotErrorIs(t, err, maventa.ErrValidation, "a gateway refused")
	assert.NotEqual(t, maventa.ActionFixInput, maventa.Advise(err).Action)
}

// What a package that is built on the client may show of a foreign error.
func TestSafeCause(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", assignmentsURL+"/as-1", ct.Reply{Status: 200, Body: `{"id":"as-1"}`})
	require.NoError(t, onlyErr(m.Client.Assignments.Get(t.Context(), "as-1")))
	cause := errors.New("canary-user-key, " + ct.AccessToken + ": redis://:canary@db:6379/0?x=a@b, https://canary@b")
	safe := m.Client.SafeCause(cause)
	require.ErrorIs(t, safe, cause)
	assert.Equal(t, "[redacted], [redacted]: redis://[redacted]@db:6379/0?x=a@b, https://[redacted]@b", safe.Error())
	ct.AssertHides(t, &maventa.Error{Err: safe}, "canary")
	require.NoError(t, m.Client.SafeCause(nil))
	var none *maventa.Client
	require.EqualError(t, none.SafeCause(cause), "canary-user-key, "+ct.AccessToken+": redis://[redacted]@db:6379/0?x=a@b, https://[redacted]@b")
}

// Validate refuses what the call would refuse, with the same options.
func TestValidate(t *testing.T) {
	unknown, short := amiliTransfer(), ropoTransfer()
	unknown.ReceivablesType = "b2g"
	short.Payers = nil
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"event":               {maventa.DirectPayment(amount("1.00"), date("2026-11-20")).Validate(), nil},
		"bad event":           {maventa.DirectPayment(amount("-1.00"), maventa.Date{}).Validate(), []string{"amount", "date"}},
		"event of other type": {maventa.CustomEvent("x").Validate(), []string{"type"}},
		"sent all the same":   {maventa.CustomEvent("x").Validate(maventa.Unchecked()), nil},
		"ropo":                {ropoTransfer().Validate(), nil},
		"bad ropo":            {short.Validate(), []string{"payers"}},
		"bad ropo, no rules":  {short.Validate(maventa.WithoutPreflight()), nil},
		"amili":               {amiliTransfer().Validate(), nil},
		"bad amili":           {unknown.Validate(), []string{"receivables_type"}},
		"bad amili, sent":     {unknown.Validate(maventa.Unchecked()), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if c.want == nil {
				require.NoError(t, c.err)
				return
			}
			assert.NotEmpty(t, ct.Refused(t, c.err, c.want...).Operation)
		})
	}
	ct.Misconfigured(t, amiliTransfer().Validate(nil), "options")
	ct.Misconfigured(t, amiliTransfer().Validate(maventa.WithTimeout(-1)), "timeout")
}
