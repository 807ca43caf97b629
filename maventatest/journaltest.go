package maventatest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maventa-go/maventa"
)

// TestJournal checks an implementation of [maventa.Journal] for what exactly-once
// reporting rests on: a key is claimed by one caller only, also of many at once; an
// open entry is never stolen; one that ended without effect may be claimed anew;
// only the open entry can be ended; nothing is lost or changed on the way, and
// companies and environments do not see each other.
//
//	func TestMyJournal(t *testing.T) {
//		maventatest.TestJournal(t, func(t testing.TB) maventa.Journal { return newMyJournal(t) })
//	}
//
// open returns an empty journal; it is called once for each part of the test.
// With reopen the test also checks that entries last: it closes the journal it
// gets, as a process that ends would, and returns another one over the same
// storage.
//
// Instants are whole microseconds, as in the entries that the SDK writes: what
// databases commonly keep.
func TestJournal(t *testing.T, open func(t testing.TB) maventa.Journal, reopen ...func(t testing.TB, j maventa.Journal) maventa.Journal) {
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
	maventa.Journal
}

// The times of the test: seconds after a start with a broken fraction.
func journalTime(seconds int) time.Time {
	return time.Date(2026, 11, 20, 13, 59, 58, 123456000, time.UTC).Add(time.Duration(seconds) * time.Second)
}

func journalKey(key string) maventa.JournalKey {
	return maventa.JournalKey{Environment: "stage", CompanyID: "6f1f7c5e-0000-4000-8000-000000000001", Key: key}
}

// opened is an entry that was begun at a second.
func opened(key string, second int) maventa.JournalEntry {
	return maventa.JournalEntry{
		JournalKey: journalKey(key), Operation: "Assignments.AddEvent", AssignmentID: "as-1",
		EventType: maventa.EventPaid, Amount: maventa.Some(maventa.MustAmount("40.00")), Date: maventa.MustDate("2026-11-20"),
		Digest: "digest of " + key, Baseline: []string{"ev-1", "ev-2"}, BegunAt: journalTime(second),
	}
}

// ended is entry after its end.
func ended(entry maventa.JournalEntry, outcome maventa.Outcome, eventID string) maventa.JournalEntry {
	entry.EndedAt, entry.Outcome, entry.EventID, entry.Request = entry.BegunAt.Add(time.Minute), outcome, eventID, "req-"+eventID
	return entry
}

func (j *journalTest) begin(entry maventa.JournalEntry) {
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

func (j *journalTest) end(entry maventa.JournalEntry) {
	j.Helper()
	if err := j.End(j.Context(), entry); err != nil {
		j.Fatalf("End %q: %v", entry.Key, err)
	}
}

// refused asserts that Begin gives the key to nobody and tells its entry.
func (j *journalTest) refused(entry, stored maventa.JournalEntry) {
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

func (j *journalTest) conflict(entry maventa.JournalEntry, why string) {
	j.Helper()
	if err := j.End(j.Context(), entry); !errors.Is(err, maventa.ErrJournalConflict) {
		j.Errorf("End %s: error %v, want one that matches ErrJournalConflict", why, err)
	}
}

// holds asserts that the journal has exactly this entry under its key.
func (j *journalTest) holds(want maventa.JournalEntry) {
	j.Helper()
	got, ok, err := j.Find(j.Context(), want.JournalKey)
	if err != nil || !ok {
		j.Errorf("Find %q: found %v, error %v", want.Key, ok, err)
		return
	}
	j.same("Find", got, want)
}

func (j *journalTest) holdsNothing(key maventa.JournalKey) {
	j.Helper()
	if got, ok, err := j.Find(j.Context(), key); err != nil || ok {
		j.Errorf("Find %q: found %v, error %v, want nothing", key.Key, got, err)
	}
}

// same compares what was stored with what came back, by the form that shows an
// amount's scale and an instant's zone.
func (j *journalTest) same(what string, got, want maventa.JournalEntry) {
	j.Helper()
	if g, w := journalText(got), journalText(want); g != w {
		j.Errorf("%s gives\n\t%s\nwant\n\t%s", what, g, w)
	}
}

func journalText(entry maventa.JournalEntry) string {
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
func keysOf(entries []maventa.JournalEntry) string {
	keys := make([]string, 0, len(entries))
	for _, e := range entries {
		keys = append(keys, e.Key)
	}
	return strings.Join(keys, " ")
}

func (j *journalTest) claimedOnce() {
	j.holdsNothing(journalKey("k"))
	first := opened("k", 0)
	j.begin(first)
	j.holds(first)
	j.refused(opened("k", 60), first)
}

func (j *journalTest) neverStolen() {
	first := opened("k", 0)
	j.begin(first)
	other := opened("k", 365*24*3600) // however old the entry is
	other.Digest, other.AssignmentID = "another", "as-2"
	j.refused(other, first)
	done := ended(first, maventa.OutcomeApplied, "ev-9")
	j.end(done)
	j.refused(other, done)
}

func (j *journalTest) claimedAnew() {
	for i, outcome := range []maventa.Outcome{maventa.OutcomeNotSent, maventa.OutcomeRejected} {
		key := "k" + strconv.Itoa(i)
		first := opened(key, 0)
		j.begin(first)
		j.end(ended(first, outcome, ""))
		j.holds(ended(first, outcome, ""))
		second := opened(key, 3600)
		second.Baseline = nil
		j.begin(second)
		j.holds(second) // nothing of the first is left
		j.conflict(ended(first, maventa.OutcomeApplied, "ev-9"), "of an earlier attempt")
		j.holds(second)
		j.end(ended(second, maventa.OutcomeApplied, "ev-9"))
		j.holds(ended(second, maventa.OutcomeApplied, "ev-9"))
	}
}

func (j *journalTest) onlyOpenEnds() {
	j.conflict(ended(opened("none", 0), maventa.OutcomeApplied, "ev-9"), "of a key without an entry")
	j.holdsNothing(journalKey("none"))
	first := opened("k", 0)
	j.begin(first)
	other := ended(opened("k", 1), maventa.OutcomeApplied, "ev-8")
	j.conflict(other, "with another BegunAt")
	j.holds(first)
	inZone := ended(first, maventa.OutcomeApplied, "ev-9")
	inZone.BegunAt = inZone.BegunAt.In(time.FixedZone("", 2*3600)) // the same instant
	j.end(inZone)
	j.conflict(ended(first, maventa.OutcomeNotSent, ""), "of an entry that took effect")
	got, _, err := j.Find(j.Context(), first.JournalKey)
	if err != nil || !got.Done() || got.EventID != "ev-9" {
		j.Errorf("after two Ends: %v, %v", got, err)
	}
}

const journalCrowd = 16

func (j *journalTest) manyClaim() {
	for round := range 4 {
		key := "k" + strconv.Itoa(round)
		if round%2 == 1 { // claimed anew
			first := opened(key, 0)
			j.begin(first)
			j.end(ended(first, maventa.OutcomeNotSent, ""))
		}
		stored := make([]maventa.JournalEntry, journalCrowd)
		claimed := j.crowd(func(ctx context.Context, i int) (ok bool, err error) {
			entry := opened(key, 10+i)
			entry.Digest = fmt.Sprintf("of caller %d", i)
			stored[i], ok, err = j.Begin(ctx, entry)
			return ok, err
		})
		if len(claimed) != 1 {
			j.Fatalf("%d of %d callers claimed one key", len(claimed), journalCrowd)
		}
		winner := stored[claimed[0]]
		if winner.Digest != fmt.Sprintf("of caller %d", claimed[0]) {
			j.Errorf("the winner got another's entry: %s", winner.Digest)
		}
		for _, s := range stored {
			j.same("Begin of the losers", s, winner)
		}
		j.holds(winner)
	}
}

func (j *journalTest) manyEnd() {
	first := opened("k", 0)
	j.begin(first)
	won := j.crowd(func(ctx context.Context, i int) (bool, error) {
		err := j.End(ctx, ended(first, maventa.OutcomeApplied, "ev-"+strconv.Itoa(i)))
		if errors.Is(err, maventa.ErrJournalConflict) {
			return false, nil
		}
		return err == nil, err
	})
	if len(won) != 1 {
		j.Fatalf("%d of %d callers ended one entry", len(won), journalCrowd)
	}
	j.holds(ended(first, maventa.OutcomeApplied, "ev-"+strconv.Itoa(won[0])))
}

// crowd lets many callers act at once and returns those who succeeded.
func (j *journalTest) crowd(act func(ctx context.Context, i int) (bool, error)) (won []int) {
	j.Helper()
	var (
		wg sync.WaitGroup
		mu sync.Mutex
	)
	start := make(chan struct{})
	for i := range journalCrowd {
		wg.Go(func() {
			<-start
			ok, err := act(j.Context(), i)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				j.Errorf("caller %d: %v", i, err)
			}
			if ok {
				won = append(won, i)
			}
		})
	}
	close(start)
	wg.Wait()
	return won
}

func (j *journalTest) ofAssignment() {
	entries := map[string]maventa.JournalEntry{}
	for i, key := range []string{"open", "applied", "rejected", "elsewhere", "transfer"} {
		e := opened(key, i)
		switch key {
		case "elsewhere":
			e.AssignmentID = "as-2"
		case "transfer":
			e.AssignmentID, e.InvoiceID = "", "as-1"
		}
		j.begin(e)
		switch key {
		case "applied":
			e = ended(e, maventa.OutcomeApplied, "ev-9")
			j.end(e)
		case "rejected":
			e = ended(e, maventa.OutcomeRejected, "")
			j.end(e)
		}
		entries[key] = e
	}
	got, err := j.ForAssignment(j.Context(), "stage", entries["open"].CompanyID, "as-1")
	if err != nil {
		j.Fatal(err)
	}
	found := map[string]bool{}
	for _, e := range got {
		found[e.Key] = true
		j.same("ForAssignment", e, entries[e.Key])
	}
	if len(got) != 3 || !found["open"] || !found["applied"] || !found["rejected"] {
		j.Errorf("ForAssignment: %q, want open, applied and rejected", keysOf(got))
	}
	for _, none := range [][3]string{
		{"stage", entries["open"].CompanyID, "as-3"}, {"stage", "another company", "as-1"}, {"production", entries["open"].CompanyID, "as-1"},
	} {
		if got, err := j.ForAssignment(j.Context(), none[0], none[1], none[2]); err != nil || len(got) != 0 {
			j.Errorf("ForAssignment of %v: %q, %v", none, keysOf(got), err)
		}
	}
}

func (j *journalTest) pending() {
	company := journalKey("").CompanyID
	list := func(want string) {
		j.Helper()
		got, err := j.Pending(j.Context(), "stage", company)
		if err != nil {
			j.Fatal(err)
		}
		if keysOf(got) != want {
			j.Errorf("Pending: %q, want %q", keysOf(got), want)
		}
	}
	list("")
	for key, second := range map[string]int{"b": 20, "d": 40, "a": 10, "c": 30} {
		e := opened(key, second)
		if key == "c" {
			e.Operation, e.AssignmentID, e.InvoiceID = "Invoices.TransferToRopo", "", "in-1"
		}
		j.begin(e)
	}
	list("a b c d")
	j.end(ended(opened("b", 20), maventa.OutcomeApplied, "ev-9"))
	j.end(ended(opened("d", 40), maventa.OutcomeNotSent, ""))
	list("a c")
	j.begin(opened("d", 5)) // claimed anew; by its time it is the oldest
	list("d a c")
	for _, none := range [][2]string{{"production", company}, {"stage", "another company"}} {
		if got, err := j.Pending(j.Context(), none[0], none[1]); err != nil || len(got) != 0 {
			j.Errorf("Pending of %v: %q, %v", none, keysOf(got), err)
		}
	}
}

func (j *journalTest) isolation() {
	var entries []maventa.JournalEntry
	for i, environment := range []string{"stage", "production"} {
		for k, company := range []string{"company-1", "company-2"} {
			e := opened("k", 10*i+k)
			e.Environment, e.CompanyID = environment, company
			e.Digest = environment + company
			j.begin(e)
			entries = append(entries, e)
		}
	}
	done := ended(entries[0], maventa.OutcomeApplied, "ev-9")
	j.end(done)
	j.holds(done)
	for _, e := range entries[1:] {
		j.holds(e)
		pending, err := j.Pending(j.Context(), e.Environment, e.CompanyID)
		if err != nil || len(pending) != 1 {
			j.Errorf("Pending of %s, %s: %d entries, %v", e.Environment, e.CompanyID, len(pending), err)
		}
	}
}

func (j *journalTest) exactKeys() {
	long := strings.Repeat("x", 511)
	keys := []string{"k", "K", "k ", " k", "k%", "k_", "ä", "a\u0308", "0", "00", "k\tl", `k"'\`, long + "1", long + "2", "{}", "null"}
	for i, key := range keys {
		j.begin(opened(key, i))
	}
	for i, key := range keys {
		j.holds(opened(key, i))
	}
	j.holdsNothing(journalKey("k\u00a0"))
	j.holdsNothing(journalKey(""))
}

func (j *journalTest) roundTrip() {
	full := ended(maventa.JournalEntry{
		JournalKey: journalKey("full"), Operation: "Assignments.AddEvent", InvoiceID: "in-1", AssignmentID: "as-1",
		EventType: "something_new", Amount: maventa.Some(maventa.MustAmount("1234567890123.4500")), Date: maventa.MustDate("2024-02-29"),
		Digest: strings.Repeat("0f", 16), Baseline: manyIDs(300), BegunAt: journalTime(0),
	}, maventa.OutcomeApplied, "ev-ääkkönen")
	entries := []maventa.JournalEntry{
		full,
		{JournalKey: journalKey("transfer"), Operation: "Invoices.TransferToRopo", InvoiceID: "in-2", Digest: "d", BegunAt: journalTime(1)},
	}
	for i, amount := range []string{"40", "40.0", "40.00", "0.10", "-5.000", "0"} {
		e := opened("amount "+amount, 2+i)
		e.Amount = maventa.Some(maventa.MustAmount(amount))
		entries = append(entries, e)
	}
	for _, e := range entries {
		begun := e
		begun.EndedAt, begun.Outcome, begun.EventID, begun.Request = time.Time{}, maventa.OutcomeUnknown, "", ""
		j.begin(begun)
		j.holds(begun)
		if !e.Open() {
			j.end(e)
		}
		j.holds(e)
	}
}

func manyIDs(n int) []string {
	ids := make([]string, 0, n)
	for i := range n {
		ids = append(ids, fmt.Sprintf("6f1f7c5e-0000-4000-8000-%012d", i))
	}
	return ids
}

// copies: who changes the entry he gave or got does not change the journal.
func (j *journalTest) copies() {
	given := opened("k", 0)
	j.begin(given)
	given.Baseline[0] = "changed"
	want := opened("k", 0)
	j.holds(want)
	if got, _, err := j.Find(j.Context(), want.JournalKey); err == nil && len(got.Baseline) > 0 {
		got.Baseline[0] = "changed"
	}
	j.holds(want)
}

func (j *journalTest) durable(reopen func(testing.TB, maventa.Journal) maventa.Journal) {
	open, replaced := opened("open", 0), opened("replaced", 1)
	done := ended(opened("done", 2), maventa.OutcomeApplied, "ev-9")
	again := opened("replaced", 30)
	j.begin(open)
	j.begin(replaced)
	j.end(ended(replaced, maventa.OutcomeNotSent, ""))
	j.begin(opened("done", 2))
	j.Journal = reopen(j.T, j.Journal)
	j.end(done)
	j.begin(again)
	for range 2 {
		j.Journal = reopen(j.T, j.Journal)
		j.holds(open)
		j.holds(done)
		j.holds(again)
		j.refused(opened("done", 60), done)
		j.refused(opened("open", 60), open)
	}
	got, err := j.Pending(j.Context(), "stage", open.CompanyID)
	if err != nil || keysOf(got) != "open replaced" {
		j.Errorf("Pending: %q, %v", keysOf(got), err)
	}
	j.end(ended(again, maventa.OutcomeApplied, "ev-10"))
}
