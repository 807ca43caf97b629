package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

var theAddress = maventa.Address{Country: "FI", Streets: []string{"Kuvakatu 1"}, City: "Helsinki", ZipCode: "00100"}

func thePayers() []maventa.Payer {
	return []maventa.Payer{{
		Name: "Kuviteltu Oy", BusinessID: "0000001-9", SSN: "010190-9991", CustomerNumber: "77",
		Email: "talous@kuviteltu.example", PhoneNumber: "+358 40 0000000", Address: theAddress,
	}}
}

func theAmounts() maventa.TransferAmounts {
	return maventa.TransferAmounts{
		CapitalAmount: maventa.MustAmount("124.00"), ReminderAmount: maventa.MustAmount("0.00"),
		InterestAmount:          maventa.Some(maventa.MustAmount("1.50")),
		InterestCalculationDate: maventa.MustDate("2026-10-01"),
	}
}

func ropoTransfer(due string) maventa.RopoTransfer {
	day := maventa.MustDate(due)
	return maventa.RopoTransfer{
		CollectionType: maventa.CollectionReminderAndCollection, ReceivablesType: maventa.ReceivablesB2B,
		Payers: thePayers(), AssignmentSummary: "Goods", Amounts: theAmounts(),
		Rental: &maventa.RentalDetails{
			Address: "Kuvakatu 1 A 2", CurrentTargetAmount: maventa.Some(maventa.MustAmount("800.00")),
			ContractType: "temporary", ContractExpiryDate: maventa.MustDate("2027-01-31"),
		},
		DueDate: day, Currency: "EUR", Today: day.AddDays(30),
	}
}

// ropoEvents are those that a sender writes on Ropo's assignments; the last payment pays the rest.
func ropoEvents() []maventa.NewEvent {
	day := maventa.MustDate("2026-11-02")
	return []maventa.NewEvent{
		maventa.Comment("It was paid in part."),
		maventa.DueDateChange(day.AddDays(14)),
		maventa.CollectionStop(day.AddDays(7)),
		maventa.CreditNote(maventa.MustAmount("24.00"), day, "CN-1"),
		maventa.DirectPayment(maventa.MustAmount("40.50"), day),
		maventa.DirectPayment(maventa.MustAmount("59.50"), day),
		{Type: maventa.EventClose},
	}
}

// amiliStory makes the calls of Amili: the onboarding, both transfers, the levels.
func amiliStory(t *testing.T, srv *maventatest.Server, c *maventa.Client) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.Amili.Activate(ctx, maventa.AmiliActivation{
		IBAN: "FI2112345600000785", BIC: "NDEAFIHH", Bank: "Nordea", ContactPerson: "Kaisa Kuvitteellinen",
		ContactEmail: "kaisa@example.com", ContactPhoneNumber: "+358 40 0000000",
		CustomerServiceEmail: "help@example.com", CustomerServicePhoneNumber: "+358 40 0000000", AuthorizationEmail: "ceo@example.com",
		AccountableParty: maventa.AccountablePartyAgency, ServiceType: maventa.ServiceTypeExpress,
		BillingAddress: theAddress, PostalAddress: &theAddress,
	})
	must(err)
	srv.Company().CompleteKYC(maventatest.Amili)
	_, err = c.Amili.Status(ctx)
	must(err)
	must(c.Amili.Update(ctx, maventa.AmiliUpdate{AccountableParty: maventa.AccountablePartyCompany}))

	due := srv.Clock().Day(-30)
	invoice := srv.AddInvoice(maventatest.Invoice{Total: "124.00", DueDate: due})
	_, err = c.Invoices.TransferToAmili(ctx, invoice, maventa.AmiliTransfer{
		CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B,
		Payers: thePayers(), AssignmentSummary: "Goods", Amounts: theAmounts(), ReminderDate: maventa.MustDate(due),
	})
	must(err)
	for _, event := range []maventa.NewEvent{maventa.CreditLoss(maventa.MustDate(due)), maventa.Cancellation("It was settled.")} {
		_, err = c.Assignments.AddEvent(ctx, srv.AssignmentOf(invoice), event)
		must(err)
	}
	older := srv.AddInvoice(maventatest.Invoice{Total: "124.00", DueDate: due})
	_, err = c.Invoices.TransferToAmiliV1(ctx, older, maventa.AmiliTransferV1{ //nolint:staticcheck // as long as it is there
		CollectionType: maventa.CollectionOnly, CollectableAmount: maventa.Some(maventa.MustAmount("124.00")),
		PayerIdentifiers: []string{"77"}, PayerSSNs: []maventa.Secret{"010190-9991"}, AssignmentSummary: "Goods",
	})
	must(err)
	_, err = c.Invoices.TransferStatusV1(ctx, older) //nolint:staticcheck // as above
	must(err)
	must(c.Amili.Close(ctx))

	srv.Company().ActivateKassavirta("company")
	must(c.ServiceLevels.Set(ctx, "0000001-9", maventa.ServiceLevelVIP))
	for _, err := range c.ServiceLevels.All(ctx) {
		must(err)
	}
}

// TestDocumentFindsDifferences: what the document does not say is reported, in a
// request, in an answer, in a query; and a refusal has the shape that it says.
func TestDocumentFindsDifferences(t *testing.T) {
	srv := maventatest.NewServer(t, maventatest.WithWire(maventatest.Wire{AmountsAsStrings: true}))
	c, checked := checkedClient(t, srv)
	var found []string
	checked.report = func(_ string, args ...any) {
		for _, arg := range args {
			if err, ok := arg.(error); ok {
				found = append(found, err.Error())
			}
		}
	}
	ctx := t.Context()
	id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "124.00"})
	expect := func(what string, words ...string) {
		t.Helper()
		all := strings.Join(found, "\n")
		for _, w := range words {
			if !strings.Contains(all, w) {
				t.Errorf("%s: no report says %q: %s", what, w, all)
			}
		}
		if (len(words) == 0) != (len(found) == 0) {
			t.Errorf("%s: %d reports: %s", what, len(found), all)
		}
		found = nil
	}
	if _, err := c.Assignments.Get(ctx, id); err != nil {
		t.Fatal(err)
	}
	expect("amounts as texts", "open_amount")

	event := maventa.Comment("x")
	if err := event.Extra.Set("text", "x"); err != nil {
		t.Fatal(err)
	}
	_, _ = c.Assignments.AddEvent(ctx, id, event)
	expect("an unknown member", `"text"`)

	_ = c.Do(ctx, maventa.Request{Operation: "other", API: maventa.Receivables, Method: http.MethodGet, Path: "/v1/other"}, nil)
	expect("an unknown path", "no matching operation was found")

	if _, err := c.Assignments.Get(ctx, "0e6a1f0c-0000-4000-8000-000000000000"); err == nil {
		t.Error("an unknown assignment is found")
	}
	expect("a refusal")
}
