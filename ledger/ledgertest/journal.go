// Package ledgertest checks journals of package ledger.
package ledgertest

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// TestJournal checks an implementation of [ledger.Journal] for what exactly-once
// reporting rests on: a key is claimed by one caller only, also of many at once; an
// open entry is never stolen; one that ended without effect may be claimed anew;
// only the open entry can be ended; nothing is lost or changed on the way, and
// companies and environments do not see each other.
//
//	func TestMyJournal(t *testing.T) {
//		ledgertest.TestJournal(t, func(t testing.TB) ledger.Journal { return newMyJournal(t) })
//	}
//
// open returns an empty journal; it is called once for each part of the test.
// With reopen the test also checks that entries last: it closes the journal it
// gets, as a process that ends would, and returns another one over the same
// storage.
//
// Instants are whole microseconds, as in the entries that the SDK writes: what
// databases commonly keep.
func TestJournal(t *testing.T, open func(t testing.TB) ledger.Journal, reopen ...func(t testing.TB, j ledger.Journal) ledger.Journal) {
	for name, check := range map[string]func(*journalTest){
		"a key is claimed once":          (*journalTest).claimedOnce,
		"an open entry is never stolen":  (*journalTest).neverStolen,
		"no effect, claimed anew":        (*journalTest).claimedAnew,
		"only the open entry ends":       (*journalTest).onlyOpenEnds,
		"many claim at once":             (*journalTest).manyClaim,
		"many end at once":               (*journalTest).manyEnd,
		"the entries of an assignment":   (*journalTest).ofAssignment,
		"pending, oldest first":          (*journalTest).pending,
		"companies and environments":     (*journalTest).isolation,
		"keys are compared byte by byte": (*journalTest).exactKeys,
		"every field comes back":         (*journalTest).roundTrip,
		"entries are copies":             (*journalTest).copies,
	} {
		t.Run(name, func(t *testing.T) { check(&journalTest{T: t, Journal: open(t)}) })
	}
	for _, again := range reopen {
		t.Run("entries last", func(t *testing.T) { (&journalTest{T: t, Journal: open(t)}).durable(again) })
	}
}

// journalTest is one part of TestJournal.
type journalTest struct {
	*testing.T
	ledger.Journal
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
		Digest: "digest of " + key, Baseline: []string{"ev-1", "ev-2"}, BegunAt: journalTime(second),
	}
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
