package ledgertest

import (
	"context"
	"strconv"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// claiming is an entry with a claim.
func claiming(key, claim string, second int) ledger.Record {
	r := opened(key, second)
	r.Claim = claim
	return r
}

// taken asserts that Begin returns another key's entry, and stores nothing.
func (j *journalTest) taken(entry, holder ledger.Record) {
	j.Helper()
	_, before, _ := j.Find(j.Context(), entry.JournalKey)
	j.refused(entry, holder)
	if _, after, err := j.Find(j.Context(), entry.JournalKey); err != nil || after != before {
		j.Errorf("Begin %q was refused, and an entry is there: %v, %v", entry.Key, after, err)
	}
}

// claimHeld: while an entry holds a claim, no other key gets it, from no server.
func (j *journalTest) claimHeld() {
	first := claiming("a", "assignment/as-1", 0)
	j.begin(first)
	other := claiming("b", "assignment/as-1", 365*24*3600)
	j.taken(other, first)
	j.Journal, j.other = j.other, j.Journal
	j.taken(other, first)
	j.begin(claiming("c", "assignment/as-2", 1))
	elsewhere := claiming("b", "assignment/as-1", 2)
	elsewhere.CompanyID = "another company"
	j.begin(elsewhere)
	elsewhere = claiming("b", "assignment/as-1", 2)
	elsewhere.Environment = "production"
	j.beginElsewhere(elsewhere)
	j.holds(first)
}

// claimGivenUp: whatever an event ends with, the next one of its assignment may
// begin.
func (j *journalTest) claimGivenUp() {
	for i, outcome := range []maventa.Outcome{maventa.OutcomeApplied, maventa.OutcomeNotSent, maventa.OutcomeRejected} {
		entry := claiming("k"+strconv.Itoa(i), "assignment/as-1", i)
		j.begin(entry)
		done := ended(entry, outcome, "")
		j.end(done)
		j.holds(done)
		next := claiming("next"+strconv.Itoa(i), "assignment/as-1", 10+i)
		j.begin(next)
		rejected := ended(entry, maventa.OutcomeRejected, "")
		j.conflict(rejected, "of an event that has ended")
		j.end(ended(next, maventa.OutcomeApplied, "ev-"+strconv.Itoa(i)))
	}
}

// claimKept: an invoice that was transferred is not transferred under another key,
// until the agency has refused it.
func (j *journalTest) claimKept() {
	first, second := transfer("a", 0), transfer("b", 60)
	j.begin(first)
	j.taken(second, first)
	done := ended(first, maventa.OutcomeApplied, "")
	j.end(done)
	j.taken(second, done)
	for _, outcome := range []maventa.Outcome{maventa.OutcomeApplied, maventa.OutcomeNotSent} {
		j.conflict(ended(first, outcome, ""), "of a transfer that was applied, as "+outcome.String())
	}
	other := first
	other.BegunAt = journalTime(1)
	j.conflict(ended(other, maventa.OutcomeRejected, ""), "of another attempt")
	j.holds(done)
	secondCase := transfer("a (case 2)", 90)
	secondCase.Claim += "/2"
	j.begin(secondCase)
	refused := ended(first, maventa.OutcomeRejected, "")
	j.end(refused)
	j.holds(refused)
	j.conflict(ended(first, maventa.OutcomeRejected, ""), "of a transfer that was rejected")
	j.begin(second)
	j.taken(transfer("a", 120), second)
	j.holds(refused)
	j.end(ended(second, maventa.OutcomeNotSent, ""))
	again := transfer("a", 120) // the next attempt in the place of the refused one
	j.begin(again)
	j.holds(again)
	j.taken(transfer("b", 180), again)
	j.end(ended(again, maventa.OutcomeApplied, ""))
}

// collected: an applied transfer is stored once more with its assignment, and keeps
// its claim.
func (j *journalTest) collected() {
	first := transfer("a", 0)
	collected := ended(first, maventa.OutcomeApplied, "")
	collected.InCollection = "as-1"
	j.conflict(collected, "of a key without an entry")
	j.begin(first)
	j.end(ended(first, maventa.OutcomeApplied, ""))
	j.end(collected)
	j.holds(collected)
	j.refused(transfer("a", 60), collected)
	j.taken(transfer("b", 60), collected)
	found := transfer("c", 120) // with its assignment at once
	found.Claim = "invoice/in-2/collection"
	j.begin(found)
	found = ended(found, maventa.OutcomeApplied, "")
	found.InCollection = "as-2"
	j.end(found)
	j.holds(found)
	refused := transfer("d", 180)
	refused.Claim = "invoice/in-3/collection"
	j.begin(refused)
	j.end(ended(refused, maventa.OutcomeRejected, ""))
	late := ended(refused, maventa.OutcomeApplied, "")
	late.InCollection = "as-3"
	j.conflict(late, "of a transfer that was rejected")
	if list, err := j.ForAssignment(j.Context(), "stage", first.CompanyID, "as-1"); err != nil || len(list) != 0 {
		j.Errorf("ForAssignment of a transfer's assignment: %q, %v", keysOf(list), err)
	}
}

// claimBoth: an entry that ended without effect is replaced only together with
// its claim.
func (j *journalTest) claimBoth() {
	first := claiming("a", "assignment/as-1", 0)
	j.begin(first)
	first = ended(first, maventa.OutcomeNotSent, "")
	j.end(first)
	holder := claiming("b", "assignment/as-1", 1)
	j.begin(holder)
	j.taken(claiming("a", "assignment/as-1", 60), holder)
	j.holds(first)
	j.begin(claiming("a", "assignment/as-2", 61)) // another assignment is free
	j.taken(claiming("c", "assignment/as-2", 62), claiming("a", "assignment/as-2", 61))
	// Key and claim are both taken, by two entries: either may come back.
	got, claimed, err := j.Begin(j.Context(), claiming("a", "assignment/as-1", 63))
	if err != nil || claimed || got.Key != "a" && got.Key != "b" {
		j.Errorf("Begin of a key and a claim that are taken: %v, claimed %v, %v", got, claimed, err)
	}
}

func (j *journalTest) exactClaims() {
	for i, claim := range []string{"assignment/a", "assignment/A", "assignment/a ", "assignment/ä", "assignment/a\u0308", "assignment/%", "invoice/a"} {
		j.begin(claiming("k"+strconv.Itoa(i), claim, i))
	}
}

// manyClaimOne: many keys of one thing at once, from two servers.
func (j *journalTest) manyClaimOne() {
	for round := range 4 {
		claim := "assignment/as-" + strconv.Itoa(round)
		entries, stored := make([]ledger.Record, journalCrowd), make([]ledger.Record, journalCrowd)
		claimed := j.crowd(func(ctx context.Context, i int) (ok bool, err error) {
			entries[i] = claiming("k"+strconv.Itoa(round)+"/"+strconv.Itoa(i), claim, i)
			stored[i], ok, err = j.server(i).Begin(ctx, entries[i])
			return ok, err
		})
		if len(claimed) != 1 {
			j.Fatalf("%d of %d callers claimed one thing", len(claimed), journalCrowd)
		}
		for i, s := range stored {
			j.same("Begin", s, entries[claimed[0]])
			if i != claimed[0] {
				j.holdsNothing(entries[i].JournalKey)
			}
		}
	}
}

// twoServers: what one server stored the other one sees at once, also an entry
// whose End never came, with the settle time of its writer.
func (j *journalTest) twoServers() {
	lost := opened("lost", 0)
	j.begin(lost)
	one, two := j.Journal, j.other
	for _, server := range []ledger.Journal{two, one} {
		j.Journal = server
		j.holds(lost)
		j.refused(opened("lost", 3600), lost)
		j.taken(claiming("another", lost.Claim, 3600), lost)
		for name, list := range map[string]func() ([]ledger.Record, error){
			"Pending":       func() ([]ledger.Record, error) { return j.Pending(j.Context(), "stage", lost.CompanyID) },
			"ForAssignment": func() ([]ledger.Record, error) { return j.ForAssignment(j.Context(), "stage", lost.CompanyID, "as-1") },
		} {
			got, err := list()
			if err != nil || len(got) != 1 {
				j.Fatalf("%s: %q, %v", name, keysOf(got), err)
			}
			j.same(name, got[0], lost)
		}
	}
	j.Journal = two
	done := ended(lost, maventa.OutcomeApplied, "ev-9")
	j.end(done)
	j.Journal = one
	j.holds(done)
	j.conflict(ended(lost, maventa.OutcomeNotSent, ""), "of an entry that the other server ended")
}

// failingWrites: after a write that failed, the entry is there with its claim, or
// nothing of it is.
func (j *journalTest) failingWrites() {
	entry := claiming("k", "assignment/as-1", 0)
	repaired := j.fail(j.T, j.Journal)
	if _, _, err := j.Begin(j.Context(), entry); err == nil {
		j.Fatal("Begin says nothing of the storage's failure")
	}
	j.Journal = repaired()
	other := claiming("other", "assignment/as-1", 60)
	if _, found, err := j.Find(j.Context(), entry.JournalKey); err != nil {
		j.Fatal(err)
	} else if found {
		j.holds(entry)
		j.taken(other, entry)
	} else {
		j.begin(entry)
		j.taken(other, entry)
	}
	repaired = j.fail(j.T, j.Journal)
	done := ended(entry, maventa.OutcomeApplied, "ev-9")
	if err := j.End(j.Context(), done); err == nil {
		j.Fatal("End says nothing of the storage's failure")
	}
	j.Journal = repaired()
	switch stored, found, err := j.Find(j.Context(), entry.JournalKey); {
	case err != nil || !found:
		j.Fatalf("after End failed: found %v, %v", found, err)
	case stored.Open():
		j.holds(entry)
		j.taken(other, entry)
		j.end(done)
	default:
		j.conflict(done, "of an entry whose End was stored")
	}
	j.holds(done)
	j.begin(other)
}
