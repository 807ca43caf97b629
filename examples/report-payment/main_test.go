package main

import (
	"bytes"
	"os"
	"path/filepath"
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

var invoice = maventatest.Invoice{ID: "0f3b5a52-6a0e-4c0b-9a38-5b7d5f2c1001", Total: "124.00"}

// The expected output is what `go run ./examples/report-payment` prints.
func TestDemo(t *testing.T) {
	want, err := os.ReadFile("testdata/output.txt")
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, setup.Run(t.Context(), nil, &out, demo, nil))
	assert.Equal(t, string(want), out.String())
}

func TestStage(t *testing.T) {
	srv := maventatest.NewServer(t)
	id := srv.Company().AddAssignment(maventatest.Amili, invoice)
	c, err := setup.Client(srv, maventa.Stage.Name)
	require.NoError(t, err)
	o := options{payment: payment{"B-01", invoice.ID, maventa.MustAmount("40.50"), maventa.MustDate("2026-11-02")}}

	var out bytes.Buffer
	require.NoError(t, setup.Run(t.Context(), c, &out, demo, o.onStage))
	assert.Empty(t, out.String())
	srv.AssertEvents(t, id) // none: -write was not given

	o.write = true
	assert.ErrorContains(t, setup.Run(t.Context(), c, &out, demo, o.onStage), "-journal and -key")
	o.journal = filepath.Join(t.TempDir(), "journal.jsonl")
	for range 2 { // a second run reports nothing
		out.Reset()
		require.NoError(t, setup.Run(t.Context(), c, &out, demo, o.onStage))
		assert.Equal(t, "reported: never report it again\n2026-11-02  paid by sender 40.50\n", out.String())
		srv.AssertEvents(t, id, "sender paid 40.50")
	}

	o.archiveID, o.date = "B-02", maventa.Date{}
	assert.ErrorContains(t, setup.Run(t.Context(), c, &out, demo, o.onStage), "date is required")
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		fault maventatest.Fault
		want  verdict
		there int
	}{
		{maventatest.DropBeforeCommit().On("Assignments.AddEvent"), later, 0},
		{maventatest.DropAfterCommit().On("Assignments.AddEvent"), later, 1},
		{maventatest.Status(500).On("Assignments.AddEvent"), later, 0},
		{maventatest.StatusAfterCommit(502).On("Assignments.AddEvent"), later, 1},
		{maventatest.Status(422).On("Assignments.AddEvent"), refused, 0},
		{maventatest.Truncate().On("Assignments.AddEvent"), reported, 1},
		{maventatest.HTML(200).On("Assignments.AddEvent"), later, 0},
		{maventatest.Status(503).On("Auth.Token").Times(maventatest.Always), later, 0},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the SDK waits before it asks for a token again
				srv := maventatest.NewServer(t)
				id := srv.Company().AddAssignment(maventatest.Amili, invoice)
				client, err := setup.Client(srv, maventa.Stage.Name)
				require.NoError(t, err)
				srv.Inject(c.fault)
				l := ledger.New(client, ledger.NewMemory())

				got, err := report(t.Context(), l, id, payment{"B-01", invoice.ID, maventa.MustAmount("40.50"), maventa.DateOf(time.Now().UTC())})

				assert.Equal(t, c.want, got)
				assert.Equal(t, c.want == reported, err == nil)
				assignment, _ := srv.Assignment(id)
				assert.Len(t, assignment.Events, c.there)
			})
		})
	}
}
