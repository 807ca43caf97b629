package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/maventatest"
)

// The expected output is what `go run ./examples/fleet` prints.
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
	var out bytes.Buffer
	require.NoError(t, setup.Run(t.Context(), c, &out, demo, onStage))
	assert.Equal(t, "The user may work for 1 companies.\n", out.String())
}
