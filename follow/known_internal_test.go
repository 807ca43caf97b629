package follow

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

func someKnown(random *rand.Rand) knownEvent {
	e := knownEvent{day: maventa.MustDate("2026-01-01").AddDays(random.IntN(40))}
	if random.IntN(20) == 0 {
		e.day = maventa.Date{}
	}
	e.key[0], e.key[7] = byte(random.IntN(4)), byte(random.IntN(256)) // many with one beginning
	e.key[5] = byte(random.IntN(4))
	return e
}

// TestKnownCopies: a copy of the log goes on to show what it held.
func TestKnownCopies(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var log knownLog
	var copies []knownLog
	var all []knownEvent
	for range 1_000 {
		copies = append(copies, log)
		all = append(all, someKnown(random))
		log.add(all[len(all)-1])
	}
	for i, c := range copies {
		require.Equal(t, all[:i], append([]knownEvent{}, slices.Collect(c.all)...))
	}
}

// TestKnownAlone: a log that goes back to an earlier state leaves its copies as they are.
func TestKnownAlone(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	add := func(log *knownLog, n int) {
		for range n {
			log.add(someKnown(random))
		}
	}
	for _, n := range []int{0, 1, chunk - 1, chunk, chunk + 1, 5 * chunk} {
		for _, more := range []int{0, 1, chunk, 3*chunk + 5} {
			var log knownLog
			add(&log, n)
			ahead := log
			add(&ahead, more)
			before, after := slices.Collect(log.all), slices.Collect(ahead.all)
			log.alone()
			require.Equal(t, before, slices.Collect(log.all))
			add(&log, 2*chunk)
			require.Equal(t, after, slices.Collect(ahead.all))
		}
	}
}

// TestKnownLatest: of several entries of an event the last one counts.
func TestKnownLatest(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	var log knownLog
	var x knownIndex
	want := map[eventKey]knownEvent{}
	for range 3_000 {
		e := someKnown(random)
		e.content.fields = random.Uint32()
		_, known := want[e.key]
		log.put(e, known)
		x.grow(&log)
		want[e.key] = e
		found, ok := x.find(&log, e.key)
		require.True(t, ok)
		require.Equal(t, e, found)
	}
	assert.NotZero(t, log.revised)
	assert.Equal(t, len(want), log.n-log.revised)
	got := map[eventKey]knownEvent{}
	for e := range log.latest() {
		require.NotContains(t, got, e.key)
		got[e.key] = e
	}
	assert.Equal(t, want, got)
}

// TestKnownIndex finds what a map finds.
func TestKnownIndex(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	log, x, keys := &knownLog{}, &knownIndex{}, map[eventKey]bool{}
	for range 5_000 {
		e := someKnown(random)
		_, has := x.find(log, e.key)
		require.Equal(t, keys[e.key], has)
		if !keys[e.key] {
			keys[e.key] = true
			log.add(e)
			x.grow(log)
		}
	}
	assert.Greater(t, log.n, 1_000)
	again := &knownIndex{}
	again.grow(log)
	for e := range log.all {
		found, _ := again.find(log, e.key)
		require.Equal(t, e.key, found.key)
	}
}

// TestKnownForgotten drops whole days, the oldest first.
func TestKnownForgotten(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var log knownLog
		for range random.IntN(300) {
			log.add(someKnown(random))
		}
		limit, floor := random.IntN(300), maventa.MustDate("2026-01-01").AddDays(random.IntN(60)-10)
		left, from, ok := log.forgotten(limit, floor)
		count := func(before maventa.Date) (n int) { // of the events from a day on
			for e := range log.all {
				if e.day.IsZero() || e.day.Compare(before) >= 0 {
					n++
				}
			}
			return n
		}
		if !ok {
			first := floor
			for e := range log.all {
				if !e.day.IsZero() && e.day.Compare(first) < 0 {
					first = e.day
				}
			}
			require.True(t, log.n <= limit || first == floor, "nothing was forgotten of %d, limit %d", log.n, limit)
			continue
		}
		require.Equal(t, count(from), left.n)
		require.Greater(t, count(from.AddDays(-1)), limit, "a day too many was forgotten")
		require.LessOrEqual(t, from.Compare(floor), 0, "the overlap was forgotten")
		if left.n > limit {
			for e := range left.all {
				require.True(t, e.day.IsZero() || e.day.Compare(floor) >= 0, "a day too few was forgotten")
			}
		}
	}
}
