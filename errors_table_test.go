package maventa_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
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
// program can ask: the text, the sentinels, phase and outcome, and the log
// value without its text.
func TestErrorTable(t *testing.T) {
	const path = "testdata/errors.txt"
	golden, err := os.ReadFile(path)
	require.NoError(t, err)
	head, before := "", map[string][]string{} // the lines "was", by case
	name := ""
	for line := range strings.Lines(string(golden)) {
		switch {
		case strings.HasPrefix(line, "# "):
			head += line
		case strings.HasPrefix(line, "\twas "):
			before[name] = append(before[name], line)
		case strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "\t"):
			name = strings.TrimSpace(line)
		}
	}
	var got strings.Builder
	got.WriteString(head)
	for _, c := range slices.Concat(callErrors(t), waitErrors(t), ledgerErrors(t)) {
		require.Error(t, c.err, c.name)
		fmt.Fprintf(&got, "\n%s\n", c.name)
		for _, line := range errorLines(t, c.err) {
			got.WriteString("\t" + line + "\n")
		}
		for _, was := range before[c.name] {
			got.WriteString(was)
		}
		ct.AssertHides(t, c.err, "canary", "evil", "0000001-9", "Kuviteltu", "https://")
		b, jsonErr := json.Marshal(c.err)
		require.NoError(t, jsonErr)
		for _, secret := range []string{"canary", "evil", "0000001-9", "Kuviteltu", "500.00"} {
			assert.NotContains(t, string(b), secret, c.name)
		}
		var e *maventa.Error
		require.ErrorAs(t, fmt.Errorf("wrapped: %w", c.err), &e, c.name)
	}
	if *updateErrors {
		require.NoError(t, os.WriteFile(path, []byte(got.String()), 0o600))
		return
	}
	assert.Equal(t, string(golden), got.String(), "go test -run TestErrorTable . -update writes it")
}

// What differs from run to run.
var (
	aWait = regexp.MustCompile(`after [0-9.hms]*[0-9][a-zµ]*s`)
	aTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z`)
	aPath = regexp.MustCompile(`open \S*/`)
)

func errorLines(t *testing.T, err error) []string {
	t.Helper()
	text := err.Error()
	for re, with := range map[*regexp.Regexp]string{aWait: "after <wait>", aTime: "<time>", aPath: "open <path>/"} {
		text = re.ReplaceAllString(text, with)
	}
	e := ct.Failure(t, err)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key != "value" || a.Key == "error" {
			return slog.Attr{}
		}
		return a
	}})).Info("", "value", err)
	return []string{
		"text " + text,
		strings.TrimSpace("is " + kinds(err)),
		fmt.Sprintf("at %s, %s", e.Phase, e.Outcome),
		"do " + advised(maventa.Advise(err)),
		"log " + strings.TrimSpace(log.String()),
	}
}

// advised is an advice in one line.
func advised(a maventa.Advice) string {
	parts := []string{string(a.Action)}
	if a.Kind != nil {
		parts = append(parts, "("+a.Kind.Word()+")")
	}
	if a.After > 0 {
		parts = append(parts, "after <wait>")
	}
	for _, f := range a.Fields {
		parts = append(parts, "field "+f.Field)
	}
	for _, id := range a.IDs {
		parts = append(parts, "id "+id)
	}
	return strings.Join(parts, " ")
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
