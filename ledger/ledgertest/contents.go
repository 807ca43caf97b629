package ledgertest

import (
	"fmt"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

func (j *journalTest) ofAssignment() {
	entries := map[string]ledger.Record{}
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
	var entries []ledger.Record
	for i, environment := range []string{"stage", "production"} {
		for k, company := range []string{"company-1", "company-2"} {
			e := opened("k", 10*i+k)
			e.Environment, e.CompanyID = environment, company
			e.Digest = environment + company
			if environment == "stage" {
				j.begin(e)
			} else if !j.beginElsewhere(e) {
				continue
			}
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
	full := ended(ledger.Record{
		JournalKey: journalKey("full"), Operation: "Assignments.AddEvent", InvoiceID: "in-1", AssignmentID: "as-1",
		EventType: "something_new", Amount: maventa.Some(maventa.MustAmount("1234567890123.4500")), Date: maventa.MustDate("2024-02-29"),
		Digest: strings.Repeat("0f", 16), Baseline: manyIDs(300), BegunAt: journalTime(0), SettleBy: journalTime(1),
		Claim: "assignment/as-1", Attempt: strings.Repeat("A", 26),
	}, maventa.OutcomeApplied, "ev-ääkkönen")
	full.Status, full.Attempts, full.InCollection = 422, 2, "as-2"
	entries := []ledger.Record{
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
		begun.EndedAt, begun.Outcome, begun.EventID, begun.Request, begun.Status = time.Time{}, maventa.OutcomeUnknown, "", "", 0
		begun.InCollection = ""
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

func (j *journalTest) durable() {
	transferred := ended(transfer("transfer", 3), maventa.OutcomeApplied, "")
	j.begin(transfer("transfer", 3))
	j.end(transferred)
	transferred.InCollection = "as-1"
	j.end(transferred)
	open, replaced := opened("open", 0), opened("replaced", 1)
	done := ended(opened("done", 2), maventa.OutcomeApplied, "ev-9")
	again := opened("replaced", 30)
	j.begin(open)
	j.begin(replaced)
	j.end(ended(replaced, maventa.OutcomeNotSent, ""))
	j.begin(opened("done", 2))
	j.Journal = j.reopen(j.T, j.Journal)
	j.end(done)
	j.begin(again)
	for range 2 {
		j.Journal = j.reopen(j.T, j.Journal)
		j.refused(transfer("another transfer", 60), transferred)
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
