package worker_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/maventatest"
)

// TestEndsWhileTheDatabaseHangs: a database that says nothing does not keep a worker
// from its end within ten seconds.
func TestEndsWhileTheDatabaseHangs(t *testing.T) {
	t.Parallel() // it mostly waits
	w := newWorld(t, onPostgres(t), 1)
	wk := w.open(t)
	w.srv.Inject(maventatest.SlowAnswer(2 * time.Second).On("Assignments.AddEvent"))
	w.payments(t, wk, w.companies[0], 1)
	stop := run(t, wk)
	soon(t, func() bool { return w.srv.Count("Assignments.AddEvent") == 1 })
	tx, err := look(t, w.config.Database).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	_, err = tx.ExecContext(t.Context(), "LOCK TABLE river_job")
	require.NoError(t, err)
	began := time.Now()
	stop()
	require.NoError(t, wk.Close())
	assert.Less(t, time.Since(began), 15*time.Second) // 10 on a machine of its own
}

// TestServerThatVanishes: a worker goes on whose connections to the server were lost
// without a word, as after a fail-over, as soon as new ones can be had.
func TestServerThatVanishes(t *testing.T) {
	t.Parallel() // it mostly waits
	w := newWorld(t, onPostgres(t), 1)
	between := newBetween(t, w.config.Database)
	w.config.Database = between.address
	wk := w.open(t)
	run(t, wk)
	soon(t, func() bool { return wk.Ready(t.Context()) == nil })
	between.vanish()
	time.Sleep(2 * lookEvery)
	assert.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		return wk.Ready(ctx) == nil
	}, time.Minute, 100*time.Millisecond)
}

const lookEvery = 500 * time.Millisecond // as often as a worker looks

// between stands between a worker and a server of PostgreSQL.
type between struct {
	address string

	mu   sync.Mutex
	gone chan struct{} // closed: the connections of that time pass nothing on
}

func newBetween(t testing.TB, database string) *between {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	network, to, q := "tcp", u.Host, u.Query()
	if folder := q.Get("host"); strings.HasPrefix(folder, "/") {
		network, to = "unix", folder+"/.s.PGSQL."+q.Get("port")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	u.Host = l.Addr().String()
	q.Del("host")
	q.Del("port")
	u.RawQuery = q.Encode()
	b := &between{address: u.String(), gone: make(chan struct{})}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, to)
			if err != nil {
				_ = c.Close()
				continue
			}
			b.mu.Lock()
			gone := b.gone
			b.mu.Unlock()
			go pass(c, server, gone)
			go pass(server, c, gone)
		}
	}()
	return b
}

// vanish makes the connections that there are say nothing any more.
func (b *between) vanish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.gone)
	b.gone = make(chan struct{})
}

// pass passes on what comes from one side, until that closes or gone is closed.
func pass(from, to net.Conn, gone chan struct{}) {
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		select {
		case <-gone:
			_, _ = io.Copy(io.Discard, from)
			return
		default:
		}
		if n > 0 {
			_, _ = to.Write(buffer[:n])
		}
		if err != nil {
			_ = to.Close()
			return
		}
	}
}
