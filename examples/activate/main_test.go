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

// The expected output is what `go run ./examples/activate` prints.
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
	require.NoError(t, setup.Run(t.Context(), c, &out, demo, (&options{email: "ceo@example.com"}).onStage))
	assert.Equal(t, "Ropo DISABLED, Amili DISABLED\n", out.String())
	assert.Zero(t, srv.Company().KYCMails(maventatest.Ropo), "without -write nobody is mailed")

	out.Reset()
	require.NoError(t, setup.Run(t.Context(), c, &out, demo, (&options{write: true, email: "ceo@example.com"}).onStage))
	assert.Equal(t, "Ropo PENDING, Amili DISABLED\n", out.String())
	assert.Equal(t, 1, srv.Company().KYCMails(maventatest.Ropo))
}

func TestNoEmail(t *testing.T) {
	srv := maventatest.NewServer(t)
	c, err := setup.Client(srv, maventa.Stage.Name)
	require.NoError(t, err)
	err = setup.Run(t.Context(), c, &bytes.Buffer{}, demo, (&options{write: true}).onStage)
	require.ErrorIs(t, err, maventa.ErrValidation)
	assert.ErrorContains(t, err, "agreement_contact_email is required")
}

// Lost answers: the orders arrived, so the state is read and nobody mailed again.
func TestLostAnswers(t *testing.T) {
	for _, wire := range maventatest.Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			srv := maventatest.NewServer(t, maventatest.WithWire(wire))
			c, err := setup.Client(srv, maventa.Stage.Name)
			require.NoError(t, err)
			srv.Inject(
				maventatest.DropAfterCommit().On("Ropo.Activate"),
				maventatest.DropAfterCommit().On("Amili.Activate"),
			)

			state, err := orderRopo(t.Context(), c, "ceo@example.com")
			require.NoError(t, err)
			assert.Equal(t, maventa.ServicePending, state)
			link, err := orderAmili(t.Context(), c)
			require.NoError(t, err)
			assert.Contains(t, link, "https://")
			assert.Equal(t, 1, srv.Company().KYCMails(maventatest.Ropo))
			assert.Zero(t, srv.PendingFaults())
		})
	}
}

// An order that was lost on its way is no order: the error says so.
func TestLostOrder(t *testing.T) {
	srv := maventatest.NewServer(t)
	c, err := setup.Client(srv, maventa.Stage.Name)
	require.NoError(t, err)
	srv.Inject(maventatest.DropBeforeCommit().On("Ropo.Activate"))

	state, err := orderRopo(t.Context(), c, "ceo@example.com")
	require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
	assert.Equal(t, maventa.ServiceDisabled, state)
	assert.Zero(t, srv.Company().KYCMails(maventatest.Ropo))
}
