package follow_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

// looked is what one look handed over.
type looked struct {
	items      []string // kind and text
	refs       []follow.Ref
	pages      int
	last       bool
	checkpoint follow.Checkpoint // of the last page
	err        error
}

// look makes one look, and accepts all.
func look(ctx context.Context, f *follow.Follower) (l looked) {
	for page, err := range f.Look(ctx) {
		if err != nil {
			l.err = err
			continue
		}
		l.pages++
		l.last, l.checkpoint = page.Last, page.Checkpoint
		for _, i := range page.Items {
			l.items = append(l.items, string(i.Kind)+" "+i.Event.Comment)
			l.refs = append(l.refs, i.Ref)
		}
	}
	return l
}

// news are events from one to another, as looks show them.
func news(from, to int) (items []string) {
	for _, name := range events(from, to) {
		items = append(items, "new "+name)
	}
	return items
}

// TestLook ends by itself, and a quiet one costs one request and no time.
func TestLook(t *testing.T) {
	for name, order := range map[string]func([]object) []object{
		"descending": newestFirst, "ascending": oldestFirst, "shuffled": shuffled, "no ids": without(newestFirst, "id"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFollowing(t, &eventList{show: order})
				s.happen(30, 10*time.Minute)
				begun := time.Now()
				f := follow.New(s.c, follow.Checkpoint{})
				l := look(t.Context(), f)
				require.NoError(t, l.err)
				assert.True(t, l.last)
				assert.ElementsMatch(t, news(1, 30), l.items)
				for range 3 {
					s.list.times = nil
					l = look(t.Context(), follow.New(s.c, stored(t, l.checkpoint)))
					require.NoError(t, l.err)
					assert.Empty(t, l.items)
					assert.Equal(t, 1, l.pages)
					assert.True(t, l.last)
					assert.Len(t, s.list.times, 1)
				}
				assert.Zero(t, time.Since(begun))
				assert.Equal(t, f.Checkpoint().String(), l.checkpoint.String())
			})
		})
	}
}

// TestIdleCompanies: as many list calls as companies, and no waiting.
func TestIdleCompanies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		root := srv.Client(t)
		var clients []*maventa.Client
		for i := range 300 {
			company := srv.AddCompany(fmt.Sprintf("Company %d", i), fmt.Sprintf("%07d-0", i))
			c, err := root.ForCompany(company.Credentials())
			require.NoError(t, err)
			clients = append(clients, c)
		}
		begun := time.Now()
		var checkpoints []follow.Checkpoint
		for round := range 2 {
			before := srv.Count("Events.List")
			for i, c := range clients {
				at := follow.Checkpoint{}
				if round > 0 {
					at = checkpoints[i]
				}
				l := look(t.Context(), follow.New(c, at))
				require.NoError(t, l.err)
				require.True(t, l.last)
				require.Empty(t, l.items)
				checkpoints = append(checkpoints, stored(t, l.checkpoint))
			}
			assert.Equal(t, 300, srv.Count("Events.List")-before)
		}
		assert.Zero(t, time.Since(begun))
	})
}

// TestLookPages: each page is stored with its checkpoint, and a process that ends between
// two pages goes on there.
func TestLookPages(t *testing.T) {
	for name, order := range map[string]func([]object) []object{
		"descending": newestFirst, "ascending": oldestFirst, "shuffled": shuffled, "no ids": without(newestFirst, "id"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const n = 3_200
				list := order(longAgo(n))
				s := newFollowing(t, &eventList{show: func([]object) []object { return list }})
				var at follow.Checkpoint
				var got []string
				for len(got) < n {
					f := follow.New(s.c, stored(t, at))
					pages := 0
					for page, err := range f.Look(t.Context()) {
						require.NoError(t, err)
						require.LessOrEqual(t, len(page.Items), 1_000)
						if pages++; pages == 3 { // it was not stored
							break
						}
						for _, i := range page.Items {
							got = append(got, i.Event.Comment)
						}
						at = page.Checkpoint
					}
				}
				assert.Equal(t, events(1, n), got)
				l := look(t.Context(), follow.New(s.c, stored(t, at)))
				require.NoError(t, l.err)
				assert.Empty(t, l.items)
			})
		})
	}
}

// TestLookLeft: a page at which the loop was left comes again, from the same follower
// too, and what that accepts then does not change the checkpoint of the page.
func TestLookLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := &edited{order: newestFirst, edit: map[string]object{}}
		s := newFollowing(t, &eventList{show: list.show})
		s.happen(5, time.Minute)
		f := follow.New(s.c, follow.Checkpoint{})
		assert.Equal(t, news(1, 5), look(t.Context(), f).items)
		s.happen(5, time.Minute)
		var left follow.Checkpoint
		for page, err := range f.Look(t.Context()) {
			require.NoError(t, err)
			left = page.Checkpoint
			break
		}
		assert.Contains(t, f.Checkpoint().String(), " 5 events")
		before, err := left.Value()
		require.NoError(t, err)
		list.edit["event 8"] = object{"amount": 10.00}
		assert.Equal(t, news(6, 10), look(t.Context(), f).items)
		after, err := left.Value()
		require.NoError(t, err)
		assert.Equal(t, before, after)
		assert.Equal(t, []string{"changed event 8"}, look(t.Context(), follow.New(s.c, left)).items)
	})
}

// TestLookFaults: a look that is cut off says so, at once, and the next one goes on.
func TestLookFaults(t *testing.T) {
	const always = maventatest.Always
	for name, tt := range map[string]struct {
		fault maventatest.Fault
		want  error
		after time.Duration
	}{
		"500":              {fault: maventatest.Status(500).Times(always), want: nil},
		"503":              {fault: maventatest.Status(503).Times(always), want: maventa.ErrUnavailable},
		"429":              {fault: maventatest.RetryAfter(429, 30*time.Second).Times(always), want: maventa.ErrRateLimited, after: 30 * time.Second},
		"503, retry after": {fault: maventatest.RetryAfter(503, 2*time.Second).Times(always), want: maventa.ErrUnavailable, after: 2 * time.Second},
		"403":              {fault: maventatest.Status(403).Times(always), want: maventa.ErrForbidden},
		"cut":              {fault: maventatest.Truncate().Times(always)},
		"dropped":          {fault: maventatest.DropBeforeCommit().Times(always)},
		"proxy page":       {fault: maventatest.HTML(200).Times(always)},
	} {
		for _, order := range []string{"newest first", "oldest first"} {
			for _, nth := range []int{1, 2, 25} {
				t.Run(fmt.Sprint(name, ", ", order, ", page ", nth), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						const n = 2_950
						all := longAgo(n)
						if order == "newest first" {
							all = newestFirst(all)
						}
						s := newFollowing(t, &eventList{show: func([]object) []object { return all }})
						s.srv.Inject(tt.fault.On("Events.List").Nth(nth))
						begun := time.Now()
						f := follow.New(s.c, follow.Checkpoint{})
						l := look(t.Context(), f)
						require.Error(t, l.err)
						assert.False(t, l.last)
						assert.Less(t, time.Since(begun), time.Second)
						if tt.want != nil {
							require.ErrorIs(t, l.err, tt.want)
						}
						assert.Equal(t, tt.after, ct.Failure(t, l.err).RetryAfter)
						before := l.items
						assert.Equal(t, order == "oldest first" && nth == 25, len(before) > 0)

						s.srv.ClearFaults()
						l = look(t.Context(), follow.New(s.c, stored(t, f.Checkpoint())))
						require.NoError(t, l.err)
						assert.Equal(t, news(1, n), append(before, l.items...))
					})
				})
			}
		}
	}
}

// TestLookWithoutToken: nor does it wait long for the token endpoint.
func TestLookWithoutToken(t *testing.T) {
	for name, fault := range map[string]maventatest.Fault{
		"503": maventatest.Status(503), "429": maventatest.RetryAfter(429, 20*time.Second), "401": maventatest.Status(401), "dropped": maventatest.DropBeforeCommit(),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFollowing(t, &eventList{})
				s.happen(3, time.Minute)
				s.srv.Inject(fault.On("Auth.Token").Times(maventatest.Always))
				begun := time.Now()
				l := look(t.Context(), follow.New(s.c, follow.Checkpoint{}))
				require.Error(t, l.err)
				assert.Zero(t, l.pages)
				assert.LessOrEqual(t, time.Since(begun), 2*time.Second, "a failed fetch is shared for a second")
				assert.Equal(t, name == "429", ct.Failure(t, l.err).RetryAfter == 20*time.Second)
			})
		})
	}
}

// TestLookCanceled: the end of the context is an error, wherever it comes.
func TestLookCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(250, time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		l := look(ctx, follow.New(s.c, follow.Checkpoint{}))
		require.ErrorIs(t, l.err, context.Canceled)
		assert.Zero(t, l.pages)

		s.srv.Inject(maventatest.Hang().On("Events.List").Nth(2))
		ctx, cancel = context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		l = look(ctx, follow.New(s.c, follow.Checkpoint{}))
		require.ErrorIs(t, l.err, context.DeadlineExceeded)
		assert.Zero(t, l.pages)

		s.list.show = func([]object) []object { return oldestFirst(longAgo(2_500)) }
		ctx, cancel = context.WithCancel(t.Context())
		defer cancel()
		f := follow.New(s.c, follow.Checkpoint{})
		got := 0
		for page, err := range f.Look(ctx) {
			if err != nil {
				require.ErrorIs(t, err, context.Canceled)
				require.ErrorContains(t, err, "the look was cut off")
				continue
			}
			got += len(page.Items)
			assert.False(t, page.Last)
			cancel()
		}
		assert.Equal(t, 1_000, got)
		l = look(t.Context(), f)
		assert.Len(t, l.items, 1_500, "the page at which it ended was accepted")
	})
}

// TestLookWhileItChanges: events come in and go away between two pages.
func TestLookWhileItChanges(t *testing.T) {
	for name, order := range map[string]func([]object) []object{
		"descending": newestFirst, "ascending": oldestFirst, "shuffled": shuffled,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				from, n, reads := 0, 300, 0
				s := newFollowing(t, &eventList{perPage: 20, show: func([]object) []object {
					if reads++; reads%4 == 0 && n < 330 {
						n++
					}
					return order(longAgo(n)[from:])
				}})
				var got []string
				var at follow.Checkpoint
				for range 150 {
					l := look(t.Context(), follow.New(s.c, stored(t, at)))
					require.NoError(t, l.err)
					got, at = append(got, l.items...), l.checkpoint
				}
				assert.ElementsMatch(t, news(1, 330), got)
			})
		})
	}
}
