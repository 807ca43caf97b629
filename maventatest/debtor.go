package maventatest

// Payers of the agencies' payouts. Ropo's is not public.
const (
	PayerAmili = "VISMA FINANC"
	PayerRopo  = "ROPO"
)

// Debtor is the side of those who owe.
type Debtor struct{ srv *Server }

// Debtor acts for the debtors.
func (s *Server) Debtor() Debtor { return Debtor{s} }

// Pay pays to the account that the invoice names: the agency's, where the agency
// watches the payments, or the company's.
func (d Debtor) Pay(assignmentID, amount string) {
	d.srv.tb.Helper()
	d.srv.mu.Lock()
	a := d.srv.assignmentByID(assignmentID)
	toCompany := a != nil && a.party == partyCompany
	d.srv.mu.Unlock()
	if toCompany {
		d.PayCompany(assignmentID, amount)
		return
	}
	d.PayAgency(assignmentID, amount)
}

// PayAgency pays the agency, which books it on the assignment; see
// [Agency.Paid].
func (d Debtor) PayAgency(assignmentID, amount string) {
	d.srv.tb.Helper()
	d.srv.Agency().Paid(assignmentID, amount, "")
}

// PayCompany pays the company directly. Nothing of it shows on the assignment:
// the company finds it on its bank account and must report it.
func (d Debtor) PayCompany(assignmentID, amount string) {
	d.srv.tb.Helper()
	d.srv.Agency().act("PayCompany", assignmentID, func(a *assignment) *event {
		paid, err := parseCents(amount)
		if err != nil || paid <= 0 {
			d.srv.tb.Fatalf("PayCompany: %q is not a positive amount", amount)
			return nil
		}
		a.company.credit(paid, a.invoice.Currency, a.invoice.DebtorName, a.invoice.Number)
		return nil
	})
}

// Settle pays out what the agencies have collected. Amili pays each claim under
// the invoice's own reference, Ropo one sum without any. A payout is never a
// direct payment: reported as one, it would lower the claim twice.
func (g Agency) Settle() { g.settleLess(0) }

// SettleLess is [Agency.Settle] less the agency's commission, in percent of what
// was collected, such as 12.5: the payout is then no invoice's amount.
func (g Agency) SettleLess(percent string) {
	g.srv.tb.Helper()
	rate, err := parseCents(percent) // hundredths of a percent
	if err != nil || rate < 0 || rate > 100_00 {
		g.srv.tb.Fatalf("SettleLess: %q is not a percentage from 0 to 100 with two decimals", percent)
		return
	}
	g.settleLess(rate)
}

// settleLess keeps hundredths of a percent back.
func (g Agency) settleLess(rate cents) {
	g.srv.mu.Lock()
	defer g.srv.mu.Unlock()
	for _, co := range g.srv.companies {
		sums := map[string]cents{} // by currency
		for _, a := range co.assignments {
			switch {
			case a.unpaidOut <= 0: // less: paid out, and then taken back
				continue
			case a.agency == Amili:
				co.credit(less(a.unpaidOut, rate), a.invoice.Currency, PayerAmili, a.invoice.Number)
			default:
				sums[a.invoice.Currency] += a.unpaidOut
			}
			a.unpaidOut, a.paidOut = 0, a.paidOut+a.unpaidOut
		}
		for _, currency := range sortedKeys(sums) {
			co.credit(less(sums[currency], rate), currency, PayerRopo, "")
		}
	}
}

// less is an amount without its commission, which is rounded half up.
func less(amount, rate cents) cents { return amount - (amount*rate+50_00)/100_00 }

func (co *Company) credit(amount cents, currency, payer, reference string) {
	co.bank = append(co.bank, BankLine{co.srv.clock.Today(), amount.String(), currency, payer, reference})
}
