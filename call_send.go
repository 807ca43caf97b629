package maventa

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// Header values that every request shares. They are never written to.
var (
	acceptJSON      = []string{"application/json"}
	contentTypeJSON = []string{"application/json; charset=utf-8"}
	noCache         = []string{"no-cache"}
)

// send makes one request. The returned error means that there was no answer.
func (r *root) send(ctx context.Context, b *built, token *accessToken) (resp *http.Response, err *Error) {
	req := &http.Request{
		Method:     b.op.Method,
		URL:        &b.url,
		Host:       b.url.Host,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     http.Header{"Accept": b.accept(), "User-Agent": r.userAgent},
	}
	if token != nil {
		req.Header["Authorization"] = token.header
	}
	if b.conclusive {
		req.Header["Cache-Control"] = noCache
	}
	switch {
	case b.json != nil:
		req.Header["Content-Type"] = contentTypeJSON
		req.ContentLength = int64(len(b.json))
		req.Body = newBody(b.json)
		if b.op.Safety != operation.Unsafe {
			// net/http may then send the body again by itself. For an unsafe
			// call GetBody must stay nil: with it, a header that a caller's
			// RoundTripper adds could turn one payment into two.
			req.GetBody = func() (io.ReadCloser, error) { return newBody(b.json), nil }
		}
	case b.form != nil:
		req.Header["Content-Type"] = b.form.contentType
		req.ContentLength = b.form.size
		req.Body = b.form
		defer func() { b.form.finish(ctx, err) }()
	}
	var conn *connection
	if r.seesConns && b.isWrite() {
		ctx, conn = traceConnection(ctx)
	}
	resp, sendErr := r.transport.RoundTrip(req.WithContext(ctx))
	if sendErr == nil && resp == nil {
		sendErr = errors.New("the http.RoundTripper returned neither answer nor error")
	}
	if sendErr == nil {
		return resp, nil
	}
	err = &Error{Phase: PhaseSend, Outcome: OutcomeUnknown, Err: transportCause(sendErr)}
	if ctxErr := ctx.Err(); ctxErr != nil {
		err.Err = ctxErr
	}
	if conn != nil && conn.asked.Load() && !conn.got.Load() {
		err.Outcome = OutcomeNotSent
	}
	return nil, err
}

// newBody is a body in memory, of a kind that net/http knows as one: it then sends
// headers and body in one write. Of any other kind it sends the headers first.
func newBody(data []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(data)) }

// connection is what is known of a request's way to a connection. Asked for and
// never got: the request was certainly not sent. Not even asked for proves
// nothing: [http.Transport.RegisterProtocol] puts anything in the transport's place.
type connection struct{ asked, got atomic.Bool }

// traceConnection watches for a connection.
func traceConnection(ctx context.Context) (context.Context, *connection) {
	c := new(connection)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { c.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { c.got.Store(true) },
	}), c
}

// transportCause reduces a network error to what is safe to print and useful
// to know. Context errors stay what they are.
func transportCause(err error) error {
	for _, ctxErr := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, ctxErr) {
			return ctxErr
		}
	}
	return &connectionFailure{call.NetworkProblem(err)}
}

const (
	maxBody      = 32 << 20 // of a decoded answer
	maxErrorBody = 64 << 10
)

// answer is a response as far as it has been read.
type answer struct {
	status     int
	header     http.Header
	body       []byte
	lost       error // the body ended early
	tooLarge   bool
	conclusive bool // it must be no old one
	buffer     *[]byte
}

// read takes the body up to limit, counted after decompression.
func (a *answer) read(ctx context.Context, resp *http.Response, limit int) {
	if resp.Body == nil {
		return
	}
	defer resp.Body.Close()
	a.buffer = buffers.Get().(*[]byte) //nolint:forcetypeassert,errcheck // the pool holds nothing else
	buf := (*a.buffer)[:0]
	if n := resp.ContentLength; n >= 0 && n < maxPooled && int64(cap(buf)) <= n {
		// One more, so that the end is seen without growing; and some more, so
		// that a page which is a little longer than the last one fits.
		buf = make([]byte, 0, (n+4096)&^4095)
	}
	for {
		if len(buf) == cap(buf) {
			size := max(2*cap(buf), 4096)
			if size > limit/4 {
				size = max(limit, len(buf)) + 1 // so that all together stays below twice the limit
			}
			grown := make([]byte, len(buf), size)
			copy(grown, buf)
			buf = grown
		}
		n, err := resp.Body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if len(buf) > limit {
			a.tooLarge = true
			buf = buf[:limit]
			break
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			a.lost = transportCause(err)
			if ctxErr := ctx.Err(); ctxErr != nil {
				a.lost = ctxErr
			}
			break
		}
	}
	a.body = buf
}

// buffers holds answer bodies between calls. Only answers are pooled, never
// requests, and a buffer goes back in one place: answer.release.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

const maxPooled = 1 << 20

// release gives the body's memory back: nothing may keep a part of the body.
func (a *answer) release() {
	if a.buffer == nil {
		return
	}
	if cap(a.body) <= maxPooled {
		*a.buffer = a.body[:0]
		buffers.Put(a.buffer)
	}
	a.buffer, a.body = nil, nil
}

// requestID finds the id of a request in an answer. Inferred: none is
// documented; these are the names that gateways commonly use.
func requestID(h http.Header) string {
	for _, name := range [...]string{"X-Request-Id", "X-Correlation-Id", "X-Amzn-Trace-Id"} {
		if v := h.Get(name); v != "" {
			return call.Cut(v, 128)
		}
	}
	return ""
}
