package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/maventatest"
)

const overdue = "../../testdata/invoices/overdue.json"

// The expected output is what `go run ./examples/quickstart` prints.
func TestStory(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), config{invoices: overdue}, &out))
	assert.Equal(t, golden(t, "output.txt"), out.String())
}

// The story reads the same however Maventa speaks where that is not known.
func TestStoryOnAllWires(t *testing.T) {
	for _, wire := range maventatest.Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			shop, out := newShop(t, maventatest.WithWire(wire))
			require.NoError(t, shop.tellStory(t.Context()))
			assert.Equal(t, golden(t, "output.txt"), out.String())
		})
	}
}

// A lost answer to a transfer changes nothing: the ERP looks, and goes on.
func TestLostAnswerToTransfer(t *testing.T) {
	shop, out := newShop(t)
	shop.world.srv.Inject(maventatest.DropAfterCommit().On("Invoices.TransferToRopo"))
	require.NoError(t, shop.tellStory(t.Context()))
	assert.Equal(t, golden(t, "output.txt"), out.String())
	assert.Equal(t, 1, shop.world.srv.Count("Invoices.TransferToRopo"))
}

// A lost answer to a payment changes nothing either: it is there once.
func TestLostAnswerToPayment(t *testing.T) {
	for _, fault := range []maventatest.Fault{maventatest.DropAfterCommit(), maventatest.DropBeforeCommit(), maventatest.StatusAfterCommit(502)} {
		t.Run(fault.String(), func(t *testing.T) {
			shop, out := newShop(t)
			shop.world.srv.Inject(fault.On("Assignments.AddEvent"))
			require.NoError(t, shop.tellStory(t.Context()))
			assert.Equal(t, golden(t, "output.txt"), out.String())
			shop.world.srv.AssertExactlyOnce(t, shop.claims[0].assignment.ID, "paid", "528.57")
		})
	}
}

// A payment that is refused ends the story.
func TestRefusedPayment(t *testing.T) {
	shop, _ := newShop(t)
	shop.world.srv.Inject(maventatest.Status(403).On("Assignments.AddEvent"))
	err := shop.tellStory(t.Context())
	require.ErrorIs(t, err, maventa.ErrForbidden)
	assert.ErrorContains(t, err, "invoice 2026-1001")
	assert.Contains(t, advice(err), "check company id and keys, their rights")
}

func TestOtherInvoices(t *testing.T) {
	invoices, err := loadInvoices(overdue)
	require.NoError(t, err)

	t.Run("one, of a consumer, in cents that do not halve", func(t *testing.T) {
		one := invoices[0]
		one.Recipient.BID = ""
		one.Number, one.SumTax = "77", maventa.MustAmount("0.03")
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), config{invoices: write(t, one)}, &out))
		assert.Contains(t, out.String(), "77          Ropo    EUR        0.03       0.00       0.01           0.00       0.02       0.00  closed")
	})
	t.Run("one that Ropo does not take", func(t *testing.T) {
		crowns := invoices[0]
		crowns.Currency = "NOK"
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), config{invoices: write(t, []ax.Invoice{crowns, invoices[1]})}, &out))
		assert.Contains(t, out.String(), "invoice 2026-1001 not taken: the currency is not that of the account")
		assert.Contains(t, out.String(), "2026-1001   Ropo    NOK     1057.15       0.00       0.00           0.00       0.00    1057.15  not transferred")
		assert.Contains(t, out.String(), "2026-1007   Amili   EUR      250.94       5.00")
	})
	t.Run("one that the SDK does not send", func(t *testing.T) {
		dollars := invoices[0]
		dollars.Currency = "USD"
		err := run(t.Context(), config{invoices: write(t, dollars)}, &bytes.Buffer{})
		require.ErrorIs(t, err, maventa.ErrValidation)
		assert.ErrorContains(t, err, "currency must be EUR, SEK or NOK")
	})
	t.Run("one in tenths of cents", func(t *testing.T) {
		one := invoices[0]
		one.SumTax = maventa.MustAmount("10.001")
		err := run(t.Context(), config{invoices: write(t, one)}, &bytes.Buffer{})
		assert.ErrorContains(t, err, "more than two decimals")
	})
	t.Run("the same twice", func(t *testing.T) {
		err := run(t.Context(), config{invoices: write(t, []ax.Invoice{invoices[0], invoices[0]})}, &bytes.Buffer{})
		assert.ErrorContains(t, err, "is taken")
	})
}

func TestBadInvoices(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no JSON":     {"hello", "is not the JSON of invoices"},
		"nothing":     {"", "holds no invoices"},
		"none":        {"[]", "holds no invoices"},
		"no fields":   {"{}", "invoice 1"},
		"no due date": {`{"id":"1","number":"1","currency":"EUR","recipient":{"name":"A"},"date":"2026-11-02"}`, "date_due"},
		"a credit":    {`{"id":"1","number":"1","currency":"EUR","recipient":{"name":"A"},"date":"2026-11-02","date_due":"2026-11-02","sum_tax":-1}`, "sum_tax"},
		"no amount":   {`{"sum_tax":"many"}`, "is not the JSON of invoices"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "invoices.json")
			require.NoError(t, os.WriteFile(file, []byte(c.text), 0o600))
			var out bytes.Buffer
			assert.ErrorContains(t, run(t.Context(), config{invoices: file}, &out), c.want)
			assert.Empty(t, out.String())
		})
	}
	assert.Contains(t, advice(run(t.Context(), config{invoices: "nowhere.json"}, &bytes.Buffer{})), "-invoices")
}

func TestStage(t *testing.T) {
	srv := maventatest.NewServer(t)
	srv.Company().ActivatePerinta("vfsfi")
	id := srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{Number: "4711", Total: "124.00"})
	c, err := setup.Client(srv, maventa.Stage.Name)
	require.NoError(t, err)

	var out bytes.Buffer
	require.NoError(t, run(t.Context(), config{stage: c}, &out))
	got := strings.NewReplacer(srv.CompanyID(), "COMPANY", id, "ASSIGNMENT").Replace(out.String())
	assert.Equal(t, golden(t, "stage.txt"), got)
	for _, r := range srv.Requests() {
		assert.True(t, r.Method == "GET" || r.Op == "Auth.Token", "%s is not a read", r.Op)
	}
}

func TestStageIsNotProduction(t *testing.T) {
	srv := maventatest.NewServer(t)
	c, err := setup.Client(srv, maventa.Production.Name)
	require.NoError(t, err)
	assert.ErrorContains(t, run(t.Context(), config{stage: c}, &bytes.Buffer{}), "MAVENTA_ENVIRONMENT is production")
}

func TestAdvice(t *testing.T) {
	srv := maventatest.NewServer(t)
	c, err := setup.Client(srv, maventa.Stage.Name)
	require.NoError(t, err)
	srv.Company().DeleteUser()
	assert.Contains(t, advice(run(t.Context(), config{stage: c}, &bytes.Buffer{})), "check company id and keys")
}

func newShop(t *testing.T, opts ...maventatest.Option) (*erp, *bytes.Buffer) {
	t.Helper()
	invoices, err := loadInvoices(overdue)
	require.NoError(t, err)
	world, client, err := newWorld(invoices, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, world.end()) })
	var out bytes.Buffer
	return newERP(client, world, invoices, &out), &out
}

func golden(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return string(text)
}

func write(t *testing.T, invoices any) string {
	t.Helper()
	text, err := json.Marshal(invoices)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "invoices.json")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return file
}
