package maventa_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

const (
	pageLatency = 20 * time.Millisecond
	pageWork    = 20 * time.Millisecond
)

// pageServer answers a list of events after a while. Page n is pages[n-1].
type pageServer struct {
	pages []reply

	mu    sync.Mutex
	asked []int
	busy  atomic.Int64 // answers that are being made
	most  atomic.Int64
}

func (s *pageServer) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/oauth2/token") {
		return answer(r, reply{status: 200, body: `{"access_token":"token","token_type":"bearer","expires_in":3600}`}), nil
	}
	busy := s.busy.Add(1)
	defer s.busy.Add(-1)
	s.most.Store(max(s.most.Load(), busy))
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.asked = append(s.asked, n)
	s.mu.Unlock()
	select {
	case <-time.After(pageLatency):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if n > len(s.pages) {
		return nil, errors.New("no such page")
	}
	return answer(r, s.pages[n-1]), nil
}

func answer(r *http.Request, a reply) *http.Response {
	resp := &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: r}
	for name, value := range a.header {
		resp.Header.Set(name, value)
	}
	return resp
}

func (s *pageServer) client(t *testing.T, opts ...maventa.ClientOption) *maventa.Client {
	t.Helper()
	opts = append([]maventa.ClientOption{maventa.WithHTTPClient(&http.Client{Transport: s}), maventa.WithRetry(maventa.NoRetry)}, opts...)
	c, err := maventa.NewClient(maventa.Stage, credentials, opts...)
	require.NoError(t, err)
	return c
}

// tenPages are ten pages of two events each.
func tenPages() []reply {
	var pages []reply
	for n := 1; n <= 10; n++ {
		next := ""
		if n < 10 {
			next = strconv.Itoa(n + 1)
		}
		pages = append(pages, page(listOf(strconv.Itoa(10*n), strconv.Itoa(10*n+1)), "X-Next-Page", next))
	}
	return pages
}

// TestPrefetchGain: the caller's time and the service's overlap.
func TestPrefetchGain(t *testing.T) {
	for name, want := range map[string]time.Duration{
		"off": 10 * (pageLatency + pageWork),
		"on":  pageLatency + 10*pageWork,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &pageServer{pages: tenPages()}
				c := s.client(t)
				var opts []maventa.CallOption
				if name == "on" {
					opts = append(opts, maventa.WithPrefetch())
				}
				start := time.Now()
				n := 0
				for _, err := range c.Events.All(t.Context(), maventa.EventFilter{}, opts...) {
					require.NoError(t, err)
					time.Sleep(pageWork / 2)
					n++
				}
				assert.Equal(t, 20, n)
				assert.Equal(t, want, time.Since(start))
				assert.EqualValues(t, 1, s.most.Load())
			})
		})
	}
}

// TestPrefetchChangesNothing: lists of every kind give the same items, errors
// and requests with and without it.
func TestPrefetchChangesNothing(t *testing.T) {
	lists := map[string][]reply{
		"next page told":    tenPages(),
		"nothing told":      {page(listOf("a", "b")), page(listOf("c")), page("[]")},
		"moved items":       {page(listOf("a", "b"), "X-Next-Page", "2"), page(listOf("b", "c"), "X-Next-Page", "")},
		"one page":          {page(listOf("a"), "X-Next-Page", "")},
		"an empty page":     {page("[]")},
		"does not page":     {page(listOf("a", "b")), page(listOf("a", "b"))},
		"does not advance":  {page(listOf(hundred(0)...)), page(listOf(hundred(0)...))},
		"goes back":         {page(listOf("a"), "X-Next-Page", "2"), page(listOf("b"), "X-Next-Page", "1")},
		"an error":          {page(listOf("a"), "X-Next-Page", "2"), {status: 403, body: "{}"}, page(listOf("b"))},
		"an error at first": {{status: 403, body: "{}"}, page(listOf("b"))},
		"not JSON":          {page(listOf("a"), "X-Next-Page", "2"), page("[")},
		"no answer":         {page(listOf("a"), "X-Next-Page", "7")},
	}
	read := func(t *testing.T, pages []reply, opts ...maventa.CallOption) (ids []string, asked []int, err error) {
		t.Helper()
		s := &pageServer{pages: pages}
		for e, itemErr := range s.client(t).Events.All(t.Context(), maventa.EventFilter{}, opts...) {
			require.NoError(t, err, "nothing follows an error")
			err = itemErr
			if err == nil {
				ids = append(ids, e.ID)
			}
		}
		assert.Zero(t, s.busy.Load())
		return ids, s.asked, err
	}
	for name, pages := range lists {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wantIDs, wantAsked, wantErr := read(t, pages)
				ids, asked, err := read(t, pages, maventa.WithPrefetch())
				assert.Equal(t, wantIDs, ids)
				assert.Equal(t, wantAsked, asked)
				if wantErr == nil {
					assert.NoError(t, err)
				} else {
					assert.EqualError(t, err, wantErr.Error())
				}
			})
		})
	}
}

// TestPrefetchBreak: leaving the loop, in whatever way, leaves nothing behind.
func TestPrefetchBreak(t *testing.T) {
	for _, c := range []struct {
		name  string
		opts  []maventa.CallOption
		asked []int
		leave func(after func())
	}{
		{name: "off", asked: []int{1}},
		{name: "on", opts: []maventa.CallOption{maventa.WithPrefetch()}, asked: []int{1, 2}},
		{name: "with response", opts: []maventa.CallOption{maventa.WithPrefetch(), maventa.WithResponse(new(maventa.Response))}, asked: []int{1}},
		{name: "with raw body", opts: []maventa.CallOption{maventa.WithPrefetch(), maventa.WithRawBody(new(json.RawMessage))}, asked: []int{1}},
		{name: "panic", opts: []maventa.CallOption{maventa.WithPrefetch()}, asked: []int{1, 2}, leave: func(loop func()) {
			defer func() { _ = recover() }()
			loop()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &pageServer{pages: tenPages()}
				client := s.client(t)
				loop := func() {
					for _, err := range client.Events.All(t.Context(), maventa.EventFilter{}, c.opts...) {
						require.NoError(t, err)
						synctest.Wait() // until the request for the next page is on its way
						if c.leave != nil {
							panic("in the loop")
						}
						break
					}
				}
				start := time.Now()
				if c.leave != nil {
					c.leave(loop)
				} else {
					loop()
				}
				assert.Equal(t, c.asked, s.asked)
				assert.Zero(t, s.busy.Load(), "a request is still under way")
				assert.Equal(t, pageLatency, time.Since(start), "the page in vain was waited for")
			}) // fails if a goroutine is left
		})
	}
}

// TestPrefetchCancelled: the caller's context ends the fetching, and the items
// that were there come first.
func TestPrefetchCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &pageServer{pages: tenPages()}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var ids []string
		var err error
		for e, itemErr := range s.client(t).Events.All(ctx, maventa.EventFilter{}, maventa.WithPrefetch()) {
			if err = itemErr; err == nil {
				ids = append(ids, e.ID)
				synctest.Wait()
				cancel()
			}
		}
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, []string{"10", "11"}, ids)
		assert.Equal(t, []int{1, 2}, s.asked)
		assert.Zero(t, s.busy.Load())
	})
}

// TestPrefetchShared: one iterator may be ranged over again, and by several
// goroutines at once.
func TestPrefetchShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &pageServer{pages: tenPages()}
		events := s.client(t).Events.All(t.Context(), maventa.EventFilter{}, maventa.WithPrefetch())
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 2 {
					list, err := collect(events)
					assert.NoError(t, err)
					assert.Len(t, list, 20)
				}
			})
		}
		wg.Wait()
		assert.Len(t, s.asked, 4*2*10)
	})
}
