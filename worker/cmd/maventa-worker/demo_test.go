package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/worker"
)

// runDemo runs a short demo: .ci/run runs it in full.
func runDemo(t *testing.T, args ...string) {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	args = append([]string{"demo", "-companies", "3", "-payments", "42", "-kills", "1"}, args...)
	out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	t.Logf("%s", out)
	require.NoError(t, err)
	// 42 of the books, 9 transfers and 24 events of the agency
	assert.Contains(t, string(out), "the worker is killed (1 of 1)")
	assert.Contains(t, string(out), "\n75 of 75, 0 twice, 0 missing\n")
}

func TestDemo(t *testing.T) {
	t.Parallel()
	runDemo(t)
}

func TestDemoInASandbox(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.exe")
	build, err := exec.CommandContext(t.Context(), "go", "build", "-C", "../../..", "-o", path, "./cmd/maventa-sandbox").CombinedOutput()
	require.NoError(t, err, "%s", build)
	sandbox := exec.CommandContext(t.Context(), path, "-json", "-page", "127.0.0.1:0", "-ax", "127.0.0.1:0", "-receivables", "127.0.0.1:0")
	out, err := sandbox.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, sandbox.Start())
	defer func() {
		_ = sandbox.Process.Kill()
		_ = sandbox.Wait()
	}()
	var where struct{ Page string }
	require.NoError(t, json.NewDecoder(out).Decode(&where))
	runDemo(t, "-sandbox", where.Page)
}

func TestDemoFlags(t *testing.T) {
	for _, args := range [][]string{{"-companies", "0"}, {"-payments", "x"}, {"-kills", "-1"}, {"more"}} {
		err := demo(t.Context(), args, io.Discard, io.Discard)
		assert.Equal(t, exitUsage, codeOf(err), "%v: %v", args, err)
	}
	err := demo(t.Context(), []string{"-db", "mysql://demo:canary@127.0.0.1/"}, io.Discard, io.Discard)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "canary")
}

// TestDemoSeesWhatIsWrong: a payment that was reported twice, one that is missing, one
// of an amount that nobody asked for, and a second case of an invoice.
func TestDemoSeesWhatIsWrong(t *testing.T) {
	report := func(amount string) demoEvent { return demoEvent{Type: "paid", Author: "sender", Amount: amount} }
	c := &demoCompany{claims: []*claim{
		{assignmentID: "A1", payments: []string{"1.00", "2.00", "3.00"}, credits: []string{"4.00"}},
		{invoiceID: "I2", payments: []string{"1.00"}},
		{invoiceID: "I3"},
	}}
	o, debts := &outcome{}, balance{name: "Oy"}
	require.NoError(t, o.compare(c, []demoAssignment{
		{ID: "A1", InvoiceID: "I1", Total: demoTotal, Paid: "4.05", Credited: "4.00", Events: []demoEvent{
			report("1.00"), report("2.00"), report("2.00"), report("0.05"), {Type: "credit_note", Author: "sender", Amount: "4.00"},
		}},
		{ID: "A2", InvoiceID: "I2", Total: demoTotal, Paid: "1.00", Credited: "0.00", Events: []demoEvent{
			report("1.00"), {Type: "paid", Author: "agency", Amount: "9.00"},
		}},
		{ID: "A3", InvoiceID: "I2", Total: demoTotal, Paid: "0.00", Credited: "0.00"},
	}, &debts))
	assert.Equal(t, count{once: 2, twice: 2, missing: 1}, o.payments)
	assert.Equal(t, count{once: 1}, o.credits)
	assert.Equal(t, count{twice: 1, missing: 1}, o.transfers)
	assert.Equal(t, "29989.00", debts.books.String())
	o.balances = append(o.balances, debts)
	var out bytes.Buffer
	err := o.print(&out)
	require.ErrorIs(t, err, errNotOnce)
	assert.Equal(t, exitFailed, codeOf(err))
	assert.Contains(t, out.String(), "3 of 8, 3 twice, 2 missing")
	assert.Contains(t, out.String(), "differs")
}

func TestDemoSeesAnEvenEnd(t *testing.T) {
	even := &outcome{payments: count{once: 1}, balances: []balance{{"Oy", maventa.MustAmount("1.00"), maventa.MustAmount("1")}}}
	require.NoError(t, even.print(io.Discard))
}

// TestDemoFindsEventsMissing: what the agency has booked, and no worker has followed, is
// missing.
func TestDemoFindsEventsMissing(t *testing.T) {
	m, err := newInMemory()
	require.NoError(t, err)
	defer func() { assert.NoError(t, m.close()) }()
	s, err := newStory(m, 1, 1)
	require.NoError(t, err)
	require.NoError(t, s.agencyPays())
	dir := t.TempDir()
	config := worker.Config{
		Environment: m.environment(), Installation: "demo", Marker: filepath.Join(dir, "marker"), Database: "sqlite:" + filepath.Join(dir, "maventa.db"),
	}
	require.NoError(t, s.prepare(t.Context(), config))
	o, err := s.check(t.Context(), config)
	require.NoError(t, err)
	assert.Equal(t, count{missing: 1}, o.events)
	assert.Equal(t, count{missing: demoInvoices}, o.transfers)
	assert.Equal(t, count{missing: 1}, o.payments)
	assert.False(t, o.balances[0].books.Equal(o.balances[0].maventas))
}

func TestDemoFaultsAreKnown(t *testing.T) {
	for _, text := range demoFaults {
		_, err := maventatest.ParseFault(text)
		assert.NoError(t, err)
	}
}
