package ledger

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// disk stands in for the disk under a journal: its syncs wait for a word.
type disk struct {
	*FileJournal
	t     *testing.T
	syncs chan chan error // one for each sync that has begun
}

func newDisk(t *testing.T) *disk {
	t.Helper()
	j, err := OpenFile(filepath.Join(t.TempDir(), "journal.jsonl"))
	require.NoError(t, err)
	d := &disk{FileJournal: j, t: t, syncs: make(chan chan error, 100)}
	j.syncs.file = func(*os.File) error {
		word := make(chan error)
		d.syncs <- word
		return <-word
	}
	return d
}

// begun is what became of one Begin.
type begun struct {
	key     string
	claimed bool
	err     error
}

// begin begins records of their own assignments, each in a goroutine, and returns
// when all are written or wait.
func (d *disk) begin(done chan<- begun, keys ...string) {
	d.t.Helper()
	for _, key := range keys {
		go func() {
			_, claimed, err := d.Begin(d.t.Context(), syncedRecord(key))
			done <- begun{key, claimed, err}
		}()
		synctest.Wait() // so that they come in this order
	}
}

func syncedRecord(key string) Record {
	r := Record{JournalKey: JournalKey{"stage", "c", key}, Operation: addEvent, AssignmentID: "A" + key, BegunAt: time.Unix(1, 0).UTC()}
	r.Claim = claimOf(&r)
	return r
}

var eight = []string{"1", "2", "3", "4", "5", "6", "7", "8"}

// TestGroupCommit: those who write while a sync is under way are not covered by it.
// One more covers them all, and none returns before it has ended.
func TestGroupCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk(t)
		done := make(chan begun, 100)
		d.begin(done, "first")
		first := <-d.syncs
		d.begin(done, eight...)
		assert.Empty(t, d.syncs, "a second sync beside the first")

		// What is written counts, though it is not on disk yet.
		for _, key := range eight {
			stored, claimed, err := d.Begin(t.Context(), syncedRecord(key))
			require.NoError(t, err)
			assert.False(t, claimed, "claimed twice")
			assert.Equal(t, key, stored.Key)
			other := syncedRecord(key)
			other.Key = "another"
			stored, claimed, err = d.Begin(t.Context(), other)
			require.NoError(t, err)
			assert.False(t, claimed, "the assignment was claimed twice")
			assert.Equal(t, key, stored.Key)
		}

		first <- nil
		synctest.Wait()
		assert.Equal(t, begun{"first", true, nil}, <-done)
		assert.Empty(t, done, "a Begin returned before a sync has covered it")
		second := <-d.syncs
		second <- nil
		synctest.Wait()
		assert.Len(t, done, len(eight))
		for range eight {
			b := <-done
			assert.True(t, b.claimed && b.err == nil, "%+v", b)
		}
		assert.Empty(t, d.syncs)
		require.NoError(t, d.Close())
	})
}

// TestGroupCommitFails: a sync that fails fails all who wait for it or for the next
// one, and the journal stops until it is opened again.
func TestGroupCommitFails(t *testing.T) {
	for _, failing := range []int{1, 2} {
		t.Run(fmt.Sprintf("sync %d fails", failing), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDisk(t)
				done := make(chan begun, 100)
				d.begin(done, "first")
				first := <-d.syncs
				d.begin(done, eight...)
				if failing == 1 {
					first <- syscall.EIO
				} else {
					first <- nil
					synctest.Wait()
					assert.Equal(t, begun{"first", true, nil}, <-done)
					(<-d.syncs) <- syscall.EIO
				}
				synctest.Wait()
				assert.Len(t, done, 10-failing)
				for range 10 - failing {
					b := <-done
					assert.False(t, b.claimed)
					require.ErrorIs(t, b.err, ErrJournal)
					require.ErrorIs(t, b.err, syscall.EIO)
				}
				assert.Empty(t, d.syncs, "tried again: what it then says is worth nothing")
				_, _, err := d.Find(t.Context(), syncedRecord("first").JournalKey)
				require.ErrorIs(t, err, ErrJournal)
				_, _, err = d.Begin(t.Context(), syncedRecord("later"))
				require.ErrorIs(t, err, ErrJournal)
				require.NoError(t, d.Close())
				j, err := OpenFile(d.path)
				require.NoError(t, err)
				require.NoError(t, j.Close())
			})
		})
	}
}

// TestGroupCommitWriteFails: a write that fails and cannot be undone stops the
// journal. A sync that was under way then proves nothing.
func TestGroupCommitWriteFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk(t)
		done := make(chan begun, 100)
		d.begin(done, "first")
		first := <-d.syncs
		writable := d.file
		var err error
		d.file, err = os.Open(d.path) // a disk that takes nothing
		require.NoError(t, err)
		d.begin(done, "second")
		assert.Equal(t, "second", (<-done).key)
		first <- nil
		synctest.Wait()
		b := <-done
		assert.False(t, b.claimed)
		require.ErrorIs(t, b.err, ErrJournal)
		require.NoError(t, writable.Close())
		require.NoError(t, d.Close())
	})
}

// TestGroupCommitSettles: Close and Prune wait for the sync under way, and leave
// nothing that is not on disk. Those who wait for it get their result.
func TestGroupCommitSettles(t *testing.T) {
	for name, settle := range map[string]func(*FileJournal) error{
		"Close": (*FileJournal).Close,
		"Prune": func(j *FileJournal) error { return j.Prune(time.Unix(0, 0)) },
	} {
		for _, fails := range []error{nil, syscall.EIO} {
			t.Run(fmt.Sprint(name, " ", fails), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					d := newDisk(t)
					done, settled := make(chan begun, 100), make(chan error, 1)
					d.begin(done, "first")
					first := <-d.syncs
					d.begin(done, "second")
					go func() { settled <- settle(d.FileJournal) }()
					synctest.Wait()
					assert.Empty(t, settled, "it did not wait")
					first <- nil
					(<-d.syncs) <- fails // of the second, or of who settles
					synctest.Wait()
					assert.Equal(t, begun{"first", true, nil}, <-done)
					second := <-done
					assert.Equal(t, fails == nil, second.claimed && second.err == nil, "%+v", second)
					err := <-settled
					assert.Equal(t, fails != nil && name == "Prune", err != nil, "%v", err)
					require.NoError(t, d.Close())
					c, err := OpenFile(d.path)
					require.NoError(t, err)
					assert.Len(t, all(c.contents), 2)
					require.NoError(t, c.Close())
				})
			})
		}
	}
}

// TestGroupCommitPromise: whoever comes when, what a Begin or End returns for was in
// the file when a sync began that has ended. With eight at work a sync covers more
// than one line.
func TestGroupCommitPromise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const workers, events = 8, 40
		j, err := OpenFile(filepath.Join(t.TempDir(), "journal.jsonl"))
		require.NoError(t, err)
		var (
			mu     sync.Mutex
			onDisk []byte
			count  int
		)
		j.syncs.file = func(file *os.File) error {
			text, err := os.ReadFile(file.Name())
			time.Sleep(time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			onDisk = text
			count++
			return err
		}
		holds := func(text string) bool {
			mu.Lock()
			defer mu.Unlock()
			return bytes.Contains(onDisk, []byte(text))
		}
		var wg sync.WaitGroup
		for w := range workers {
			random := rand.New(rand.NewPCG(uint64(w), 1))
			wg.Go(func() {
				for i := range events {
					r := syncedRecord(fmt.Sprintf("%d/%d", w, i))
					r.Attempt = "attempt of " + r.Key
					_, claimed, err := j.Begin(t.Context(), r)
					assert.True(t, claimed && err == nil, "%v", err)
					assert.True(t, holds(r.Attempt), "Begin returned before it was on disk")
					time.Sleep(time.Duration(random.IntN(3000)) * time.Microsecond) // the call
					r.EndedAt, r.Outcome, r.EventID = r.BegunAt, maventa.OutcomeApplied, "event of "+r.Key
					assert.NoError(t, j.End(t.Context(), r))
					assert.True(t, holds(r.EventID), "End returned before it was on disk")
				}
			})
		}
		wg.Wait()
		assert.Less(t, count, workers*events, "syncs")
		t.Logf("%d syncs for %d events", count, workers*events)
		require.NoError(t, j.Close())
	})
}
