package maventatest

import (
	"fmt"
	"testing"
)

func TestDebtorAndPayouts(t *testing.T) {
	srv := newServer(t)
	c, co := newClient(t, srv), srv.Company()
	debtor, agency := srv.Debtor(), srv.Agency()
	co.ActivateKassavirta("company")
	own := srv.AssignmentOf(srv.AddInvoice(Invoice{Number: "1", Total: "50"}))
	co.ActivatePerinta("vfsfi")
	amili := co.AddAssignment(Amili, Invoice{Number: "2", Total: "60", DebtorName: "Aalto Oy"})
	ropo := co.AddAssignment(Ropo, Invoice{Number: "3", Total: "70"})
	ropo2 := co.AddAssignment(Ropo, Invoice{Number: "4", Total: "80"})

	debtor.Pay(own, "50")            // to the company, as the invoice says
	debtor.Pay(amili, "20")          // to the agency
	debtor.PayCompany(amili, "5.25") // to the old account, by mistake
	debtor.PayAgency(ropo, "70")
	agency.Paid(ropo2, "1.10", "2026-11-01")
	srv.AssertEvents(t, own)
	srv.AssertEvents(t, amili, "agency paid 20.00")
	srv.AssertEvents(t, ropo, "agency paid 70.00", "agency close")
	agency.Settle()
	agency.Settle() // nothing more to pay out

	want := []BankLine{
		{"2026-11-02", "50.00", "EUR", "Velallinen Oy", "1"},
		{"2026-11-02", "5.25", "EUR", "Aalto Oy", "2"},
		{"2026-11-02", "20.00", "EUR", PayerAmili, "2"},
		{"2026-11-02", "71.10", "EUR", PayerRopo, ""},
	}
	agency.Paid(ropo2, "10.10", "")
	agency.SettleLess("12.5") // 1.2625, rounded to 1.26
	want = append(want, BankLine{"2026-11-02", "8.84", "EUR", PayerRopo, ""})
	if got := co.BankLines(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("bank lines\n%v\nwant\n%v", got, want)
	}
	if o := c.assignment(own); text(o, "open_amount") != "50.00" {
		t.Errorf("a payment to the company shows: %v", o)
	}
}

func TestAgency(t *testing.T) {
	srv := newServer(t)
	c, co := newClient(t, srv), srv.Company()
	agency := srv.Agency()
	id := co.AddAssignment(Amili, Invoice{Total: "100"})
	agency.Reminder(id, "")
	if o := c.assignment(id); text(o, "collection_status") != "reminder_sent" || text(o, "open_amount") != "100.00" {
		t.Errorf("reminded: %v", o)
	}
	agency.Demand(id, "5")
	agency.ChangeDueDate(id, "2026-12-24")
	agency.ChangeServiceLevel(id, "vip")
	if o := c.assignment(id); text(o, "collection_status") != "demand_sent" || text(o, "open_amount") != "105.00" ||
		text(o, "due_date") != "2026-12-24" || text(o, "service_level") != "vip" {
		t.Errorf("demanded: %v", o)
	}
	agency.Close(id)
	agency.Close(id)
	srv.AssertEvents(t, id, "agency reminder", "agency payment_demand", "agency service_level_changed", "agency close", "agency close")
	if all := co.Assignments(); len(all) != 1 || all[0].Status != "closed" || all[0].CompanyID != co.ID() {
		t.Errorf("assignments %+v", all)
	}
	if _, ok := srv.Assignment("x"); ok || srv.AssignmentOf("x") != "" {
		t.Error("found what is not there")
	}
}

func TestMoney(t *testing.T) {
	for text, want := range map[string]string{
		"1": "1.00", "1.5": "1.50", "0.07": "0.07", "-12.30": "-12.30", "1.500": "1.50", "1e2": "100.00", "125e-2": "1.25", "99999999999999.99": "99999999999999.99",
		"": "", "1,5": "", "+1": "", ".5": "", "1.": "", "0.001": "", "1e999": "", "1e30": "", "NaN": "", "0x1": "", "1/3": "", "1 ": "",
	} {
		c, err := parseCents(text)
		if want == "" {
			if err == nil {
				t.Errorf("%q is read as %s", text, c)
			}
			continue
		}
		if err != nil || c.String() != want {
			t.Errorf("%q is read as %s, %v", text, c, err)
		}
	}
}
