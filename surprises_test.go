package maventa_test

import (
	"errors"
	"fmt"
	"go/ast"
	"io"
	"log"
	"log/slog"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// TestNoSurprises: calls write nothing to the terminal, to the standard loggers
// or to disk, and leave the process as it was.
func TestNoSurprises(t *testing.T) {
	home := t.TempDir()
	t.Chdir(home)
	for _, name := range []string{"HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, home)
	}
	// If the environment were read, these would break every call.
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	for _, name := range []string{"MAVENTA_ENVIRONMENT", "MAVENTA_COMPANY_ID", "MAVENTA_USER_API_KEY", "MAVENTA_VENDOR_API_KEY"} {
		t.Setenv(name, "nonsense")
	}
	read, write, err := os.Pipe()
	require.NoError(t, err)
	stdout, stderr, logger := os.Stdout, os.Stderr, slog.Default()
	os.Stdout, os.Stderr = write, write
	log.SetOutput(write)
	slog.SetDefault(slog.New(slog.NewTextHandler(write, nil)))
	func() {
		defer func() {
			os.Stdout, os.Stderr = stdout, stderr
			log.SetOutput(stderr)
			slog.SetDefault(logger)
		}()
		synctest.Test(t, func(t *testing.T) {
			srv := maventatest.NewServer(t)
			c := srv.Client(t)
			for _, fault := range maventatest.AllFaults(time.Second) {
				for _, call := range cases() {
					srv.Inject(fault)
					_, _ = call.Call(t.Context(), c, call.IDs...)
				}
				srv.ClearFaults()
			}
		})
	}()
	require.NoError(t, write.Close())
	written, err := io.ReadAll(read)
	require.NoError(t, err)
	assert.Empty(t, string(written))
	files, err := os.ReadDir(home)
	require.NoError(t, err)
	assert.Empty(t, files)
}

// TestNoGlobalState: the sources neither write to the terminal nor read the
// environment, but for the one function whose name says so.
func TestNoGlobalState(t *testing.T) {
	for _, file := range ct.GoFiles(t, ".") {
		for _, imported := range file.Imports {
			assert.NotEqual(t, `"log"`, imported.Path.Value)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if fn, ok := n.(*ast.FuncDecl); ok && fn.Name.Name == "NewClientFromEnv" {
				return false
			}
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok {
				assert.NotContains(t, []string{
					"os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv", "os.Stdout", "os.Stderr", "os.Exit", "fmt.Print", "fmt.Println",
					"fmt.Printf", "slog.Default", "slog.Info", "slog.Warn", "slog.Error", "http.DefaultClient", "http.DefaultTransport",
					"http.ProxyFromEnvironment", "signal.Notify",
				}, pkg.Name+"."+sel.Sel.Name)
			}
			return true
		})
	}
}

// TestSharedOptions: options, bodies and a journal shared between 64 goroutines
// and as many clients. The race detector is the judge.
func TestSharedOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the ledger waits between two reads
		srv := maventatest.NewServer(t)
		srv.Company().Activate(maventatest.Ropo)
		shared := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "1000.00"})
		clientOpts := []maventa.ClientOption{
			maventa.WithHTTPClient(srv.HTTPClient()), maventa.WithScopes(maventa.DefaultScopes()...), maventa.WithProduct("Acme/1"),
			maventa.WithLogger(slog.New(slog.DiscardHandler)), maventa.WithTimeout(time.Minute),
			maventa.WithRetry(maventa.RetryPolicy{MaxAttempts: 2}), ct.AllWrites(),
		}
		callOpts := []maventa.CallOption{maventa.Unchecked(), maventa.WithoutPreflight(), maventa.WithTimeout(time.Minute), maventa.WithRetry(maventa.NoRetry)}
		event, transfer := canaryEvent(), canaryRopoTransfer()
		handOver := ledger.TransferEntry{Key: "t", Ropo: &transfer}
		journal, ledgerOpts := ledger.NewMemory(), []ledger.Option{ledger.SettleTime(time.Hour), ledger.With(callOpts...), ledger.Clock(func() time.Time { return time.Now().AddDate(27, 0, 0) })}
		invoice := srv.AddInvoice(overdue(srv))
		all := srv.Client(t).Assignments.All(t.Context(), maventa.AssignmentFilter{DebtorName: "Velallinen"}, callOpts...)
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				c, err := maventa.NewClient(srv.Environment(), srv.Credentials(), clientOpts...)
				if !assert.NoError(t, err) {
					return
				}
				l := ledger.New(c, journal, ledgerOpts...)
				_, err = c.Assignments.AddEvent(t.Context(), shared, event, callOpts...)
				assert.NoError(t, err)
				entry := ledger.Entry{Key: fmt.Sprint("bank-", i), Event: event}
				_, err = l.EnsureEvent(t.Context(), shared, entry)
				for errors.Is(err, ledger.ErrPossibleDuplicate) { // the others'
					entry.NotMine = append(entry.NotMine, asFailure(err).Details...)
					_, err = l.EnsureEvent(t.Context(), shared, entry)
				}
				assert.True(t, err == nil || errors.Is(err, maventa.ErrOutcomeUnknown), "%v", err)
				_, err = l.EnsureTransfer(t.Context(), invoice, handOver)
				assert.True(t, err == nil || errors.Is(err, maventa.ErrOutcomeUnknown), "%v", err)
				_, err = ct.Collect(all)
				assert.NoError(t, err)
				assert.Empty(t, ct.Finds(ct.Printed(c)))
			})
		}
		wg.Wait()
	})
}

// TestForInvoiceWithoutID: an answer that shows no id is of the assignment that the
// transfer names.
func TestForInvoiceWithoutID(t *testing.T) {
	srv := maventatest.NewServer(t)
	id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
	there, _ := srv.Assignment(id)
	srv.Inject(maventatest.ForeignJSON().On("Assignments.Get"))
	a, err := srv.Client(t).Assignments.ForInvoice(t.Context(), there.InvoiceID)
	require.NoError(t, err)
	assert.Equal(t, id, a.ID)
}
