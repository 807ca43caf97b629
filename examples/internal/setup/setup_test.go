package setup

import (
	"bytes"
	"context"
	"log"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

func TestRun(t *testing.T) {
	srv := maventatest.NewServer(t)
	demo := func(_ context.Context, say *log.Logger) error {
		say.Print("demo")
		return nil
	}
	onStage := func(_ context.Context, c *maventa.Client, say *log.Logger) error {
		say.Print("for ", c.CompanyID())
		return nil
	}
	var out bytes.Buffer
	require.NoError(t, Run(t.Context(), nil, &out, demo, onStage))
	assert.Equal(t, "demo\n", out.String())

	stage, err := Client(srv, maventa.Stage.Name)
	require.NoError(t, err)
	out.Reset()
	require.NoError(t, Run(t.Context(), stage, &out, demo, onStage))
	assert.Equal(t, "for "+srv.CompanyID()+"\n", out.String())

	// MAVENTA_ENVIRONMENT may say production: no example runs there.
	production, err := Client(srv, maventa.Production.Name)
	require.NoError(t, err)
	out.Reset()
	err = Run(t.Context(), production, &out, demo, onStage)
	require.ErrorContains(t, err, "MAVENTA_ENVIRONMENT is production")
	assert.Empty(t, out.String())
}
