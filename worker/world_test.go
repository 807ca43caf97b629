package worker_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/dbserver"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/worker"
)

var (
	server   *dbserver.Server
	postgres = sync.OnceValues(func() (*dbserver.Server, error) {
		s, err := dbserver.Postgres(func(ctx context.Context, dsn string) error {
			db, err := sql.Open("pgx", dsn)
			if err != nil {
				return err
			}
			defer db.Close()
			return db.PingContext(ctx)
		})
		server = s
		return s, err
	})
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		if err := runChild(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue { // tests that run beside others mostly wait
		_ = f.Value.Set("8")
	}
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

// kinds are the databases that a worker runs on.
var kinds = []struct {
	name string
	make func(t testing.TB) string
}{
	{"SQLite", func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "maventa.db") }},
	{"PostgreSQL", onPostgres},
}

// onEach runs a test on each database.
func onEach(t *testing.T, test func(t *testing.T, database string)) {
	t.Helper()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) { test(t, kind.make(t)) })
	}
}

var databases atomic.Int64

// onPostgres makes a database of the test's own and returns its address.
func onPostgres(t testing.TB) string {
	t.Helper()
	s, err := postgres()
	require.NoError(t, err)
	db, err := sql.Open("pgx", s.DSN)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	name := fmt.Sprintf("worker_%d_%d", os.Getpid(), databases.Add(1))
	_, err = db.Exec("CREATE DATABASE " + name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		assert.NoError(t, err)
	})
	return addressOf(t, s.DSN, name)
}

// addressOf is the address of a database on a server, as the worker takes it.
func addressOf(t testing.TB, dsn, name string) string {
	t.Helper()
	if u, err := url.Parse(dsn); err == nil && u.Scheme != "" {
		u.Path = "/" + name
		return u.String()
	}
	// host=FOLDER port=5432 user=maventa database=postgres sslmode=disable
	var host, port, user, rest string
	_, err := fmt.Sscanf(dsn, "host=%s port=%s user=%s %s", &host, &port, &user, &rest)
	require.NoError(t, err)
	return "postgres://" + user + "@/" + name + "?" + url.Values{"host": {host}, "port": {port}, "sslmode": {"disable"}}.Encode()
}

// world is a Maventa of a test, with companies.
type world struct {
	srv       *maventatest.Server
	companies []*maventatest.Company
	config    worker.Config
}

// newWorld makes a Maventa with companies, and the configuration of a worker for them.
func newWorld(t testing.TB, database string, companies int, opts ...maventatest.Option) *world {
	t.Helper()
	srv := maventatest.NewServer(t, append(opts, maventatest.OverTCP())...)
	w := &world{srv: srv, config: worker.Config{
		Environment: srv.Environment(), Installation: "test", Database: database,
		Marker: filepath.Join(t.TempDir(), "marker"), Settle: 4 * time.Second, Follow: time.Hour,
	}}
	for i := range companies {
		c := srv.AddCompany(fmt.Sprintf("Asiakas %d Oy", i), fmt.Sprintf("%07d-0", i+1))
		w.companies = append(w.companies, c)
		w.config.Companies = append(w.config.Companies, worker.Company{Credentials: credentials(c)})
	}
	return w
}

func credentials(c *maventatest.Company) maventa.Credentials {
	return maventa.Credentials{
		CompanyID: c.ID(), UserAPIKey: maventa.Secret(c.UserAPIKey()), VendorAPIKey: maventa.Secret(c.VendorAPIKey()),
	}
}

// open opens a worker over the world's database, with its tables.
func (w *world) open(t testing.TB) *worker.Worker {
	t.Helper()
	wk, err := worker.Open(t.Context(), w.config)
	require.NoError(t, err)
	t.Cleanup(func() { _ = wk.Close() })
	require.NoError(t, wk.Migrate(t.Context()))
	require.NoError(t, wk.SetCompanies(t.Context(), w.config.Companies))
	return wk
}

// run runs a worker until the returned function is called.
func run(t testing.TB, wk *worker.Worker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- wk.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-done:
				assert.NoError(t, err)
			case <-time.After(15 * time.Second):
				t.Error("the worker does not end")
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

// payments puts n payments on assignments of their own, ten on each, of different
// amounts.
func (w *world) payments(t testing.TB, wk *worker.Worker, c *maventatest.Company, n int) (keys []string) {
	t.Helper()
	id := ""
	for i := range n {
		if i%10 == 0 {
			id = c.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "10000.00"})
		}
		key := fmt.Sprintf("bank/%d", i)
		isNew, err := wk.Put(t.Context(), c.ID(), key, worker.Entry{
			Kind: worker.Payment, AssignmentID: id, Amount: fmt.Sprintf("%d.50", 10*(i%10+1)), Date: maventa.MustDate("2026-11-20"),
		})
		require.NoError(t, err)
		require.True(t, isNew)
		keys = append(keys, key)
	}
	return keys
}
