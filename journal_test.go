package maventa_test

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
	"github.com/maventa-go/maventa/maventatest"
)

func TestMemoryJournal(t *testing.T) {
	maventatest.TestJournal(t, func(testing.TB) maventa.Journal { return maventa.NewMemoryJournal() })
}

func TestFileJournal(t *testing.T) {
	paths := map[maventa.Journal]string{}
	open := func(t testing.TB, path string) maventa.Journal {
		j, err := maventa.OpenFileJournal(path)
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, j.Close()) })
		paths[j] = path
		return j
	}
	maventatest.TestJournal(t,
		func(t testing.TB) maventa.Journal { return open(t, filepath.Join(t.TempDir(), "journal.jsonl")) },
		func(t testing.TB, j maventa.Journal) maventa.Journal {
			require.NoError(t, j.(*maventa.FileJournal).Close())
			return open(t, paths[j])
		})
}

// journalFile is a journal in a file with three entries: one done, one that was
// never sent, and one open.
func journalFile(t testing.TB) (path string, content []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "journal.jsonl")
	j, err := maventa.OpenFileJournal(path)
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

func journalEntry(key string, day int) maventa.JournalEntry {
	return maventa.JournalEntry{
		JournalKey: journalKey(key), Operation: "Assignments.AddEvent", AssignmentID: "as-1", EventType: maventa.EventPaid,
		Amount: someAmount("40.00"), Date: payday, Digest: "d", Baseline: []string{"ev-0"}, BegunAt: utc("2026-11-20T10:00:00Z").AddDate(0, 0, day),
	}
}

func journalKey(key string) maventa.JournalKey {
	return maventa.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: key}
}

// pendingKeys lists the keys of the open entries, and how many entries there are.
func pendingKeys(t testing.TB, j maventa.Journal) (open string, all int) {
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
		j, err := maventa.OpenFileJournal(path)
		require.NoError(t, err, "cut at byte %d", size)
		lines := bytes.Count(content[:size], []byte("\n"))
		open, all := pendingKeys(t, j)
		assert.Equal(t, []string{"", "bank-0", "", "bank-1", "", "bank-2"}[lines], open, "cut at byte %d", size)
		assert.Equal(t, (lines+1)/2, all)
		if size%3 == 0 { // the journal goes on behind the last whole line
			_, claimed, err := j.Begin(t.Context(), journalEntry("next", 9))
			require.NoError(t, err)
			assert.True(t, claimed)
			require.NoError(t, j.Close())
			j, err = maventa.OpenFileJournal(path)
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
			_, err := maventa.OpenFileJournal(path)
			require.ErrorContains(t, err, "damaged")
			assert.NotErrorIs(t, err, maventa.ErrJournalLocked)
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, damaged, after)
		})
	}
	// The lock was given back: mended, the journal opens.
	require.NoError(t, os.WriteFile(path, content, 0o600))
	j, err := maventa.OpenFileJournal(path)
	require.NoError(t, err)
	require.NoError(t, j.Close())
}

func TestFileJournalLock(t *testing.T) {
	path, _ := journalFile(t)
	first, err := maventa.OpenFileJournal(path)
	require.NoError(t, err)
	_, err = maventa.OpenFileJournal(path)
	require.ErrorIs(t, err, maventa.ErrJournalLocked)
	require.NoError(t, first.Prune(time.Now())) // a new file, the same lock
	_, err = maventa.OpenFileJournal(path)
	require.ErrorIs(t, err, maventa.ErrJournalLocked)

	require.NoError(t, first.Close())
	require.NoError(t, first.Close(), "closing twice does no harm")
	_, _, err = first.Find(t.Context(), journalKey("bank-0"))
	require.Error(t, err, "a closed journal")
	_, _, err = first.Begin(t.Context(), journalEntry("bank-9", 0))
	require.Error(t, err)

	second, err := maventa.OpenFileJournal(path)
	require.NoError(t, err)
	require.NoError(t, second.Close())

	_, err = maventa.OpenFileJournal(filepath.Join(t.TempDir(), "no such folder", "journal.jsonl"))
	require.Error(t, err)
	assert.NotErrorIs(t, err, maventa.ErrJournalLocked, "a folder that is not there is not another process")
	_, err = maventa.OpenFileJournal(t.TempDir())
	require.Error(t, err)
	assert.NotErrorIs(t, err, maventa.ErrJournalLocked)
}

func TestFileJournalPrune(t *testing.T) {
	path, content := journalFile(t)
	j, err := maventa.OpenFileJournal(path)
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
			j, err := maventa.OpenFileJournal(path)
			require.NoError(t, err)
			open, all := pendingKeys(t, j)
			assert.Equal(t, "bank-2", open)
			assert.Equal(t, 3, all)
			require.NoError(t, j.Prune(time.Now().AddDate(100, 0, 0)))
			require.NoError(t, j.Close())
			assert.NoFileExists(t, path+".new")
			j, err = maventa.OpenFileJournal(path)
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
	j, err := maventa.OpenFileJournal(path)
	require.NoError(t, err)
	require.Error(t, j.Prune(time.Now().AddDate(100, 0, 0)))
	_, claimed, err := j.Begin(t.Context(), journalEntry("bank-9", 9))
	require.NoError(t, err)
	assert.True(t, claimed)
	require.NoError(t, j.Close())
	j, err = maventa.OpenFileJournal(path)
	require.NoError(t, err)
	_, all := pendingKeys(t, j)
	assert.Equal(t, 4, all)
	require.NoError(t, j.Close())
}

// TestJournalHoldsNoTexts: the journal is an audit trail that may lie about: it
// holds ids, amounts and digests, no words about people.
func TestJournalHoldsNoTexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		j, err := maventa.OpenFileJournal(path)
		require.NoError(t, err)
		l := newLedger(t, maventatest.WithWire(maventatest.Wire{})) // whose answers tell the id
		l.c = l.srv.Client(t, maventa.WithJournal(j))
		event := maventa.Comment("canary-comment")
		event.InvoiceNumber = "canary-number"
		event.Extra = extraOf(t, "canary-name", "canary-value")
		_, err = l.ensure(maventa.LedgerEntry{Key: "bank-1", Event: event})
		require.NoError(t, err)
		require.NoError(t, j.Close())
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.NotContains(t, string(content), "canary")
		for _, name := range []string{"environment", "company_id", "key", "operation", "assignment_id", "event_type", "digest", "begun_at", "ended_at", "outcome", "event_id"} {
			assert.Contains(t, string(content), `"`+name+`":`)
		}
	})
}

// TestJournalTimes: instants are whole microseconds in UTC, so that they survive
// a database: an entry whose BegunAt came back rounded could never be ended.
func TestJournalTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(1234567 * time.Nanosecond)
		l := newLedger(t)
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		e := l.entry("bank-1")
		for _, at := range []time.Time{e.BegunAt, e.EndedAt} {
			assert.Zero(t, at.Nanosecond()%1000, at)
			assert.Equal(t, time.UTC, at.Location())
		}
	})
}

// TestJournalKeysAreText: a key that is not UTF-8 would come back from a file as
// another key, and the payment be sent again.
func TestJournalKeysAreText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		for _, key := range []string{"", "bank-\xe4", "\xff", strings.Repeat("x", 513)} {
			_, err := l.ensure(payment(key, "40.00"))
			require.ErrorIs(t, err, maventa.ErrValidation, "%q", key)
			assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, err).Outcome)
		}
		assert.Zero(t, l.posts())
	})
}

// FuzzJournalFile opens a journal over any file: it is read or refused, and one
// that is read goes on and comes back the same.
func FuzzJournalFile(f *testing.F) {
	_, content := journalFile(f)
	lines := bytes.SplitAfter(content, []byte("\n"))
	f.Add([]byte{})
	f.Add(content)
	f.Add(content[:len(content)-20])
	f.Add(append(bytes.Clone(lines[1]), lines[0]...))
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"key":"bank-9","baseline":null,"amount":1e3,"outcome":"fine","begun_at":"2026-11-20T10:00:00.123456789+02:00"}` + "\n{"))
	f.Add([]byte("null\n"))
	path := filepath.Join(f.TempDir(), "journal.jsonl")
	f.Fuzz(func(t *testing.T, data []byte) {
		require.NoError(t, os.WriteFile(path, data, 0o600))
		j, err := maventa.OpenFileJournal(path)
		if err != nil {
			ct.Failure(t, err)
			return
		}
		defer func() { require.NoError(t, j.Close()) }()
		ctx := t.Context()
		_, before := pendingKeys(t, j)
		entry := journalEntry("fuzz", 0)
		stored, claimed, err := j.Begin(ctx, entry)
		require.NoError(t, err)
		if claimed {
			assert.Equal(t, entry, stored)
		} else {
			assert.True(t, stored.Open() || stored.Done())
			assert.Equal(t, entry.JournalKey, stored.JournalKey)
		}
		want, err := j.ForAssignment(ctx, "stage", ct.CompanyID, "as-1")
		require.NoError(t, err)
		assert.GreaterOrEqual(t, len(want), before)

		require.NoError(t, j.Close())
		j, err = maventa.OpenFileJournal(path)
		require.NoError(t, err, "what was read once is read again")
		got, err := j.ForAssignment(ctx, "stage", ct.CompanyID, "as-1")
		require.NoError(t, err)
		assert.ElementsMatch(t, want, got)
		require.NoError(t, j.Prune(time.Now()))
	})
}
