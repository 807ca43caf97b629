package follow_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/maventatest"
)

// TestOrders: whatever the list looks like, every event comes once.
func TestOrders(t *testing.T) {
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
					f := follow.New(s.c, follow.Checkpoint{})
					got := s.watch(f, time.Minute)
					for range 3 {
						s.happen(11, apart)
						got = append(got, s.watch(f, time.Hour)...)
						f = follow.New(s.c, stored(t, f.Checkpoint()))
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

// TestLag: the list shows an event late, after younger ones.
func TestLag(t *testing.T) {
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
				f := follow.New(s.c, follow.Checkpoint{})
				require.Equal(t, events(1, 25), s.watch(f, time.Second))

				shown["event 26"], shown["event 31"] = false, false
				s.happen(6, 8*time.Minute)
				require.Equal(t, events(27, 30), s.watch(f, 15*time.Minute))
				shown["event 26"] = true // about an hour after it was made, before four others
				require.Equal(t, events(26, 26), s.watch(f, 18*time.Minute))

				s.happen(40, 10*time.Minute)
				require.Equal(t, events(32, 71), s.watch(f, 15*time.Minute))
				f = follow.New(s.c, stored(t, f.Checkpoint()))
				shown["event 31"] = true // seven hours after it was made
				require.Equal(t, events(31, 31), s.watch(f, 25*time.Hour))
				require.Empty(t, s.watch(f, 25*time.Hour))
			})
		})
	}
	t.Run("of the fake", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newFollowing(t, &eventList{}, maventatest.WithLags(maventatest.Lags{Event: 3 * time.Hour}))
			f := follow.New(s.c, follow.Checkpoint{})
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

// TestContradiction: a list changes its order, or only seemed to have one.
func TestContradiction(t *testing.T) {
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
					f := follow.New(s.c, follow.Checkpoint{})
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

// TestShrinkingList: the events of closed assignments may leave the list.
func TestShrinkingList(t *testing.T) {
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
				f := follow.New(s.c, follow.Checkpoint{})
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

// TestOddTimes: an event with a wrong year does not hide the later ones.
func TestOddTimes(t *testing.T) {
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
		f := follow.New(s.c, follow.Checkpoint{})
		require.Equal(t, events(1, 30), s.watch(f, time.Second))
		for range 3 {
			s.happen(5, 20*time.Minute)
			require.Equal(t, events(s.n-4, s.n), s.watch(f, 18*time.Minute))
		}
	})
}

// TestShiftingPages: events come in while a reading waits between two
// pages, so that the next page repeats some of the one before.
func TestShiftingPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(250, time.Minute)
		s.srv.Inject(maventatest.Status(503).On("Events.List").Nth(2).Times(3)) // as often as a call tries
		time.AfterFunc(5*time.Second, func() { s.happen(3, time.Second) })
		f := follow.New(s.c, follow.Checkpoint{})
		assert.Equal(t, events(1, 253), s.watch(f, time.Minute))
		s.list.times = nil
		assert.Empty(t, s.watch(f, time.Second))
		assert.Len(t, s.list.times, 1, "still in order")
	})
}

// TestPagesAgain: pages in the wrong order, and repeated ones, later on.
func TestPagesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(250, time.Minute)
		s.srv.Inject(maventatest.ReorderPages().On("Events.List").Times(2))
		f := follow.New(s.c, follow.Checkpoint{})
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
