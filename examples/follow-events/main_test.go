package main

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/maventatest"
)

// The expected output is what `go run ./examples/follow-events` prints.
func TestDemo(t *testing.T) {
	want, err := os.ReadFile("testdata/output.txt")
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), config{}, &out))
	assert.Equal(t, string(want), out.String())
}

func TestStage(t *testing.T) {
	srv := maventatest.NewServer(t)
	id := srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{Total: "124.00"})
	srv.Agency().Comment(id, "Is there a receipt?")
	c, err := setup.Client(srv, maventa.Stage.Name)
	require.NoError(t, err)

	for range 2 { // nothing is answered or marked there
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), config{stage: c}, &out))
		assert.Equal(t, "2026-11-02  comment on "+id+"\n", out.String())
	}
}

func TestAllWires(t *testing.T) {
	for _, wire := range maventatest.Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			srv := maventatest.NewServer(t, maventatest.WithWire(wire))
			id := srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{Total: "124.00"})
			srv.Agency().Comment(id, "Is there a receipt?")
			srv.Agency().Paid(id, "124.00", "")
			srv.Agency().Comment(id, "Done.")
			c, err := setup.Client(srv, maventa.Stage.Name)
			require.NoError(t, err)

			assert.ElementsMatch(t, []string{ // what happens at the same time has no order
				"comment: answered: Yes, signed on delivery. A copy is on its way by mail.",
				"paid: booked 124.00",
				"close: noted; no proof of payment",
				"comment: for a person: Done.",
			}, follow(t, c))
			assert.Equal(t, []string{"comment: for a person: Done."}, follow(t, c), "the rest is marked as seen")
			srv.AssertExactlyOnce(t, id, "comment", "")
		})
	}
}

func follow(t *testing.T, c *maventa.Client) []string {
	t.Helper()
	events, err := newEvents(t.Context(), c, time.Time{})
	require.NoError(t, err)
	var done []string
	for _, event := range events {
		what, err := handle(t.Context(), c, event, answer)
		require.NoError(t, err)
		done = append(done, string(event.Type)+": "+what)
	}
	return done
}

func TestProductionIsRefused(t *testing.T) {
	srv := maventatest.NewServer(t)
	c, err := setup.Client(srv, maventa.Production.Name)
	require.NoError(t, err)
	err = run(t.Context(), config{stage: c}, &bytes.Buffer{})
	assert.ErrorContains(t, err, "MAVENTA_ENVIRONMENT is production")
}
