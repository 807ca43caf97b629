package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/examples/internal/setup"
)

// The program itself: what `go run ./examples/mocking` prints.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, setup.Run(t.Context(), nil, &out, demo, nil))
	assert.Equal(t, `2026-11-02   40.50 from Velallinen Oy  reported
2026-11-02   60.00 from VISMA FINANC   payout
still open: 23.50
`, out.String())
}
