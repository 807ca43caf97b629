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
	_, err = handOver(t.Context(), c, id, goods(srv))
	require.ErrorIs(t, err, maventa.ErrTransferStalled)
	assert.Equal(t, "waits for a person (the address is incomplete): fix that, do not transfer it again", whatNow(err))

	require.NoError(t, setup.Run(t.Context(), c, &out, demo, (&options{invoice: id}).onStage))
	assert.Equal(t, id+": pending the address is incomplete\n", out.String())
}

// The agency takes its time, and the assignment shows later still. In a bubble
// neither takes any.
func TestWaiting(t *testing.T) {
	for lag, want := range map[time.Duration]string{
		30 * time.Second: "",
		time.Hour:        "still on its way, or nobody knows: ask WaitForTransfer again later",
	} {
		synctest.Test(t, func(t *testing.T) {
			srv := maventatest.NewServer(t, maventatest.WithLag(lag))
			srv.Company().Activate(maventatest.Ropo)
			id := srv.AddInvoice(maventatest.Invoice{DueDate: srv.Clock().Day(-10), Total: "124.00"})
			c, err := setup.Client(srv, maventa.Stage.Name)
			require.NoError(t, err)

			assignment, err := handOver(t.Context(), c, id, goods(srv))
			if want != "" {
				assert.Equal(t, want, whatNow(err))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, id, assignment.InvoiceID)
		})
	}
}

func goods(srv *maventatest.Server) maventa.RopoTransfer {
	return maventa.RopoTransfer{
		CollectionType:  maventa.CollectionOnly,
		ReceivablesType: maventa.ReceivablesB2B,
		Payers: []maventa.Payer{{
			Name:    "Velallinen Oy",
			Address: maventa.Address{Country: "FI", Streets: []string{"Velkakatu 1"}, City: "Turku", ZipCode: "20100"},
		}},
		Amounts:  maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("124.00")},
		DueDate:  maventa.MustDate(srv.Clock().Day(-10)),
		Currency: "EUR",
		Today:    maventa.MustDate(srv.Today()),
	}
}
