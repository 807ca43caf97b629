package maventa_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// goldenEvents are of every kind that a checkpoint tells apart: with and without
// an id, alike, without a time, with members nobody knows.
const goldenEvents = `[
	{"id":"ev-1","assignment_id":"as-1","type":"comment","comment":"ä","author":"agency","created_at":"2026-11-20T10:00:00Z"},
	{"id":"ev-1","assignment_id":"as-2","type":"paid","amount":"10.50","author":"agency","created_at":"2026-11-20T23:30:00-02:00"},
	{"assignment_id":"as-1","type":"paid","amount":10.50,"date":"2026-11-21","created_at":"2026-11-21T10:00:00.5Z"},
	{"assignment_id":"as-1","type":"paid","amount":10.50,"date":"2026-11-21","created_at":"2026-11-21T10:00:00.5Z"},
	{"assignment_id":"as-1","type":"paid","amount":10.5,"date":"2026-11-21","created_at":"2026-11-21T10:00:00.5Z"},
	{"event_id":"7","paid":true,"type":"due_date_change","due_date":"2026-12-01","created_at":"2026-11-22T10:00:00Z"},
	{"eventId":"8","type":"collection_stop","until":"2026-12-02","created_at":"2026-11-23T10:00:00Z"},
	{"id":"ev-9","assignment_id":"as-9","type":"credit_note","invoice_number":"1001","created_at":"2026-11-24T10:00:00Z"}
]`

type eventsOnly struct{ body string }

func (l eventsOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	body := l.body
	switch {
	case strings.HasSuffix(r.URL.Path, "/token"):
		body = `{"access_token":"t","token_type":"bearer","expires_in":3600,"scope":""}`
	case r.URL.Query().Get("page") != "1":
		body = "[]"
	}
	return &http.Response{
		StatusCode: 200, Request: r, Body: io.NopCloser(strings.NewReader(body)),
		Header: http.Header{"Content-Type": {"application/json"}},
	}, nil
}

// TestCheckpointGolden: what is stored in users' databases is read and written
// by every later version.
func TestCheckpointGolden(t *testing.T) {
	golden, err := os.ReadFile("testdata/checkpoint.json")
	require.NoError(t, err)
	withoutScan := func(data []byte) (o map[string]any) {
		require.NoError(t, json.Unmarshal(data, &o))
		assert.NotEmpty(t, o["next_scan"], "has a random part")
		delete(o, "next_scan")
		return o
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)))
		c, err := maventa.NewClient(maventa.Stage, maventa.Credentials{CompanyID: "company-1", UserAPIKey: "key"},
			maventa.WithHTTPClient(&http.Client{Transport: eventsOnly{goldenEvents}}))
		require.NoError(t, err)
		follow := func(at maventa.Checkpoint, n int) []byte {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			f := c.Events.Follow(at)
			got := 0
			for _, err := range f.All(ctx) {
				if err == nil {
					got++
				}
			}
			assert.Equal(t, n, got)
			data, err := json.Marshal(f.Checkpoint())
			require.NoError(t, err)
			return data
		}
		data := follow(maventa.CheckpointFrom(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)), 8)
		assert.Equal(t, withoutScan(golden), withoutScan(data))
		var stored maventa.Checkpoint
		require.NoError(t, json.Unmarshal(golden, &stored))
		written, err := json.Marshal(stored)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(string(golden)), string(written))
		follow(stored, 0)
	})
}
