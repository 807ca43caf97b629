package maventa

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// What stands behind RegisterProtocol sends without asking the transport for a
// connection: that none was obtained proves nothing.
func TestRegisteredProtocol(t *testing.T) {
	var sent atomic.Int32
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetHTTP1(true) // of HTTP/2 net/http says that https is taken
	transport.RegisterProtocol("https", roundTripper(func(*http.Request) (*http.Response, error) {
		sent.Add(1)
		return nil, errors.New("the answer is lost")
	}))
	env := Environment{Name: "h3", AutoXChangeURL: "https://ax.example", ReceivablesURL: "https://rec.example"}
	c, err := NewClient(env, Credentials{CompanyID: "c", UserAPIKey: "k"}, WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	c.token.fetch = func(context.Context, Secret) (Token, *Error) {
		return Token{Value: "t", Expiry: time.Now().Add(time.Hour)}, nil
	}
	_, err = c.Assignments.AddEvent(t.Context(), "a", Comment("x"))
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.EqualValues(t, 1, sent.Load(), "sent once")
}
