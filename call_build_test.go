package maventa_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
)

// An id stands in the path of a call that may move money, so it must never lead
// to another one.
func TestBadIDs(t *testing.T) {
	bad := map[string]string{
		"empty":             "",
		"dot":               ".",
		"dots":              "..",
		"climbs":            "../x",
		"slash":             "a/b",
		"leading slash":     "/a",
		"backslash":         `a\b`,
		"percent":           "a%2Fb",
		"percent dots":      "%2e%2e",
		"line break":        "a\nb",
		"NUL":               "a\x00b",
		"DEL":               "a\x7fb",
		"C1 control":        "a\u0085b",
		"too long":          strings.Repeat("x", 201),
		"not UTF-8":         "a\xffb",
		"header injection":  "a\r\nX-Evil: 1",
		"only a line break": "\n",
	}
	for name, call := range idCalls(t) {
		t.Run(name, func(t *testing.T) {
			opName, param, _ := strings.Cut(name, " ")
			m := newMock(t)
			for what, id := range bad {
				err := call(m.client, id)
				if assert.Error(t, err, what) {
					e := refused(t, err, param)
					assert.Equal(t, opName, e.Operation)
					assert.Empty(t, e.Target, "a refused id is not shown")
					assert.NotContains(t, err.Error(), "Evil")
				}
			}
			m.nothingSent()
		})
	}
}

func TestSiblingIDs(t *testing.T) {
	calls := idCalls(t)
	for _, id := range operation.All() {
		params := placeholder.FindAllString(id.Op().Path, -1)
		for _, sibling := range id.Op().Siblings {
			m := newMock(t)
			param := strings.Trim(params[0], "{}")
			call := calls[id.String()+" "+param]
			require.NotNil(t, call, "idCalls has no %s %s", id, param)
			err := call(m.client, sibling)
			refused(t, err, param)
			assert.ErrorContains(t, err, sibling)
			m.nothingSent()
		}
	}
}

// Whatever an id holds otherwise stays within its segment.
func TestOddIDs(t *testing.T) {
	for id, escaped := range map[string]string{
		"0000001-9":              "0000001-9",
		"a b":                    "a%20b",
		"a?page=2":               "a%3Fpage=2",
		"a#b":                    "a%23b",
		"a;b":                    "a%3Bb",
		"..;x":                   "..%3Bx",
		"a:b@c":                  "a:b@c",
		"a+b&c":                  "a+b&c",
		"ääkkönen":               "%C3%A4%C3%A4kk%C3%B6nen",
		"...":                    "...",
		"{id}":                   "%7Bid%7D",
		"overview2":              "overview2",
		strings.Repeat("x", 200): strings.Repeat("x", 200),
	} {
		want := assignmentsURL + "/" + escaped + "/events/" + escaped + "/seen"
		m := newMock(t)
		sent := m.onAny()
		require.NoError(t, m.client.Events.MarkSeen(t.Context(), id, id))
		assert.Equal(t, want, *sent)
	}
}

// An Environment of one's own may have a path: a gateway in front of Maventa.
func TestBasePath(t *testing.T) {
	env := maventa.Environment{Name: "gateway", AutoXChangeURL: "https://gw.example/ax", ReceivablesURL: "https://gw.example:8443/rec/"}
	m := newMockFor(t, env)
	sent := m.onAny()
	require.NoError(t, m.client.Amili.Close(t.Context()))
	assert.Equal(t, "https://gw.example/ax/v2/services/amili/receivables", *sent)
	require.NoError(t, m.client.Events.MarkSeen(t.Context(), "a b", "c"))
	assert.Equal(t, "https://gw.example:8443/rec/v1/assignments/a%20b/events/c/seen", *sent)
}

// On Production, writes that rest on guessed names need a word from the caller.
func TestInferredWrites(t *testing.T) {
	writes := map[string]bool{}
	for name, call := range idCalls(t) {
		opName, _, _ := strings.Cut(name, " ")
		m := newMockFor(t, maventa.Production)
		m.onAny()
		err := call(m.client, "id-1")
		if errors.Is(err, maventa.ErrInferredWrite) {
			e := failure(t, err)
			assert.Equal(t, maventa.PhaseBuild, e.Phase)
			assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
			assert.ErrorContains(t, err, "AllowInferredWrites")
			m.nothingSent()
			writes[opName] = true

			m = newMockFor(t, maventa.Production, maventa.AllowInferredWrites())
			sent := m.onAny()
			require.NoError(t, call(m.client, "id-1"))
			assert.Contains(t, *sent, ".maventa.com/")
			assert.NotContains(t, *sent, "stage")
		}
	}
	assert.Equal(t, map[string]bool{
		"Invoices.TransferToRopo": true, "Invoices.TransferToAmili": true, "Assignments.AddEvent": true, "ServiceLevels.Set": true,
	}, writes)

	// Maventa's own hosts are production whatever the environment is called.
	m := newMockFor(t, maventa.Environment{Name: "mine", AutoXChangeURL: "https://AX.maventa.com:443", ReceivablesURL: "https://proxy.example"})
	_, err := m.client.Assignments.AddEvent(t.Context(), "as-1", maventa.Comment("x"))
	require.ErrorIs(t, err, maventa.ErrInferredWrite)
}
