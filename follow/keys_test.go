package follow_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/follow"
)

// TestKeys: each event has a key of its own, the same after a crash and in a later
// look, with the fields that tell it apart or without them.
func TestKeys(t *testing.T) {
	for name, tt := range map[string]struct {
		order   func([]object) []object
		without []string
		rename  string // the id's name
	}{
		"ids":                             {order: newestFirst},
		"no ids":                          {order: newestFirst, without: []string{"id"}},
		"no ids, ascending":               {order: oldestFirst, without: []string{"id"}},
		"no ids, no times":                {order: oldestFirst, without: []string{"id", "created_at"}},
		"ids by another name":             {order: newestFirst, without: []string{"id"}, rename: "event_id"},
		"ids by another name, shuffled":   {order: shuffled, without: []string{"id"}, rename: "event_id"},
		"ids by another name, and no day": {order: oldestFirst, without: []string{"id", "created_at"}, rename: "event_id"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFollowing(t, &eventList{perPage: 3, show: func(all []object) []object {
					for _, e := range all {
						e["true_name"] = e["id"]
						if tt.rename != "" {
							e[tt.rename] = e["id"]
						}
					}
					return without(tt.order, tt.without...)(all)
				}})
				pay := func(n int) {
					for range n {
						s.srv.Agency().Paid(s.id, "10.00", "")
					}
					s.list.cache = nil
				}
				var checkpoint follow.Checkpoint
				index := map[string]string{}   // a unique index over the key
				names := map[string][]string{} // what came under a true name
				look := func(until int) {
					ctx, cancel := context.WithTimeout(t.Context(), 30*time.Hour)
					defer cancel()
					f := follow.New(s.c, stored(t, checkpoint))
					got := 0
					for e, err := range f.All(ctx) {
						if err != nil {
							break
						}
						raw, _ := e.Event.Extra.Get("true_name")
						if _, taken := index[e.Key]; !taken {
							index[e.Key] = string(raw)
						}
						names[string(raw)] = append(names[string(raw)], e.Key)
						if got++; got == until {
							return // a crash: neither this event nor the checkpoint is stored
						}
						checkpoint = f.Checkpoint()
					}
					checkpoint = f.Checkpoint()
				}
				pay(4)
				look(2)
				pay(1)
				look(1)
				look(0)
				pay(3)
				look(1)
				look(0)
				assert.Len(t, index, 8, "one entry for each event, whatever came again")
				if tt.rename == "" && tt.without != nil {
					return // nothing tells them apart, so it does not matter which is which
				}
				for name, keys := range names {
					assert.Len(t, slices.Compact(keys), 1, "%s has one key", name)
					assert.Equal(t, name, index[keys[0]], "which is nobody else's")
				}
			})
		})
	}
}

// TestEqualEvents: two events without ids and alike in all are two, and Repeat counts
// them.
func TestEqualEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{show: func(all []object) []object {
			for _, e := range all {
				e["created_at"] = "2000-01-01T00:00:00Z"
			}
			return without(newestFirst, "id")(all)
		}})
		pay := func() {
			s.srv.Agency().Paid(s.id, "10.00", "")
			s.list.cache = nil
		}
		look := func(f *follow.Follower, d time.Duration) (repeats []int) {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			for e, err := range f.All(ctx) {
				if err == nil {
					repeats = append(repeats, e.Event.Repeat)
				}
			}
			return repeats
		}
		pay()
		pay()
		f := follow.New(s.c, follow.Checkpoint{})
		assert.Equal(t, []int{0, 1}, look(f, time.Minute))
		pay()
		f = follow.New(s.c, stored(t, f.Checkpoint()))
		assert.Equal(t, []int{2}, look(f, time.Hour))
		assert.Empty(t, look(f, 50*time.Hour))
	})
}
