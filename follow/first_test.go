package follow_test

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/maventatest"
)

// longAgo is a list of events that were a minute apart, long ago.
func longAgo(n int) (all []object) {
	begin := time.Now().AddDate(-1, 0, 0)
	for i := range n {
		all = append(all, object{
			"id": strconv.Itoa(i), "type": "comment", "comment": "event " + strconv.Itoa(i+1),
			"created_at": begin.Add(time.Duration(i) * time.Minute).Format(time.RFC3339),
		})
	}
	return all
}

// TestFirstLook: a long list that comes oldest first is handed over while it is read,
// any other one after that. All of it comes once, whatever happens on the way.
func TestFirstLook(t *testing.T) {
	moved := func(all []object) []object { // the first ones come late
		return append(slices.Clone(all[500:]), all[:500]...)
	}
	repeated := func(all []object) []object { // pages that moved while they were read
		return slices.Insert(slices.Clone(all), 2_500, all[1_950:2_050]...)
	}
	for name, c := range map[string]struct {
		list     eventList
		whole    bool // it is handed over after the last page
		anyOrder bool
	}{
		"oldest first":                  {list: eventList{show: oldestFirst}},
		"oldest first, bare":            {list: eventList{show: oldestFirst, bare: true}},
		"oldest first, bare, strict":    {list: eventList{show: oldestFirst, bare: true, strict: true}},
		"oldest first, odd pages":       {list: eventList{show: oldestFirst, perPage: 7}},
		"oldest first, no ids":          {list: eventList{show: without(oldestFirst, "id")}},
		"oldest first, then older ones": {list: eventList{show: moved}, anyOrder: true},
		"some of them again":            {list: eventList{show: repeated}, anyOrder: true},
		"newest first":                  {list: eventList{show: newestFirst}, whole: true},
		"no order":                      {list: eventList{show: shuffled}, whole: true},
		"no times":                      {list: eventList{show: without(oldestFirst, "created_at")}, whole: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const n = 3_000
				all := c.list.show(longAgo(n))
				c.list.show = func([]object) []object { return all }
				s := newFollowing(t, &c.list)
				s.srv.Inject(maventatest.Status(503).On("Events.List").Nth(25).Times(3))
				f := follow.New(s.c, follow.Checkpoint{})
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				var got []string
				read := 0 // requests until the first event
				for e, err := range f.All(ctx) {
					if err != nil {
						require.ErrorIs(t, err, context.DeadlineExceeded)
						break
					}
					if read == 0 {
						read = len(s.list.times)
					}
					if got = append(got, e.Event.Comment); len(got) == n {
						break
					}
				}
				pages := n / 100
				if c.list.perPage > 0 {
					pages = n / c.list.perPage
				}
				assert.Equal(t, c.whole, read >= pages, "the first event came after %d of %d pages", read, pages)
				if c.anyOrder || name == "no times" {
					assert.ElementsMatch(t, events(1, n), got)
				} else {
					assert.Equal(t, events(1, n), got)
				}
				assert.Len(t, s.watch(follow.New(s.c, stored(t, f.Checkpoint())), 26*time.Hour), 1, "only the last one was not accepted")
			})
		})
	}
}
