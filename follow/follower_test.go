package follow_test

import (
	"context"
	"encoding/json"
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

func TestFollow(t *testing.T) {
	for _, wire := range maventatest.Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFollowing(t, &eventList{}, maventatest.WithWire(wire))
				s.happen(3, time.Minute)
				f := follow.New(s.c, follow.Checkpoint{})
				assert.Equal(t, events(1, 3), s.watch(f, time.Minute))
				assert.Empty(t, s.watch(f, time.Hour))
				for range 5 {
					s.happen(2, time.Hour)
					assert.Equal(t, events(s.n-1, s.n), s.watch(f, 20*time.Minute))
				}
				again := follow.New(s.c, stored(t, f.Checkpoint()))
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

// TestAcceptance: leaving the loop at an event does not accept it.
func TestAcceptance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(5, time.Minute)
		f := follow.New(s.c, follow.Checkpoint{})
		var got []string
		for e, err := range f.All(t.Context()) {
			require.NoError(t, err)
			got = append(got, e.Event.Comment)
			assert.Contains(t, f.Checkpoint().String(), fmt.Sprintf("%d events", len(got)-1))
			if len(got) == 3 {
				break
			}
		}
		again := follow.New(s.c, stored(t, f.Checkpoint()))
		assert.Equal(t, events(3, 5), s.watch(again, time.Minute))
		assert.Equal(t, events(3, 5), s.watch(f, time.Minute), "the same follower goes on there too")
	})
}

// TestCancel: waiting ends with the context, at once, whatever is waited for.
func TestCancel(t *testing.T) {
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
				for _, err := range follow.New(s.c, follow.Checkpoint{}).All(ctx) {
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
			f := follow.New(s.c, follow.Checkpoint{})
			var got []string
			for e, err := range f.All(ctx) {
				if err != nil {
					require.ErrorIs(t, err, context.Canceled)
					continue
				}
				got = append(got, e.Event.Comment)
				cancel()
			}
			assert.Equal(t, events(1, 1), got, "no further event is handed over")
			assert.Equal(t, events(2, 5), s.watch(f, time.Minute))
		})
	})
}

// TestYields: what the caller must deal with ends the loop, once; ranging
// again goes on.
func TestYields(t *testing.T) {
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
				f := follow.New(s.c, follow.Checkpoint{})
				var errs []error
				for _, err := range f.All(t.Context()) {
					errs = append(errs, err)
				}
				require.Len(t, errs, 1)
				require.NotEmpty(t, ct.Failure(t, errs[0]).Operation)
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
			_, err = ct.Collect(follow.New(c, follow.Checkpoint{}).All(t.Context()))
			require.ErrorIs(t, err, maventa.ErrInvalidCredentials)
		})
	})
}

// TestUnknownTypes: an event of a type nobody has heard of is an event.
func TestUnknownTypes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(3, time.Minute)
		s.srv.Inject(maventatest.UnknownEnum().On("Events.List").Times(maventatest.Always))
		f := follow.New(s.c, follow.Checkpoint{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		n := 0
		for e, err := range f.All(ctx) {
			if err != nil {
				break
			}
			n++
			assert.Equal(t, maventa.EventType(maventatest.NewEnumValue), e.Event.Type)
		}
		assert.Equal(t, 3, n)
	})
}

// TestEverything: the company's own events come too.
func TestEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(1, time.Minute)
		s.pass(time.Minute)
		_, err := s.c.Assignments.AddEvent(t.Context(), s.id, maventa.DirectPayment(maventa.MustAmount("9000.00"), maventa.MustDate("2026-11-20")))
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var got []string
		for e, err := range follow.New(s.c, follow.Checkpoint{}).All(ctx) {
			if err == nil {
				got = append(got, string(e.Event.Author)+" "+string(e.Event.Type))
			}
		}
		assert.Equal(t, []string{"agency comment", "sender paid", "agency close"}, got, "the last two of one second, in their order")
	})
}

// TestTwice: two loops over one follower would mix up what is accepted.
func TestTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(2, time.Minute)
		f := follow.New(s.c, follow.Checkpoint{})
		for _, err := range f.All(t.Context()) {
			require.NoError(t, err)
			_, err = ct.Collect(f.All(t.Context()))
			require.ErrorIs(t, err, maventa.ErrValidation)
			break
		}
		assert.Equal(t, events(1, 2), s.watch(f, time.Second))
	})
}

// TestManyEvents: a company's backlog.
func TestManyEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(2000, time.Minute)
		f := follow.New(s.c, follow.Checkpoint{})
		assert.Equal(t, events(1, 2000), s.watch(f, time.Second))
		assert.Len(t, s.list.times, 20)
		data, err := json.Marshal(f.Checkpoint())
		require.NoError(t, err)
		assert.Less(t, len(data), 56_000)
		s.list.times = nil
		s.happen(250, time.Second)
		assert.Equal(t, events(2001, 2250), s.watch(follow.New(s.c, stored(t, f.Checkpoint())), time.Second))
		assert.LessOrEqual(t, len(s.list.times), 4)
	})
}
