package calltest

import (
	"encoding/json"
	"errors"
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
)

// ErrorCase is one failure that a user may meet.
type ErrorCase struct {
	Name string
	Err  error
}

// Sentinels are those of package maventa, by name.
var Sentinels = map[string]error{
	"ErrValidation":         maventa.ErrValidation,
	"ErrUnauthorized":       maventa.ErrUnauthorized,
	"ErrForbidden":          maventa.ErrForbidden,
	"ErrNotFound":           maventa.ErrNotFound,
	"ErrConflict":           maventa.ErrConflict,
	"ErrRateLimited":        maventa.ErrRateLimited,
	"ErrUnavailable":        maventa.ErrUnavailable,
	"ErrAuth":               maventa.ErrAuth,
	"ErrOutcomeUnknown":     maventa.ErrOutcomeUnknown,
	"ErrInvalidCredentials": maventa.ErrInvalidCredentials,
	"ErrMissingScope":       maventa.ErrMissingScope,
	"ErrUnreadableToken":    maventa.ErrUnreadableToken,
	"ErrWrongEnvironment":   maventa.ErrWrongEnvironment,
	"ErrAmbiguous":          maventa.ErrAmbiguous,
	"ErrAlreadyActivated":   maventa.ErrAlreadyActivated,
	"ErrInferredWrite":      maventa.ErrInferredWrite,
	"ErrReadOnly":           maventa.ErrReadOnly,
	"ErrTransferFailed":     maventa.ErrTransferFailed,
	"ErrTransferStalled":    maventa.ErrTransferStalled,
	"ErrNotAdvancing":       maventa.ErrNotAdvancing,
}

// Kinds lists the sentinels that err matches.
func Kinds(sentinels map[string]error, err error) string {
	var names []string
	for name, sentinel := range sentinels {
		if errors.Is(err, sentinel) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// ErrorTable compares with testdata/errors.txt what a user reads and what a
// program can ask: the text, the sentinels, phase and outcome, and the log
// value without its text. With update it writes the file, its lines of before
// kept.
func ErrorTable(t *testing.T, update bool, sentinels map[string]error, cases []ErrorCase) {
	t.Helper()
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
	for _, c := range cases {
		require.Error(t, c.Err, c.Name)
		fmt.Fprintf(&got, "\n%s\n", c.Name)
		for _, line := range errorLines(t, sentinels, c.Err) {
			got.WriteString("\t" + line + "\n")
		}
		for _, was := range before[c.Name] {
			got.WriteString(was)
		}
		AssertHides(t, c.Err, "canary", "evil", "0000001-9", "Kuviteltu", "https://")
		b, jsonErr := json.Marshal(c.Err)
		require.NoError(t, jsonErr)
		for _, secret := range []string{"canary", "evil", "0000001-9", "Kuviteltu", "500.00"} {
			assert.NotContains(t, string(b), secret, c.Name)
		}
		var e *maventa.Error
		require.ErrorAs(t, fmt.Errorf("wrapped: %w", c.Err), &e, c.Name)
	}
	if update {
		require.NoError(t, os.WriteFile(path, []byte(got.String()), 0o600))
		return
	}
	assert.Equal(t, string(golden), got.String(), "with -update the test writes it")
}

// What differs from run to run.
var (
	aWait = regexp.MustCompile(`after [0-9.hms]*[0-9][a-zµ]*s`)
	aTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z`)
	aPath = regexp.MustCompile(`open \S*/`)
)

func errorLines(t *testing.T, sentinels map[string]error, err error) []string {
	t.Helper()
	text := err.Error()
	for re, with := range map[*regexp.Regexp]string{aWait: "after <wait>", aTime: "<time>", aPath: "open <path>/"} {
		text = re.ReplaceAllString(text, with)
	}
	e := Failure(t, err)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key != "value" || a.Key == "error" {
			return slog.Attr{}
		}
		return a
	}})).Info("", "value", err)
	return []string{
		"text " + text,
		strings.TrimSpace("is " + Kinds(sentinels, err)),
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
