//go:build unix

// Package dbserver starts database servers for tests, of the system's own programs, in
// a temporary folder. It knows no driver.
package dbserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// Server is a database server.
type Server struct {
	DSN  string // its address, in the form of the driver pgx or mysql
	stop func()
}

// Stop ends a server that was started, at once, and removes its data.
func (s *Server) Stop() {
	if s != nil && s.stop != nil {
		s.stop()
	}
}

// Ping asks a server whether it answers.
type Ping func(ctx context.Context, dsn string) error

// program finds one of the names, also where distributions hide them.
func program(names ...string) (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
		for _, pattern := range []string{"/usr/lib/postgresql/*/bin/", "/usr/sbin/", "/usr/local/sbin/", "/usr/libexec/"} {
			if found, _ := filepath.Glob(pattern + name); len(found) > 0 {
				return slices.Max(found), nil
			}
		}
	}
	return "", fmt.Errorf("there is no %s: install it (.ci/setup does), or name a server in the environment", names[0])
}

// unprivileged makes a command run as nobody if this process is root, which the
// servers refuse, and returns a folder that is the command's own.
func unprivileged() (credential *syscall.SysProcAttr, folder string, err error) {
	folder, err = os.MkdirTemp("", "dbtest") // short: a socket's path is 107 bytes at most
	if err != nil || os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, folder, err
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, folder, err
	}
	uid, wrongUID := strconv.ParseUint(nobody.Uid, 10, 31)
	gid, wrongGID := strconv.ParseUint(nobody.Gid, 10, 31)
	credential = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return credential, folder, errors.Join(wrongUID, wrongGID, os.Chown(folder, int(uid), int(gid)))
}

// start runs a server until the tests end, and returns when it answers.
func start(folder string, as *syscall.SysProcAttr, ping Ping, dsn, name string, args ...string) (*Server, error) {
	log, err := os.Create(filepath.Join(folder, "log")) //nolint:gosec // of this package
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()                              // the server has its own
	cmd := exec.CommandContext(context.Background(), name, args...) //nolint:gosec // the system's; it is stopped by Stop
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr, cmd.Dir = log, log, as, folder
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // its log says why
	}()
	server := &Server{DSN: dsn, stop: func() {
		_ = cmd.Process.Signal(syscall.SIGQUIT) // it may have ended; nobody needs its data
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
		_ = os.RemoveAll(folder) // in the temporary folder
	}}
	for began := time.Now(); ; {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		err := ping(ctx, dsn)
		cancel()
		if err == nil {
			return server, nil
		}
		select {
		case <-ended:
			text, err := os.ReadFile(log.Name())
			return nil, errors.Join(fmt.Errorf("%s ended: %s", name, text), err)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Since(began) > time.Minute {
			server.Stop()
			return nil, fmt.Errorf("%s does not answer: %w", name, err)
		}
	}
}

func run(as *syscall.SysProcAttr, folder, name string, args ...string) error {
	cmd := exec.CommandContext(context.Background(), name, args...) //nolint:gosec // the system's; it is stopped by Stop
	cmd.SysProcAttr, cmd.Dir = as, folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// Postgres starts PostgreSQL, or takes the server that MAVENTA_TEST_POSTGRES_DSN names.
func Postgres(ping Ping) (*Server, error) {
	if dsn := os.Getenv("MAVENTA_TEST_POSTGRES_DSN"); dsn != "" { //nolint:forbidigo // for tests alone
		return &Server{DSN: dsn}, nil
	}
	initdb, err := program("initdb")
	if err != nil {
		return nil, err
	}
	name, err := program("postgres")
	if err != nil {
		return nil, err
	}
	as, folder, err := unprivileged()
	if err != nil {
		return nil, err
	}
	data := filepath.Join(folder, "data")
	if err := run(as, folder, initdb, "-D", data, "-U", "maventa", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"); err != nil {
		return nil, err
	}
	dsn := "host=" + folder + " port=5432 user=maventa database=postgres sslmode=disable"
	return start(folder, as, ping, dsn, name,
		"-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "max_connections=200")
}

// MariaDB starts MariaDB, or takes the server that MAVENTA_TEST_MYSQL_DSN names.
func MariaDB(ping Ping) (*Server, error) {
	if dsn := os.Getenv("MAVENTA_TEST_MYSQL_DSN"); dsn != "" { //nolint:forbidigo // for tests alone
		return &Server{DSN: dsn}, nil
	}
	name, err := program("mariadbd", "mysqld")
	if err != nil {
		return nil, err
	}
	install, err := program("mariadb-install-db", "mysql_install_db")
	if err != nil {
		return nil, err
	}
	as, folder, err := unprivileged()
	if err != nil {
		return nil, err
	}
	data, socket := filepath.Join(folder, "data"), filepath.Join(folder, "s")
	if err := run(as, folder, install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db"); err != nil {
		return nil, err
	}
	dsn := "root@unix(" + socket + ")/"
	return start(folder, as, ping, dsn, name, "--no-defaults", "--datadir="+data, "--socket="+socket,
		"--skip-networking", "--pid-file="+filepath.Join(folder, "pid"), "--max-connections=200")
}
