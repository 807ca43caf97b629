package maventa_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/internal/operation"
)

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
		"ABC-12":                 "ABC-12",
		// A UUID has one spelling, and is the same thing in both.
		"E9622E30-0000-4000-8000-00000000000A": "e9622e30-0000-4000-8000-00000000000a",
	} {
		want := assignmentsURL + "/" + escaped + "/events/" + escaped + "/seen"
		m := ct.NewMock(t)
		sent := m.OnAny()
		require.NoError(t, m.Client.Events.MarkSeen(t.Context(), id, id))
		assert.Equal(t, want, *sent)
	}
}

// An Environment of one's own may have a path: a gateway in front of Maventa.
func TestBasePath(t *testing.T) {
	env := maventa.Environment{Name: "gateway", AutoXChangeURL: "https://gw.example/ax", ReceivablesURL: "https://gw.example:8443/rec/"}
	m := ct.NewMockFor(t, env)
	sent := m.OnAny()
	require.NoError(t, m.Client.Amili.Close(t.Context()))
	assert.Equal(t, "https://gw.example/ax/v2/services/amili/receivables", *sent)
	require.NoError(t, m.Client.Events.MarkSeen(t.Context(), "a b", "c"))
	assert.Equal(t, "https://gw.example:8443/rec/v1/assignments/a%20b/events/c/seen", *sent)
}

// On Production, writes that rest on guessed names need a word from the caller.
func TestInferredWrites(t *testing.T) {
	ct.InferredWrites(t, cases())
	for _, row := range []*operation.Op{
		operation.InvoicesTransferToRopo, operation.InvoicesTransferToAmili, operation.AssignmentsAddEvent, operation.ServiceLevelsSet,
	} {
		assert.True(t, row.InferredWrite, row.Name)
	}

	// Maventa's own hosts are production whatever the environment is called and
	// however they are spelled.
	const proxy = "https://proxy.example"
	for _, env := range []maventa.Environment{
		{Name: "mine", AutoXChangeURL: "https://ax.maventa.com", ReceivablesURL: proxy},
		{Name: "mine", AutoXChangeURL: "https://AX.Maventa.com:443", ReceivablesURL: proxy},
		{Name: "mine", AutoXChangeURL: "https://ax.maventa.com.", ReceivablesURL: proxy},
		{Name: "mine", AutoXChangeURL: "HTTPS://ax.maventa.com.:443/ax/", ReceivablesURL: proxy},
		{Name: "mine", AutoXChangeURL: "https://ax.maventa.com:", ReceivablesURL: proxy},
		{Name: "mine", AutoXChangeURL: "https://ax.maventa.com:0443", ReceivablesURL: proxy},
		{Name: "mine", AutoXChangeURL: "https://ax.maventa.com:8443", ReceivablesURL: proxy},
		{Name: "mine", AutoXChangeURL: "https://another.maventa.com", ReceivablesURL: proxy},
		{Name: "mine", AutoXChangeURL: "https://maventa.com", ReceivablesURL: proxy},
		{Name: "mine", AutoXChangeURL: proxy, ReceivablesURL: "https://RECEIVABLES.maventa.com."},
		{Name: "stage", AutoXChangeURL: proxy, ReceivablesURL: "https://receivables.maventa.com.."},
		{Name: "Production ", AutoXChangeURL: proxy, ReceivablesURL: proxy},
	} {
		m := ct.NewMockFor(t, env)
		_, err := m.Client.Assignments.AddEvent(t.Context(), "as-1", maventa.Comment("x"))
		require.ErrorIs(t, err, maventa.ErrInferredWrite, "%+v", env)
		m.NothingSent()
	}
	for _, host := range []string{"https://ax-stage.maventa.com", "https://AX-Stage.maventa.com.", proxy, "https://maventa.com.proxy.example", "https://notmaventa.com"} {
		m := ct.NewMockFor(t, maventa.Environment{Name: "mine", AutoXChangeURL: proxy, ReceivablesURL: host})
		m.OnAny()
		_, err := m.Client.Assignments.AddEvent(t.Context(), "as-1", maventa.Comment("x"))
		require.NotErrorIs(t, err, maventa.ErrInferredWrite, host)
	}
}

// The host has one spelling, the path the caller's.
func TestHostSpelling(t *testing.T) {
	env := maventa.Environment{Name: "gateway", AutoXChangeURL: "https://GW.Example.:0443/AX", ReceivablesURL: "https://gw.example"}
	m := ct.NewMockFor(t, env)
	m.On("POST", "https://gw.example/AX/oauth2/token", ct.Reply{Status: 200, File: "token"})
	sent := m.OnAny()
	require.NoError(t, m.Client.Amili.Close(t.Context()))
	assert.Equal(t, "https://gw.example/AX/v2/services/amili/receivables", *sent)
}
