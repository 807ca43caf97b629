package calltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// Failure asserts that err is the SDK's error, that the advice on it endangers
// nothing, and returns it.
func Failure(t testing.TB, err error) *maventa.Error {
	t.Helper()
	var e *maventa.Error
	require.ErrorAs(t, err, &e)
	advice := maventa.Advise(err)
	isUnclear := errors.Is(err, maventa.ErrOutcomeUnknown) && e.Safety == maventa.Unsafe
	switch advice.Action {
	case maventa.ActionDone:
		assert.Equal(t, maventa.OutcomeApplied, e.Outcome, "done: %v", err)
	case maventa.ActionRetry:
		assert.False(t, isUnclear && (e.Kind == nil || !errors.Is(e.Kind, maventa.ErrOutcomeUnknown) && e.RetryAfter == 0), "to be sent again: %v", err)
		assert.False(t, e.Outcome == maventa.OutcomeApplied && e.Safety != maventa.Safe, "to be sent again: %v", err)
	case maventa.ActionFixInput:
		assert.False(t, isUnclear, "to be fixed and sent again: %v", err)
	case maventa.ActionFixSetup, maventa.ActionAskPerson:
	default:
		assert.Fail(t, "no advice", "%q: %v", advice.Action, err)
	}
	return e
}

// Refused asserts an error of validation that names exactly these fields.
func Refused(t testing.TB, err error, fields ...string) *maventa.Error {
	t.Helper()
	require.ErrorIs(t, err, maventa.ErrValidation)
	return refused(t, err, fields)
}

// Misconfigured asserts an error of a client or an option that names exactly these
// fields. It is not about the data of a call.
func Misconfigured(t testing.TB, err error, fields ...string) *maventa.Error {
	t.Helper()
	require.NotErrorIs(t, err, maventa.ErrValidation)
	assert.Equal(t, maventa.ActionFixSetup, maventa.Advise(err).Action)
	return refused(t, err, fields)
}

func refused(t testing.TB, err error, fields []string) *maventa.Error {
	t.Helper()
	e := Failure(t, err)
	assert.Equal(t, maventa.PhaseBuild, e.Phase)
	assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Field)
		assert.NotEmpty(t, f.Problem)
		assert.Contains(t, err.Error(), f.Field)
	}
	assert.Equal(t, fields, got)
	return e
}

// Printed is v in every form in which it could end up in a log.
func Printed(v any) string {
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	if err, ok := v.(error); ok {
		fmt.Fprintln(&b, err.Error())
	}
	ctx := context.Background()
	text := slog.New(slog.NewTextHandler(&b, nil))
	text.InfoContext(ctx, "text", "value", v)
	text.With("value", v).InfoContext(ctx, "with")
	slog.New(slog.NewJSONHandler(&b, nil)).InfoContext(ctx, "json", "value", v)
	return b.String()
}

// AssertHides asserts that v shows none of the secrets, in clear or in hex,
// however it is printed.
func AssertHides(t testing.TB, v any, secrets ...string) {
	t.Helper()
	for line := range strings.Lines(Printed(v)) {
		for _, secret := range secrets {
			if strings.Contains(line, secret) || strings.Contains(strings.ToLower(line), fmt.Sprintf("%x", secret)) {
				t.Errorf("%T shows %q: %.500s", v, secret, line)
				return // one is enough to read
			}
		}
	}
}

// Recorder is a slog handler that keeps what it is given.
type Recorder struct {
	Records []slog.Record
	Text    bytes.Buffer
}

// Enabled implements [slog.Handler].
func (*Recorder) Enabled(context.Context, slog.Level) bool { return true }

// WithAttrs implements [slog.Handler].
func (h *Recorder) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup implements [slog.Handler].
func (h *Recorder) WithGroup(string) slog.Handler { return h }

// Handle implements [slog.Handler].
func (h *Recorder) Handle(ctx context.Context, r slog.Record) error {
	h.Records = append(h.Records, r)
	return slog.NewTextHandler(&h.Text, nil).Handle(ctx, r)
}

// Fields asserts that all warnings about fields are about the operation, and
// returns the fields they name.
func (h *Recorder) Fields(t testing.TB, operation string) []string {
	t.Helper()
	var fields []string
	for _, r := range h.Records {
		attrs := map[string]string{}
		r.Attrs(func(a slog.Attr) bool {
			attrs[a.Key] = a.Value.String()
			return true
		})
		if attrs["field"] == "" {
			continue // the lines about calls and requests
		}
		assert.Equal(t, slog.LevelWarn, r.Level)
		assert.Equal(t, operation, attrs["operation"])
		assert.NotEmpty(t, attrs["problem"])
		fields = append(fields, attrs["field"])
	}
	return fields
}

// Collect ranges over a list to its end or first error.
func Collect[T any](list iter.Seq2[T, error]) (items []T, err error) {
	items = []T{} // none is not nil
	for item, err := range list {
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
	return items, nil
}

// SameNames compares two lists in any order. It prints what one has alone, as
// nobody finds a name in two lists of a hundred.
func SameNames(t testing.TB, where string, some []string, elsewhere string, others []string) {
	t.Helper()
	times := map[string][2]int{}
	for i, list := range [][]string{some, others} {
		for _, name := range list {
			n := times[name]
			n[i]++
			times[name] = n
		}
	}
	for _, name := range slices.Sorted(maps.Keys(times)) {
		if n := times[name]; n[0] != n[1] {
			t.Errorf("%q: %d in %s, %d in %s", name, n[0], where, n[1], elsewhere)
		}
	}
}

// GoFiles parses the files of a package, but for its tests.
func GoFiles(t testing.TB, dir string) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, paths, "no Go files in %s", dir)
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}
