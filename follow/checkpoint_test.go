package follow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
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

// TestUnknownIDs: an id by another name tells equal events apart, also when
// one of them leaves the list.
func TestUnknownIDs(t *testing.T) {
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
			f := follow.New(s.c, follow.Checkpoint{})
			assert.Len(t, s.watch(f, time.Minute), 2)
			gone = 1
			s.srv.Advance(-time.Minute) // the third is of the same second
			pay()
			assert.Len(t, s.watch(f, time.Hour), 1)
		})
	}
}

// TestIDsOfAssignments: ids may count within each assignment only.
func TestIDsOfAssignments(t *testing.T) {
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
		f := follow.New(s.c, follow.Checkpoint{})
		assert.Equal(t, events(1, 10), s.watch(f, time.Minute))
	})
}

// TestCrash: the process dies again and again, with what it has booked in
// the database, and a checkpoint of then or of some events before. Nothing is
// lost, and no more comes again than the checkpoint lags behind.
func TestCrash(t *testing.T) {
	for name, order := range map[string]func([]object) []object{
		"descending": newestFirst, "ascending": oldestFirst, "shuffled": shuffled,
	} {
		for _, every := range []int{1, 4} { // bookings from checkpoint to checkpoint
			for _, life := range []int{1, 5} { // bookings until the process dies
				t.Run(fmt.Sprint(name, ", ", every, ", ", life), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := newFollowing(t, &eventList{show: order, perPage: 5})
						s.happen(23, 10*time.Minute)
						var checkpoint follow.Checkpoint // in the database
						var booked []string              // likewise
						for len(booked) < 33 {
							if len(booked) >= 20 && s.n < 33 {
								s.happen(10, 10*time.Minute)
							}
							f := follow.New(s.c, stored(t, checkpoint))
							again, fresh := 0, 0
							for e, err := range f.All(t.Context()) {
								require.NoError(t, err)
								if slices.Contains(booked, e.Event.Comment) {
									again++
									continue
								}
								booked = append(booked, e.Event.Comment)
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

// TestMemory: the oldest days are forgotten, and do not come again.
func TestMemory(t *testing.T) {
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
		f := follow.New(s.c, follow.Checkpoint{})
		assert.Len(t, s.watch(f, time.Second), 50_500)
		assert.Contains(t, f.Checkpoint().String(), "49924 events", "six whole days are gone")
		data, err := json.Marshal(f.Checkpoint())
		require.NoError(t, err)
		assert.Less(t, len(data), 1_100_000)
		f = follow.New(s.c, stored(t, f.Checkpoint()))
		assert.Empty(t, s.watch(f, 26*time.Hour))
	})
}

func TestFromNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(250, time.Minute)
		s.pass(time.Minute)
		now := stored(t, follow.CheckpointFrom(time.Now()))
		s.happen(2, time.Minute)
		f := follow.New(s.c, now)
		assert.Equal(t, events(251, 252), s.watch(f, time.Minute))
		s.happen(2, time.Hour)
		s.list.times = nil
		assert.Equal(t, events(253, 254), s.watch(follow.New(s.c, stored(t, f.Checkpoint())), time.Second))
		assert.Len(t, s.list.times, 1)
		assert.Equal(t, events(251, 254), s.watch(follow.New(s.c, now), time.Second), "a restart without a newer checkpoint")

		s.list.show = without(newestFirst, "created_at")
		assert.Len(t, s.watch(follow.New(s.c, now), time.Second), 254, "without times nothing is skipped")
	})
}

func TestForeignCheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		f := follow.New(s.c, follow.Checkpoint{})
		s.watch(f, time.Second)
		checkpoint := stored(t, f.Checkpoint())
		s.list.times = nil

		other := s.srv.AddCompany("Other Ltd", "7654321-0")
		c, err := s.c.ForCompany(other.Credentials())
		require.NoError(t, err)
		_, err = ct.Collect(follow.New(c, checkpoint).All(t.Context()))
		require.ErrorIs(t, err, maventa.ErrValidation)
		require.ErrorContains(t, err, "of another company")

		env := s.srv.Environment()
		env.Name = "production"
		c, err = maventa.NewClient(env, s.srv.Credentials(), maventa.WithHTTPClient(s.srv.HTTPClient()))
		require.NoError(t, err)
		_, err = ct.Collect(follow.New(c, checkpoint).All(t.Context()))
		require.ErrorIs(t, err, maventa.ErrValidation)
		require.ErrorContains(t, err, "maventatest")
		assert.Empty(t, s.list.times)

		for _, c := range []*maventa.Client{nil, {}} { // which is no fault of the data
			_, err = ct.Collect(follow.New(c, follow.Checkpoint{}).All(t.Context()))
			require.ErrorContains(t, err, "NewClient")
			require.NotErrorIs(t, err, maventa.ErrValidation)
			assert.Equal(t, maventa.ActionFixSetup, maventa.Advise(err).Action)
			_, err = follow.OpenQuestions(t.Context(), c)
			require.ErrorContains(t, err, "NewClient")
			require.NotErrorIs(t, err, maventa.ErrValidation)
		}
	})
}

// TestCheckpointAside: another goroutine may store checkpoints.
func TestCheckpointAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(250, time.Second)
		f := follow.New(s.c, follow.Checkpoint{})
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
	var c follow.Checkpoint
	data, err := json.Marshal(c)
	require.NoError(t, err)
	assert.JSONEq(t, `{"version":2}`, string(data))
	require.NoError(t, json.Unmarshal([]byte("null"), &c))
	for _, bad := range []string{
		`{}`, `[]`, `"x"`, `{"version":3}`, `{"version":1,"known":{"2026-11-22":"AAA="}}`, `{"version":2,"known":{"2026-11-22":"94wO9FkgLP0="}}`, `{"version":1,"known":{"today":""}}`,
	} {
		err := json.Unmarshal([]byte(bad), &c)
		assert.ErrorIs(t, err, maventa.ErrValidation, bad)
	}
	from := stored(t, follow.CheckpointFrom(time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("", 7200))))
	data, err = json.Marshal(from)
	require.NoError(t, err)
	assert.JSONEq(t, `{"version":2,"from":"2026-11-22T10:00:00Z"}`, string(data))
}

// TestCheckpointInDatabase: NULL is the zero value, anything else the JSON.
func TestCheckpointInDatabase(t *testing.T) {
	var c follow.Checkpoint
	value, err := c.Value()
	require.NoError(t, err)
	assert.Nil(t, value)

	synctest.Test(t, func(t *testing.T) {
		s := newFollowing(t, &eventList{})
		s.happen(3, time.Minute)
		for _, want := range []follow.Checkpoint{
			follow.CheckpointFrom(time.Now()), look(t.Context(), follow.New(s.c, follow.Checkpoint{})).checkpoint,
		} {
			value, err := want.Value()
			require.NoError(t, err)
			data, err := json.Marshal(want)
			require.NoError(t, err)
			assert.Equal(t, string(data), value)
			for _, column := range []any{value, []byte(value.(string))} {
				var got follow.Checkpoint
				require.NoError(t, got.Scan(column))
				again, err := got.Value()
				require.NoError(t, err)
				assert.Equal(t, value, again)
			}
			require.NoError(t, c.Scan(value))
		}
	})
	for _, bad := range []any{"", []byte("{"), "[]", `{"version":9}`, 7, time.Now()} {
		before := c.String()
		require.ErrorIs(t, c.Scan(bad), maventa.ErrValidation, "%v", bad)
		assert.Equal(t, before, c.String())
	}
	for _, null := range []any{nil, "null"} {
		require.NoError(t, c.Scan(null))
		value, err = c.Value()
		require.NoError(t, err)
		assert.Nil(t, value)
	}
}

// goldenEvents are of every kind that a checkpoint tells apart: with and without
// an id, alike, without a time, with members nobody knows.
const goldenEvents = `[
	{"id":"ev-1","assignment_id":"as-1","type":"comment","comment":"ä","author":"agency","created_at":"2026-11-20T10:00:00Z"},
	{"id":"ev-1","assignment_id":"as-2","type":"paid","amount":"10.50","author":"agency","created_at":"2026-11-20T23:30:00-02:00"},
	{"assignment_id":"as-1","type":"paid","amount":10.50,"date":"2026-11-21","created_at":"2026-11-21T10:00:00.5Z"},
	{"assignment_id":"as-1","type":"paid","amount":10.50,"date":"2026-11-21","created_at":"2026-11-21T10:00:00.5Z"},
	{"assignment_id":"as-1","type":"paid","amount":10.5,"date":"2026-11-21","created_at":"2026-11-21T10:00:00.5Z"},
	{"event_id":"7","paid":true,"type":"due_date_change","due_date":"2026-12-01","created_at":"2026-11-22T10:00:00Z"},
	{"eventId":"8","type":"collection_stop","until":"2026-12-02","created_at":"2026-11-23T10:00:00Z"},
	{"id":"ev-9","assignment_id":"as-9","type":"credit_note","invoice_number":"1001","created_at":"2026-11-24T10:00:00Z"}
]`

type eventsOnly struct{ body string }

func (l eventsOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	body := l.body
	switch {
	case strings.HasSuffix(r.URL.Path, "/token"):
		body = `{"access_token":"t","token_type":"bearer","expires_in":3600,"scope":""}`
	case r.URL.Query().Get("page") != "1":
		body = "[]"
	}
	return &http.Response{
		StatusCode: 200, Request: r, Body: io.NopCloser(strings.NewReader(body)),
		Header: http.Header{"Content-Type": {"application/json"}},
	}, nil
}

// TestCheckpointGolden: what is stored in users' databases is read and written
// by every later version.
func TestCheckpointGolden(t *testing.T) {
	golden, err := os.ReadFile("testdata/checkpoint.json")
	require.NoError(t, err)
	first, err := os.ReadFile("testdata/checkpoint-1.json") // of version 1
	require.NoError(t, err)
	withoutScan := func(data []byte) (o map[string]any) {
		require.NoError(t, json.Unmarshal(data, &o))
		assert.NotEmpty(t, o["next_scan"], "has a random part")
		delete(o, "next_scan")
		return o
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)))
		c, err := maventa.NewClient(maventa.Stage, maventa.Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000001", UserAPIKey: "key"},
			maventa.WithHTTPClient(&http.Client{Transport: eventsOnly{goldenEvents}}))
		require.NoError(t, err)
		run := func(at follow.Checkpoint, n int) []byte {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			f := follow.New(c, at)
			got := 0
			for _, err := range f.All(ctx) {
				if err == nil {
					got++
				}
			}
			assert.Equal(t, n, got)
			data, err := json.Marshal(f.Checkpoint())
			require.NoError(t, err)
			return data
		}
		data := run(follow.CheckpointFrom(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)), 8)
		assert.Equal(t, withoutScan(golden), withoutScan(data))
		var stored follow.Checkpoint
		require.NoError(t, json.Unmarshal(golden, &stored))
		written, err := json.Marshal(stored)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(string(golden)), string(written))
		run(stored, 0)
		require.NoError(t, json.Unmarshal(first, &stored))
		run(stored, 0)
	})
}
