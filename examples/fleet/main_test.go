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
	require.NoError(t, run(t.Context(), config{}, &out))
	assert.Equal(t, string(want), out.String())
}

func TestStage(t *testing.T) {
	srv := maventatest.NewServer(t)
	c, err := setup.Client(srv, maventa.Stage.Name)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), config{stage: c}, &out))
	assert.Equal(t, "The user may work for 1 companies.\n", out.String())
}

func TestProductionIsRefused(t *testing.T) {
	srv := maventatest.NewServer(t)
	c, err := setup.Client(srv, maventa.Production.Name)
	require.NoError(t, err)
	err = run(t.Context(), config{stage: c}, &bytes.Buffer{})
	assert.ErrorContains(t, err, "MAVENTA_ENVIRONMENT is production")
}
