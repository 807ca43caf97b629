package ax_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func TestUncovered(t *testing.T) {
	m := ct.NewMock(t)
	m.OnFunc("GET", ct.Receivables+"/v1/assignments", func(r *http.Request) ct.Reply {
		switch {
		case r.URL.Query().Get("page") != "1":
			return ct.Reply{Status: 200, Body: "[]"}
		case r.URL.Query().Get("status") == "closed":
			return ct.Reply{Status: 200, Body: `[{"id":"as-2","status":"closed","invoice_id":"CLOSED"}]`}
		}
		return ct.Reply{Status: 200, Body: `[{"id":"as-1","reference_ids":["open"]}]`}
	})
	invoice := func(id, more string) string {
		o := map[string]any{}
		require.NoError(t, json.Unmarshal([]byte(`{"status":"DELIVERED","currency":"EUR","source_format":"FINVOICE30","recipient":{"bid":"1"},
			"created_at":"2026-10-01T10:00:00Z","date_due":"2026-10-30"}`), &o))
		require.NoError(t, json.Unmarshal([]byte(`{"id":"`+id+`"`+more+`}`), &o))
		b, err := json.Marshal(o)
		require.NoError(t, err)
		return string(b)
	}
	m.On("GET", ct.AX+"/v1/invoices", ct.Reply{Status: 200, Body: "[" + strings.Join([]string{
		invoice("open", ""), invoice("closed", ""), invoice("odd", ""),
		invoice("failed", `,"status":"FAILED"`), invoice("sek", `,"currency":"SEK"`), invoice("ubl", `,"source_format":"OIOUBL21"`),
		invoice("late", `,"date_due":"2026-10-06"`), invoice("pending", `,"status":"PENDING"`),
		invoice("early", `,"created_at":"2026-09-01T10:00:00Z"`), invoice("consumer", `,"created_at":"2026-09-30T10:00:00Z","recipient":{"bid":""}`),
	}, ",") + "]"}, ct.Reply{Status: 200, Body: "[]"})
	got := map[string]ax.UncoveredReason{}
	for u, err := range ax.Uncovered(t.Context(), m.Client, ax.UncoveredQuery{From: utc("2026-09-01T00:00:00Z"), ActiveSince: utc("2026-09-28T00:00:00Z")}) {
		require.NoError(t, err)
		got[u.Invoice.ID] = u.Reason
	}
	assert.Equal(t, map[string]ax.UncoveredReason{
		"odd": ax.UncoveredUnknown, "failed": ax.UncoveredUnknown, "sek": ax.UncoveredCurrency, "ubl": ax.UncoveredFormat,
		"late": ax.UncoveredUnknown, "pending": ax.UncoveredUnknown, "early": ax.UncoveredUnknown, "consumer": ax.UncoveredGraceDays,
	}, got)
	ct.Refused(t, onlyErr(ct.Collect(ax.Uncovered(t.Context(), m.Client, ax.UncoveredQuery{}))), "From")
}
