package dbtest_test

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
)

// A long run: go test -run TestKill . -kill.payments=2000 -timeout 30m.
var killPayments = flag.Int("kill.payments", 300, "how many payments TestKill reports")

// killSettle is real time here: a request that has left arrives within half of it.
const killSettle = time.Second

// childJob is what a process is to do.
type childJob struct {
	Storage   storage
	CompanyID string
	UserKey   string
	VendorKey string
	Items     []ledger.Item
}

// perAssignment is how many payments, of different amounts, one assignment has.
const perAssignment = 10

// TestKill lets processes report payments over one database, kills them at random
// moments and starts the next, while calls to Maventa go wrong and connections to the
// database are cut. In the end every payment is on the service once.
func TestKill(t *testing.T) {
	t.Run("PostgreSQL, two processes", func(t *testing.T) {
		s := onPostgres(t)
		kill(t, s, 2, func(db *sql.DB) error {
			_, err := db.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY random() LIMIT 1`)
			return err
		})
	})
	t.Run("SQLite, one process", func(t *testing.T) { kill(t, onSQLite(t), 1, nil) })
}

func kill(t *testing.T, s storage, processes int, cut func(*sql.DB) error) {
	srv := maventatest.NewServer(t, maventatest.OverTCP())
	s.Environment = srv.Environment()
	store := s.open(t)
	require.NoError(t, store.Check(t.Context()))
	k := &killing{
		storage: s, srv: srv,
		job: childJob{Storage: s, CompanyID: srv.CompanyID(), UserKey: srv.UserAPIKey(), VendorKey: srv.VendorAPIKey()},
		all: payments(srv.Company(), *killPayments), done: map[string]bool{},
	}
	srv.Chaos(rand.Uint64(), killFaults()...)
	var wg sync.WaitGroup
	for range processes {
		wg.Go(func() {
			for k.left() > 0 && !t.Failed() {
				k.runAndKill(t)
			}
		})
	}
	ended := make(chan struct{})
	go func() { wg.Wait(); close(ended) }()
	cuts := 0
	for db, going := s.connect(t), true; going; {
		select {
		case <-ended:
			going = false
		case <-time.After(300 * time.Millisecond):
			if cut != nil && cut(db) == nil {
				cuts++
			}
		}
	}

	// Now nobody is killed, and nothing goes wrong: whoever runs it all again sends nothing.
	srv.ClearFaults()
	before := srv.Count("Assignments.AddEvent")
	l := ledger.New(srv.Client(t), store.Journal(), ledger.SettleTime(killSettle))
	for _, r := range l.EnsureEvents(t.Context(), k.all) {
		assert.NoError(t, r.Err, r.Item.Key)
	}
	assert.Equal(t, before, srv.Count("Assignments.AddEvent"), "requests of a second run")
	booked, twice, missing := count(srv, k.all)
	t.Logf("%d payments: %d booked, %d twice, %d missing; %d processes killed, %d requests sent, %d connections to the database cut",
		len(k.all), booked, twice, missing, k.kills.Load(), before, cuts)
	assert.Zero(t, twice, "payments reported twice")
	assert.Zero(t, missing, "payments missing")
}

// killFaults are what may go wrong: one call in four draws one, which fits one of two.
func killFaults() (faults []maventatest.Fault) {
	for _, f := range []maventatest.Fault{
		maventatest.DropBeforeCommit(), maventatest.DropAfterCommit(), maventatest.ResetBeforeCommit(), maventatest.Reset(),
		maventatest.Status(http.StatusInternalServerError), maventatest.StatusAfterCommit(http.StatusBadGateway),
		maventatest.Truncate(), maventatest.EmptyBody(http.StatusCreated),
	} {
		faults = append(faults, f.On("Assignments.AddEvent"), maventatest.Status(http.StatusServiceUnavailable).On("Assignments.Events"))
	}
	return faults
}

// payments are n payments, each of an amount that its assignment has once.
func payments(company *maventatest.Company, n int) (items []ledger.Item) {
	id := ""
	for i := range n {
		if i%perAssignment == 0 {
			id = company.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "10000.00"})
		}
		items = append(items, payment(id, fmt.Sprintf("bank-%d", i), fmt.Sprintf("%d.50", 10*(i%perAssignment+1))))
	}
	return items
}

func payment(assignment, key, amount string) ledger.Item {
	event := maventa.DirectPayment(maventa.MustAmount(amount), maventa.MustDate("2026-11-20"))
	return ledger.Item{AssignmentID: assignment, Entry: ledger.Entry{Key: key, Event: event}}
}

// count says how many of the payments are on the service.
func count(srv *maventatest.Server, items []ledger.Item) (booked, twice, missing int) {
	for _, item := range items {
		a, _ := srv.Assignment(item.AssignmentID)
		n := 0
		for _, e := range a.Events {
			if e.Author == "sender" && e.Type == "paid" && e.Amount == item.Event.Amount.Or(maventa.Amount{}).String() {
				n++
			}
		}
		switch {
		case n == 0:
			missing++
		case n > 1:
			twice++
		default:
			booked++
		}
	}
	return booked, twice, missing
}

// killing is a kill test under way.
type killing struct {
	storage

	srv   *maventatest.Server
	job   childJob
	all   []ledger.Item
	kills atomic.Int64

	mu   sync.Mutex
	done map[string]bool // keys of which a process has said so
}

func (k *killing) left() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.all) - len(k.done)
}

// next is what a process gets: what is left, beginning somewhere.
func (k *killing) next() (items []ledger.Item) {
	k.mu.Lock()
	defer k.mu.Unlock()
	begin := rand.IntN(len(k.all)/perAssignment) * perAssignment
	for i := range k.all {
		if item := k.all[(begin+i)%len(k.all)]; !k.done[item.Key] {
			items = append(items, item)
		}
	}
	return items
}

// runAndKill starts a process and kills it after a while, unless it is done before.
func (k *killing) runAndKill(t *testing.T) {
	job := k.job
	job.Items = k.next()
	input, err := json.Marshal(job)
	if !assert.NoError(t, err) {
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKillChild$")
	cmd.Env = append(os.Environ(), "DBTEST_CHILD=1")
	cmd.Stdin = strings.NewReader(string(input))
	out, err := cmd.StdoutPipe()
	if !assert.NoError(t, err) || !assert.NoError(t, cmd.Start()) {
		return
	}
	var said []string
	for s := bufio.NewScanner(out); s.Scan(); {
		if key, isDone := strings.CutPrefix(s.Text(), "done "); isDone {
			k.mu.Lock()
			k.done[key] = true
			k.mu.Unlock()
			continue
		}
		if s.Text() == "begins" { // to be killed after 0.1 to 2 seconds
			time.AfterFunc(100*time.Millisecond+time.Duration(rand.IntN(1900))*time.Millisecond, func() {
				if cmd.Process.Kill() == nil {
					k.kills.Add(1)
				}
			})
			continue
		}
		said = append(said, s.Text())
	}
	err = cmd.Wait()
	if ended, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || ended.ExitCode() != -1) {
		t.Errorf("a process ended by itself: %v: %s", err, strings.Join(said, "\n"))
	}
}

// TestKillChild is a process of TestKill's. It says what is done.
func TestKillChild(t *testing.T) {
	if os.Getenv("DBTEST_CHILD") == "" {
		return // it is a process of TestKill's
	}
	input, err := io.ReadAll(os.Stdin)
	require.NoError(t, err)
	var job childJob
	require.NoError(t, json.Unmarshal(input, &job))
	store := job.Storage.over(t, job.Storage.connect(t))
	c, err := maventa.NewClient(job.Storage.Environment, maventa.Credentials{
		CompanyID: job.CompanyID, UserAPIKey: maventa.Secret(job.UserKey), VendorAPIKey: maventa.Secret(job.VendorKey),
	})
	require.NoError(t, err)
	l := ledger.New(c, store.Journal(), ledger.SettleTime(killSettle))
	fmt.Println("begins")
	for items := job.Items; len(items) > 0; {
		var again []ledger.Item
		for _, r := range l.EnsureEvents(t.Context(), items[:min(len(items), 10*perAssignment)]) {
			advice := maventa.Advise(r.Err)
			switch {
			case r.Err == nil:
				fmt.Println("done " + r.Item.Key)
			case advice.Action == maventa.ActionRetry, errors.Is(r.Err, ledger.ErrJournal) && !errors.Is(r.Err, sqlstore.ErrMaybeCopy):
				again = append(again, r.Item)
			default:
				t.Errorf("%s: %v", r.Item.Key, r.Err)
			}
		}
		if t.Failed() {
			return
		}
		items = append(items[min(len(items), 10*perAssignment):], again...)
		if len(items) == len(again) {
			time.Sleep(100 * time.Millisecond)
		}
	}
}
