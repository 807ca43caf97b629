package maventa

import (
	"context"
	"io"
	"mime"
	"net/http"
	"time"
)

// acceptAny is for answers that are not JSON. Inferred: that AX minds only the
// parameters of a call.
var acceptAny = []string{"*/*"}

// Download is a file or document as the service sends it, read while it
// arrives. The caller reads it to its end and closes it in any case; without
// Close the connection is lost. The call's timeout ends with the answer's
// headers: from then on only the context bounds the reading.
type Download struct {
	// ContentType is the media type that the service names, for example
	// application/pdf. Empty if it names none.
	ContentType string
	// Size is the number of bytes, -1 if the service does not say.
	Size int64

	body   io.ReadCloser
	status int
	lift   func() bool // takes the deadline away
	cancel context.CancelCauseFunc
	fail   func(*Error) error
}

// Read implements [io.Reader]. An answer that breaks off is an *[Error]; the
// call may then be made again.
func (d *Download) Read(p []byte) (int, error) {
	if d.body == nil {
		return 0, io.EOF
	}
	n, err := d.body.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader returns it bare
		err = d.brokeOff(err)
	}
	return n, err
}

// Close ends the reading and gives the connection back.
func (d *Download) Close() error {
	if d.body == nil {
		return nil
	}
	err := d.body.Close()
	d.cancel(nil)
	if err != nil {
		return d.brokeOff(err)
	}
	return nil
}

// brokeOff is the error of an answer that ended early. Of a write it proves
// nothing at 200, as in judge.
func (d *Download) brokeOff(err error) error {
	e := &Error{Phase: PhaseDecode, Outcome: OutcomeApplied, Status: d.status, Err: transportCause(err)}
	if d.status == http.StatusOK {
		e.Outcome = OutcomeUnknown
	}
	return d.fail(e)
}

// download makes a call whose answer d takes, a web page only if that is allowed.
func (c *Client) download(ctx context.Context, r request, d *Download, allowHTML bool, opts []CallOption) error {
	*d = Download{fail: func(e *Error) error { return c.fail(&r, e) }}
	inner := r
	inner.bound = d.bound
	inner.take = func(resp *http.Response) *Error { return d.take(resp, allowHTML) }
	return c.call(ctx, inner, opts)
}

// accept is what the call asks for: JSON, unless the answer is handed over as it
// is.
func (b *built) accept() []string {
	if b.take != nil {
		return acceptAny
	}
	return acceptJSON
}

// take gives the caller the body, which is still open, unless it is a page for
// people.
func (d *Download) take(resp *http.Response, allowHTML bool) *Error {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind == "text/html" && !allowHTML {
		_ = resp.Body.Close()
		return &Error{
			Phase: PhaseDecode, Outcome: OutcomeUnknown, Status: resp.StatusCode, RequestID: requestID(resp.Header),
			Hint: "the answer is HTML, not a document of the API: a proxy or a login page answered", byGateway: true,
		}
	}
	d.lift()
	d.ContentType, d.Size, d.body, d.status = kind, resp.ContentLength, resp.Body, resp.StatusCode
	return nil
}

// bound bounds everything up to the answer's headers. From then on the context
// ends with the reading.
func (d *Download) bound(ctx context.Context, deadline time.Time) (context.Context, context.CancelFunc) {
	inner, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(time.Until(deadline), func() { cancel(context.DeadlineExceeded) })
	d.lift, d.cancel = timer.Stop, cancel
	return liftable{Context: inner, deadline: deadline}, func() {
		timer.Stop()
		if d.body == nil {
			cancel(nil)
		}
	}
}

// liftable is a context whose deadline can be taken away before it passes.
type liftable struct {
	context.Context //nolint:containedctx // it is one

	deadline time.Time
}

func (l liftable) Deadline() (time.Time, bool) {
	if outer, ok := l.Context.Deadline(); ok && outer.Before(l.deadline) {
		return outer, true
	}
	return l.deadline, true
}

func (l liftable) Err() error {
	if err := l.Context.Err(); err == nil || context.Cause(l.Context) != context.DeadlineExceeded { //nolint:errorlint // ours, bare
		return err
	}
	return context.DeadlineExceeded
}
