package follow_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/maventatest"
)

// object is an event on the wire.
type object = map[string]any

// eventList stands between the client and the fake and shows its list of events,
// oldest first, in another way.
type eventList struct {
	fake     http.RoundTripper
	show     func([]object) []object // nil: newest first, as it is
	perPage  int                     // the most it gives
	bare     bool                    // no paging headers
	strict   bool                    // 404 for a page that is not there
	times    []time.Time             // of the requests
	queries  []string
	uncached bool
	total    int      // what the service counts, if not 0
	cache    []object // the fake's list, newest first, until something happens
}

func (l *eventList) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != "/v1/events" {
		return l.fake.RoundTrip(r)
	}
	l.times = append(l.times, time.Now())
	l.queries = append(l.queries, r.URL.RawQuery)
	if l.show == nil {
		return l.fake.RoundTrip(r)
	}
	if l.uncached {
		l.cache = nil
	}
	for page := 1; l.cache == nil || len(l.cache)%100 == 0 && page > 1; page++ {
		inner := r.Clone(r.Context())
		inner.URL.RawQuery = "per_page=100&page=" + strconv.Itoa(page)
		resp, err := l.fake.RoundTrip(inner)
		if err != nil || resp.StatusCode != http.StatusOK {
			return resp, err
		}
		var items []object
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return nil, err
		}
		if json.Unmarshal(body, &items) != nil { // not a list
			resp.Body = io.NopCloser(bytes.NewReader(body))
			return resp, nil //nolint:nilerr // it is handed on as it is
		}
		l.cache = append(l.cache, items...)
		if len(items) == 0 {
			break
		}
	}
	all := make([]object, 0, len(l.cache))
	for _, e := range l.cache {
		all = append(all, maps.Clone(e))
	}
	slices.Reverse(all)
	return l.page(r, l.show(all)), nil
}

func (l *eventList) page(r *http.Request, all []object) *http.Response {
	number, _ := strconv.Atoi(r.URL.Query().Get("page"))
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	if l.perPage > 0 {
		size = min(size, l.perPage)
	}
	first := min((number-1)*size, len(all))
	last := min(first+size, len(all))
	if l.strict && first == last && number > 1 {
		return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Request: r, Body: http.NoBody}
	}
	body, _ := json.Marshal(append([]object{}, all[first:last]...))
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, Body: io.NopCloser(bytes.NewReader(body))}
	if l.total > 0 {
		resp.Header.Set("X-Total", strconv.Itoa(l.total))
	}
	if !l.bare {
		next := ""
		if last < len(all) {
			next = strconv.Itoa(number + 1)
		}
		resp.Header.Set("X-Next-Page", next)
	}
	return resp
}

// The orders in which a list can come.
func oldestFirst(all []object) []object { return all }

func newestFirst(all []object) []object {
	slices.Reverse(all)
	return all
}

// shuffled puts the list in an order that has nothing to do with time, and stays
// the same while the list grows.
func shuffled(all []object) []object {
	slices.SortFunc(all, func(a, b object) int { return cmp.Compare(scramble(a["comment"]), scramble(b["comment"])) })
	return all
}

func scramble(v any) uint32 {
	text, isText := v.(string) // nearly always, and it is asked often
	if !isText {
		text = fmt.Sprint(v)
	}
	h := uint32(2166136261)
	for i := range len(text) {
		h = (h ^ uint32(text[i])) * 16777619
	}
	return h>>8&0xff<<24 | h&0xff<<16 | h>>16&0xff<<8 | h>>24
}

// without leaves members out of every event.
func without(show func([]object) []object, names ...string) func([]object) []object {
	return func(all []object) []object {
		for _, e := range all {
			for _, name := range names {
				delete(e, name)
			}
		}
		return show(all)
	}
}

// following is an assignment whose events are followed.
type following struct {
	t    *testing.T
	srv  *maventatest.Server
	c    *maventa.Client
	list *eventList
	id   string
	n    int // events made so far

	revised []string // kinds and texts
}

// newFollowing must run in a synctest bubble.
func newFollowing(t *testing.T, list *eventList, opts ...maventatest.Option) *following {
	t.Helper()
	s := &following{t: t, srv: maventatest.NewServer(t, opts...), list: list}
	list.fake = s.srv.HTTPClient().Transport
	s.c = s.srv.Client(t, maventa.WithHTTPClient(&http.Client{Transport: list}))
	s.id = s.srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{Total: "9000.00"})
	return s
}

// pass lets time go by, on both clocks.
func (s *following) pass(d time.Duration) {
	time.Sleep(d)
	s.srv.Advance(d)
}

// happen makes n events, a time apart.
func (s *following) happen(n int, apart time.Duration) {
	for range n {
		s.pass(apart)
		s.n++
		s.srv.Agency().Comment(s.id, "event "+strconv.Itoa(s.n))
	}
	s.list.cache = nil
}

// watch follows for a while and returns what came.
func (s *following) watch(f *follow.Follower, d time.Duration) []string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), d)
	defer cancel()
	before := time.Now()
	var got []string
	var last error
	for e, err := range f.All(ctx) {
		if err != nil {
			last = err
			continue // it ends by itself
		}
		if e.Kind != follow.KindNew {
			s.revised = append(s.revised, string(e.Kind)+" "+e.Event.Comment)
			continue
		}
		got = append(got, e.Event.Comment)
	}
	require.ErrorIs(s.t, last, context.DeadlineExceeded)
	assert.Equal(s.t, d, time.Since(before), "it did not end with its context")
	s.srv.Advance(d)
	return got
}

// events names the events from one to another.
func events(from, to int) []string {
	var names []string
	for i := from; i <= to; i++ {
		names = append(names, "event "+strconv.Itoa(i))
	}
	return names
}

// stored is a checkpoint after a way through the caller's database.
func stored(t *testing.T, c follow.Checkpoint) follow.Checkpoint {
	t.Helper()
	data, err := json.Marshal(c)
	require.NoError(t, err)
	var back follow.Checkpoint
	require.NoError(t, json.Unmarshal(data, &back))
	again, err := json.Marshal(back)
	require.NoError(t, err)
	require.JSONEq(t, string(data), string(again))
	return back
}
