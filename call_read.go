package maventa

import (
	"context"
	"io"
	"net/http"
	"sync"
)

const (
	maxBody      = 32 << 20 // of a decoded answer
	maxErrorBody = 64 << 10
)

// answer is a response as far as it has been read.
type answer struct {
	status   int
	header   http.Header
	token    Secret // that the request carried
	body     []byte
	lost     error // the body ended early
	tooLarge bool
	buffer   *[]byte
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
			return cut(v, 128)
		}
	}
	return ""
}
