package ledger

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// TestFileJournalWriteFails: after a write that failed nobody knows what the
// disk holds, so the journal refuses to go on, and nothing is sent.
func TestFileJournalWriteFails(t *testing.T) {
	for _, during := range []string{"Begin", "End"} {
		t.Run(during, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.jsonl")
			j, err := OpenFile(path)
			require.NoError(t, err)
			ctx := t.Context()
			entry := Record{JournalKey: JournalKey{Environment: "stage", CompanyID: "c", Key: "k"}, BegunAt: time.Unix(1, 0).UTC()}
			if during == "End" {
				_, _, err = j.Begin(ctx, entry)
				require.NoError(t, err)
			}
			writable := j.file
			j.file, err = os.Open(path) // a disk that takes nothing
			require.NoError(t, err)
			if during == "Begin" {
				_, claimed, beginErr := j.Begin(ctx, entry)
				err = beginErr
				assert.False(t, claimed)
			} else {
				entry.EndedAt, entry.Outcome = entry.BegunAt, maventa.OutcomeApplied
				err = j.End(ctx, entry)
			}
			require.Error(t, err)
			_ = j.file.Close()
			j.file = writable // the disk works again, the journal does not know what it holds

			for name, call := range map[string]func() error{
				"Find":          func() error { _, _, err := j.Find(ctx, entry.JournalKey); return err },
				"Begin":         func() error { _, _, err := j.Begin(ctx, entry); return err },
				"End":           func() error { return j.End(ctx, entry) },
				"ForAssignment": func() error { _, err := j.ForAssignment(ctx, "stage", "c", "as-1"); return err },
				"Pending":       func() error { _, err := j.Pending(ctx, "stage", "c"); return err },
				"Prune":         func() error { return j.Prune(time.Now()) },
			} {
				require.Error(t, call(), name)
			}
			require.NoError(t, j.Close())
			j, err = OpenFile(path)
			require.NoError(t, err)
			stored, found, err := j.Find(ctx, entry.JournalKey)
			require.NoError(t, err)
			assert.Equal(t, during == "End", found)
			assert.True(t, !found || stored.Open(), "an outcome that was not written down is not known")
			require.NoError(t, j.Close())
		})
	}
}
