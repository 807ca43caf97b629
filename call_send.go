package maventa

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/maventa-go/maventa/internal/operation"
)

// Header values that every request shares. They are never written to.
var (
	acceptJSON      = []string{"application/json"}
	contentTypeJSON = []string{"application/json; charset=utf-8"}
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
	var connected *atomic.Bool
	if r.seesConns && b.isWrite() {
		ctx, connected = traceConnection(ctx)
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
	if connected != nil && !connected.Load() {
		err.Outcome = OutcomeNotSent
	}
	return nil, err
}

// requestBody is a body in memory.
type requestBody struct{ bytes.Reader }

func newBody(data []byte) *requestBody {
	b := &requestBody{}
	b.Reset(data)
	return b
}

// Close implements [io.Closer].
func (*requestBody) Close() error { return nil }

// traceConnection reports whether the request ever got a connection: without
// one it certainly was not sent.
func traceConnection(ctx context.Context) (context.Context, *atomic.Bool) {
	got := new(atomic.Bool)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { got.Store(true) },
	}), got
}

// transportCause reduces a network error to what is safe to print and useful
// to know. Context errors stay what they are.
func transportCause(err error) error {
	for _, ctxErr := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, ctxErr) {
			return ctxErr
		}
	}
	var (
		opErr   *net.OpError
		dnsErr  *net.DNSError
		certErr x509.UnknownAuthorityError
		hostErr x509.HostnameError
		dateErr x509.CertificateInvalidError
		timeout net.Error
	)
	text := "network failure"
	switch {
	case errors.As(err, &dnsErr):
		text = "the host name could not be resolved"
	case errors.As(err, &certErr):
		text = "the server's certificate is signed by an unknown authority"
	case errors.As(err, &hostErr):
		text = "the server's certificate is for another host"
	case errors.As(err, &dateErr):
		text = "the server's certificate is not valid, or no longer"
	case errors.As(err, &opErr) && opErr.Err != nil:
		text = opErr.Op + ": " + cut(opErr.Err.Error(), 128)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		text = "the connection was closed before the answer was complete"
	case errors.As(err, &timeout) && timeout.Timeout():
		text = "network timeout"
	}
	return &connectionFailure{text}
}

// brokeOff reports whether err is a network error or a deadline, as opposed to
// an answer that cannot be read.
func brokeOff(err error) bool {
	var netErr net.Error
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &netErr)
}
