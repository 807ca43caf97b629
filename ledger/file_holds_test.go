package ledger_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// The file journal holds what it was given, or it refuses.

func openFile(t testing.TB, path string) *ledger.FileJournal {
	t.Helper()
	j, err := ledger.OpenFile(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, j.Close()) })
	return j
}

// TestFileJournalOneLock: the lock is the file's, whatever name it is opened by.
func TestFileJournalOneLock(t *testing.T) {
	path, _ := journalFile(t)
	dir := t.TempDir()
	soft, hard := filepath.Join(dir, "soft"), filepath.Join(dir, "hard")
	require.NoError(t, os.Symlink(path, soft))
	for _, names := range [][]string{{path, soft}, {soft, path}, {path, hard}, {hard, soft}} {
		if names[0] == hard || names[1] == hard {
			_ = os.Remove(hard)
			require.NoError(t, os.Link(path, hard))
		}
		first, err := ledger.OpenFile(names[0])
		require.NoError(t, err, names)
		_, err = ledger.OpenFile(names[1])
		require.ErrorIs(t, err, ledger.ErrJournalLocked, "%v", names)
		require.NoError(t, first.Close())
	}
}

// TestFileJournalPruneLink: a link leads to the file that the records are in, also
// after Prune, and the lock stays.
func TestFileJournalPruneLink(t *testing.T) {
	path, _ := journalFile(t)
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(path, link))
	j := openFile(t, link)
	require.NoError(t, j.Prune(time.Now().AddDate(100, 0, 0)))
	for _, name := range []string{path, link} {
		_, err := ledger.OpenFile(name)
		require.ErrorIs(t, err, ledger.ErrJournalLocked, name)
	}
	_, claimed, err := j.Begin(t.Context(), journalEntry("after", 9))
	require.NoError(t, err)
	require.True(t, claimed)
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink, "the link was replaced by a file")
	require.NoError(t, j.Close())
	open, all := pendingKeys(t, openFile(t, path))
	assert.Equal(t, "bank-2 after", open)
	assert.Equal(t, 2, all)
}

// TestFileJournalPruneRace: who opens the journal while it is pruned gets neither
// the old file nor the new one.
func TestFileJournalPruneRace(t *testing.T) {
	path, _ := journalFile(t)
	j := openFile(t, path)
	done := make(chan error, 1)
	go func() {
		for range 30 {
			if err := j.Prune(time.Time{}); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for {
		select {
		case err := <-done:
			require.NoError(t, err)
			return
		default:
			_, err := ledger.OpenFile(path)
			require.ErrorIs(t, err, ledger.ErrJournalLocked)
		}
	}
}

// TestFileJournalDevice: what is written there is nowhere.
func TestFileJournalDevice(t *testing.T) {
	_, err := ledger.OpenFile(os.DevNull)
	require.ErrorIs(t, err, ledger.ErrJournal)
}

// TestFileJournalPruneHardLink: another name would lead to the old file, unlocked.
func TestFileJournalPruneHardLink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the number of names is not known there")
	}
	path, content := journalFile(t)
	require.NoError(t, os.Link(path, path+".other"))
	j := openFile(t, path)
	require.ErrorContains(t, j.Prune(time.Now().AddDate(100, 0, 0)), "hard links")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, content, after)
	_, claimed, err := j.Begin(t.Context(), journalEntry("after", 9))
	require.NoError(t, err)
	assert.True(t, claimed)
}

// TestFileJournalDeletedFile: a mount of one file goes on to show it after Prune
// has put another one in its place. The descriptor of a deleted file is the same.
func TestFileJournalDeletedFile(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("opens a deleted file by its descriptor")
	}
	path, _ := journalFile(t)
	file, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	mount := fmt.Sprintf("/proc/self/fd/%d", file.Fd())
	j, err := ledger.OpenFile(mount)
	require.NoError(t, err, "not deleted yet")
	require.NoError(t, os.Remove(path))
	_, _, err = j.Begin(t.Context(), journalEntry("after", 9))
	require.ErrorIs(t, err, ledger.ErrJournal)
	require.ErrorContains(t, err, "replaced")
	require.NoError(t, j.Close())
	_, err = ledger.OpenFile(mount)
	require.ErrorContains(t, err, "replaced")
}

// TestFileJournalChangedUnderneath: what is rotated, deleted, restored or cut
// while it is open takes nothing more, and says so.
func TestFileJournalChangedUnderneath(t *testing.T) {
	write := func(path string, content []byte) error { return os.WriteFile(path, content, 0o600) }
	for name, change := range map[string]func(path string, content []byte) error{
		"rotated": func(path string, _ []byte) error { return os.Rename(path, path+".1") },
		"deleted": func(path string, _ []byte) error { return os.Remove(path) },
		"replaced": func(path string, content []byte) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return write(path, content)
		},
		"rotated, and a copy is there": func(path string, content []byte) error {
			if err := os.Rename(path, path+".1"); err != nil {
				return err
			}
			return write(path, content)
		},
		"cut":     func(path string, content []byte) error { return os.Truncate(path, int64(len(content)/2)) },
		"emptied": func(path string, _ []byte) error { return os.Truncate(path, 0) },
		"restored": func(path string, content []byte) error {
			return write(path, content[:bytes.IndexByte(content, '\n')+1])
		},
		"appended": func(path string, content []byte) error { return write(path, append(bytes.Clone(content), '\n')) },
	} {
		t.Run(name, func(t *testing.T) {
			path, content := journalFile(t)
			j := openFile(t, path)
			require.NoError(t, change(path, content))
			before, _ := os.ReadFile(path)
			_, claimed, err := j.Begin(t.Context(), journalEntry("after", 9))
			require.ErrorIs(t, err, ledger.ErrJournal)
			assert.False(t, claimed)
			done := journalEntry("bank-2", 2)
			done.EndedAt, done.Outcome = done.BegunAt, maventa.OutcomeApplied
			require.ErrorIs(t, j.End(t.Context(), done), ledger.ErrJournal)
			require.ErrorIs(t, j.Prune(time.Now()), ledger.ErrJournal)
			after, _ := os.ReadFile(path)
			assert.Equal(t, before, after, "the file was written to")
			stored, found, err := j.Find(t.Context(), journalKey("bank-2"))
			require.NoError(t, err)
			assert.True(t, found && stored.Open(), "an end that was not stored counts")
		})
	}
	// Put back, it goes on.
	path, _ := journalFile(t)
	j := openFile(t, path)
	require.NoError(t, os.Rename(path, path+".1"))
	_, _, err := j.Begin(t.Context(), journalEntry("after", 9))
	require.Error(t, err)
	require.NoError(t, os.Rename(path+".1", path))
	_, claimed, err := j.Begin(t.Context(), journalEntry("after", 9))
	require.NoError(t, err)
	assert.True(t, claimed)
}

// TestFileJournalLines: a line that is missing, moved or there twice is damage, too.
func TestFileJournalLines(t *testing.T) {
	path, content := journalFile(t)
	l := bytes.SplitAfter(content, []byte("\n"))[:5]
	for name, lines := range map[string][][]byte{
		"the first is missing":    l[1:],
		"an end is missing":       {l[0], l[2], l[3], l[4]},
		"an entry is missing":     {l[0], l[1], l[4]},
		"the last is there twice": {l[0], l[1], l[2], l[3], l[4], l[4]},
		"two are swapped":         {l[0], l[1], l[3], l[2], l[4]},
		"all are there twice":     append(append([][]byte{}, l...), l...),
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, bytes.Join(lines, nil), 0o600))
			_, err := ledger.OpenFile(path)
			require.ErrorContains(t, err, "the journal is damaged: line ")
		})
	}
}

// TestFileJournalTornOnly: of a file without a newline at its end only what a crash
// leaves is dropped, and only when the next record is written.
func TestFileJournalTornOnly(t *testing.T) {
	path, content := journalFile(t)
	l := bytes.SplitAfter(content, []byte("\n"))[:5]
	whole := bytes.TrimSuffix(content, []byte("\n"))
	for name, c := range map[string]struct {
		rest   []byte // after the first four lines
		opens  bool
		counts bool // the last line
	}{
		"half a line":              {l[4][:40], true, false},
		"one letter":               {l[4][:1], true, false},
		"half a checksum":          {l[4][:len(l[4])-7], true, false},
		"zeros":                    {make([]byte, 512), true, false},
		"half a line, then zeros":  {append(bytes.Clone(l[4][:40]), make([]byte, 99)...), true, false},
		"no newline":               {whole[len(whole)-len(l[4])+1:], true, true},
		"zeros for the newline":    {append(bytes.Clone(whole[len(whole)-len(l[4])+1:]), 0, 0), true, true},
		"a letter, no newline":     {bytes.Replace(whole[len(whole)-len(l[4])+1:], []byte("bank-2"), []byte("bank-0"), 1), false, false},
		"another end, no newline":  {append(bytes.Clone(l[4][:len(l[4])-2]), 'x'), false, false},
		"something else":           {[]byte("<html>"), false, false},
		"zeros, then half a line":  {append(make([]byte, 99), l[4][:40]...), false, false},
		"a whole line, and a half": {append(bytes.Clone(l[4]), `{"environment":"sta`...), true, true},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := append(bytes.Join(l[:4], nil), c.rest...)
			require.NoError(t, os.WriteFile(path, damaged, 0o600))
			j, err := ledger.OpenFile(path)
			after, readErr := os.ReadFile(path)
			require.NoError(t, readErr)
			assert.Equal(t, damaged, after, "opening changed the file")
			if !c.opens {
				require.ErrorContains(t, err, "line 5,")
				return
			}
			require.NoError(t, err)
			_, claimed, err := j.Begin(t.Context(), journalEntry("bank-2", 2))
			require.NoError(t, err)
			assert.Equal(t, !c.counts, claimed)
			end := journalEntry("bank-2", 2)
			end.EndedAt, end.Outcome = end.BegunAt, maventa.OutcomeNotSent
			require.NoError(t, j.End(t.Context(), end))
			require.NoError(t, j.Close())
			_, all := pendingKeys(t, openFile(t, path))
			assert.Equal(t, 3, all)
		})
	}
}
