package maventa

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/call"
)

// Version is this package's version, as sent in the User-Agent.
const Version = "0.1.0"

// Client makes the calls for one company. It is safe for any number of
// goroutines. Clients for other companies come from [Client.ForCompany] and
// share its connections, retry quota and token caches.
type Client struct {
	Ropo          RopoService
	Amili         AmiliService
	Invoices      InvoiceService
	Assignments   AssignmentService
	Events        EventService
	ServiceLevels ServiceLevelService

	root    *root
	company string
	token   *tokenCache
}

// root is what a client and all clients derived from it share.
type root struct {
	config // as the options have made it

	environment Environment
	ax          endpoint
	receivables endpoint
	production  bool

	transport http.RoundTripper
	tokenWay  *http.Transport // of tokens, whose connections no call holds; nil: transport
	seesConns bool            // transport tells whether a connection was obtained

	store     *tokenStore
	quota     *call.Quota
	userAgent []string
}

// NewClient returns a client for one company on one environment. It makes no
// request: [Client.Check] does, and should be the first call of an integration. A
// client of which only [Client.ForCompany] is needed may have no company and no user
// key.
//
// The error names the option or field that is wrong.
func NewClient(env Environment, creds Credentials, opts ...ClientOption) (*Client, error) {
	cfg := config{scopes: DefaultScopes(), call: callConfig{timeout: 30 * time.Second}}
	cfg.call.retry, _ = RetryPolicy{}.complete()
	for _, o := range opts {
		if o == nil {
			return nil, misconfigured("NewClient", "options", "hold a nil option")
		}
		if err := o.applyClient(&cfg); err != nil {
			return nil, err
		}
	}
	ax, receivables, err := env.parse()
	if err != nil {
		return nil, err
	}
	r := &root{
		config:      cfg,
		environment: env,
		ax:          ax,
		receivables: receivables,
		production:  call.MaventaKind(ax.host) == "production" || call.MaventaKind(receivables.host) == "production" || strings.EqualFold(strings.TrimSpace(env.Name), Production.Name),
		store:       &tokenStore{},
		quota:       call.NewQuota(),
		userAgent:   []string{strings.TrimSpace(cfg.product + " maventa-go/" + Version + " " + runtime.Version())},
	}
	r.useTransport()
	return r.client("NewClient", creds)
}

// ForCompany returns a client for another company. It is cheap and may be
// called for every piece of work: transport, retry quota and tokens belong to
// the first client. With [WithKeys] or [WithTokenSource] only the company id
// of creds is needed. What opts do not say is as the first client has it.
func (c *Client) ForCompany(creds Credentials, opts ...CompanyOption) (*Client, error) {
	const operation = "ForCompany"
	if c == nil || c.root == nil {
		err := notMade()
		err.Operation = operation
		return nil, err
	}
	r := c.root
	if len(opts) > 0 {
		own := *r
		for _, o := range opts {
			if o == nil {
				return nil, misconfigured(operation, "options", "hold a nil option")
			}
			if err := o.applyClient(&own.config); err != nil {
				return nil, err
			}
		}
		own.boundTimeout()
		r = &own
	}
	return r.client(operation, creds)
}

// RotatingKeys asks the function of [WithKeys] for the keys of a company, so that a
// caller can see whether they have changed. It reports whether there is one; the error
// is the function's.
func (c *Client) RotatingKeys(ctx context.Context, companyID string) (keys Keys, rotate bool, err error) {
	if c == nil || c.root == nil || c.root.keys == nil {
		return Keys{}, false, nil
	}
	keys, err = c.root.keys(ctx, call.CanonicalID(companyID))
	return keys, true, err
}

// CompanyID returns the company that the client works for.
func (c *Client) CompanyID() string {
	if c == nil {
		return ""
	}
	return c.company
}

// Environment returns the environment that the client works on.
func (c *Client) Environment() Environment {
	if c == nil || c.root == nil {
		return Environment{}
	}
	return c.root.environment
}

// CloseIdleConnections closes connections that are not in use. The client
// stays usable.
func (c *Client) CloseIdleConnections() {
	if c == nil || c.root == nil {
		return
	}
	if t, ok := c.root.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
	if c.root.tokenWay != nil {
		c.root.tokenWay.CloseIdleConnections()
	}
}

// Format implements [fmt.Formatter]: environment and company, nothing secret.
func (c *Client) Format(f fmt.State, _ rune) {
	if c == nil || c.root == nil {
		_, _ = fmt.Fprint(f, "maventa.Client(not made by NewClient)")
		return
	}
	_, _ = fmt.Fprintf(f, "maventa.Client(%s, company %q)", c.root.environment.Name, c.company)
}

// LogValue implements [slog.LogValuer].
func (c *Client) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

func (r *root) client(op string, creds Credentials) (*Client, error) {
	if err := creds.check(op, r.keys == nil && r.tokenSource == nil); err != nil {
		return nil, err
	}
	creds.CompanyID = call.CanonicalID(creds.CompanyID)
	c := &Client{root: r, company: creds.CompanyID, token: r.tokens(creds)}
	c.Ropo = RopoService{c}
	c.Amili = AmiliService{c}
	c.Invoices = InvoiceService{c}
	c.Assignments = AssignmentService{c}
	c.Events = EventService{c}
	c.ServiceLevels = ServiceLevelService{c}
	return c, nil
}

// useTransport takes the caller's transport, or makes one.
func (r *root) useTransport() {
	r.transport, r.tokenWay = NewTransport(), NewTransport()
	if r.given != nil {
		r.transport, r.tokenWay = r.given, nil
	}
	r.boundTimeout()
	_, r.seesConns = r.transport.(*http.Transport)
}

// boundTimeout keeps a call within the time of the caller's [http.Client].
func (r *root) boundTimeout() {
	if r.longest > 0 {
		r.call.timeout = min(r.call.timeout, r.longest)
	}
}

const maxConns = 100 // per host

// NewTransport returns a new transport with the settings that a client uses when
// nothing else is said. It is for those who need one thing otherwise, such as a
// proxy, certificates of their own, or HTTP/2:
//
//	t := maventa.NewTransport()
//	t.Proxy = http.ProxyFromEnvironment
//	c, err := maventa.NewClient(env, credentials, maventa.WithHTTPClient(&http.Client{Transport: t}))
//
// No proxy is used otherwise, whatever the environment says. At most 100 calls
// per host are under way at once; more wait. Tokens share the caller's transport,
// and have one of their own where the client makes it.
func NewTransport() *http.Transport {
	// A host that does not answer is noticed before the call's own time is over.
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	t := &http.Transport{
		DialContext:         dialer.DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		// More calls at once wait for a connection instead of opening one: TLS
		// costs more than the wait. 1,000 callers of a service that takes 5 ms
		// get four times as much done as without a limit, over 100 connections
		// instead of 2,700. All of them stay open: with the default of 2 nearly
		// every call of a busy client opens a new one.
		MaxConnsPerHost:     maxConns,
		MaxIdleConnsPerHost: maxConns,
		MaxIdleConns:        2 * maxConns, // there are two hosts
		// Shorter than servers and load balancers keep a connection: a write on
		// a connection that the server has just closed has an unknown outcome.
		IdleConnTimeout: 30 * time.Second,
		// The answers have few headers. A server that sends them without end
		// costs no more memory than this.
		MaxResponseHeaderBytes: 256 << 10,
		// HTTP/1.1: one lost connection then touches one call.
		Protocols: new(http.Protocols),
	}
	t.Protocols.SetHTTP1(true)
	return t
}
