package follow_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/follow"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

// TestWaits: longer and longer while nothing happens.
func TestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(3, time.Minute)
		f := follow.New(s.c, follow.Checkpoint{})
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
		f = follow.New(s.c, follow.Checkpoint{})
		s.list.times = nil
		s.watch(f, 24*time.Hour)
		assert.LessOrEqual(t, len(s.list.times), 24*60+60, "at most one request a minute, and the first look")
	})
}

// TestCost: what a quiet hour costs, after the whole list was read once.
func TestCost(t *testing.T) {
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
				f := follow.New(s.c, follow.Checkpoint{})
				s.watch(f, time.Second)
				assert.Len(t, s.list.times, (195+tt.perPage-1)/tt.perPage, "the first look reads all")
				f = follow.New(s.c, stored(t, f.Checkpoint()))
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

// TestWaitsOut: what passes by itself is no error to the loop.
func TestWaitsOut(t *testing.T) {
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
				s := newFollowing(t, &eventList{})
				s.c = s.srv.Client(t)
				s.happen(250, time.Minute)
				s.srv.Inject(fault)
				waits := 0
				f := follow.New(s.c, follow.Checkpoint{}, follow.OnWait(func(err error, wait time.Duration) {
					waits++
					assert.Equal(t, "Events.List", ct.Failure(t, err).Operation)
					assert.NotContains(t, err.Error(), s.srv.Company().UserAPIKey())
					assert.GreaterOrEqual(t, wait, 15*time.Second)
					assert.LessOrEqual(t, wait, 18*time.Minute)
				}))
				assert.Equal(t, events(1, 250), s.watch(f, 6*time.Hour))
				assert.Zero(t, s.srv.PendingFaults())
				assert.NotZero(t, waits)
			})
		})
	}
}

// TestPageByPage: a limit that lets through less than a whole reading does
// not make it begin again and again.
func TestPageByPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(1000, time.Minute)
		for range 9 {
			s.srv.Inject(maventatest.RetryAfter(429, 5*time.Minute).On("Events.List").Nth(2))
		}
		f := follow.New(s.c, follow.Checkpoint{})
		assert.Equal(t, events(1, 1000), s.watch(f, 6*time.Hour))
		pages := map[string]int{}
		for _, r := range s.srv.RequestsTo("Events.List")[:19] {
			pages[r.Query.Get("page")]++
		}
		assert.Len(t, pages, 10)
	})
}
