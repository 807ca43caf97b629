package worker

import (
	"net/http"
	"net/http/httptrace"

	"golang.org/x/time/rate"

	"github.com/maventa-go/maventa"
)

// limited bounds the requests per second of all companies, tokens included. It stands
// inside an *http.Transport: a client then still sees whether a request got a
// connection, and so whether it was certainly not sent.
func limited(next http.RoundTripper, perSecond float64) *http.Transport {
	l := &limiter{next: next, rate: rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond/burstsPerSecond)))}
	t := &http.Transport{Protocols: new(http.Protocols)}
	t.Protocols.SetHTTP1(true)
	t.RegisterProtocol("http", l)
	t.RegisterProtocol("https", l)
	return t
}

// burstsPerSecond: a tenth of a second's requests may leave at once.
const burstsPerSecond = 10

type limiter struct {
	next http.RoundTripper
	rate *rate.Limiter
}

// RoundTrip implements [http.RoundTripper]. A request whose time is not enough fails at
// once, and is known not to have been sent.
func (l *limiter) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := l.rate.Wait(r.Context()); err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // what RoundTrip must do; nobody has read it
		}
		if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GetConn != nil {
			trace.GetConn(r.URL.Host) // asked for, and not got
		}
		return nil, err
	}
	return l.next.RoundTrip(r)
}

// clientOptions are those of all clients.
func (c *Config) clientOptions() []maventa.ClientOption {
	if c.Rate == 0 {
		return c.Options
	}
	hc := &http.Client{Transport: limited(maventa.NewTransport(), c.Rate)}
	return append([]maventa.ClientOption{maventa.WithHTTPClient(hc)}, c.Options...)
}
