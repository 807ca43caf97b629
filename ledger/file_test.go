package ledger_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/ledger/ledgertest"
	"github.com/maventa-go/maventa/maventatest"
)

// TestFileJournalAcrossProcesses: what one process began another finds.
func TestFileJournalAcrossProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		journal, err := ledger.OpenFile(path)
		require.NoError(t, err)
		_, err = ledger.OpenFile(path)
		require.ErrorIs(t, err, ledger.ErrJournalLocked)

		l.srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent"))
		c := ledger.New(l.srv.Client(t), journal)
		_, err = c.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		require.NoError(t, journal.Close())

		journal, err = ledger.OpenFile(path)
		require.NoError(t, err)
		defer func() { require.NoError(t, journal.Close()) }()
		time.Sleep(time.Hour)
		c = ledger.New(l.srv.Client(t), journal)
		ensured, err := c.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.False(t, ensured.Sent)
		l.srv.AssertExactlyOnce(t, l.id, "paid", "40.00")

		require.NoError(t, journal.Prune(time.Now().Add(time.Second)))
		_, found, err := journal.Find(t.Context(), ledger.JournalKey{Environment: "maventatest", CompanyID: l.srv.CompanyID(), Key: "bank-1"})
		require.NoError(t, err)
		assert.False(t, found)
	})
}

func TestFileJournal(t *testing.T) {
	paths := map[ledger.Journal]string{}
	open := func(t testing.TB, path string) ledger.Journal {
		j, err := ledger.OpenFile(path)
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, j.Close()) })
		paths[j] = path
		return j
	}
	ledgertest.TestJournal(t,
		func(t testing.TB) ledger.Journal { return open(t, filepath.Join(t.TempDir(), "journal.jsonl")) },
		ledgertest.Reopen(func(t testing.TB, j ledger.Journal) ledger.Journal {
			require.NoError(t, j.(*ledger.FileJournal).Close())
			return open(t, paths[j])
		}),
		ledgertest.Fail(func(t testing.TB, j ledger.Journal) func() ledger.Journal {
			path := paths[j]
			require.NoError(t, os.Rename(path, path+".away"))
			return func() ledger.Journal {
				require.NoError(t, os.Rename(path+".away", path))
				return j
			}
		}))
}

// journalFile is a journal in a file with three entries: one done, one that was
// never sent, and one open.
func journalFile(t testing.TB) (path string, content []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "journal.jsonl")
	j, err := ledger.OpenFile(path)
	require.NoError(t, err)
	for i, outcome := range []maventa.Outcome{maventa.OutcomeApplied, maventa.OutcomeNotSent, maventa.OutcomeUnknown} {
		e := journalEntry(fmt.Sprintf("bank-%d", i), i)
		_, claimed, err := j.Begin(t.Context(), e)
		require.NoError(t, err)
		require.True(t, claimed)
		if outcome != maventa.OutcomeUnknown {
			e.EndedAt, e.Outcome, e.EventID = e.BegunAt.Add(time.Minute), outcome, "ev-1"
			require.NoError(t, j.End(t.Context(), e))
		}
	}
	require.NoError(t, j.Close())
	content, err = os.ReadFile(path)
	require.NoError(t, err)
	return path, content
}

func journalEntry(key string, day int) ledger.Record {
	return ledger.Record{
		JournalKey: journalKey(key), Operation: "Assignments.AddEvent", AssignmentID: "as-1", EventType: maventa.EventPaid,
		Amount: someAmount("40.00"), Date: payday, Digest: "d", Baseline: []string{"ev-0"}, BegunAt: utc("2026-11-20T10:00:00Z").AddDate(0, 0, day),
	}
}

func journalKey(key string) ledger.JournalKey {
	return ledger.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: key}
}

// pendingKeys lists the keys of the open entries, and how many entries there are.
func pendingKeys(t testing.TB, j ledger.Journal) (open string, all int) {
	t.Helper()
	pending, err := j.Pending(t.Context(), "stage", ct.CompanyID)
	require.NoError(t, err)
	for _, e := range pending {
		open += e.Key + " "
	}
	entries, err := j.ForAssignment(t.Context(), "stage", ct.CompanyID, "as-1")
	require.NoError(t, err)
	return strings.TrimSpace(open), len(entries)
}

// TestFileJournalTorn: a crash may cut the file at any byte. What was answered
// for is there, and what was being written is not.
func TestFileJournalTorn(t *testing.T) {
	_, content := journalFile(t)
	path := filepath.Join(t.TempDir(), "torn.jsonl")
	for size := range len(content) + 1 {
		atEnd := bytes.ContainsRune(content[max(0, size-2):min(len(content), size+2)], '\n')
		if size%17 != 0 && !atEnd { // a sample, and all around the ends of the lines
			continue
		}
		require.NoError(t, os.WriteFile(path, content[:size], 0o600))
		j, err := ledger.OpenFile(path)
		require.NoError(t, err, "cut at byte %d", size)
		lines := bytes.Count(content[:size], []byte("\n"))
		if bytes.HasPrefix(content[size:], []byte("\n")) { // a whole line counts without it
			lines++
		}
		open, all := pendingKeys(t, j)
		assert.Equal(t, []string{"", "bank-0", "", "bank-1", "", "bank-2"}[lines], open, "cut at byte %d", size)
		assert.Equal(t, (lines+1)/2, all)
		if size%3 == 0 { // the journal goes on behind the last whole line
			_, claimed, err := j.Begin(t.Context(), journalEntry("next", 9))
			require.NoError(t, err)
			assert.True(t, claimed)
			require.NoError(t, j.Close())
			j, err = ledger.OpenFile(path)
			require.NoError(t, err)
			_, now := pendingKeys(t, j)
			assert.Equal(t, all+1, now)
		}
		require.NoError(t, j.Close())
	}
}

// TestFileJournalDamaged: damage that no crash explains is an error, and the
// file is left as it is.
func TestFileJournalDamaged(t *testing.T) {
	path, content := journalFile(t)
	lines := bytes.SplitAfter(content, []byte("\n"))
	for name, damaged := range map[string][]byte{
		"half a line":        append(bytes.Clone(lines[0][:40]), content[len(lines[0])-1:]...),
		"zeros":              append(make([]byte, 512), content...),
		"an empty line":      append([]byte("\n"), content...),
		"another file":       []byte("<html>\n"),
		"a list":             []byte("[]\n"),
		"a lost start":       content[10:],
		"a last whole line":  append(bytes.Clone(content), "{]\n"...),
		"an amount of words": bytes.Replace(content, []byte(`40.00`), []byte(`"x"`), 1),
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, damaged, 0o600))
			_, err := ledger.OpenFile(path)
			require.ErrorContains(t, err, "damaged")
			assert.NotErrorIs(t, err, ledger.ErrJournalLocked)
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, damaged, after)
		})
	}
	// The lock was given back: repaired, the journal opens.
	require.NoError(t, os.WriteFile(path, content, 0o600))
	j, err := ledger.OpenFile(path)
	require.NoError(t, err)
	require.NoError(t, j.Close())
}

func TestFileJournalLock(t *testing.T) {
	path, _ := journalFile(t)
	first, err := ledger.OpenFile(path)
	require.NoError(t, err)
	_, err = ledger.OpenFile(path)
	require.ErrorIs(t, err, ledger.ErrJournalLocked)
	require.NoError(t, first.Prune(time.Now())) // a new file, the same lock
	_, err = ledger.OpenFile(path)
	require.ErrorIs(t, err, ledger.ErrJournalLocked)

	require.NoError(t, first.Close())
	require.NoError(t, first.Close(), "closing twice does no harm")
	_, _, err = first.Find(t.Context(), journalKey("bank-0"))
	require.Error(t, err, "a closed journal")
	_, _, err = first.Begin(t.Context(), journalEntry("bank-9", 0))
	require.Error(t, err)

	second, err := ledger.OpenFile(path)
	require.NoError(t, err)
	require.NoError(t, second.Close())

	_, err = ledger.OpenFile(filepath.Join(t.TempDir(), "no such folder", "journal.jsonl"))
	require.Error(t, err)
	assert.NotErrorIs(t, err, ledger.ErrJournalLocked, "a folder that is not there is not another process")
	_, err = ledger.OpenFile(t.TempDir())
	require.Error(t, err)
	assert.NotErrorIs(t, err, ledger.ErrJournalLocked)
}

func TestFileJournalPrune(t *testing.T) {
	path, content := journalFile(t)
	j, err := ledger.OpenFile(path)
	require.NoError(t, err)
	require.NoError(t, j.Prune(utc("2026-11-20T00:00:00Z")))
	_, all := pendingKeys(t, j)
	assert.Equal(t, 3, all, "nothing is that old")
	require.NoError(t, j.Prune(utc("2026-11-21T00:00:00Z")))
	_, all = pendingKeys(t, j)
	assert.Equal(t, 2, all)
	require.NoError(t, j.Prune(utc("2099-01-01T00:00:00Z")))
	open, all := pendingKeys(t, j)
	assert.Equal(t, "bank-2", open, "an open entry is never dropped")
	assert.Equal(t, 1, all)

	_, claimed, err := j.Begin(t.Context(), journalEntry("bank-0", 9)) // forgotten, so it is a new one
	require.NoError(t, err)
	assert.True(t, claimed)
	require.NoError(t, j.Close())
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Less(t, len(after), len(content))
	assert.Equal(t, 2, bytes.Count(after, []byte("\n")))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Zero(t, info.Mode().Perm()&0o077, "readable by others")
}

// TestFileJournalPruneCrashed: a crash while pruning leaves the old file or the
// new one, and beside the old one perhaps a part of the new one.
func TestFileJournalPruneCrashed(t *testing.T) {
	path, content := journalFile(t)
	for name, rest := range map[string]string{"nothing": "", "half a line": `{"environment":"st`, "all": string(content), "zeros": "\x00\x00"} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, content, 0o600))
			require.NoError(t, os.WriteFile(path+".new", []byte(rest), 0o600))
			j, err := ledger.OpenFile(path)
			require.NoError(t, err)
			open, all := pendingKeys(t, j)
			assert.Equal(t, "bank-2", open)
			assert.Equal(t, 3, all)
			require.NoError(t, j.Prune(time.Now().AddDate(100, 0, 0)))
			require.NoError(t, j.Close())
			assert.NoFileExists(t, path+".new")
			j, err = ledger.OpenFile(path)
			require.NoError(t, err)
			_, all = pendingKeys(t, j)
			assert.Equal(t, 1, all)
			require.NoError(t, j.Close())
		})
	}
}

// TestFileJournalPruneFails: if the new file cannot be written, the journal goes
// on with the old one.
func TestFileJournalPruneFails(t *testing.T) {
	path, _ := journalFile(t)
	require.NoError(t, os.Mkdir(path+".new", 0o700))
	j, err := ledger.OpenFile(path)
	require.NoError(t, err)
	require.Error(t, j.Prune(time.Now().AddDate(100, 0, 0)))
	_, claimed, err := j.Begin(t.Context(), journalEntry("bank-9", 9))
	require.NoError(t, err)
	assert.True(t, claimed)
	require.NoError(t, j.Close())
	j, err = ledger.OpenFile(path)
	require.NoError(t, err)
	_, all := pendingKeys(t, j)
	assert.Equal(t, 4, all)
	require.NoError(t, j.Close())
}
