package ledger_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// What the ledger asks of its journal and of the service, and what it stores, is
// written down in testdata: a change of the code that changes one of these
// files changes what a crash leaves behind, or how a payment is found again.

// sameRecord compares text with a file of testdata.
func sameRecord(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	golden, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, random.ReplaceAllString(string(golden), ""), random.ReplaceAllString(text, ""))
}

// random is what differs from run to run: the name of an attempt, and with it the
// checksums.
var random = regexp.MustCompile(`"attempt":"[A-Z2-7]{26}"|"crc32c":"[0-9a-f]{8}"`)

// TestLedgerOperations: which calls of the journal and of the service twelve
// scenarios make, in which order, and what comes of them.
func TestLedgerOperations(t *testing.T) {
	var all strings.Builder
	for _, scenario := range ledgerScenarios {
		synctest.Test(t, func(t *testing.T) {
			s := newScribe(t)
			scenario.run(t, s)
			posts := 0
			for _, sent := range s.Sent {
				if sent.Method == http.MethodPost {
					posts++
				}
			}
			fmt.Fprintf(&all, "== %s: %d POSTs\n%s\n", scenario.name, posts, s.all.String())
		})
	}
	sameRecord(t, "operations.txt", all.String())
}

// TestLedgerJournalFile: what a journal's file holds after a ledger's life.
func TestLedgerJournalFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		file, err := ledger.OpenFile(path)
		require.NoError(t, err)
		s := newScribe(t)
		s.Journal = file
		ensure := func(key string, event maventa.NewEvent) {
			_, _ = s.rawLedger.ensure(ledger.Entry{Key: key, Event: event})
		}
		ok := s.answer
		ensure("bank-1", maventa.DirectPayment(amount("40.00"), payday))
		ensure("bank-2", maventa.CreditNote(amount("7"), payday, "CN-1"))
		ensure("bank-3", maventa.Comment("a promise to pay"))
		changed := maventa.DirectPayment(amount("5.00"), payday)
		changed.Extra = extraOf(t, "amount", 500)
		ensure("bank-4", changed)
		s.answer = func(string) ct.Reply {
			return ct.Reply{Status: 422, Body: `{"code":"no"}`, Header: map[string]string{"X-Request-Id": "req-2"}}
		}
		ensure("bank-5", maventa.DirectPayment(amount("6.00"), payday))
		s.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		ensure("bank-6", maventa.DueDateChange(payday))
		s.answer = dropAfter
		ensure("bank-7", maventa.DirectPayment(amount("8.10"), payday))
		s.later()
		s.answer = ok
		ensure("bank-7", maventa.DirectPayment(amount("8.10"), payday))
		s.lost = true
		ensure("bank-8", maventa.DirectPayment(amount("9.00"), payday))
		s.transfer("")
		s.fixed(http.MethodPost, ct.AX+"/v2/invoices/I1/assignment/ropo", ct.Reply{Status: 202, Body: `{"status":"pending"}`})
		_, err = s.EnsureTransfer(t.Context(), "I1", ropoEntry())
		require.NoError(t, err)
		require.NoError(t, file.Close())
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		sameRecord(t, "journal.jsonl", string(content))
	})
}

// TestLedgerReadsOldJournal: a file that an earlier version wrote is understood:
// what was done is done, and what was open is open.
func TestLedgerReadsOldJournal(t *testing.T) {
	for _, name := range []string{"journal.jsonl", "journal_old.jsonl"} { // the old one is from before attempts were counted
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { readsOldJournal(t, name) })
		})
	}
}

func readsOldJournal(t *testing.T, name string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	file, err := ledger.OpenFile(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	s := newScribe(t)
	s.transfer("sent")
	s.Journal = file
	ensured, err := s.rawLedger.ensure(payment("bank-1", "40.00"))
	require.NoError(t, err)
	assert.False(t, ensured.Sent)
	_, err = s.rawLedger.ensure(payment("bank-1", "40.01"))
	require.ErrorIs(t, err, ledger.ErrKeyReused)
	_, err = s.rawLedger.ensure(payment("bank-8", "9.00"))
	require.ErrorIs(t, err, ledger.ErrUndecided)
	transferred, err := s.EnsureTransfer(t.Context(), "I1", ropoEntry())
	require.NoError(t, err)
	assert.False(t, transferred.Sent)
	assert.Zero(t, s.posts)
}

// TestLedgerDigests: by which digests the journal distinguishes contents.
func TestLedgerDigests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScribe(t)
		var all strings.Builder
		digest := func(name, key string) {
			stored, ok, err := s.Journal.Find(t.Context(), ledger.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: key})
			require.NoError(t, err)
			require.True(t, ok, name)
			fmt.Fprintf(&all, "%s  %s\n", stored.Digest, name)
		}
		l := ledger.New(s.Client, s, ledger.With(maventa.Unchecked(), maventa.WithoutPreflight()))
		null := maventa.CustomEvent("something")
		null.Amount = maventa.Null[maventa.Amount]()
		changed := maventa.DirectPayment(amount("5.00"), payday)
		changed.Extra = extraOf(t, "amount", 500, "note", "x")
		for i, e := range []struct {
			name  string
			event maventa.NewEvent
		}{
			{"payment 40.00", maventa.DirectPayment(amount("40.00"), payday)},
			{"payment 40.0", maventa.DirectPayment(amount("40.0"), payday)},
			{"credit note", maventa.CreditNote(amount("7"), payday, "CN-1")},
			{"comment", maventa.Comment("ä <b> \u2028")},
			{"due date", maventa.DueDateChange(payday)},
			{"collection stop", maventa.CollectionStop(payday)},
			{"cancellation", maventa.Cancellation("")},
			{"credit loss", maventa.CreditLoss(payday)},
			{"null amount", null},
			{"extra", changed},
		} {
			key := fmt.Sprintf("k-%d", i)
			_, err := l.EnsureEvent(t.Context(), rawID, ledger.Entry{Key: key, Event: e.event, NotMine: []string{"e1"}})
			require.NoError(t, err, e.name)
			digest(e.name, key)
		}
		s.transfer("")
		amili := maventa.AmiliTransfer{
			CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2C, Payers: ropoEntry().Ropo.Payers,
			Amounts: maventa.TransferAmounts{CapitalAmount: amount("100.00"), InterestAmount: someAmount("1.50"), InterestCalculationDate: payday},
		}
		amili.Payers[0].SSN = "131052-308T"
		ropo := ropoEntry()
		ropo.Key = "ropo"
		for i, e := range []ledger.TransferEntry{ropo, {Key: "amili", Amili: &amili}} {
			invoice := fmt.Sprintf("I%d", i+1)
			s.fixed(http.MethodPost, ct.AX+"/v2/invoices/"+invoice+"/assignment/"+e.Key, ct.Reply{Status: 202, Body: `{"status":"pending"}`})
			_, err := s.EnsureTransfer(t.Context(), invoice, e)
			require.NoError(t, err, e.Key)
			digest("transfer to "+e.Key, e.Key)
		}
		sameRecord(t, "digests.txt", all.String())
	})
}
