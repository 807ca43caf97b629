package maventa_test

import (
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

var updateErrors = flag.Bool("update", false, "write testdata/errors.txt anew, its lines of before kept")

// errorCase is one failure that a user may meet.
type errorCase struct {
	name string
	err  error
}

// TestErrorTable compares with testdata/errors.txt what a user reads and what a
// program can ask.
func TestErrorTable(t *testing.T) {
	var cases []ct.ErrorCase
	for _, c := range append(callErrors(t), waitErrors(t)...) {
		cases = append(cases, ct.ErrorCase{Name: c.name, Err: c.err})
	}
	ct.ErrorTable(t, *updateErrors, sentinels, cases)
}

// TestErrorTableIsWhole: every sentinel is somewhere in the table.
func TestErrorTableIsWhole(t *testing.T) {
	golden, err := os.ReadFile("testdata/errors.txt")
	require.NoError(t, err)
	for name := range sentinels {
		assert.Regexp(t, `(?m)^\tis .*\b`+name+`\b`, string(golden))
	}
	assert.NotErrorIs(t, errors.New("of other code"), maventa.ErrValidation)
}
