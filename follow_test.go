package maventa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

// object is an event on the wire.
type object = map[string]any

// eventList stands between the client and the fake and shows its list of events,
// oldest first, in another way.
type eventList struct {
	fake    http.RoundTripper
	show    func([]object) []object // nil: newest first, as it is
	perPage int                     // the most it gives
	bare    bool                    // no paging headers
	strict  bool                    // 404 for a page that is not there
	times   []time.Time             // of the requests
	queries []string
	cache   []object // the fake's list, newest first, until something happens
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
	for page := 1; l.cache == nil || len(l.cache)%100 == 0 && page > 1; page++ {
		inner := r.Clone(r.Context())
		inner.URL.RawQuery = "per_page=100&page=" + strconv.Itoa(page)
		resp, err := l.fake.RoundTrip(inner)
		if err != nil || resp.StatusCode != http.StatusOK {
			return resp, err
		}
		var items []object
		err = json.NewDecoder(resp.Body).Decode(&items)
		resp.Body.Close()
		if err != nil {
			return nil, err
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
	slices.SortFunc(all, func(a, b object) int {
		return bytes.Compare(scramble(a["comment"]), scramble(b["comment"]))
	})
	return all
}

func scramble(v any) []byte {
	sum := []byte(fmt.Sprint(v))
	h := uint32(2166136261)
	for _, b := range sum {
		h = (h ^ uint32(b)) * 16777619
	}
	return []byte{byte(h >> 8), byte(h), byte(h >> 16), byte(h >> 24)}
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
func (s *following) watch(f *maventa.Follower, d time.Duration) []string {
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
		got = append(got, e.Comment)
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
func stored(t *testing.T, c maventa.Checkpoint) maventa.Checkpoint {
	t.Helper()
	data, err := json.Marshal(c)
	require.NoError(t, err)
	var back maventa.Checkpoint
	require.NoError(t, json.Unmarshal(data, &back))
	again, err := json.Marshal(back)
	require.NoError(t, err)
	require.JSONEq(t, string(data), string(again))
	return back
}

func TestFollow(t *testing.T) {
	for _, wire := range maventatest.Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFollowing(t, &eventList{}, maventatest.WithWire(wire))
				s.happen(3, time.Minute)
				f := s.c.Events.Follow(maventa.Checkpoint{})
				assert.Equal(t, events(1, 3), s.watch(f, time.Minute))
				assert.Empty(t, s.watch(f, time.Hour))
				for range 5 {
					s.happen(2, time.Hour)
					assert.Equal(t, events(s.n-1, s.n), s.watch(f, 20*time.Minute))
				}
				again := s.c.Events.Follow(stored(t, f.Checkpoint()))
				assert.Empty(t, s.watch(again, 72*time.Hour), "scans of the day included")
				a, _ := s.srv.Assignment(s.id)
				for _, e := range a.Events {
					assert.False(t, e.Seen)
				}
				for _, q := range s.list.queries {
					assert.Regexp(t, `^page=\d+&per_page=100$`, q, "a filter may hide events")
				}
			})
		})
	}
}

// TestFollowOrders: whatever the list looks like, every event comes once.
func TestFollowOrders(t *testing.T) {
	for name, list := range map[string]eventList{
		"descending":            {show: newestFirst},
		"descending, bare":      {show: newestFirst, bare: true},
		"ascending":             {show: oldestFirst},
		"ascending, bare":       {show: oldestFirst, bare: true},
		"shuffled":              {show: shuffled},
		"no times":              {show: without(newestFirst, "created_at")},
		"no times, shuffled":    {show: without(shuffled, "created_at"), bare: true},
		"no ids":                {show: without(newestFirst, "id")},
		"no ids, ascending":     {show: without(oldestFirst, "id"), bare: true},
		"no ids, no times":      {show: without(shuffled, "id", "created_at", "assignment_id")},
		"nothing but a comment": {show: without(newestFirst, "id", "created_at", "assignment_id", "type", "author", "seen")},
		"by another name": {show: func(all []object) []object {
			for _, e := range all {
				e["event_id"] = e["id"]
				e["comment_text"] = e["comment"]
				delete(e, "id")
			}
			return newestFirst(all)
		}},
	} {
		for _, apart := range []time.Duration{0, 10 * time.Minute} {
			t.Run(fmt.Sprint(name, ", ", apart), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					list.perPage = 20
					s := newFollowing(t, &list)
					s.happen(30, apart)
					f := s.c.Events.Follow(maventa.Checkpoint{})
					got := s.watch(f, time.Minute)
					for range 3 {
						s.happen(11, apart)
						got = append(got, s.watch(f, time.Hour)...)
						f = s.c.Events.Follow(stored(t, f.Checkpoint()))
					}
					got = append(got, s.watch(f, 2*time.Hour)...)
					time.Sleep(24 * time.Hour) // the scan of the day
					got = append(got, s.watch(f, time.Minute)...)
					assert.ElementsMatch(t, events(1, 63), got)
				})
			})
		}
	}
}

// TestFollowCost: what a quiet hour costs, after the whole list was read once.
func TestFollowCost(t *testing.T) {
	for name, tt := range map[string]struct {
		show    func([]object) []object
		perPage int
		pages   int // per look
	}{
		"descending":              {newestFirst, 20, 1},
		"ascending":               {oldestFirst, 20, 1},
		"shuffled":                {shuffled, 20, 10},
		"descending, small pages": {newestFirst, 2, 4}, // the hour before the newest event
		"ascending, small pages":  {oldestFirst, 2, 4},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFollowing(t, &eventList{show: tt.show, perPage: tt.perPage})
				s.happen(195, 10*time.Minute)
				f := s.c.Events.Follow(maventa.Checkpoint{})
				s.watch(f, time.Second)
				assert.Len(t, s.list.times, (195+tt.perPage-1)/tt.perPage, "the first look reads all")
				f = s.c.Events.Follow(stored(t, f.Checkpoint()))
				s.list.times = nil
				s.watch(f, time.Second)
				assert.Len(t, s.list.times, tt.pages)

				s.list.times = nil
				s.watch(f, 12*time.Hour)
				looks := len(s.list.times) / tt.pages
				assert.GreaterOrEqual(t, looks, 12*60/18, "it looks every 15 to 18 minutes")
				assert.LessOrEqual(t, looks, 12*60/15+10)
			})
		})
	}
}

// TestFollowWaits: longer and longer while nothing happens.
func TestFollowWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(3, time.Minute)
		f := s.c.Events.Follow(maventa.Checkpoint{})
		s.watch(f, 12*time.Hour)
		want := 15 * time.Second
		for i := 1; i < len(s.list.times); i++ {
			wait := s.list.times[i].Sub(s.list.times[i-1])
			assert.GreaterOrEqual(t, wait, want)
			assert.LessOrEqual(t, wait, want*6/5)
			want = min(2*want, 15*time.Minute)
		}
		// With a long list in no order each look costs more, so there are fewer.
		s.list.show, s.list.perPage = shuffled, 1
		s.happen(57, time.Minute)
		f = s.c.Events.Follow(maventa.Checkpoint{})
		s.list.times = nil
		s.watch(f, 24*time.Hour)
		assert.LessOrEqual(t, len(s.list.times), 24*60+60, "at most one request a minute, and the first look")
	})
}

// TestFollowLag: the list shows an event late, after younger ones.
func TestFollowLag(t *testing.T) {
	for name, order := range map[string]func([]object) []object{
		"descending": newestFirst, "ascending": oldestFirst, "shuffled": shuffled,
	} {
		perPage := 2 // less than an hour has
		if name == "shuffled" {
			perPage = 10
		}
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shown := map[string]bool{} // of the late ones
				late := func(all []object) []object {
					return order(slices.DeleteFunc(all, func(e object) bool {
						name := fmt.Sprint(e["comment"])
						visible, isLate := shown[name]
						return isLate && !visible
					}))
				}
				s := newFollowing(t, &eventList{show: late, perPage: perPage})
				s.happen(25, 20*time.Minute)
				f := s.c.Events.Follow(maventa.Checkpoint{})
				require.Equal(t, events(1, 25), s.watch(f, time.Second))

				shown["event 26"], shown["event 31"] = false, false
				s.happen(6, 8*time.Minute)
				require.Equal(t, events(27, 30), s.watch(f, 15*time.Minute))
				shown["event 26"] = true // about an hour after it was made, before four others
				require.Equal(t, events(26, 26), s.watch(f, 18*time.Minute))

				s.happen(40, 10*time.Minute)
				require.Equal(t, events(32, 71), s.watch(f, 15*time.Minute))
				f = s.c.Events.Follow(stored(t, f.Checkpoint()))
				shown["event 31"] = true // seven hours after it was made
				require.Equal(t, events(31, 31), s.watch(f, 25*time.Hour))
				require.Empty(t, s.watch(f, 25*time.Hour))
			})
		})
	}
	t.Run("of the fake", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newFollowing(t, &eventList{}, maventatest.WithLags(maventatest.Lags{Event: 3 * time.Hour}))
			f := s.c.Events.Follow(maventa.Checkpoint{})
			var got []string
			for range 30 {
				s.happen(1, time.Hour)
				got = append(got, s.watch(f, time.Minute)...)
			}
			got = append(got, s.watch(f, 4*time.Hour)...)
			assert.Equal(t, events(1, 30), got)
		})
	})
}

// TestFollowContradiction: a list changes its order, or only seemed to have one.
func TestFollowContradiction(t *testing.T) {
	orders := map[string]func([]object) []object{
		"descending": newestFirst, "ascending": oldestFirst, "shuffled": shuffled,
		"no times": without(newestFirst, "created_at"),
	}
	for before, show := range orders {
		for after, then := range orders {
			if before == after {
				continue
			}
			t.Run(before+", then "+after, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newFollowing(t, &eventList{show: show, perPage: 15})
					s.happen(45, 20*time.Minute)
					f := s.c.Events.Follow(maventa.Checkpoint{})
					got := s.watch(f, time.Second)
					s.list.show = then
					for range 2 {
						s.happen(15, 20*time.Minute)
						fresh := s.watch(f, time.Hour)
						assert.ElementsMatch(t, events(s.n-14, s.n), fresh)
						got = append(got, fresh...)
					}
					s.happen(1, 24*time.Hour)
					got = append(got, s.watch(f, time.Hour)...)
					assert.ElementsMatch(t, events(1, 76), got)
				})
			})
		}
	}
}

// TestFollowShrinkingList: the events of closed assignments may leave the list.
func TestFollowShrinkingList(t *testing.T) {
	for name, order := range map[string]func([]object) []object{
		"descending": newestFirst, "ascending": oldestFirst, "ascending, strict": oldestFirst, "shuffled": shuffled,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gone := 0
				s := newFollowing(t, &eventList{perPage: 10, strict: name == "ascending, strict", show: func(all []object) []object {
					return order(all[min(gone, len(all)):])
				}})
				s.happen(45, 20*time.Minute)
				f := s.c.Events.Follow(maventa.Checkpoint{})
				got := s.watch(f, time.Second)
				for _, gone = range []int{20, 50, 44, 75} {
					s.happen(10, 20*time.Minute)
					fresh := s.watch(f, time.Hour)
					assert.Equal(t, events(s.n-9, s.n), fresh)
					got = append(got, fresh...)
				}
				gone = 0
				got = append(got, s.watch(f, 25*time.Hour)...)
				assert.Equal(t, events(1, 85), got, "nothing twice, nothing lost")
			})
		})
	}
}

// TestFollowOddTimes: an event with a wrong year does not hide the later ones.
func TestFollowOddTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{perPage: 2, show: func(all []object) []object {
			for i, e := range all {
				if e["comment"] == "event 30" {
					e["created_at"] = "2099-12-31T00:00:00Z"
					all = append(slices.Delete(all, i, i+1), e)
					break
				}
			}
			return newestFirst(all)
		}})
		s.happen(30, 10*time.Minute)
		f := s.c.Events.Follow(maventa.Checkpoint{})
		require.Equal(t, events(1, 30), s.watch(f, time.Second))
		for range 3 {
			s.happen(5, 20*time.Minute)
			require.Equal(t, events(s.n-4, s.n), s.watch(f, 18*time.Minute))
		}
	})
}

// TestFollowEqualEvents: two events without ids and alike in all are two.
func TestFollowEqualEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{show: without(newestFirst, "id")})
		pay := func() {
			s.srv.Agency().Paid(s.id, "10.00", "")
			s.list.cache = nil
		}
		pay()
		pay()
		f := s.c.Events.Follow(maventa.Checkpoint{})
		assert.Len(t, s.watch(f, time.Minute), 2)
		pay()
		f = s.c.Events.Follow(stored(t, f.Checkpoint()))
		assert.Len(t, s.watch(f, time.Hour), 1)
		assert.Empty(t, s.watch(f, 50*time.Hour))
	})
}

// TestFollowUnknownIDs: an id by another name tells equal events apart, also when
// one of them leaves the list.
func TestFollowUnknownIDs(t *testing.T) {
	for _, name := range []string{"event_id", "eventId", "_id", "uuid", "eventID"} {
		synctest.Test(t, func(t *testing.T) {
			gone := 0
			s := newFollowing(t, &eventList{show: func(all []object) []object {
				for _, e := range all {
					e[name], e["paid"] = e["id"], gone == 0
				}
				return without(newestFirst, "id")(all[gone:])
			}})
			pay := func() {
				s.srv.Agency().Paid(s.id, "10.00", "")
				s.list.cache = nil
			}
			pay()
			pay()
			f := s.c.Events.Follow(maventa.Checkpoint{})
			assert.Len(t, s.watch(f, time.Minute), 2)
			gone = 1
			s.srv.Advance(-time.Minute) // the third is of the same second
			pay()
			assert.Len(t, s.watch(f, time.Hour), 1)
		})
	}
}

// TestFollowIDsOfAssignments: ids may count within each assignment only.
func TestFollowIDsOfAssignments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{perPage: 3, show: func(all []object) []object {
			count := map[any]int{}
			for _, e := range all {
				count[e["assignment_id"]]++
				e["id"] = strconv.Itoa(count[e["assignment_id"]])
			}
			return newestFirst(all)
		}})
		for range 5 {
			s.id = s.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
			s.happen(2, time.Minute)
		}
		f := s.c.Events.Follow(maventa.Checkpoint{})
		assert.Equal(t, events(1, 10), s.watch(f, time.Minute))
	})
}

// TestFollowCrash: the process dies again and again, with what it has booked in
// the database, and a checkpoint of then or of some events before. Nothing is
// lost, and no more comes again than the checkpoint lags behind.
func TestFollowCrash(t *testing.T) {
	for name, order := range map[string]func([]object) []object{
		"descending": newestFirst, "ascending": oldestFirst, "shuffled": shuffled,
	} {
		for _, every := range []int{1, 4} { // bookings from checkpoint to checkpoint
			for _, life := range []int{1, 5} { // bookings until the process dies
				t.Run(fmt.Sprint(name, ", ", every, ", ", life), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := newFollowing(t, &eventList{show: order, perPage: 5})
						s.happen(23, 10*time.Minute)
						var checkpoint maventa.Checkpoint // in the database
						var booked []string               // likewise
						for len(booked) < 33 {
							if len(booked) >= 20 && s.n < 33 {
								s.happen(10, 10*time.Minute)
							}
							f := s.c.Events.Follow(stored(t, checkpoint))
							again, fresh := 0, 0
							for e, err := range f.All(t.Context()) {
								require.NoError(t, err)
								if slices.Contains(booked, e.Comment) {
									again++
									continue
								}
								booked = append(booked, e.Comment)
								if len(booked)%every == 0 {
									checkpoint = f.Checkpoint() // of the event before
								}
								if fresh++; fresh == life || len(booked) == 33 {
									break
								}
							}
							assert.LessOrEqual(t, again, every)
						}
						assert.ElementsMatch(t, events(1, 33), booked)
					})
				})
			}
		}
	}
}

// TestFollowAcceptance: leaving the loop at an event does not accept it.
func TestFollowAcceptance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(5, time.Minute)
		f := s.c.Events.Follow(maventa.Checkpoint{})
		var got []string
		for e, err := range f.All(t.Context()) {
			require.NoError(t, err)
			got = append(got, e.Comment)
			assert.Contains(t, f.Checkpoint().String(), fmt.Sprintf("%d events", len(got)-1))
			if len(got) == 3 {
				break
			}
		}
		again := s.c.Events.Follow(stored(t, f.Checkpoint()))
		assert.Equal(t, events(3, 5), s.watch(again, time.Minute))
		assert.Equal(t, events(3, 5), s.watch(f, time.Minute), "the same follower goes on there too")
	})
}

// TestFollowManyEvents: a company's backlog.
func TestFollowManyEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(2000, time.Minute)
		f := s.c.Events.Follow(maventa.Checkpoint{})
		assert.Equal(t, events(1, 2000), s.watch(f, time.Second))
		assert.Len(t, s.list.times, 20)
		data, err := json.Marshal(f.Checkpoint())
		require.NoError(t, err)
		assert.Less(t, len(data), 23_000)
		s.list.times = nil
		s.happen(250, time.Second)
		assert.Equal(t, events(2001, 2250), s.watch(s.c.Events.Follow(stored(t, f.Checkpoint())), time.Second))
		assert.LessOrEqual(t, len(s.list.times), 4)
	})
}

// TestFollowMemory: the oldest days are forgotten, and do not come again.
func TestFollowMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all []object
		start := time.Now()
		time.Sleep(600 * 24 * time.Hour)
		for i := range 50_500 {
			all = append(all, object{
				"id": strconv.Itoa(i), "type": "comment",
				"created_at": start.Add(time.Duration(i) * 15 * time.Minute).Format(time.RFC3339),
			})
		}
		s := newFollowing(t, &eventList{show: func([]object) []object { return all }, perPage: 100})
		f := s.c.Events.Follow(maventa.Checkpoint{})
		assert.Len(t, s.watch(f, time.Second), 50_500)
		assert.Contains(t, f.Checkpoint().String(), "49924 events", "six whole days are gone")
		data, err := json.Marshal(f.Checkpoint())
		require.NoError(t, err)
		assert.Less(t, len(data), 570_000)
		f = s.c.Events.Follow(stored(t, f.Checkpoint()))
		assert.Empty(t, s.watch(f, 26*time.Hour))
	})
}

func TestFollowFromNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(250, time.Minute)
		s.pass(time.Minute)
		now := stored(t, maventa.CheckpointFrom(time.Now()))
		s.happen(2, time.Minute)
		f := s.c.Events.Follow(now)
		assert.Equal(t, events(251, 252), s.watch(f, time.Minute))
		s.happen(2, time.Hour)
		s.list.times = nil
		assert.Equal(t, events(253, 254), s.watch(s.c.Events.Follow(stored(t, f.Checkpoint())), time.Second))
		assert.Len(t, s.list.times, 1)
		assert.Equal(t, events(251, 254), s.watch(s.c.Events.Follow(now), time.Second), "a restart without a newer checkpoint")

		s.list.show = without(newestFirst, "created_at")
		assert.Len(t, s.watch(s.c.Events.Follow(now), time.Second), 254, "without times nothing is skipped")
	})
}

// TestFollowCancel: waiting ends with the context, at once, whatever is waited for.
func TestFollowCancel(t *testing.T) {
	for name, fault := range map[string]maventatest.Fault{
		"idle":        maventatest.Slow(time.Millisecond),
		"unavailable": maventatest.Status(503).Times(maventatest.Always),
		"throttled":   maventatest.RetryAfter(429, 10*time.Hour).Times(maventatest.Always),
		"hanging":     maventatest.Hang().Times(maventatest.Always),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFollowing(t, &eventList{})
				s.srv.Inject(fault.On("Events.List"))
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(3*time.Hour+7*time.Second, cancel)
				begun := time.Now()
				var errs []error
				for _, err := range s.c.Events.Follow(maventa.Checkpoint{}).All(ctx) {
					errs = append(errs, err)
				}
				assert.Equal(t, 3*time.Hour+7*time.Second, time.Since(begun))
				require.Len(t, errs, 1)
				require.ErrorIs(t, errs[0], context.Canceled)
				assert.Equal(t, "Events.List", ct.Failure(t, errs[0]).Operation)
				if name == "throttled" {
					assert.Len(t, s.list.times, 4, "an hour is the longest that is waited for")
				}
			})
		})
	}
	t.Run("in the loop", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newFollowing(t, &eventList{})
			s.happen(5, time.Minute)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			f := s.c.Events.Follow(maventa.Checkpoint{})
			var got []string
			for e, err := range f.All(ctx) {
				if err != nil {
					require.ErrorIs(t, err, context.Canceled)
					continue
				}
				got = append(got, e.Comment)
				cancel()
			}
			assert.Equal(t, events(1, 1), got, "no further event is handed over")
			assert.Equal(t, events(2, 5), s.watch(f, time.Minute))
		})
	})
}

// TestFollowWaitsOut: what passes by itself is no error to the loop.
func TestFollowWaitsOut(t *testing.T) {
	for name, fault := range map[string]maventatest.Fault{
		"503":         maventatest.Status(503).On("Events.List").Times(30),
		"500":         maventatest.Status(500).On("Events.List").Times(5),
		"throttled":   maventatest.RetryAfter(429, 10*time.Minute).On("Events.List").Times(4),
		"proxy page":  maventatest.HTML(502).On("Events.List").Times(10),
		"dropped":     maventatest.DropBeforeCommit().On("Events.List").Times(10),
		"truncated":   maventatest.Truncate().On("Events.List").Times(10),
		"hanging":     maventatest.Hang().On("Events.List").Times(4),
		"no token":    maventatest.Status(503).On("Auth.Token").Times(10),
		"second page": maventatest.Status(503).On("Events.List").Nth(2).Times(10),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				s := newFollowing(t, &eventList{})
				s.c = s.srv.Client(t, maventa.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
				s.happen(250, time.Minute)
				s.srv.Inject(fault)
				f := s.c.Events.Follow(maventa.Checkpoint{})
				assert.Equal(t, events(1, 250), s.watch(f, 6*time.Hour))
				assert.Zero(t, s.srv.PendingFaults())
				assert.Contains(t, log.String(), "trying again later")
				assert.NotContains(t, log.String(), s.srv.Company().UserAPIKey())
			})
		})
	}
}

// TestFollowPageByPage: a limit that lets through less than a whole reading does
// not make it begin again and again.
func TestFollowPageByPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(1000, time.Minute)
		for range 9 {
			s.srv.Inject(maventatest.RetryAfter(429, 5*time.Minute).On("Events.List").Nth(2))
		}
		f := s.c.Events.Follow(maventa.Checkpoint{})
		assert.Equal(t, events(1, 1000), s.watch(f, 6*time.Hour))
		pages := map[string]int{}
		for _, r := range s.srv.RequestsTo("Events.List")[:19] {
			pages[r.Query.Get("page")]++
		}
		assert.Len(t, pages, 10)
	})
}

// TestFollowShiftingPages: events come in while a reading waits between two
// pages, so that the next page repeats some of the one before.
func TestFollowShiftingPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(250, time.Minute)
		s.srv.Inject(maventatest.Status(503).On("Events.List").Nth(2).Times(3)) // as often as a call tries
		time.AfterFunc(5*time.Second, func() { s.happen(3, time.Second) })
		f := s.c.Events.Follow(maventa.Checkpoint{})
		assert.Equal(t, events(1, 253), s.watch(f, time.Minute))
		s.list.times = nil
		assert.Empty(t, s.watch(f, time.Second))
		assert.Len(t, s.list.times, 1, "still in order")
	})
}

// TestFollowYields: what the caller must deal with ends the loop, once; ranging
// again goes on.
func TestFollowYields(t *testing.T) {
	for name, tt := range map[string]struct {
		fault maventatest.Fault
		want  error
	}{
		"401":         {maventatest.Status(401).Times(2), maventa.ErrUnauthorized},
		"403":         {maventatest.Status(403), maventa.ErrForbidden},
		"404":         {maventatest.Status(404), maventa.ErrNotFound},
		"422":         {maventatest.Status(422), maventa.ErrValidation},
		"page again":  {maventatest.RepeatPage().Nth(2), maventa.ErrNotAdvancing},
		"not a list":  {maventatest.ForeignJSON(), nil},
		"login page":  {maventatest.HTML(200), nil},
		"a redirect":  {maventatest.Redirect(302, "https://elsewhere.example.com/"), nil},
		"a broken id": {maventatest.BrokenJSON(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFollowing(t, &eventList{})
				s.happen(250, time.Minute)
				s.srv.Inject(tt.fault.On("Events.List"))
				f := s.c.Events.Follow(maventa.Checkpoint{})
				var errs []error
				for _, err := range f.All(t.Context()) {
					errs = append(errs, err)
				}
				require.Len(t, errs, 1)
				ct.Failure(t, errs[0])
				if tt.want != nil {
					require.ErrorIs(t, errs[0], tt.want)
				}
				s.srv.ClearFaults()
				assert.Equal(t, events(1, 250), s.watch(f, time.Minute))
			})
		})
	}
	t.Run("credentials", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			srv := maventatest.NewServer(t)
			creds := srv.Credentials()
			creds.UserAPIKey = "wrong"
			c, err := maventa.NewClient(srv.Environment(), creds, maventa.WithHTTPClient(srv.HTTPClient()))
			require.NoError(t, err)
			_, err = ct.Collect(c.Events.Follow(maventa.Checkpoint{}).All(t.Context()))
			require.ErrorIs(t, err, maventa.ErrInvalidCredentials)
		})
	})
}

// TestFollowPagesAgain: pages in the wrong order, and repeated ones, later on.
func TestFollowPagesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(250, time.Minute)
		s.srv.Inject(maventatest.ReorderPages().On("Events.List").Times(2))
		f := s.c.Events.Follow(maventa.Checkpoint{})
		got := s.watch(f, time.Minute)
		assert.Equal(t, events(1, 250), got)
		for range 2 {
			s.srv.Inject(maventatest.ReorderPages().On("Events.List").Times(2))
			s.happen(30, time.Minute)
			got = append(got, s.watch(f, 26*time.Hour)...)
		}
		assert.ElementsMatch(t, events(1, 310), got)
	})
}

// TestFollowUnknownTypes: an event of a type nobody has heard of is an event.
func TestFollowUnknownTypes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(3, time.Minute)
		s.srv.Inject(maventatest.UnknownEnum().On("Events.List").Times(maventatest.Always))
		f := s.c.Events.Follow(maventa.Checkpoint{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		n := 0
		for e, err := range f.All(ctx) {
			if err != nil {
				break
			}
			n++
			assert.Equal(t, maventa.EventType(maventatest.NewEnumValue), e.Type)
		}
		assert.Equal(t, 3, n)
	})
}

// TestFollowEverything: the company's own events come too.
func TestFollowEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(1, time.Minute)
		s.pass(time.Minute)
		_, err := s.c.Assignments.AddEvent(t.Context(), s.id, maventa.DirectPayment(maventa.MustAmount("9000.00"), date("2026-11-20")))
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var got []string
		for e, err := range s.c.Events.Follow(maventa.Checkpoint{}).All(ctx) {
			if err == nil {
				got = append(got, string(e.Author)+" "+string(e.Type))
			}
		}
		assert.Equal(t, []string{"agency comment", "sender paid", "agency close"}, got, "the last two of one second, in their order")
	})
}

func TestFollowForeignCheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		f := s.c.Events.Follow(maventa.Checkpoint{})
		s.watch(f, time.Second)
		checkpoint := stored(t, f.Checkpoint())
		s.list.times = nil

		other := s.srv.AddCompany("Other Ltd", "7654321-0")
		c, err := s.c.ForCompany(other.Credentials())
		require.NoError(t, err)
		_, err = ct.Collect(c.Events.Follow(checkpoint).All(t.Context()))
		require.ErrorIs(t, err, maventa.ErrValidation)
		require.ErrorContains(t, err, "of another company")

		env := s.srv.Environment()
		env.Name = "production"
		c, err = maventa.NewClient(env, s.srv.Credentials(), maventa.WithHTTPClient(s.srv.HTTPClient()))
		require.NoError(t, err)
		_, err = ct.Collect(c.Events.Follow(checkpoint).All(t.Context()))
		require.ErrorIs(t, err, maventa.ErrValidation)
		require.ErrorContains(t, err, "maventatest")
		assert.Empty(t, s.list.times)

		_, err = ct.Collect(maventa.EventService{}.Follow(maventa.Checkpoint{}).All(t.Context()))
		require.ErrorContains(t, err, "NewClient")
	})
}

// TestFollowTwice: two loops over one follower would mix up what is accepted.
func TestFollowTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(2, time.Minute)
		f := s.c.Events.Follow(maventa.Checkpoint{})
		for _, err := range f.All(t.Context()) {
			require.NoError(t, err)
			_, err = ct.Collect(f.All(t.Context()))
			require.ErrorIs(t, err, maventa.ErrValidation)
			break
		}
		assert.Equal(t, events(1, 2), s.watch(f, time.Second))
	})
}

// TestFollowCheckpointAside: another goroutine may store checkpoints.
func TestFollowCheckpointAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(250, time.Second)
		f := s.c.Events.Follow(maventa.Checkpoint{})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan struct{})
		go func() {
			defer close(done)
			for ctx.Err() == nil {
				_, _ = json.Marshal(f.Checkpoint())
				time.Sleep(time.Millisecond)
			}
		}()
		n := 0
		for _, err := range f.All(t.Context()) {
			require.NoError(t, err)
			time.Sleep(time.Millisecond)
			if n++; n == 250 {
				break
			}
		}
		cancel()
		<-done
	})
}

func TestCheckpointJSON(t *testing.T) {
	var c maventa.Checkpoint
	data, err := json.Marshal(c)
	require.NoError(t, err)
	assert.JSONEq(t, `{"version":1}`, string(data))
	require.NoError(t, json.Unmarshal([]byte("null"), &c))
	for _, bad := range []string{
		`{}`, `[]`, `"x"`, `{"version":2}`, `{"version":1,"known":{"2026-11-22":"AAA="}}`, `{"version":1,"known":{"today":""}}`,
	} {
		err := json.Unmarshal([]byte(bad), &c)
		assert.ErrorIs(t, err, maventa.ErrValidation, bad)
	}
	from := stored(t, maventa.CheckpointFrom(time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("", 7200))))
	data, err = json.Marshal(from)
	require.NoError(t, err)
	assert.JSONEq(t, `{"version":1,"from":"2026-11-22T10:00:00Z"}`, string(data))
}

func TestOpenQuestions(t *testing.T) {
	for _, wire := range maventatest.Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFollowing(t, &eventList{}, maventatest.WithWire(wire))
				answer := func() {
					s.pass(time.Minute)
					_, err := s.c.Assignments.AddEvent(t.Context(), s.id, maventa.Comment("answer"))
					require.NoError(t, err)
				}
				open := func() (texts []string) {
					questions, err := s.c.Events.OpenQuestions(t.Context())
					require.NoError(t, err)
					for _, q := range questions {
						texts = append(texts, q.Comment)
					}
					return texts
				}
				assert.Empty(t, open())
				s.happen(2, time.Minute)
				assert.Equal(t, events(1, 2), open())
				answer()
				assert.Empty(t, open())
				s.happen(1, time.Minute)
				assert.Equal(t, events(3, 3), open(), "a later question")
				first := s.id
				s.id = s.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
				s.happen(1, time.Minute)
				answer()
				assert.Equal(t, events(3, 3), open(), "an answer on another assignment")
				s.id = first
				answer()
				assert.Empty(t, open())
				s.happen(1, 0)
				assert.Equal(t, events(5, 5), open(), "of the same second: it cannot be told")

				s.srv.Agency().Paid(s.id, "1.00", "")
				s.list.show = without(newestFirst, "author")
				if !wire.Envelope && !wire.NoPaging {
					assert.Len(t, open(), 8, "no author: all comments")
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.srv.Inject(maventatest.Status(403).On("Events.List"))
		_, err := s.c.Events.OpenQuestions(t.Context())
		require.ErrorIs(t, err, maventa.ErrForbidden)
		s.happen(1, time.Minute)
		s.srv.Inject(maventatest.UnknownEnum().On("Events.List"))
		questions, err := s.c.Events.OpenQuestions(t.Context())
		require.NoError(t, err)
		assert.Len(t, questions, 1, "a text of an unknown type may be a question")
	})
}
