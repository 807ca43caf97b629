package dbtest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver
	_ "modernc.org/sqlite"             // the driver
)

// The servers of the tests, started once, when the first test needs them.
var (
	stops    []func() // of the servers that were started
	postgres = sync.OnceValues(startPostgres)
	mariadb  = sync.OnceValues(startMariaDB)
)

// TestMain stops the servers. A process of a test's own starts none.
func TestMain(m *testing.M) {
	code := m.Run()
	for _, stop := range stops {
		stop()
	}
	os.Exit(code)
}

// server is where databases can be made: by its driver's configuration.
type server struct{ dsn string }

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
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	credential = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), NoSetGroups: false}}
	return credential, folder, errors.Join(os.Chown(folder, uid, gid), os.Chmod(folder, 0o700))
}

// start runs a server until the tests end, and returns when it answers.
func start(folder string, as *syscall.SysProcAttr, answers func(context.Context) error, name string, args ...string) error {
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr, cmd.Dir = log, log, as, folder
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stops = append(stops, func() {
		_ = cmd.Process.Signal(syscall.SIGQUIT) // at once: nobody needs its data
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
		_ = os.RemoveAll(folder)
	})
	for began := time.Now(); ; {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		err := answers(ctx)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			ended <- nil
			text, _ := os.ReadFile(log.Name())
			return fmt.Errorf("%s ended: %s", name, text)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Since(began) > time.Minute {
			return fmt.Errorf("%s does not answer: %w", name, err)
		}
	}
}

func run(as *syscall.SysProcAttr, folder, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.SysProcAttr, cmd.Dir = as, folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

func startPostgres() (server, error) {
	if dsn := os.Getenv("MAVENTA_TEST_POSTGRES_DSN"); dsn != "" {
		return server{dsn}, nil
	}
	initdb, err := program("initdb")
	if err != nil {
		return server{}, err
	}
	name, err := program("postgres")
	if err != nil {
		return server{}, err
	}
	as, folder, err := unprivileged()
	if err != nil {
		return server{}, err
	}
	data := filepath.Join(folder, "data")
	if err := run(as, folder, initdb, "-D", data, "-U", "maventa", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"); err != nil {
		return server{}, err
	}
	dsn := "host=" + folder + " port=5432 user=maventa database=postgres sslmode=disable"
	return server{dsn}, start(folder, as, ping("pgx", dsn), name,
		"-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "max_connections=200")
}

func startMariaDB() (server, error) {
	if dsn := os.Getenv("MAVENTA_TEST_MYSQL_DSN"); dsn != "" {
		return server{dsn}, nil
	}
	name, err := program("mariadbd", "mysqld")
	if err != nil {
		return server{}, err
	}
	install, err := program("mariadb-install-db", "mysql_install_db")
	if err != nil {
		return server{}, err
	}
	as, folder, err := unprivileged()
	if err != nil {
		return server{}, err
	}
	data, socket := filepath.Join(folder, "data"), filepath.Join(folder, "s")
	if err := run(as, folder, install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db"); err != nil {
		return server{}, err
	}
	dsn := "root@unix(" + socket + ")/"
	return server{dsn}, start(folder, as, ping("mysql", dsn), name, "--no-defaults", "--datadir="+data, "--socket="+socket,
		"--skip-networking", "--pid-file="+filepath.Join(folder, "pid"), "--max-connections=200")
}

func ping(driver, dsn string) func(context.Context) error {
	return func(ctx context.Context) error {
		db, err := sql.Open(driver, dsn)
		if err != nil {
			return err
		}
		defer db.Close()
		return db.PingContext(ctx)
	}
}

var counter atomic.Int64 // of databases

// database makes an empty database on a server, in PostgreSQL a schema, and returns
// its address.
func (s server) database(t testing.TB, driver string) (dsn string) {
	t.Helper()
	kind, after := "DATABASE ", ""
	if driver == "pgx" {
		kind, after = "SCHEMA ", " CASCADE"
	}
	name := "maventa_" + strconv.FormatInt(time.Now().UnixNano(), 36) + "_" + strconv.FormatInt(counter.Add(1), 36)
	s.exec(t, driver, "CREATE "+kind+name)
	t.Cleanup(func() { s.exec(t, driver, "DROP "+kind+name+after) })
	if driver == "mysql" {
		config, err := mysql.ParseDSN(s.dsn)
		if err != nil {
			t.Fatal(err)
		}
		config.DBName = name
		return config.FormatDSN()
	}
	if address, err := url.Parse(s.dsn); err == nil && address.Scheme != "" {
		query := address.Query()
		query.Set("search_path", name)
		address.RawQuery = query.Encode()
		return address.String()
	}
	return s.dsn + " search_path=" + name
}

func (s server) exec(t testing.TB, driver, statement string) {
	t.Helper()
	db, err := sql.Open(driver, s.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Error(err)
	}
}
