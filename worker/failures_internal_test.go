package worker

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestFailures: what fails is tried less and less often, and logged now and again.
func TestFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &Worker{failures: map[string]failure{}}
		tries, logged := 0, 0
		for began := time.Now(); time.Since(began) < time.Hour; tries++ {
			wait, isNews := w.failed("follow", "c")
			if isNews {
				logged++
			}
			time.Sleep(wait)
		}
		assert.Less(t, tries, 25)
		assert.Less(t, logged, 13)
		w.worked("follow", "c")
		wait, isNews := w.failed("follow", "c")
		assert.Equal(t, retryTime, wait)
		assert.True(t, isNews)
	})
}
