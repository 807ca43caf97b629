package dbtest_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/sqlstore"
)

// answer is that of a Begin.
type answer struct {
	stored  ledger.Record
	claimed bool
	err     error
}

// gate is a store whose commits wait, so that a test knows which requests share a
// transaction: all that wait while one is committed.
type gate struct {
	*sqlstore.Store

	storage storage
	pass    chan func(commit func() error) error // what becomes of the next commit
	commits atomic.Int64
}

func committed(commit func() error) error { return commit() }

// lost is a commit that nobody gets an answer of.
func lost(commit func() error) error {
	return errors.Join(commit(), errors.New("the connection was lost"))
}

// gated makes a gate in a bubble. A statement with the key "bad" fails.
func gated(t *testing.T, s storage) *gate {
	t.Helper()
	require.NoError(t, s.open(t).Check(t.Context()))
	g := &gate{storage: s, pass: make(chan func(func() error) error)}
	g.Store = s.over(t, s.hooked(t, hooks{
		commit: func(commit func() error) error {
			g.commits.Add(1)
			return (<-g.pass)(commit)
		},
		exec: func(query string, args []driver.NamedValue) error {
			for _, arg := range args {
				if strings.HasPrefix(query, "INSERT INTO maventa_journal") && arg.Value == "bad" {
					return errors.New("this row is not taken")
				}
			}
			return nil
		},
	}))
	return g
}

// begin begins something, and returns when it waits.
func (g *gate) begin(ctx context.Context, r ledger.Record) <-chan answer {
	answers := make(chan answer, 1)
	go func() {
		var a answer
		a.stored, a.claimed, a.err = g.Journal().Begin(ctx, r)
		answers <- a
	}()
	synctest.Wait()
	return answers
}

// next lets a commit pass, and returns when the next one waits.
func (g *gate) next(what func(func() error) error) {
	g.pass <- what
	synctest.Wait()
}

// onEachGate runs a test whose first record waits for its commit already.
func onEachGate(t *testing.T, test func(t *testing.T, g *gate)) {
	t.Helper()
	onEachInBubble(t, func(t *testing.T, s storage) {
		g := gated(t, s)
		first := g.begin(t.Context(), record("first"))
		test(t, g)
		a := <-first
		require.NoError(t, a.err)
		require.True(t, a.claimed)
	})
}

// has asserts which keys another process finds.
func (g *gate) has(t *testing.T, want bool, keys ...string) {
	t.Helper()
	for _, key := range keys {
		_, found, err := g.storage.open(t).Journal().Find(t.Context(), record(key).JournalKey)
		require.NoError(t, err)
		assert.Equal(t, want, found, key)
	}
}

// TestBatch: what begins and ends at the same time shares a transaction, and each
// sees what the ones before it have stored.
func TestBatch(t *testing.T) {
	onEachGate(t, func(t *testing.T, g *gate) {
		ctx := t.Context()
		again, otherKey, ended := record("a"), record("b"), record("first")
		again.Attempt, otherKey.Claim = "another", record("a").Claim
		one, same, claim, more := g.begin(ctx, record("a")), g.begin(ctx, again), g.begin(ctx, otherKey), g.begin(ctx, record("c"))
		ended.BegunAt = ended.BegunAt.Add(time.Microsecond)
		ended.EndedAt = ended.BegunAt
		conflict := make(chan error, 1)
		go func() { conflict <- g.Journal().End(ctx, ended) }()
		synctest.Wait()
		g.next(committed)
		g.next(committed)
		for name, answers := range map[string]<-chan answer{"a": one, "c": more} {
			a := <-answers
			require.NoError(t, a.err, name)
			assert.True(t, a.claimed, name)
		}
		for name, answers := range map[string]<-chan answer{"the same key": same, "the same claim": claim} {
			a := <-answers
			require.NoError(t, a.err, name)
			assert.False(t, a.claimed, name)
			assert.Equal(t, "a", a.stored.Attempt, name)
		}
		require.ErrorIs(t, <-conflict, ledger.ErrJournalConflict, "it has another time")
		assert.Equal(t, int64(2), g.commits.Load())
		mark, err := sqlstore.FileMarker(g.storage.Marker).Load(ctx)
		require.NoError(t, err)
		assert.Equal(t, int64(2), mark.Committed, "the generation counts batches")
		g.has(t, true, "first", "a", "c")
		g.has(t, false, "b")
	})
}

// TestBatchOneFails: a record that the database does not take is the error of its own
// caller only.
func TestBatchOneFails(t *testing.T) {
	onEachGate(t, func(t *testing.T, g *gate) {
		a, bad, b := g.begin(t.Context(), record("a")), g.begin(t.Context(), record("bad")), g.begin(t.Context(), record("b"))
		g.next(committed) // the first
		g.next(committed) // a and b, alone
		g.next(committed)
		require.ErrorContains(t, (<-bad).err, "this row is not taken")
		for _, answers := range []<-chan answer{a, b} {
			got := <-answers
			require.NoError(t, got.err)
			assert.True(t, got.claimed)
		}
		g.has(t, true, "a", "b")
		g.has(t, false, "bad")
	})
}

// TestBatchCancelled: a caller whose context ends leaves before his request is taken.
// After that he gets the answer, and the others theirs.
func TestBatchCancelled(t *testing.T) {
	onEachGate(t, func(t *testing.T, g *gate) {
		ctx, cancel := context.WithCancel(t.Context())
		leaving, leave := context.WithCancel(t.Context())
		leads, follows, leaves := g.begin(ctx, record("leads")), g.begin(t.Context(), record("follows")), g.begin(leaving, record("leaves"))
		leave()
		require.ErrorIs(t, (<-leaves).err, context.Canceled)
		g.next(committed)
		cancel()
		synctest.Wait()
		g.next(committed)
		for _, answers := range []<-chan answer{leads, follows} {
			got := <-answers
			require.NoError(t, got.err)
			assert.True(t, got.claimed)
		}
		g.has(t, true, "leads", "follows")
		g.has(t, false, "leaves")

		// A batch that nobody wants any more is rolled back, or in doubt.
		alone, end := context.WithCancel(t.Context())
		gone := g.begin(alone, record("alone"))
		end()
		synctest.Wait()
		g.next(committed)
		require.ErrorIs(t, (<-gone).err, ledger.ErrJournal)
	})
}

// TestBatchLostAnswer: the commit of a batch is not answered. It is in doubt for all
// of it, and whoever reads what it stored confirms it first.
func TestBatchLostAnswer(t *testing.T) {
	onEachGate(t, func(t *testing.T, g *gate) {
		a, b := g.begin(t.Context(), record("a")), g.begin(t.Context(), record("b"))
		g.next(committed)
		g.next(lost)
		for _, answers := range []<-chan answer{a, b} {
			got := <-answers
			require.ErrorIs(t, got.err, ledger.ErrJournal)
			assert.False(t, got.claimed)
		}
		marker := sqlstore.FileMarker(g.storage.Marker)
		mark, err := marker.Load(t.Context())
		require.NoError(t, err)
		require.Equal(t, int64(1), mark.Committed)
		for _, key := range []string{"a", "b"} {
			_, found, err := g.Journal().Find(t.Context(), record(key).JournalKey)
			require.NoError(t, err)
			assert.True(t, found, key)
			mark, err = marker.Load(t.Context())
			require.NoError(t, err)
			assert.Equal(t, int64(2), mark.Committed)
		}
	})
}

// TestNewAtOnce: others begin in a new store between the moment that this process
// looks for the marker and the one that it reads how far the database is.
func TestNewAtOnce(t *testing.T) {
	for name, write := range map[string]func(ctx context.Context, store *sqlstore.Store) error{
		"begin": func(ctx context.Context, store *sqlstore.Store) error {
			_, _, err := store.Journal().Begin(ctx, record("late"))
			return err
		},
		"unlocked": func(ctx context.Context, store *sqlstore.Store) error {
			return store.WorkList("c").Put(ctx, sqlstore.WorkItem{Key: "k", Kind: "mine", Text: "look"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range kinds[1:] { // SQLite's are not between
				t.Run(kind.name, func(t *testing.T) {
					s := kind.make(t)
					other := s.open(t)
					late, err := sqlstore.Open(s.connect(t), s.Dialect, sqlstore.Installation{
						Environment: s.Environment, ID: s.Own, Marker: &between{Marker: sqlstore.FileMarker(s.Marker), do: func() {
							begin(t, other, "a")
							begin(t, other, "b")
						}},
					})
					require.NoError(t, err)
					require.NoError(t, write(t.Context(), late))
				})
			}
		})
	}
}

// between does something after a marker was loaded for the first time.
type between struct {
	sqlstore.Marker

	do func()
}

func (b *between) Load(ctx context.Context) (sqlstore.Mark, error) {
	mark, err := b.Marker.Load(ctx)
	if do := b.do; do != nil {
		b.do = nil
		do()
	}
	return mark, err
}
