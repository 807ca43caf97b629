package call_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/internal/call"
)

func TestPanics(t *testing.T) {
	var none call.Panics
	assert.NotPanics(t, none.Raise)
	cause := errors.New("of the caller's code")
	for value, isError := range map[any]bool{cause: true, "of the caller's code": false, 7: false} {
		var p call.Panics
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				defer p.Keep()
				panic(value)
			})
		}
		wg.Wait()
		func() {
			defer func() {
				err, ok := recover().(error)
				require.True(t, ok)
				require.ErrorContains(t, err, "panics_test.go", "where it was")
				assert.Equal(t, isError, errors.Is(err, cause))
			}()
			p.Raise()
			t.Error("does not panic")
		}()
	}
}
