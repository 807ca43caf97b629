package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// memory is a transport that answers at once, so that only the client's own
// work is measured. It allocates the answer and nothing else.
type memory struct {
	assignment   []byte
	latency      time.Duration // of calls
	tokenLatency time.Duration
	token        []byte
	tokens       atomic.Int64 // requests for one
	asked        atomic.Int64 // when the last one came, in Unix nanoseconds

	list [pageCount]http.Header // of the pages
}

var jsonHeader = http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {"4f1c"}}

func newMemory() *memory {
	m := &memory{assignment: []byte(assignment(1)), token: token}
	for i := range m.list {
		m.list[i] = http.Header{"Content-Type": jsonHeader["Content-Type"], "X-Next-Page": {nextPage(i+1, pageCount)}}
	}
	return m
}

// RoundTrip implements [http.RoundTripper].
func (m *memory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	path := r.URL.Path
	if strings.HasSuffix(path, "/oauth2/token") {
		m.asked.Store(time.Now().UnixNano())
		m.tokens.Add(1)
		if err := pause(r.Context(), m.tokenLatency); err != nil {
			return nil, err
		}
		return inMemory(r, http.StatusOK, jsonHeader, m.token), nil
	}
	if err := pause(r.Context(), m.latency); err != nil {
		return nil, err
	}
	switch {
	case r.Method == http.MethodPost:
		return inMemory(r, http.StatusCreated, jsonHeader, newEvent), nil
	case strings.HasSuffix(path, "/v1/assignments"):
		n, err := pageNumber(r)
		if err != nil {
			return nil, err
		}
		return inMemory(r, http.StatusOK, m.list[n-1], page(n)), nil
	}
	return inMemory(r, http.StatusOK, jsonHeader, m.assignment), nil
}

func inMemory(r *http.Request, status int, h http.Header, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}

// pageNumber reads the query without the map that url.Values makes.
func pageNumber(r *http.Request) (int, error) {
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if n, ok := strings.CutPrefix(pair, "page="); ok {
			return strconv.Atoi(n)
		}
	}
	return 1, nil
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
