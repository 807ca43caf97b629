// Package ledgertest checks journals of package ledger.
package ledgertest

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// TestJournal checks an implementation of [ledger.Journal] for what exactly-once
// reporting rests on: a key and what it is about are claimed by one caller only,
// also of many at once; an open entry is never stolen; one that ended without
// effect may be claimed anew; only the open entry can be ended; nothing is lost or
// changed on the way, and companies and environments do not see each other. A
// journal of one environment refuses the entries of others, with an error that
// matches [ledger.ErrJournal].
//
//	func TestMyJournal(t *testing.T) {
//		ledgertest.TestJournal(t, func(t testing.TB) ledger.Journal { return newMyJournal(t) })
//	}
//
// open returns an empty journal; it is called once for each part of the test. A
// journal that is for several servers, lasts, and can fail is checked for that
// with [Second], [Reopen] and [Fail].
//
// Instants are whole microseconds, as in the entries that the SDK writes: what
// databases commonly keep.
func TestJournal(t *testing.T, open func(t testing.TB) ledger.Journal, opts ...Option) {
	h := hooks{second: func(_ testing.TB, j ledger.Journal) ledger.Journal { return j }}
	for _, o := range opts {
		o(&h)
	}
	part := func(name string, check func(*journalTest)) {
		t.Run(name, func(t *testing.T) {
			j := &journalTest{T: t, hooks: h, Journal: open(t)}
			j.other = h.second(t, j.Journal)
			check(j)
		})
	}
	for name, check := range map[string]func(*journalTest){
		"a key is claimed once":          (*journalTest).claimedOnce,
		"an open entry is never stolen":  (*journalTest).neverStolen,
		"no effect, claimed anew":        (*journalTest).claimedAnew,
		"only the open entry ends":       (*journalTest).onlyOpenEnds,
		"a status is noted":              (*journalTest).statusNoted,
		"many claim at once":             (*journalTest).manyClaim,
		"many end at once":               (*journalTest).manyEnd,
		"the entries of an assignment":   (*journalTest).ofAssignment,
		"pending, oldest first":          (*journalTest).pending,
		"companies and environments":     (*journalTest).isolation,
		"keys are compared byte by byte": (*journalTest).exactKeys,
		"every field comes back":         (*journalTest).roundTrip,
		"entries are copies":             (*journalTest).copies,
		"a claim is held once":           (*journalTest).claimHeld,
		"an event gives its claim up":    (*journalTest).claimGivenUp,
		"a transfer keeps its claim":     (*journalTest).claimKept,
		"a transfer in collection":       (*journalTest).collected,
		"key and claim, or neither":      (*journalTest).claimBoth,
		"claims byte by byte":            (*journalTest).exactClaims,
		"many claim one thing at once":   (*journalTest).manyClaimOne,
		"two servers see one journal":    (*journalTest).twoServers,
		"two servers, two spellings":     (*journalTest).twoSpellings,
	} {
		part(name, check)
	}
	if h.reopen != nil {
		part("entries last", (*journalTest).durable)
	}
	if h.fail != nil {
		part("a write that fails", (*journalTest).failingWrites)
	}
}

// Option tells [TestJournal] more about a journal.
type Option func(*hooks)

type hooks struct {
	second, reopen func(t testing.TB, j ledger.Journal) ledger.Journal
	fail           func(t testing.TB, j ledger.Journal) (repaired func() ledger.Journal)
}

// Second is for a journal that several servers may use at a time: it opens the
// storage of j once more, while j stays open. Without it the servers of the test
// share one journal.
func Second(open func(t testing.TB, j ledger.Journal) ledger.Journal) Option {
	return func(h *hooks) { h.second = open }
}

// Reopen is for a journal that lasts: it closes j, as a process that ends would, and
// returns another one over the same storage.
func Reopen(again func(t testing.TB, j ledger.Journal) ledger.Journal) Option {
	return func(h *hooks) { h.reopen = again }
}

// Fail is for a journal whose storage can fail: it makes the next Begin or End of j
// return an error, before it has stored anything or after that, as it likes; then
// repaired returns a journal that works over the same storage, which may be j.
func Fail(fail func(t testing.TB, j ledger.Journal) (repaired func() ledger.Journal)) Option {
	return func(h *hooks) { h.fail = fail }
}

// journalTest is one part of TestJournal.
type journalTest struct {
	*testing.T
	hooks
	ledger.Journal
	other ledger.Journal // another server's, over the same storage
}

// The times of the test: seconds after a start with a broken fraction.
func journalTime(seconds int) time.Time {
	return time.Date(2026, 11, 20, 13, 59, 58, 123456000, time.UTC).Add(time.Duration(seconds) * time.Second)
}

func journalKey(key string) ledger.JournalKey {
	return ledger.JournalKey{Environment: "stage", CompanyID: "6f1f7c5e-0000-4000-8000-000000000001", Key: key}
}

// opened is an entry that was begun at a second.
func opened(key string, second int) ledger.Record {
	return ledger.Record{
		JournalKey: journalKey(key), Operation: "Assignments.AddEvent", AssignmentID: "as-1",
		EventType: maventa.EventPaid, Amount: maventa.Some(maventa.MustAmount("40.00")), Date: maventa.MustDate("2026-11-20"),
		Digest: "digest of " + key, Baseline: []string{"ev-1", "ev-2"}, BegunAt: journalTime(second), SettleBy: journalTime(second + 900),
		Claim: "assignment/of " + key[max(0, len(key)-50):], Attempt: "attempt " + key + " " + strconv.Itoa(second),
	}
}

// transfer is an entry of a transfer of invoice in-1.
func transfer(key string, second int) ledger.Record {
	r := opened(key, second)
	r.Operation, r.AssignmentID, r.InvoiceID = "Invoices.TransferToRopo", "", "in-1"
	r.EventType, r.Amount, r.Date = "", maventa.Opt[maventa.Amount]{}, maventa.Date{}
	r.Claim = "invoice/in-1/collection"
	return r
}

// ended is entry after its end.
func ended(entry ledger.Record, outcome maventa.Outcome, eventID string) ledger.Record {
	entry.EndedAt, entry.Outcome, entry.EventID, entry.Request = entry.BegunAt.Add(time.Minute), outcome, eventID, "req-"+eventID
	return entry
}

func (j *journalTest) begin(entry ledger.Record) {
	j.Helper()
	stored, claimed, err := j.Begin(j.Context(), entry)
	switch {
	case err != nil:
		j.Fatalf("Begin %q: %v", entry.Key, err)
	case !claimed:
		j.Fatalf("Begin %q: not claimed", entry.Key)
	}
	j.same("Begin", stored, entry)
}

// beginElsewhere is begin of an entry of another environment, which a journal of one
// environment refuses: then it keeps nothing of it.
func (j *journalTest) beginElsewhere(entry ledger.Record) (accepted bool) {
	j.Helper()
	if _, _, err := j.Begin(j.Context(), entry); errors.Is(err, ledger.ErrJournal) {
		j.holdsNothing(entry.JournalKey)
		return false
	}
	j.holds(entry)
	return true
}

func (j *journalTest) end(entry ledger.Record) {
	j.Helper()
	if err := j.End(j.Context(), entry); err != nil {
		j.Fatalf("End %q: %v", entry.Key, err)
	}
}

// refused asserts that Begin gives the key to nobody and tells its entry.
func (j *journalTest) refused(entry, stored ledger.Record) {
	j.Helper()
	got, claimed, err := j.Begin(j.Context(), entry)
	switch {
	case err != nil:
		j.Fatalf("Begin %q: %v", entry.Key, err)
	case claimed:
		j.Errorf("Begin %q: claimed a second time", entry.Key)
	}
	j.same("Begin of a key that is taken", got, stored)
	j.holds(stored)
}

func (j *journalTest) conflict(entry ledger.Record, why string) {
	j.Helper()
	if err := j.End(j.Context(), entry); !errors.Is(err, ledger.ErrJournalConflict) {
		j.Errorf("End %s: error %v, want one that matches ErrJournalConflict", why, err)
	}
}

// holds asserts that the journal has exactly this entry under its key.
func (j *journalTest) holds(want ledger.Record) {
	j.Helper()
	got, ok, err := j.Find(j.Context(), want.JournalKey)
	if err != nil || !ok {
		j.Errorf("Find %q: found %v, error %v", want.Key, ok, err)
		return
	}
	j.same("Find", got, want)
}

func (j *journalTest) holdsNothing(key ledger.JournalKey) {
	j.Helper()
	if got, ok, err := j.Find(j.Context(), key); err != nil || ok {
		j.Errorf("Find %q: found %v, error %v, want nothing", key.Key, got, err)
	}
}

// same compares what was stored with what came back, by the form that shows an
// amount's scale and an instant's zone.
func (j *journalTest) same(what string, got, want ledger.Record) {
	j.Helper()
	if g, w := journalText(got), journalText(want); g != w {
		j.Errorf("%s gives\n\t%s\nwant\n\t%s", what, g, w)
	}
}

func journalText(entry ledger.Record) string {
	if len(entry.Baseline) == 0 {
		entry.Baseline = nil // a storage need not tell none from empty
	}
	text, err := json.Marshal(entry)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// keysOf lists the keys of entries in their order.
func keysOf(entries []ledger.Record) string {
	keys := make([]string, 0, len(entries))
	for _, e := range entries {
		keys = append(keys, e.Key)
	}
	return strings.Join(keys, " ")
}
