package maventatest

import (
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestEditEvent(t *testing.T) {
	srv := newServer(t)
	c, co, agency := newClient(t, srv), srv.Company(), srv.Agency()
	id := co.AddAssignment(Ropo, Invoice{Total: "100"})
	agency.Reminder(id, "5")
	paid := agency.Paid(id, "105", "2026-10-30")
	srv.AssertEvents(t, id, "agency reminder", "agency paid 105.00", "agency close")

	srv.Clock().AdvanceDays(2)
	agency.EditEvent(paid, Event{Amount: "10", Comment: "typing error"})
	a, _ := srv.Assignment(id)
	if a.OpenAmount != "95.00" || a.PaidAmount != "10.00" || a.CreditedAmount != "0.00" || a.Status != statusOpen || !a.ClosedAt.IsZero() {
		t.Errorf("after the edit: %+v", a)
	}
	e := a.Events[1]
	if e.ID != paid || e.Amount != "10.00" || e.Comment != "typing error" || e.Date != "2026-10-30" || e.EditedAt != srv.Clock().Now() {
		t.Errorf("event %+v", e)
	}
	shown := c.call(operation.AssignmentsEvents, []string{id}, "", "").want(200).array()[1]
	if text(shown, "amount") != "10.00" || shown["id"] != paid || shown["comment"] != "typing error" {
		t.Errorf("the call shows %v", shown)
	}
	agency.EditEvent(paid, Event{Amount: "100"}) // the capital, but not the fee
	if a, _ := srv.Assignment(id); a.Status != statusPartiallyClosed || a.OpenAmount != "5.00" {
		t.Errorf("status %s, open %s", a.Status, a.OpenAmount)
	}
	agency.Settle() // 100 are paid out
	agency.EditEvent(paid, Event{Amount: "60"})
	agency.Paid(id, "50", "")
	agency.Settle() // of 110 only 10 more
	if got := co.BankLines(); len(got) != 2 || got[0].Amount != "100.00" || got[1].Amount != "10.00" {
		t.Errorf("payouts %v", got)
	}
	if a, _ := srv.Assignment(id); a.Status != statusClosed || a.OpenAmount != "0.00" {
		t.Errorf("status %s, open %s", a.Status, a.OpenAmount)
	}
}

func TestWithdrawEvent(t *testing.T) {
	srv := newServer(t)
	c, co, agency := newClient(t, srv), srv.Company(), srv.Agency()
	id := co.AddAssignment(Ropo, Invoice{Total: "100"})
	paid := agency.Paid(id, "100", "")
	agency.WithdrawEvent(paid)
	srv.AssertEvents(t, id, "agency close")
	a, _ := srv.Assignment(id)
	if a.OpenAmount != "100.00" || a.Status != statusOpen || len(a.Withdrawn) != 1 || a.Withdrawn[0].ID != paid {
		t.Errorf("%+v", a)
	}
	if shown := c.call(operation.AssignmentsEvents, []string{id}, "", "").want(200).array(); len(shown) != 1 {
		t.Errorf("the call shows %v", shown)
	}

	by := agency.Comment(id, "Wrong customer")
	agency.Close(id)
	agency.WithdrawEvent(by) // closed by hand: it stays so
	if a, _ := srv.Assignment(id); a.Status != statusClosed {
		t.Errorf("status %s", a.Status)
	}
}

func TestReviseMisuse(t *testing.T) {
	srv, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	id := srv.Company().AddAssignment(Ropo, Invoice{Total: "100"})
	paid := srv.Agency().Paid(id, "40", "")
	srv.Agency().EditEvent("none", Event{Amount: "1"})
	srv.Agency().WithdrawEvent("none")
	srv.Agency().EditEvent(paid, Event{Amount: "-1"})
	srv.Agency().EditEvent(paid, Event{Amount: "1", Date: "tomorrow"})
	if a, _ := srv.Assignment(id); a.OpenAmount != "60.00" {
		t.Errorf("a misuse changed the claim: %s", a.OpenAmount)
	}
	const want = `maventatest: EditEvent: no event "none"
maventatest: WithdrawEvent: no event "none"
maventatest: EditEvent: Amount "-1" is not a positive amount
maventatest: EditEvent: Date "tomorrow" is not YYYY-MM-DD`
	if err := srv.Close(); err == nil || err.Error() != want {
		t.Errorf("misuses\n%v\nwant\n%s", err, want)
	}
}
