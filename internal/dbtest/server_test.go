package dbtest_test

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver
	_ "modernc.org/sqlite"             // the driver

	"github.com/maventa-go/maventa/internal/dbserver"
)

// The servers of the tests, started once, when the first test needs them.
var (
	servers  []*dbserver.Server
	postgres = sync.OnceValues(func() (server, error) { return started(dbserver.Postgres(ping("pgx"))) })
	mariadb  = sync.OnceValues(func() (server, error) { return started(dbserver.MariaDB(ping("mysql"))) })
)

func started(s *dbserver.Server, err error) (server, error) {
	if err != nil {
		return server{}, err
	}
	servers = append(servers, s)
	return server{s.DSN}, nil
}

// TestMain stops the servers. A process of a test's own starts none.
func TestMain(m *testing.M) {
	code := m.Run()
	for _, s := range servers {
		s.Stop()
	}
	os.Exit(code)
}

// server is where databases can be made: by its driver's configuration.
type server struct{ dsn string }

func ping(driver string) dbserver.Ping {
	return func(ctx context.Context, dsn string) error {
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
