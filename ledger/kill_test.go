package ledger_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// A long run: go test -run TestKill . -kill.times=1000 -timeout 30m.
var killTimes = flag.Int("kill.times", 20, "how many processes TestKill kills in the middle of reporting")

// killSettle is real time here: a request that has left arrives within half of it.
const killSettle = time.Second

// childJob is what a process is to do.
type childJob struct {
	Environment maventa.Environment
	CompanyID   string
	UserKey     string
	VendorKey   string
	Journal     string
	Items       []ledger.Item
}

// TestKill kills processes that report payments into a journal in a file, at a
// random moment after each has begun one, and starts the next. In the end every
// payment is on the service once.
func TestKill(t *testing.T) {
	t.Parallel()
	srv := maventatest.NewServer(t, maventatest.OverTCP())
	random := rand.New(rand.NewPCG(rand.Uint64(), 0))
	job := childJob{
		Environment: srv.Environment(), CompanyID: srv.CompanyID(), UserKey: srv.UserAPIKey(), VendorKey: srv.VendorAPIKey(),
		Journal: filepath.Join(t.TempDir(), "journal.jsonl"),
	}
	var all []ledger.Item
	for i := range *killTimes + 1 {
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
		for _, key := range []string{"a", "b"} { // two equal ones
			all = append(all, ledger.Item{AssignmentID: id, Entry: payment(fmt.Sprintf("bank-%d%s", i, key), "1.00")})
		}
	}
	var before, after, later, settling int // when they were killed
	for i := range *killTimes {
		job.Items = all[2*i : 2*i+2]
		if i%10 == 9 { // this one settles first what others left
			time.Sleep(killSettle)
			job.Items = all[2*(i-3) : 2*i+2]
		}
		said := runAndKill(t, job, time.Duration(random.IntN([]int{400, 2000}[i%2]))*time.Microsecond)
		last := said[len(said)-1]
		_, key, _ := strings.Cut(last, " ")
		switch {
		case strings.HasPrefix(last, "settles"):
			settling++
		case strings.HasPrefix(last, "ended"):
			later++
		case sentPayments(srv, assignmentOf(all, key)) > 0:
			after++
		default:
			before++
		}
	}
	t.Logf("%d processes killed: %d before the service had the payment, %d before the journal knew, %d between two payments, %d while settling",
		*killTimes, before, after, later, settling)

	// Now nobody is killed.
	time.Sleep(killSettle)
	j, err := ledger.OpenFile(job.Journal)
	require.NoError(t, err)
	defer j.Close()
	l := ledger.New(srv.Client(t), j, ledger.SettleTime(killSettle))
	for _, r := range l.EnsureEvents(t.Context(), all) {
		assert.NoError(t, r.Err, r.Item.Key)
	}
	twice, missing := 0, 0
	for i := 0; i < len(all); i += 2 {
		n := sentPayments(srv, all[i].AssignmentID)
		twice, missing = twice+max(0, n-2), missing+max(0, 2-n)
	}
	assert.Zero(t, twice, "payments reported twice")
	assert.Zero(t, missing, "payments missing")
}

func assignmentOf(items []ledger.Item, key string) string {
	for _, item := range items {
		if item.Key == key {
			return item.AssignmentID
		}
	}
	return ""
}

// runAndKill starts a process, kills it so long after it has begun a payment, or
// while it settles older ones, and returns what it said.
func runAndKill(t *testing.T, job childJob, wait time.Duration) (said []string) {
	t.Helper()
	input, err := json.Marshal(job)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKillChild$")
	cmd.Env = append(os.Environ(), "LEDGER_TEST_CHILD=1")
	cmd.Stdin = strings.NewReader(string(input))
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	var death <-chan time.Time
	for {
		select {
		case line, more := <-lines:
			if !more {
				_ = cmd.Wait()
				t.Fatalf("the process ended by itself: %q", said)
			}
			said = append(said, line)
			if death == nil && strings.HasPrefix(line, "begun") {
				death = time.After(wait)
			}
			if death == nil && strings.HasPrefix(line, "settles") {
				death = time.After(100 * wait)
			}
			continue
		case <-death:
		}
		break
	}
	require.NoError(t, cmd.Process.Kill())
	for line := range lines { // what it said before it was killed
		said = append(said, line)
	}
	_ = cmd.Wait() // that it was killed
	return said
}

// TestKillChild is the process that TestKill kills. It says what it does, and when
// it is done it waits to be killed.
func TestKillChild(t *testing.T) {
	if os.Getenv("LEDGER_TEST_CHILD") == "" {
		return // it is a process of TestKill's
	}
	input, err := io.ReadAll(os.Stdin)
	require.NoError(t, err)
	var job childJob
	require.NoError(t, json.Unmarshal(input, &job))
	j, err := ledger.OpenFile(job.Journal)
	require.NoError(t, err)
	c, err := maventa.NewClient(job.Environment, maventa.Credentials{
		CompanyID: job.CompanyID, UserAPIKey: maventa.Secret(job.UserKey), VendorAPIKey: maventa.Secret(job.VendorKey),
	})
	require.NoError(t, err)
	l := ledger.New(c, saying{j}, ledger.SettleTime(killSettle))
	for _, item := range job.Items {
		_, err := l.EnsureEvent(t.Context(), item.AssignmentID, item.Entry)
		if err != nil && !errors.Is(err, maventa.ErrOutcomeUnknown) {
			t.Fatal(err)
		}
	}
	time.Sleep(time.Hour)
}

// saying is a journal that says what is stored.
type saying struct{ ledger.Journal }

func (s saying) Begin(ctx context.Context, r ledger.Record) (ledger.Record, bool, error) {
	stored, claimed, err := s.Journal.Begin(ctx, r)
	if claimed {
		fmt.Println("begun " + r.Key)
	}
	return stored, claimed, err
}

func (s saying) End(ctx context.Context, r ledger.Record) error {
	err := s.Journal.End(ctx, r)
	fmt.Println("ended " + r.Key)
	return err
}

func (s saying) Find(ctx context.Context, key ledger.JournalKey) (ledger.Record, bool, error) {
	record, found, err := s.Journal.Find(ctx, key)
	if found && record.Open() && time.Now().After(record.SettleBy) {
		fmt.Println("settles " + key.Key)
	}
	return record, found, err
}
