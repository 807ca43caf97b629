package maventa_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// compoundCalls are those that are no row of the table.
func compoundCalls() []ct.Case {
	return []ct.Case{
		{Name: "Do", Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
			request := maventa.Request{
				API: maventa.Receivables, Method: http.MethodPost, Path: "/v1/things", Query: url.Values{"debtor": {ct.CanaryName}, "page": {"1"}},
				Body: map[string]any{"ssn": ct.CanarySSN, "deep": []any{ct.CanaryStreet, ct.CanaryNumber}},
			}
			var out map[string]any
			return ct.Done(c.Do(ctx, request, &out))
		}},
		{Name: "EnsureEvent", Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
			return ct.Value(ledger.New(c, ledger.NewMemory()).EnsureEvent(ctx, "as-1", ledger.Entry{Key: "bank-1", Event: canaryEvent()}))
		}},
		{Name: "EnsureTransfer", Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
			transfer := canaryRopoTransfer()
			return ct.Value(ledger.New(c, ledger.NewMemory()).EnsureTransfer(ctx, "in-1", ledger.TransferEntry{Key: "collect-1", Ropo: &transfer}))
		}},
		{Name: "ForInvoice", Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
			return ct.Value(c.Assignments.ForInvoice(ctx, "in-1"))
		}},
	}
}

// TestCanaries: what every call must keep to holds for what is made of calls.
func TestCanaries(t *testing.T) {
	ct.Canaries(t, compoundCalls())
}

// echoToken is a token endpoint that shows what it was sent.
type echoToken struct{ status int }

func (e echoToken) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	text, _ := json.Marshal(fmt.Sprint(string(body), form))
	return ct.AnswerOf(r, e.status, `{"code":`+string(text)+`,"error":`+string(text)+`,"error_description":`+string(text)+`,"message":`+string(text)+`,"details":[`+string(text)+`]}`), nil
}

// TestCanariesInTokenErrors: nor does a token endpoint that echoes its request.
func TestCanariesInTokenErrors(t *testing.T) {
	for _, status := range []int{200, 302, 400, 401, 403, 429, 500, 503} {
		c := ct.TrippedClient(t, echoToken{status})
		for _, name := range []string{"Assignments.AddEvent", "Auth.Current"} {
			call := ct.Find(t, cases(), name)
			_, err := call.Call(t.Context(), c, call.IDs...)
			require.Error(t, err)
			assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, err).Outcome)
			asJSON, jsonErr := json.Marshal(err)
			require.NoError(t, jsonErr)
			assert.Empty(t, ct.Finds(ct.Printed(err)+string(asJSON)), "%d: %v", status, err)
		}
	}
}
