package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// sealed gives lines their checksums: what is in them is wrong for another reason.
func sealed(lines ...string) string {
	var b strings.Builder
	sum := uint32(0)
	for _, text := range lines {
		text = strings.TrimSuffix(text, "}")
		sum = crc32.Update(sum, castagnoli, []byte(text))
		fmt.Fprintf(&b, "%s%s%08x%s\n", text, sumStart, sum, sumEnd)
	}
	return b.String()
}

// TestFileJournalStrict: with a checksum that is right, a line must say what this
// version knows, and all of it.
func TestFileJournalStrict(t *testing.T) {
	const (
		key   = `"environment":"stage","company_id":"c","key":"k",`
		begun = `{` + key + `"operation":"o","digest":"d","begun_at":"2026-11-20T10:00:00Z"}`
		ended = `{` + key + `"operation":"o","digest":"d","begun_at":"2026-11-20T10:00:00Z","ended_at":"2026-11-20T10:01:00Z","outcome":"applied"}`
	)
	change := strings.NewReplacer
	for name, c := range map[string]struct {
		lines   []string
		problem string
	}{
		"as it should be":       {[]string{begun, ended}, ""},
		"an end alone":          {[]string{ended}, ""}, // its beginning was pruned
		"spaces":                {[]string{change(",", ", ").Replace(begun)}, ""},
		"other escapes":         {[]string{change("stage", `st\u0061ge`).Replace(begun)}, ""},
		"null":                  {[]string{"null"}, "line 1"},
		"no members":            {[]string{"{}"}, "line 1"},
		"a list":                {[]string{"[]"}, "line 1"},
		"an unknown outcome":    {[]string{begun, change("applied", "appliet").Replace(ended)}, "line 2"},
		"outcome unknown":       {[]string{begun, change("applied", "unknown").Replace(ended)}, "line 2"},
		"no outcome":            {[]string{begun, change(`,"outcome":"applied"`, "").Replace(ended)}, "line 2"},
		"an outcome, no end":    {[]string{change("}", `,"outcome":"appliet"}`).Replace(begun)}, "line 1"},
		"a member twice":        {[]string{change(`"key":"k"`, `"key":"j","key":"k"`).Replace(begun)}, "line 1"},
		"twice in other case":   {[]string{change(`"key":"k"`, `"key":"k","KEY":"k"`).Replace(begun)}, "line 1"},
		"another case":          {[]string{change(`"key"`, `"Key"`).Replace(begun)}, "line 1"},
		"an unknown member":     {[]string{change("}", `,"later":1}`).Replace(begun)}, "line 1"},
		"a null":                {[]string{change("}", `,"baseline":null}`).Replace(begun)}, "line 1"},
		"no key":                {[]string{change(`"key":"k",`, "").Replace(begun)}, "line 1"},
		"an empty key":          {[]string{change(`"k"`, `""`).Replace(begun)}, "line 1"},
		"an end alone, and how": {[]string{change(`,"outcome":"applied"`, "").Replace(ended)}, "line 1"},
		"no company":            {[]string{change(`"company_id":"c",`, "").Replace(begun)}, "line 1"},
		"no time":               {[]string{change(`,"begun_at":"2026-11-20T10:00:00Z"`, "").Replace(begun)}, "line 1"},
		"an amount of words":    {[]string{change("}", `,"amount":"x"}`).Replace(begun)}, "line 1"},
		"more than one value":   {[]string{begun + begun}, "line 1"},
		"begun twice":           {[]string{begun, begun}, "line 2"},
		"begun after its end":   {[]string{begun, ended, begun}, "line 3"},
		"ended twice":           {[]string{begun, ended, ended}, "line 3"},
		"another's end":         {[]string{begun, change("10:00:00", "10:00:01").Replace(ended)}, "line 2"},
		"a claim that is taken": {[]string{change("}", `,"claim":"c"}`).Replace(begun), change("}", `,"claim":"c"}`, `"k"`, `"l"`).Replace(begun)}, "line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.jsonl")
			require.NoError(t, os.WriteFile(path, []byte(sealed(c.lines...)), 0o600))
			j, err := OpenFile(path)
			if c.problem == "" {
				require.NoError(t, err)
				require.NoError(t, j.Close())
				return
			}
			require.ErrorIs(t, err, ErrJournal)
			require.ErrorContains(t, err, "the journal is damaged: "+c.problem+",")
		})
	}
}

// TestFileJournalOneLetter: whichever byte of the file is another one, the journal
// does not open, and names the line.
func TestFileJournalOneLetter(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "journal.jsonl"))
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	c, x := &contents{}, &index{}
	for i, outcome := range []maventa.Outcome{maventa.OutcomeApplied, maventa.OutcomeUnknown, maventa.OutcomeRejected} {
		r := Record{
			JournalKey: JournalKey{"stage", "c", fmt.Sprintf("bank/%d", i)}, Operation: addEvent, AssignmentID: "A1", EventType: maventa.EventPaid,
			Amount: maventa.Some(maventa.MustAmount("40.00")), Digest: "d", Claim: "assignment/A1", Baseline: []string{"e1"}, BegunAt: time.Unix(int64(i), 0).UTC(),
		}
		if outcome != maventa.OutcomeUnknown {
			r.EndedAt, r.Outcome = r.BegunAt, outcome
		}
		x.keep(t, r)
	}
	require.NoError(t, c.write(file, x.all(every)))
	content, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	for i := range content {
		for _, bit := range []byte{1, 4, 32, 128} {
			damaged := bytes.Clone(content)
			damaged[i] ^= bit
			_, err := readLines(bytes.NewReader(damaged))
			require.ErrorContains(t, err, fmt.Sprintf("damaged: line %d,", 1+bytes.Count(content[:i], []byte("\n"))), "byte %d", i)
		}
	}
}

// TestFileJournalLongLine: a file without lines is refused before it is in memory.
func TestFileJournalLongLine(t *testing.T) {
	endless := endlessReader{}
	_, err := readLines(&endless)
	require.ErrorContains(t, err, "line 1, at byte 0: it is too long")
	assert.Less(t, endless.read, maxLine+1<<20)

	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j, err := OpenFile(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, j.Close()) }()
	record := Record{JournalKey: JournalKey{"stage", "c", "k"}, BegunAt: time.Unix(1, 0).UTC(), Baseline: []string{strings.Repeat("x", maxLine)}}
	_, _, err = j.Begin(t.Context(), record)
	require.ErrorContains(t, err, "larger than the journal reads")
	record.Baseline = nil
	record.Key = "bank-\xff"
	_, _, err = j.Begin(t.Context(), record)
	require.ErrorContains(t, err, "not UTF-8")
}

type endlessReader struct{ read int }

func (r *endlessReader) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	r.read += len(b)
	return len(b), nil
}

// TestFileJournalReadFails: a disk that cannot be read is not an empty journal.
func TestFileJournalReadFails(t *testing.T) {
	_, err := readLines(iotest.ErrReader(syscall.EIO))
	require.ErrorIs(t, err, syscall.EIO)
	assert.NotContains(t, err.Error(), "damaged")
	_, err = readLines(iotest.TimeoutReader(strings.NewReader(sealed("{}"))))
	require.Error(t, err)
}

// TestFileJournalPruneRename: a new file that cannot take the old one's place
// leaves the journal as it is, with its lock, on both kinds of system.
func TestFileJournalPruneRename(t *testing.T) {
	for _, renamesOpen := range []bool{true, false} {
		for _, fails := range []bool{true, false} {
			t.Run(fmt.Sprintf("renames open files %v, fails %v", renamesOpen, fails), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "journal.jsonl")
				j, err := OpenFile(path)
				require.NoError(t, err)
				j.renamesOpen = renamesOpen
				if fails {
					j.rename = func(string, string) error { return &os.LinkError{Op: "rename", Err: syscall.EBUSY} }
				}
				record := Record{JournalKey: JournalKey{"stage", "c", "k"}, BegunAt: time.Unix(1, 0).UTC(), AssignmentID: "a"}
				begin := func(key string) bool {
					record.Key = key
					_, claimed, err := j.Begin(t.Context(), record)
					require.NoError(t, err)
					return claimed
				}
				require.True(t, begin("done"))
				record.EndedAt, record.Outcome = time.Unix(2, 0).UTC(), maventa.OutcomeApplied
				require.NoError(t, j.End(t.Context(), record))
				record.EndedAt, record.Outcome = time.Time{}, maventa.OutcomeUnknown
				require.True(t, begin("open"))
				err = j.Prune(time.Now())
				if fails {
					require.ErrorIs(t, err, syscall.EBUSY)
				} else {
					require.NoError(t, err)
				}
				_, err = OpenFile(path)
				require.ErrorIs(t, err, ErrJournalLocked)
				assert.NoFileExists(t, path+".new")
				assert.False(t, begin("open"))
				assert.Equal(t, !fails, begin("done"), "what is pruned is forgotten")
				require.True(t, begin("next"))
				require.NoError(t, j.Close())
				j, err = OpenFile(path)
				require.NoError(t, err)
				assert.Len(t, all(j.contents), 3)
				require.NoError(t, j.Close())
			})
		}
	}
}

// TestFileJournalPruneIntruder: where a file is closed to be renamed, another
// process may use the journal meanwhile. It must not be overlooked.
func TestFileJournalPruneIntruder(t *testing.T) {
	for name, stays := range map[string]bool{"it has the lock": true, "it was there": false} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.jsonl")
			j, err := OpenFile(path)
			require.NoError(t, err)
			var other *FileJournal
			j.renamesOpen = false
			j.rename = func(string, string) error {
				other, err = OpenFile(path)
				require.NoError(t, err)
				_, _, err = other.Begin(t.Context(), Record{JournalKey: JournalKey{"stage", "c", "k"}, BegunAt: time.Unix(1, 0).UTC()})
				require.NoError(t, err)
				if !stays {
					require.NoError(t, other.Close())
				}
				return syscall.EACCES
			}
			require.Error(t, j.Prune(time.Now()))
			_, _, err = j.Begin(t.Context(), Record{JournalKey: JournalKey{"stage", "c", "k"}, BegunAt: time.Unix(1, 0).UTC()})
			require.ErrorIs(t, err, ErrJournal)
			require.NoError(t, j.Close())
			require.NoError(t, other.Close())
		})
	}
}

// TestSyncDirErrors: some file systems sync no directory. Any other failure counts.
func TestSyncDirErrors(t *testing.T) {
	for _, err := range []error{syscall.EINVAL, syscall.ENOTSUP, syscall.ENOSYS, syscall.EPERM, errors.ErrUnsupported} {
		assert.True(t, cannotSync(&os.PathError{Op: "sync", Err: err}), "%v", err)
	}
	for _, err := range []error{nil, syscall.EIO, syscall.ENOSPC, os.ErrNotExist} {
		assert.False(t, cannotSync(err), "%v", err)
	}
}

// FuzzJournalFile reads any file, and any lines with checksums that are right: they
// are refused, or written again they say the same.
func FuzzJournalFile(f *testing.F) {
	golden, err := os.ReadFile(filepath.Join("testdata", "journal.jsonl"))
	require.NoError(f, err)
	f.Add(string(golden))
	f.Add(string(golden[:len(golden)-20]))
	f.Add(`{"environment":"stage","company_id":"c","key":"k","operation":"o","digest":"d","begun_at":"2026-11-20T10:00:00Z"}`)
	f.Add(`{"key":"bank-9","baseline":null,"amount":1e3,"outcome":"fine","begun_at":"2026-11-20T10:00:00.123456789+02:00"}` + "\n{")
	f.Add("null\n{}")
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = readLines(strings.NewReader(text))
		for line := range strings.SplitSeq(text, "\n") {
			checkParse(t, &packer{}, &index{}, []byte(strings.TrimSuffix(line, "}")))
		}
		c, err := readLines(strings.NewReader(sealed(strings.Split(text, "\n")...)))
		if err != nil {
			return
		}
		var again strings.Builder
		sum := uint32(0)
		for _, r := range all(c) {
			var text []byte
			text, sum, err = line(&r, sum)
			require.NoError(t, err)
			again.Write(text)
		}
		same, err := readLines(strings.NewReader(again.String()))
		require.NoError(t, err)
		assert.Equal(t, all(c), all(same))
	})
}

func every(*Record) bool { return true }

// all are the records of a journal, oldest first.
func all(c *contents) (list []Record) {
	for _, at := range c.index.all(every) {
		list = append(list, at.c.unpack(at.k))
	}
	return list
}

// keep puts a record as the journals do.
func (x *index) keep(t *testing.T, r Record) {
	t.Helper()
	require.NoError(t, x.place(r.JournalKey).keep(&r))
}
