package ledger_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/ledger/ledgertest"
	"github.com/maventa-go/maventa/maventatest"
)

func TestMemoryJournal(t *testing.T) {
	ledgertest.TestJournal(t, func(testing.TB) ledger.Journal { return ledger.NewMemory() })
}

// TestJournalHoldsNoTexts: the journal is an audit trail that may lie about: it
// holds ids, amounts and digests, no words about people.
func TestJournalHoldsNoTexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		j, err := ledger.OpenFile(path)
		require.NoError(t, err)
		l := newBooks(t, maventatest.WithWire(maventatest.Wire{})) // whose answers tell the id
		l.use(l.srv.Client(t), j)
		event := maventa.Comment("canary-comment")
		event.InvoiceNumber = "canary-number"
		event.Extra = extraOf(t, "canary-name", "canary-value")
		_, err = l.ensure(ledger.Entry{Key: "bank-1", Event: event})
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

// TestJournalKeysAreText: a key that is not UTF-8 would come back from a file as
// another key, and the payment be sent again.
func TestJournalKeysAreText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		for _, key := range []string{"", "bank-\xe4", "\xff", strings.Repeat("x", 513)} {
			_, err := l.ensure(payment(key, "40.00"))
			require.ErrorIs(t, err, maventa.ErrValidation, "%q", key)
			assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, err).Outcome)
		}
		assert.Zero(t, l.posts())
	})
}
