package follow_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/maventatest"
)

// edited is a list in which the agency has changed and withdrawn events.
type edited struct {
	order func([]object) []object
	edit  map[string]object // by comment: members to set; nil: it is gone
}

func (l *edited) show(all []object) []object {
	var left []object
	for _, e := range all {
		members, found := l.edit[fmt.Sprint(e["comment"])]
		if found && members == nil {
			continue
		}
		maps.Copy(e, members)
		left = append(left, e)
	}
	return l.order(left)
}

// TestRevisions: a changed event and one that is gone come as revisions, with the key
// under which they came first, in the next look that reads where they stand.
func TestRevisions(t *testing.T) {
	for name, tt := range map[string]struct {
		order func([]object) []object
		noIDs bool
	}{
		"descending":         {order: newestFirst},
		"ascending":          {order: oldestFirst},
		"unordered":          {order: shuffled},
		"no times":           {order: without(newestFirst, "created_at")},
		"no ids, descending": {order: without(newestFirst, "id"), noIDs: true},
		"no ids, ascending":  {order: without(oldestFirst, "id"), noIDs: true},
		"no ids, unordered":  {order: without(shuffled, "id"), noIDs: true},
	} {
		for _, perPage := range []int{100, 8} {
			t.Run(fmt.Sprint(name, ", ", perPage), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					list := &edited{order: tt.order, edit: map[string]object{}}
					s := newFollowing(t, &eventList{show: list.show, perPage: perPage})
					s.happen(30, 10*time.Minute)
					l := look(t.Context(), follow.New(s.c, follow.Checkpoint{}))
					require.NoError(t, l.err)
					require.ElementsMatch(t, news(1, 30), l.items)
					keys := map[string]follow.Ref{}
					for i, item := range l.items {
						keys[item] = l.refs[i]
					}
					again := func() looked {
						t.Helper()
						l = look(t.Context(), follow.New(s.c, stored(t, l.checkpoint)))
						require.NoError(t, l.err)
						require.True(t, l.last)
						return l
					}
					require.Empty(t, again().items)

					list.edit["event 29"] = object{"amount": 10.00}
					got := again()
					if tt.noIDs {
						require.ElementsMatch(t, []string{"missing ", "new event 29"}, got.items)
						assert.Equal(t, keys["new event 29"].Key, got.refs[slices.Index(got.items, "missing ")].Key)
					} else {
						require.Equal(t, []string{"changed event 29"}, got.items)
						assert.Equal(t, keys["new event 29"].Key, got.refs[0].Key)
						assert.NotEqual(t, keys["new event 29"].Content, got.refs[0].Content)
					}
					require.Empty(t, again().items, "once")

					list.edit["event 28"] = nil
					require.Equal(t, []string{"missing "}, again().items)
					assert.Equal(t, keys["new event 28"].Key, l.refs[0].Key)
					assert.Equal(t, s.id, l.refs[0].AssignmentID)
					require.Empty(t, again().items, "once")

					delete(list.edit, "event 28")
					require.Equal(t, []string{"changed event 28"}, again().items, "it is back")
					assert.Equal(t, keys["new event 28"], l.refs[0])
					require.Empty(t, again().items)

					s.happen(1, time.Minute)
					require.Equal(t, news(31, 31), again().items)

					// What no short look reads comes with the scan of the day.
					list.edit["event 2"] = object{"amount": 10.00}
					list.edit["event 3"] = nil
					time.Sleep(25 * time.Hour)
					want := []string{"changed event 2", "missing "}
					if tt.noIDs {
						want = []string{"new event 2", "missing ", "missing "}
					}
					if len(again().items) == 0 { // found by the look before
						t.Fatal("the scan found nothing")
					}
					require.ElementsMatch(t, want, l.items)
					require.Empty(t, again().items)
				})
			})
		}
	}
}

// TestRevisionsOnTheWire: whatever the service's answers look like, a payment of 100 that
// becomes 10 after it was booked, and one that is withdrawn, come as revisions.
func TestRevisionsOnTheWire(t *testing.T) {
	for _, wire := range maventatest.Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFollowing(t, &eventList{}, maventatest.WithWire(wire))
				s.happen(1, time.Minute)
				s.srv.Agency().Paid(s.id, "100.00", "")
				s.pass(time.Minute)
				s.srv.Agency().Paid(s.id, "200.00", "")
				l := look(t.Context(), follow.New(s.c, follow.Checkpoint{}))
				require.NoError(t, l.err)
				require.Len(t, l.refs, 3)
				payment, other := l.refs[1], l.refs[2]
				a, _ := s.srv.Assignment(s.id)

				s.srv.Agency().EditEvent(a.Events[1].ID, maventatest.Event{Amount: "10.00"})
				var amounts []string
				for page, err := range follow.New(s.c, stored(t, l.checkpoint)).Look(t.Context()) {
					require.NoError(t, err)
					l.checkpoint = page.Checkpoint
					for _, i := range page.Items {
						amount, _ := i.Event.Amount.Get()
						amounts = append(amounts, string(i.Kind)+" "+amount.String())
						assert.Equal(t, payment.Key, i.Key)
						assert.NotEqual(t, payment.Content, i.Content)
					}
				}
				assert.Equal(t, []string{"changed 10.00"}, amounts)

				s.srv.Agency().WithdrawEvent(a.Events[2].ID)
				l = look(t.Context(), follow.New(s.c, stored(t, l.checkpoint)))
				require.NoError(t, l.err)
				assert.Equal(t, []string{"missing "}, l.items)
				assert.Equal(t, other.Key, l.refs[0].Key)
			})
		})
	}
}

// TestUnchanged: what may differ between two looks without anything having changed.
func TestUnchanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := &edited{order: newestFirst, edit: map[string]object{
			"event 1": {"amount": "10.50", "sum": object{"a": 1, "b": 2}, "seen_at": "never"},
		}}
		s := newFollowing(t, &eventList{show: list.show})
		s.happen(2, time.Minute)
		l := look(t.Context(), follow.New(s.c, follow.Checkpoint{}))
		require.NoError(t, l.err)
		for _, edit := range []object{
			{"amount": 10.5, "sum": object{"a": 1, "b": 2}, "seen_at": "never"},                  // by value
			{"amount": 10.5, "sum": object{"b": 2, "a": 1}, "seen_at": "today", "seen": true},    // seen marks
			{"amount": 10.5, "sum": object{"a": 3, "b": 2}, "version": 2, "updated_at": "today"}, // a new member
		} {
			list.edit["event 1"] = edit
			l = look(t.Context(), follow.New(s.c, stored(t, l.checkpoint)))
			require.NoError(t, l.err)
			assert.Empty(t, l.items)
		}
		list.edit["event 1"] = object{"amount": 10.5, "sum": object{"a": 1, "b": 3}}
		l = look(t.Context(), follow.New(s.c, stored(t, l.checkpoint)))
		require.NoError(t, l.err)
		assert.Equal(t, []string{"changed event 1"}, l.items, "an amount by another name")
	})
}

// TestMissingIsProven: an event that one reading did not show, or that a failed one
// could not show, is not missing.
func TestMissingIsProven(t *testing.T) {
	for name, order := range map[string]func([]object) []object{
		"descending": newestFirst, "ascending": oldestFirst, "shuffled": shuffled,
	} {
		for hidden := range 4 { // readings that do not show it
			t.Run(fmt.Sprint(name, ", ", hidden), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					list := &edited{order: order, edit: map[string]object{}}
					reads := -100
					s := newFollowing(t, &eventList{show: func(all []object) []object {
						delete(list.edit, "event 9")
						if reads++; reads >= 0 && reads < hidden {
							list.edit["event 9"] = nil
						}
						return list.show(all)
					}})
					s.happen(10, time.Minute)
					l := look(t.Context(), follow.New(s.c, follow.Checkpoint{}))
					require.NoError(t, l.err)
					reads = -1
					l = look(t.Context(), follow.New(s.c, stored(t, l.checkpoint)))
					require.NoError(t, l.err)
					if hidden == 3 {
						assert.Equal(t, []string{"missing "}, l.items)
					} else {
						assert.Empty(t, l.items)
					}
				})
			})
		}
	}
	for name, fault := range map[string]maventatest.Fault{
		"503": maventatest.Status(503), "cut": maventatest.Truncate(), "429": maventatest.RetryAfter(429, time.Minute),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				list := &edited{order: newestFirst, edit: map[string]object{}}
				s := newFollowing(t, &eventList{show: list.show, uncached: true})
				s.happen(10, time.Minute)
				f := follow.New(s.c, follow.Checkpoint{})
				l := look(t.Context(), f)
				require.NoError(t, l.err)
				list.edit["event 9"] = nil
				s.happen(1, time.Minute)
				s.srv.Inject(fault.On("Events.List").Nth(3).Times(3))
				l = look(t.Context(), f)
				require.Error(t, l.err)
				assert.Equal(t, news(11, 11), l.items, "what is new does not wait for it")
				assert.False(t, l.last)
				s.srv.ClearFaults()
				l = look(t.Context(), follow.New(s.c, stored(t, f.Checkpoint())))
				require.NoError(t, l.err)
				assert.Equal(t, []string{"missing "}, l.items)
			})
		})
	}
}

// TestMissingFromAShortList: a list that is shorter than the service counts proves
// nothing.
func TestMissingFromAShortList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := &edited{order: newestFirst, edit: map[string]object{}}
		s := newFollowing(t, &eventList{show: list.show})
		s.happen(10, time.Minute)
		l := look(t.Context(), follow.New(s.c, follow.Checkpoint{}))
		require.NoError(t, l.err)
		list.edit["event 9"], s.list.total = nil, 10
		cut := look(t.Context(), follow.New(s.c, stored(t, l.checkpoint)))
		require.ErrorContains(t, cut.err, "9 of 10 items")
		assert.Empty(t, cut.items)
		assert.False(t, cut.last)
		s.list.total = 9
		l = look(t.Context(), follow.New(s.c, stored(t, l.checkpoint)))
		require.NoError(t, l.err)
		assert.Equal(t, []string{"missing "}, l.items)
	})
}

// TestCompareWith: what the caller has stored is compared once a day, also what the
// checkpoint does not remember.
func TestCompareWith(t *testing.T) {
	for name, order := range map[string]func([]object) []object{
		"descending": newestFirst, "ascending": oldestFirst, "shuffled": shuffled,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				list := &edited{order: order, edit: map[string]object{}}
				s := newFollowing(t, &eventList{show: list.show, perPage: 50})
				s.happen(300, 10*time.Minute)
				table := map[string]follow.Ref{} // by key
				asked := 0
				var failure error
				with := follow.CompareWith(func(_ context.Context, since time.Time) iter.Seq2[follow.Ref, error] {
					asked++
					assert.Equal(t, 90*24*time.Hour, time.Since(since))
					return func(yield func(follow.Ref, error) bool) {
						if failure != nil {
							yield(follow.Ref{}, failure)
							return
						}
						for _, r := range table {
							if !yield(r, nil) {
								return
							}
						}
					}
				})
				var at follow.Checkpoint
				again := func() []string {
					t.Helper()
					l := look(t.Context(), follow.New(s.c, stored(t, at), with))
					require.NoError(t, l.err)
					at = l.checkpoint
					for _, r := range l.refs {
						table[r.Key] = r
					}
					return l.items
				}
				assert.Len(t, again(), 300)
				asked = 0
				assert.Empty(t, again())
				assert.Zero(t, asked, "once a day")

				list.edit["event 7"], list.edit["event 8"] = nil, object{"amount": 10.00}
				time.Sleep(25 * time.Hour)
				assert.ElementsMatch(t, []string{"changed event 8", "missing "}, again())
				assert.Equal(t, 1, asked)
				time.Sleep(25 * time.Hour)
				assert.Empty(t, again(), "once")

				// Another checkpoint: what is stored counts.
				at = follow.CheckpointFrom(time.Now())
				delete(list.edit, "event 7")
				list.edit["event 9"], list.edit["event 10"] = nil, object{"amount": 10.00}
				assert.ElementsMatch(t, []string{"changed event 7", "changed event 10", "missing "}, again())
				time.Sleep(25 * time.Hour)
				assert.Empty(t, again(), "once")

				// Yet another one, and a table that does not note what is missing.
				at = follow.CheckpointFrom(time.Now())
				assert.Empty(t, again(), "what is stored as missing is no news")
				table["old"] = follow.Ref{AssignmentID: "of long ago", Key: "old"}
				time.Sleep(25 * time.Hour)
				assert.Equal(t, []string{"missing "}, again())
				table["old"] = follow.Ref{AssignmentID: "of long ago", Key: "old"}
				time.Sleep(25 * time.Hour)
				assert.Empty(t, again(), "once")

				failure = errors.New("the database is away")
				time.Sleep(25 * time.Hour)
				l := look(t.Context(), follow.New(s.c, stored(t, at), with))
				require.ErrorIs(t, l.err, failure)
				assert.False(t, l.last)
				assert.Zero(t, l.pages)
			})
		})
	}
}

// TestAllRevises: the endless loop hands over revisions too.
func TestAllRevises(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := &edited{order: newestFirst, edit: map[string]object{}}
		s := newFollowing(t, &eventList{show: list.show})
		s.happen(5, time.Minute)
		f := follow.New(s.c, follow.Checkpoint{})
		require.Equal(t, events(1, 5), s.watch(f, time.Minute))
		list.edit["event 3"], list.edit["event 4"] = nil, object{"amount": 10.00}
		assert.Empty(t, s.watch(f, 20*time.Minute))
		assert.ElementsMatch(t, []string{"missing ", "changed event 4"}, s.revised)
		assert.Empty(t, s.watch(f, 50*time.Hour))
		assert.Len(t, s.revised, 2)
	})
}
