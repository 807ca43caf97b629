package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/maventatest"
)

var binary = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "worker")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "maventa-worker")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		err = errors.Join(err, errors.New(string(out)))
	}
	return path, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// place is where a worker of a test lives.
type place struct {
	srv *maventatest.Server
	dir string
	env []string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	srv := maventatest.NewServer(t, maventatest.OverTCP())
	dir := t.TempDir()
	return &place{srv, dir, []string{
		"MAVENTA_ENVIRONMENT=local", "MAVENTA_AX_URL=" + srv.AutoXChangeURL(), "MAVENTA_RECEIVABLES_URL=" + srv.ReceivablesURL(),
		"MAVENTA_COMPANY_ID=" + srv.CompanyID(), "MAVENTA_USER_API_KEY=" + srv.UserAPIKey(), "MAVENTA_VENDOR_API_KEY=" + srv.VendorAPIKey(),
		"MAVENTA_INSTALLATION=test", "MAVENTA_DATABASE=sqlite:" + filepath.Join(dir, "maventa.db"), "MAVENTA_MARKER=" + filepath.Join(dir, "marker"),
		"HOME=" + dir, "PATH=" + os.Getenv("PATH"),
	}}
}

// with is the place with other variables; one without a value is taken away.
func (p *place) with(pairs ...string) *place {
	other := *p
	other.env = append([]string(nil), p.env...)
	other.env = append(other.env, pairs...)
	return &other
}

// command is the program with arguments.
func (p *place) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Dir = p.env, p.dir
	return cmd
}

// ends runs the program to its end.
func (p *place) ends(t *testing.T, args ...string) (code int, out, log string) {
	t.Helper()
	cmd := p.command(t, args...) // the first one builds the program
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Start())
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	err := cmd.Wait()
	if _, isExit := errors.AsType[*exec.ExitError](err); !isExit {
		require.NoError(t, err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// shared is a buffer that is read while it is written.
type shared struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// running is a worker that runs.
type running struct {
	*exec.Cmd

	url  string
	log  *shared
	done chan error
}

// runs starts a worker, and waits until it is ready.
func (p *place) runs(t *testing.T, args ...string) *running {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	r := &running{Cmd: p.command(t, append([]string{"run", "-listen", address}, args...)...), url: "http://" + address, log: &shared{}, done: make(chan error, 1)}
	r.Stderr = r.log
	require.NoError(t, r.Start())
	go func() { r.done <- r.Wait() }()
	t.Cleanup(func() { _ = r.Process.Kill() })
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if status, _ := get(t, r.url+"/readyz"); status == http.StatusOK {
			return r
		}
		select {
		case <-r.done:
			require.Fail(t, "the worker has ended", r.log.String())
		default:
		}
		require.True(t, time.Now().Before(end), "the worker is not ready")
	}
}

// ended waits for the end of a worker.
func (r *running) ended(t *testing.T) (code int, took time.Duration) {
	t.Helper()
	began := time.Now()
	select {
	case <-r.done:
	case <-time.After(15 * time.Second):
		require.Fail(t, "the worker does not end")
	}
	return r.ProcessState.ExitCode(), time.Since(began)
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(text)
}

func TestExitCodes(t *testing.T) {
	p := newPlace(t)
	open := filepath.Join(p.dir, "open.json")
	require.NoError(t, os.WriteFile(open, []byte("[]"), 0o644))
	require.NoError(t, os.Chmod(open, 0o644))
	broken := filepath.Join(p.dir, "broken.json")
	require.NoError(t, os.WriteFile(broken, []byte(`[{"company_id":"x","user_api_key":"sesame","vendor_api_key":""}]`), 0o600))
	for _, test := range []struct {
		name  string
		place *place
		args  []string
		code  int
		says  string
	}{
		{"no subcommand", p, nil, 64, "a subcommand is missing"},
		{"unknown subcommand", p, []string{"walk"}, 64, "no subcommand walk"},
		{"unknown flag", p, []string{"run", "-fast"}, 64, "-fast"},
		{"argument", p, []string{"run", "now"}, 64, "unexpected: now"},
		{"help", p, []string{"run", "-h"}, 0, "MAVENTA_COMPANY_ID"},
		{"all subcommands", p, []string{"help"}, 0, ""},
		{"environment", p.with("MAVENTA_ENVIRONMENT=test"), []string{"run"}, 78, "stage, production or local"},
		{"installation", p.with("MAVENTA_INSTALLATION="), []string{"run"}, 78, "Installation is required"},
		{"no companies", p.with("MAVENTA_COMPANY_ID="), []string{"run"}, 78, "no companies"},
		{"no keys", p.with("MAVENTA_USER_API_KEY="), []string{"run"}, 78, "user_api_key"},
		{"keys that others read", p, []string{"run", "-companies", open}, 77, "chmod"},
		{"keys that are incomplete", p, []string{"run", "-companies", broken}, 78, "company 1 of the list"},
		{"keys that are nowhere", p, []string{"run", "-companies", "nowhere.json"}, 78, "nowhere.json"},
		{"kind of database", p, []string{"run", "-db", "mysql://x"}, 78, "postgres://"},
		{"no PostgreSQL", p, []string{"run", "-db", "postgres://a:sesame@127.0.0.1:1/x"}, 75, "the database cannot be used now"},
		{"address that is taken", p, []string{"run", "-listen", strings.TrimPrefix(p.srv.AutoXChangeURL(), "http://")}, 75, "-listen"},
		{"folder that is not there", p, []string{"run", "-db", "sqlite:nowhere/x.db"}, 78, "nowhere"},
		{"file that is no database", p, []string{"run", "-db", "sqlite:" + broken}, 78, "no database"},
		{"status of a file that is no database", p, []string{"status", "-db", "sqlite:" + broken}, 78, "not a database"},
		{"inferred names", p, []string{"run", "-allow-inferred", "foo"}, 64, "Invoices.TransferToRopo"},
		{"negative limit", p, []string{"run", "-limit-transfers", "-5"}, 64, "-limit-transfers"},
		{"negative workers", p, []string{"run", "-workers", "-1"}, 64, "-workers"},
		{"decision", p, []string{"decide", "-company", "c", "-key", "k", "-who", "x", "-why", "x", "yes"}, 64, "never_arrived"},
		{"adopt what", p, []string{"decide", "-company", "c", "-key", "k", "-who", "x", "-why", "x", "adopt"}, 64, "-event is required"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.code == 77 && runtime.GOOS == "windows" {
				t.Skip("Windows has no such modes")
			}
			args := test.args
			if len(args) > 0 && args[0] == "run" && !slices.Contains(args, "-listen") { // the default address may be taken
				args = append([]string{"run", "-listen", "127.0.0.1:0"}, args[1:]...)
			}
			code, _, log := test.place.ends(t, args...)
			assert.Equal(t, test.code, code, log)
			assert.Contains(t, log, test.says)
			assert.NotContains(t, log, "sesame")
		})
	}
}

// A service that answers slowly holds nobody up for more than 10 seconds.
func TestSignalEndsIt(t *testing.T) {
	p := newPlace(t)
	r := p.runs(t)

	code, _, log := p.ends(t, "run", "-listen", "")
	assert.Equal(t, 75, code)
	assert.Contains(t, log, "by process "+strconv.Itoa(r.Process.Pid))

	require.NoError(t, r.Process.Signal(syscall.SIGTERM))
	code, took := r.ended(t)
	assert.Equal(t, 0, code, r.log)
	assert.Less(t, took, 3*time.Second)
	assert.NotContains(t, r.log.String(), p.srv.UserAPIKey())
}

// A second signal ends what the first one would end in its time.
func TestSecondSignal(t *testing.T) {
	p := newPlace(t)
	p.srv.Inject(maventatest.Hang().On("Events.List").Times(maventatest.Always))
	r := p.runs(t)
	require.Eventually(t, func() bool { return p.srv.Count("Events.List") > 0 }, 10*time.Second, 20*time.Millisecond)
	require.NoError(t, r.Process.Signal(syscall.SIGTERM))
	time.Sleep(300 * time.Millisecond)
	require.NoError(t, r.Process.Signal(syscall.SIGTERM))
	_, took := r.ended(t)
	assert.Less(t, took, time.Second)
}

// A service that does not answer holds nobody up for more than 10 seconds.
func TestSlowServiceAtTheEnd(t *testing.T) {
	p := newPlace(t)
	id := p.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
	p.srv.Inject(maventatest.HangAfterCommit().On("Assignments.AddEvent"))
	r := p.runs(t)
	p.insert(t, p.srv.CompanyID(), "bank/1", id, "10.00")
	require.Eventually(t, func() bool { return p.srv.Count("Assignments.AddEvent") > 0 }, 10*time.Second, 20*time.Millisecond)
	require.NoError(t, r.Process.Signal(syscall.SIGTERM))
	code, took := r.ended(t)
	t.Logf("it took %v", took)
	assert.Equal(t, 0, code, r.log)
	assert.Less(t, took, 10*time.Second)
	assert.Equal(t, 1, p.srv.Count("Assignments.AddEvent"))
}
