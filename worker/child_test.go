package worker_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/worker"
)

// childEnv makes this program a worker instead of a test.
const childEnv = "MAVENTA_WORKER_CHILD"

// childConfig is what a process is given of a worker.Config. Keys are secrets, which do
// not become JSON.
type childConfig struct {
	Environment    maventa.Environment
	Marker         string
	Database       string
	Follow, Settle time.Duration
	Limits         ledger.Limits
	Companies      [][3]string // company id, user key, vendor key
}

// child is a worker in a process of its own.
type child struct {
	cmd   *exec.Cmd
	ended chan error

	mu   sync.Mutex
	said strings.Builder
}

// child starts a worker in a process of its own, and returns when its tables are there.
func (w *world) child(t testing.TB) *child {
	t.Helper()
	config := childConfig{
		Environment: w.config.Environment, Marker: w.config.Marker, Database: w.config.Database,
		Follow: w.config.Follow, Settle: w.config.Settle, Limits: w.config.Limits,
	}
	for _, c := range w.config.Companies {
		config.Companies = append(config.Companies, [3]string{c.CompanyID, string(c.UserAPIKey), string(c.VendorAPIKey)})
	}
	input, err := json.Marshal(config)
	require.NoError(t, err)
	c := &child{cmd: exec.Command(os.Args[0]), ended: make(chan error, 1)}
	c.cmd.Env = append(os.Environ(), childEnv+"=1")
	c.cmd.Stdin = strings.NewReader(string(input))
	out, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	c.cmd.Stderr = c.cmd.Stdout
	require.NoError(t, c.cmd.Start())
	begun := make(chan struct{})
	go func() {
		s := bufio.NewScanner(out)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			if s.Text() == "begins" {
				close(begun)
				continue
			}
			c.mu.Lock()
			c.said.WriteString(s.Text() + "\n")
			c.mu.Unlock()
		}
		c.ended <- c.cmd.Wait()
	}()
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	select {
	case <-begun:
	case err := <-c.ended:
		require.FailNow(t, "the process ended", "%v: %s", err, c.output())
	case <-time.After(time.Minute):
		require.FailNow(t, "the process does not begin", c.output())
	}
	return c
}

// output is what the process has logged.
func (c *child) output() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said.String()
}

// kill ends the process at once, as kill -9 does.
func (c *child) kill(t testing.TB) {
	t.Helper()
	require.NoError(t, c.cmd.Process.Kill())
	err := <-c.ended
	require.ErrorContains(t, err, "killed", "the process ended by itself: %s", c.output())
}

// stop asks the process to end, and says how long it took.
func (c *child) stop(t testing.TB) time.Duration {
	t.Helper()
	began := time.Now()
	require.NoError(t, c.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-c.ended:
		assert.NoError(t, err, c.output())
	case <-time.After(30 * time.Second):
		t.Error("the process does not end")
		c.kill(t)
	}
	return time.Since(began)
}

// runChild is the process: a worker until it is asked to end.
func runChild() error {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	var given childConfig
	if err := json.Unmarshal(input, &given); err != nil {
		return err
	}
	config := worker.Config{
		Environment: given.Environment, Installation: "test", Marker: given.Marker, Database: given.Database,
		Follow: given.Follow, Settle: given.Settle, Limits: given.Limits,
		Log: slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	for _, c := range given.Companies {
		config.Companies = append(config.Companies, worker.Company{Credentials: maventa.Credentials{
			CompanyID: c[0], UserAPIKey: maventa.Secret(c[1]), VendorAPIKey: maventa.Secret(c[2]),
		}})
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	w, err := worker.Open(ctx, config)
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.Migrate(ctx); err != nil {
		return err
	}
	fmt.Println("begins")
	return w.Run(ctx)
}

// number reads one number from a database.
func number(t testing.TB, db *sql.DB, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, db.QueryRowContext(t.Context(), query, args...).Scan(&n), query)
	return n
}

// eventually waits until something is so, and says how long it took.
func eventually(t testing.TB, within time.Duration, isSo func() bool, what string, args ...any) time.Duration {
	t.Helper()
	began := time.Now()
	for !isSo() {
		require.Less(t, time.Since(began), within, fmt.Sprintf(what, args...))
		time.Sleep(50 * time.Millisecond)
	}
	return time.Since(began)
}

const unfinished = "SELECT COUNT(*) FROM maventa_outbox WHERE state <> 'done'"

// held counts the entries that wait for a person.
func held(t testing.TB, db *sql.DB) int {
	t.Helper()
	return number(t, db, "SELECT COUNT(*) FROM maventa_outbox WHERE state = 'held'")
}

// left are the entries that are not done, and why.
func left(t testing.TB, db *sql.DB) (list []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT entry_key, state, attempts, due_at, taken_at, last_error, why FROM maventa_outbox
		WHERE state <> 'done' ORDER BY entry_key LIMIT 20`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var (
			key, state, kind, why string
			attempts, due, taken  int64
		)
		require.NoError(t, rows.Scan(&key, &state, &attempts, &due, &taken, &kind, &why))
		list = append(list, fmt.Sprintf("%s is %s, due in %v, taken %t, %d attempts: %s: %s", key, state,
			time.Until(time.UnixMicro(due)).Round(time.Second), taken != 0, attempts, kind, why))
	}
	require.NoError(t, rows.Err())
	return list
}

// today is the day that the payments are known until.
func today() maventa.Date { return maventa.DateOf(time.Now().UTC()) }
