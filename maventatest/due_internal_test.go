package maventatest

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDueQueue: what is due comes out, the earliest first, and in the order it came
// where it is due at the same time.
func TestDueQueue(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Unix(0, 0)
	var q dueQueue[int]
	added := map[int]time.Time{}
	now, n := start, 0
	for range 2_000 {
		if random.IntN(3) > 0 {
			at := now.Add(time.Duration(random.IntN(10)) * time.Second)
			q.add(at, n)
			added[n] = at
			n++
			continue
		}
		now = now.Add(time.Duration(random.IntN(3)) * time.Second)
		last, lastAt := -1, start
		for i, ok := q.next(now); ok; i, ok = q.next(now) {
			at := added[i]
			require.False(t, at.After(now), "it was not due")
			require.False(t, at.Before(lastAt), "an earlier one came later")
			require.True(t, at.After(lastAt) || i > last, "not in their order")
			last, lastAt = i, at
			delete(added, i)
		}
		for _, at := range added {
			require.True(t, at.After(now), "one that was due did not come")
		}
	}
	assert.Greater(t, n, 1_000)
}
