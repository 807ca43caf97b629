package main

import (
	"bytes"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// The expected output is what `go run ./examples/transfer` prints.
func TestDemo(t *testing.T) {
	want, err := os.ReadFile("testdata/output.txt")
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, setup.Run(t.Context(), nil, &out, demo, nil))
	assert.Equal(t, string(want), out.String())
}

func TestStage(t *testing.T) {
	srv := maventatest.NewServer(t)
	srv.Company().Activate(maventatest.Ropo)
	id := srv.AddInvoice(maventatest.Invoice{DueDate: srv.Clock().Day(-10)})
	c, err := setup.Client(srv, maventa.Stage.Name)
	require.NoError(t, err)

	var out bytes.Buffer
	err = setup.Run(t.Context(), c, &out, demo, (&options{invoice: id}).onStage)
	require.ErrorIs(t, err, maventa.ErrNotFound)

	srv.PendTransfer(id, "the address is incomplete")
	today := maventa.MustDate(srv.Today())
	l, said := ledger.New(c, ledger.NewMemory()), ""
	for range 2 {
		said = handOver(t.Context(), l, id, claim("1", today.AddDays(-10), today))
	}
	assert.Equal(t, "waits for a person (the address is incomplete)", said)

	require.NoError(t, setup.Run(t.Context(), c, &out, demo, (&options{invoice: id}).onStage))
	assert.Equal(t, id+": pending the address is incomplete\n", out.String())
}

// The agency takes its time, and the assignment shows later still. In a bubble
// neither takes any.
func TestNights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t, maventatest.WithLag(30*time.Hour))
		srv.Company().Activate(maventatest.Ropo)
		id := srv.AddInvoice(maventatest.Invoice{DueDate: srv.Clock().Day(-10), Total: "124.00"})
		l := ledger.New(srv.Client(t), ledger.NewMemory())
		today := maventa.MustDate(srv.Today())
		srv.Inject(maventatest.DropAfterCommit().On("Invoices.TransferToRopo"))
		var said []string
		for range 5 {
			said = append(said, handOver(t.Context(), l, id, claim("1", today.AddDays(-10), today)))
			time.Sleep(24 * time.Hour)
		}
		assert.Equal(t, "in doubt: look again later", said[0])
		assert.Equal(t, "handed over: look again later", said[1])
		assert.Equal(t, "in collection", said[4])
		assert.Equal(t, 1, srv.Count("Invoices.TransferToRopo"))
	})
}
