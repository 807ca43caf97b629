package maventa

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// ClientOption changes a client. See [NewClient].
type ClientOption interface {
	applyClient(*config) *Error
}

// CallOption changes one call. Every method takes any number of them last.
type CallOption interface {
	applyCall(*callConfig) *Error
}

// CompanyOption is a client option that a company of [Client.ForCompany] may have of
// its own.
type CompanyOption interface {
	ClientOption
	forCompany()
}

// Option is all three: on a client it sets the default of every call.
type Option interface {
	CompanyOption
	CallOption
}

// config is what NewClient's options build.
type config struct {
	given       http.RoundTripper // by WithHTTPClient
	longest     time.Duration     // likewise
	scopes      []string
	tokenSource TokenSource
	keys        func(ctx context.Context, companyID string) (Keys, error)
	product     string
	logger      *slog.Logger
	observers   []Observer
	allowed     []string // inferred writes
	readOnly    bool
	arrays      ArrayEncoding
	call        callConfig
}

// callConfig is what holds for one call.
type callConfig struct {
	timeout     time.Duration
	retry       RetryPolicy
	response    *Response
	rawBody     *json.RawMessage
	unchecked   bool
	noPreflight bool
	conclusive  bool
}

type clientOption func(*config) *Error

func (o clientOption) applyClient(c *config) *Error { return o(c) }

type companyOption func(*config) *Error

func (o companyOption) applyClient(c *config) *Error { return o(c) }
func (companyOption) forCompany()                    {}

type callOption func(*callConfig) *Error

func (o callOption) applyCall(c *callConfig) *Error { return o(c) }

type bothOption func(*callConfig) *Error

func (o bothOption) applyClient(c *config) *Error   { return o(&c.call) }
func (o bothOption) applyCall(c *callConfig) *Error { return o(c) }
func (bothOption) forCompany()                      {}

// WithHTTPClient makes all calls, token calls included, through hc's Transport
// ([NewTransport] if that is nil). A call takes hc's Timeout at most, unless it has
// [WithTimeout] of its own; a token that several calls wait for may take longer. hc
// is not changed. Its Jar and CheckRedirect are not used: cookies are not kept
// and redirects are never followed.
//
// Behind a Transport that is not an *http.Transport the package cannot see
// whether a connection was obtained, so every network failure of a write then
// has [OutcomeUnknown].
//
// Two things that net/http does cannot be prevented here. If a Transport of your own
// adds an Idempotency-Key header, net/http sends a write without a body, such as
// [EventService.MarkSeen], again by itself when a connection breaks: add none. And
// bytes that a server sends without being asked are written to standard error by
// package log, quoted, where they may name somebody: log.SetOutput says where they go.
func WithHTTPClient(hc *http.Client) ClientOption {
	return clientOption(func(c *config) *Error {
		if hc == nil {
			return misconfigured("WithHTTPClient", "client", "is nil")
		}
		c.given, c.longest = hc.Transport, hc.Timeout
		return nil
	})
}

// WithScopes asks for other scopes than [DefaultScopes].
func WithScopes(scopes ...string) CompanyOption {
	return companyOption(func(c *config) *Error {
		for _, s := range scopes {
			if s == "" || strings.ContainsAny(s, " \t\r\n\"\\") || !utf8.ValidString(s) {
				return misconfigured("WithScopes", "scopes", "each scope is one word")
			}
		}
		c.scopes = slices.Clone(scopes)
		return nil
	})
}

// WithTokenSource takes tokens from s instead of the token endpoint, for
// integrators who keep tokens elsewhere. Only the company id of the credentials
// is used then.
func WithTokenSource(s TokenSource) ClientOption {
	return clientOption(func(c *config) *Error {
		if s == nil {
			return misconfigured("WithTokenSource", "source", "is nil")
		}
		c.tokenSource = s
		return nil
	})
}

// WithKeys takes keys from f instead of from [Credentials], so that they can
// rotate: f is called whenever a token is fetched, for the client's own company
// and for those of [Client.ForCompany]. Keys that the token endpoint has refused are
// not sent again for 30 seconds, but f is asked at every call: other keys count at
// once. An error of f is reachable by [errors.As], and its text is shown without the
// keys.
func WithKeys(f func(ctx context.Context, companyID string) (Keys, error)) ClientOption {
	return clientOption(func(c *config) *Error {
		if f == nil {
			return misconfigured("WithKeys", "keys", "is nil")
		}
		c.keys = f
		return nil
	})
}

// WithProduct puts the integrator's product, for example "AcmeERP/3.1", before
// this package in the User-Agent.
func WithProduct(product string) ClientOption {
	return clientOption(func(c *config) *Error {
		for _, r := range product {
			if r < ' ' || r > '~' {
				return misconfigured("WithProduct", "product", "must be printable ASCII")
			}
		}
		c.product = strings.TrimSpace(product)
		return nil
	})
}

// WithArrayEncoding sets how parameters with several values are written, should
// the default, [ArrayCommas], not be what the service accepts. Lists are also
// filtered on our side, so [Page.Filter] tells when it did not.
func WithArrayEncoding(e ArrayEncoding) ClientOption {
	return clientOption(func(c *config) *Error {
		if e > ArrayBrackets {
			return misconfigured("WithArrayEncoding", "encoding", "is not one of the encodings")
		}
		c.arrays = e
		return nil
	})
}

// WithObserver calls o for every call of the client and of the clients derived
// from it. It may be given several times. The module otelmaventa has an observer
// that makes OpenTelemetry spans and metrics.
func WithObserver(o Observer) ClientOption {
	return clientOption(func(c *config) *Error {
		if o == nil {
			return misconfigured("WithObserver", "observer", "is nil")
		}
		c.observers = append(c.observers, o)
		return nil
	})
}

// WithLogger writes a line for every call to l: at level debug, or at level warn
// when it failed, and a line at level debug for each request of it. Warnings of
// the preflight checks go there too. Refusals that a call is made to find out are
// no warnings: 401 of Auth.Current in [Client.Check], and 404 of a service's or a
// transfer's status. Each line names the client's company. No line holds a secret,
// a body or the id of what a call is about; the request id is the service's word.
// Without a logger nothing is logged.
func WithLogger(l *slog.Logger) ClientOption {
	return clientOption(func(c *config) *Error {
		if l == nil {
			return misconfigured("WithLogger", "logger", "is nil")
		}
		c.logger = l
		c.observers = append(c.observers, logObserver{l})
		return nil
	})
}

// WithTimeout bounds a whole call: token, attempts, waits and body. The default
// is 30 seconds. The context's own deadline holds as well.
func WithTimeout(d time.Duration) Option {
	return bothOption(func(c *callConfig) *Error {
		if d <= 0 {
			return misconfigured("WithTimeout", "timeout", "must be positive")
		}
		c.timeout = d
		return nil
	})
}

// WithRetry sets how calls are sent again. See [RetryPolicy].
func WithRetry(p RetryPolicy) Option {
	return bothOption(func(c *callConfig) *Error {
		p, err := p.complete()
		c.retry = p
		return err
	})
}

// WithResponse fills r with the metadata of the call's last answer, also when
// the call fails. One Response belongs to one call at a time.
func WithResponse(r *Response) CallOption {
	return callOption(func(c *callConfig) *Error {
		if r == nil {
			return misconfigured("WithResponse", "response", "is nil")
		}
		*r = Response{}
		c.response = r
		return nil
	})
}

// WithRawBody copies the body of the call's last answer to b, as it was
// received. It holds personal data: mind where it goes.
func WithRawBody(b *json.RawMessage) CallOption {
	return callOption(func(c *callConfig) *Error {
		if b == nil {
			return misconfigured("WithRawBody", "body", "is nil")
		}
		*b = nil
		c.rawBody = b
		return nil
	})
}

// Unchecked sends enum values that this package does not know instead of
// refusing them.
func Unchecked() CallOption {
	return callOption(func(c *callConfig) *Error {
		c.unchecked = true
		return nil
	})
}

// WithoutPreflight skips the checks of a body that rest on the agencies'
// documented rules (payers, amounts, waiting days, currencies). What could
// never be sent, such as an empty id, is refused all the same.
func WithoutPreflight() CallOption {
	return callOption(func(c *callConfig) *Error {
		c.noPreflight = true
		return nil
	})
}

// Conclusive makes a read prove that its answer is current and whole, so that what
// is not in it is not there. It asks caches to stand aside, and refuses an answer
// that is older than 3 seconds by its own word, that has another status than 200,
// and a list that is shorter than the service counts. The error is then of
// [PhaseDecode] and matches no sentinel. A write takes no notice of it.
func Conclusive() CallOption {
	return callOption(func(c *callConfig) *Error {
		c.conclusive = true
		return nil
	})
}

// Response is the metadata of an answer. See [WithResponse].
type Response struct {
	Status    int
	Header    http.Header
	RequestID string // Inferred: no such header is documented
	Attempts  int
	Duration  time.Duration // of the whole call
}

// answered notes an answer; a nil r wants to know nothing.
func (r *Response) answered(a *answer) {
	if r != nil {
		r.Status, r.Header, r.RequestID = a.status, a.header, requestID(a.header)
	}
}

// ended notes the end of the call.
func (r *Response) ended(attempts int, start time.Time) {
	if r != nil {
		r.Attempts, r.Duration = attempts, time.Since(start)
	}
}
