package main

import (
	"bytes"
	"context"
	"errors"
	"log"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/maventatest"
)

// The expected output is what `go run ./examples/follow-events` prints.
func TestDemo(t *testing.T) {
	want, err := os.ReadFile("testdata/output.txt")
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, setup.Run(t.Context(), nil, &out, demo, nil))
	assert.Equal(t, string(want), out.String())
}

func TestStage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		id := srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{Total: "124.00"})
		srv.Agency().Comment(id, "Is there a receipt?")
		c, err := setup.Client(srv, maventa.Stage.Name)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var out bytes.Buffer
		require.NoError(t, setup.Run(ctx, c, &out, demo, onStage))
		assert.Equal(t, "2000-01-01  comment on "+id+"\n", out.String())
		srv.AssertEvents(t, id, "agency comment") // nothing was answered
	})
}

// TestCrash: whatever the wire, the event at which the program fails comes again,
// and no other.
func TestCrash(t *testing.T) {
	for _, wire := range maventatest.Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := maventatest.NewServer(t, maventatest.WithWire(wire))
				id := srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{Total: "124.00"})
				srv.Agency().Comment(id, "Is there a receipt?")
				srv.Advance(time.Hour)
				srv.Agency().Paid(id, "24.00", "")
				srv.Advance(time.Hour)
				srv.Agency().Comment(id, "Thank you.")
				c, err := setup.Client(srv, maventa.Stage.Name)
				require.NoError(t, err)

				l := &ledger{done: map[string]follow.Ref{}}
				crash := errors.New("crash")
				err = followEvents(t.Context(), c, l, func(ctx context.Context, i follow.Item) error {
					if i.Event.Type == maventa.EventPaid {
						return crash
					}
					_, err := handle(ctx, c, i, answer)
					return err
				})
				require.ErrorIs(t, err, crash)
				var out strings.Builder
				require.NoError(t, lookOnce(t.Context(), c, l, log.New(&out, "", 0)))
				assert.Equal(t, "  paid      booked 24.00\n  comment   for a person: Thank you.\n", out.String())
				answers := 0
				a, _ := srv.Assignment(id)
				for _, e := range a.Events {
					if e.Author == "sender" {
						answers++
					}
				}
				assert.Equal(t, 1, answers)
			})
		})
	}
}
