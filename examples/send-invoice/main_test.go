package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/invoicezip"
	"github.com/maventa-go/maventa/maventatest"
)

// The expected output is what `go run ./examples/send-invoice` prints.
func TestDemo(t *testing.T) {
	want, err := os.ReadFile("testdata/output.txt")
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, setup.Run(t.Context(), nil, &out, demo, nil))
	assert.Equal(t, string(want), out.String())
}

func TestStage(t *testing.T) {
	srv := maventatest.NewServer(t)
	id := srv.AddInvoice(maventatest.Invoice{Number: "7"})
	c, err := setup.Client(srv, maventa.Stage.Name)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, setup.Run(t.Context(), c, &out, demo, (&options{invoice: id}).onStage))
	assert.Equal(t, "7: DELIVERED\n", out.String())
}

// An invoice that fails tells why.
func TestFailed(t *testing.T) {
	srv := maventatest.NewServer(t, maventatest.WithManualDelivery())
	c := srv.Client(t)
	id, err := send(t.Context(), c, "1", func() invoicezip.Archive { return files("1") })
	require.NoError(t, err)
	srv.Company().AX().FailInvoice(id, "no such address")
	_, err = delivered(t.Context(), c, id)
	require.ErrorIs(t, err, errNotDelivered)
	assert.ErrorContains(t, err, "no such address")
}

// The invoice never reached the service: the second sending makes it.
func TestLostBefore(t *testing.T) {
	srv := maventatest.NewServer(t)
	srv.Inject(maventatest.DropBeforeCommit().On("Invoices.Send"))
	_, err := send(t.Context(), srv.Client(t), "1", func() invoicezip.Archive { return files("1") })
	require.NoError(t, err)
	assert.Len(t, srv.Company().AX().Invoices(), 1)
}
