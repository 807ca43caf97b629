package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/maventatest"
)

// The expected output is what `go run ./examples/webhook` prints.
func TestDemo(t *testing.T) {
	want, err := os.ReadFile("testdata/output.txt")
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, setup.Run(t.Context(), nil, &out, demo, nil))
	assert.Equal(t, string(want), out.String())
}

func TestStage(t *testing.T) {
	srv := maventatest.NewServer(t)
	c, err := setup.Client(srv, maventa.Stage.Name)
	require.NoError(t, err)
	require.NoError(t, newWatcher(c, nil).subscribe(t.Context(), "https://erp.example/a"))
	require.NoError(t, newWatcher(c, nil).subscribe(t.Context(), "https://erp.example/a"), "one is enough")
	var out bytes.Buffer
	require.NoError(t, setup.Run(t.Context(), c, &out, demo, onStage))
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))
	assert.Contains(t, out.String(), "WEBHOOK [DOCUMENTS.INVOICE.DELIVERED DOCUMENTS.INVOICE.FAILED]")
	assert.NotContains(t, out.String(), "erp.example")
}
