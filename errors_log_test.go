package maventa_test

import (
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

// TestErrorKindIsShown: slog and JSON have the word of the kind, also of one that
// follows from the status, the details and how long to wait.
func TestErrorKindIsShown(t *testing.T) {
	err := &maventa.Error{
		Operation: "Assignments.Get", Phase: maventa.PhaseHTTP, Outcome: maventa.OutcomeRejected, Safety: maventa.Safe,
		Status: 429, Details: []string{"slow down", "please"}, RetryAfter: time.Minute,
	}
	var log ct.Recorder
	slog.New(&log).Info("x", "err", err)
	for _, want := range []string{"err.kind=rate_limited", "err.retry_after=1m0s", `err.details="[slow down please]"`} {
		assert.Contains(t, log.Text.String(), want)
	}
	b, jsonErr := json.Marshal(err)
	require.NoError(t, jsonErr)
	var got struct {
		Kind       string
		Outcome    string
		Details    []string
		RetryAfter time.Duration
	}
	require.NoError(t, json.Unmarshal(b, &got))
	assert.Equal(t, "rate_limited", got.Kind)
	assert.Equal(t, "rejected", got.Outcome)
	assert.Equal(t, err.Details, got.Details)
	assert.Equal(t, time.Minute, got.RetryAfter)

	b, jsonErr = json.Marshal(&maventa.Error{Safety: maventa.Safe})
	require.NoError(t, jsonErr)
	assert.Contains(t, string(b), `"Kind":null`, "nothing is known of it")
}
