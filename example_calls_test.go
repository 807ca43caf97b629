package maventa_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

func ExampleRopoService_Activate() {
	ctx := context.Background()
	srv, c := embedded()
	defer srv.Close()

	activation := maventa.RopoActivation{AgreementContactEmail: "owner@example.com"}
	if _, err := c.Ropo.Activate(ctx, activation); err != nil {
		fmt.Println(err)
		return
	}
	status, err := c.Ropo.Status(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(status.Status)

	// A second activation would mail the person again.
	_, err = c.Ropo.Activate(ctx, activation)
	fmt.Println(errors.Is(err, maventa.ErrAlreadyActivated))
	// Output:
	// PENDING
	// true
}

// A claim on a company may go to Ropo from seven days after the due date.
func ExampleInvoiceService_TransferToRopo() {
	srv, c := embedded()
	defer srv.Close()
	invoiceID := srv.AddInvoice(maventatest.Invoice{DueDate: "2026-11-20"})

	_, err := c.Invoices.TransferToRopo(context.Background(), invoiceID, maventa.RopoTransfer{
		CollectionType:  maventa.CollectionOnly,
		ReceivablesType: maventa.ReceivablesB2B,
		Payers: []maventa.Payer{{
			Name:    "Debtor Ltd",
			Address: maventa.Address{Country: "FI", Streets: []string{"Street 1"}, City: "Helsinki", ZipCode: "00100"},
		}},
		Amounts:  maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("124.00")},
		DueDate:  maventa.MustDate("2026-11-20"),
		Currency: "EUR",
		Today:    maventa.MustDate("2026-11-22"),
	})
	if e, ok := errors.AsType[*maventa.Error](err); ok {
		fmt.Println(e.Outcome)
		for _, f := range e.Fields {
			fmt.Println(f.Field, f.Problem)
		}
	}
	// Output:
	// not sent
	// due_date Ropo takes b2b claims from 7 days after the due date: from 2026-11-27
}

func ExampleInvoiceService_WaitForTransfer() {
	ctx := context.Background()
	srv, c := embedded()
	defer srv.Close()
	srv.Company().ActivatePerinta("vfsfi")
	invoiceID := srv.AddInvoice(maventatest.Invoice{DueDate: "2026-10-31"})
	srv.FailTransfer(invoiceID, "the debtor's address is incomplete")

	_, err := c.Invoices.TransferToAmili(ctx, invoiceID, maventa.AmiliTransfer{
		CollectionType:  maventa.CollectionReminderAndCollection,
		ReceivablesType: maventa.ReceivablesB2B,
		Payers: []maventa.Payer{{
			Name:    "Debtor Ltd",
			Address: maventa.Address{Country: "FI", Streets: []string{"Street"}, City: "Helsinki", ZipCode: "00100"},
		}},
		Amounts: maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("124.00")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = c.Invoices.WaitForTransfer(ctx, invoiceID)
	if e, ok := errors.AsType[*maventa.Error](err); ok && errors.Is(err, maventa.ErrTransferFailed) {
		fmt.Println(e.Message)
	}
	// Output:
	// the debtor's address is incomplete
}

func ExampleAssignmentService_All() {
	srv, c := embedded()
	defer srv.Close()
	srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Number: "1001", Total: "124.00"})
	srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Number: "1002", Total: "80.50"})

	for a, err := range c.Assignments.All(context.Background(), maventa.AssignmentFilter{Status: maventa.AssignmentOpen}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		open, known := a.OpenAmount.Get()
		fmt.Println(a.InvoiceNumber, a.Status, open, known)
	}
	// Unordered output:
	// 1001 open 124.00 true
	// 1002 open 80.50 true
}

// One page at a time, and whether the service obeyed the filter.
func ExampleAssignmentService_List() {
	srv, c := embedded()
	defer srv.Close()
	for range 3 {
		srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{DebtorName: "Debtor Ltd"})
	}

	page, err := c.Assignments.List(context.Background(), maventa.AssignmentFilter{
		DebtorName:  "debtor",
		ListOptions: maventa.ListOptions{PerPage: 2},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(page.Items), "of", page.Total, "next:", page.Next, "filter:", page.Filter)
	// Output:
	// 2 of 3 next: 2 filter: honoured
}

func ExampleAssignmentService_ForInvoice() {
	ctx := context.Background()
	srv, c := embedded()
	defer srv.Close()

	_, err := c.Assignments.ForInvoice(ctx, "33333333-3333-4333-8333-333333333333")
	fmt.Println(errors.Is(err, maventa.ErrNotFound))
	// Output:
	// true
}

// The connection breaks after the payment was booked. The client does not send
// it again, and says that it does not know.
func ExampleAssignmentService_AddEvent() {
	ctx := context.Background()
	srv, c := embedded()
	defer srv.Close()
	id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "124.00"})
	srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent"))

	payment := maventa.DirectPayment(maventa.MustAmount("100.00"), maventa.MustDate("2026-11-20"))
	_, err := c.Assignments.AddEvent(ctx, id, payment)
	if e, ok := errors.AsType[*maventa.Error](err); ok {
		fmt.Println(e.Outcome, e.Attempts, errors.Is(err, maventa.ErrOutcomeUnknown))
	}
	for e, err := range c.Assignments.Events(ctx, id) {
		if err != nil {
			fmt.Println(err)
			return
		}
		amount, _ := e.Amount.Get()
		fmt.Println(e.Type, amount, e.Date)
	}
	// Output:
	// unknown 1 true
	// paid 100.00 2026-11-20
}

// Comments of the agency may be questions. Mark as seen only what a person or a
// program has dealt with.
func ExampleEventService_All() {
	ctx := context.Background()
	srv, c := embedded()
	defer srv.Close()
	id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
	srv.Agency().Comment(id, "Is the debtor's address still right?")

	for e, err := range c.Events.All(ctx, maventa.EventFilter{Type: maventa.EventComment}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if e.Author == maventa.AuthorSender || e.Seen {
			continue
		}
		fmt.Println(e.Comment)
		if _, err := c.Assignments.AddEvent(ctx, e.AssignmentID, maventa.Comment("Yes, it is.")); err != nil {
			fmt.Println(err)
			return
		}
		if err := c.Events.MarkSeen(ctx, e.AssignmentID, e.ID); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// Is the debtor's address still right?
}

func ExampleServiceLevelService_Set() {
	ctx := context.Background()
	srv, c := embedded()
	defer srv.Close()
	srv.Company().ActivateKassavirta("vfsfi") // levels exist with Kassavirta only

	if err := c.ServiceLevels.Set(ctx, "FI12345671", maventa.ServiceLevelVIP); err != nil {
		fmt.Println(err)
		return
	}
	for l, err := range c.ServiceLevels.All(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(l.CustomerBID, l.ServiceLevel)
	}
	// Output:
	// FI12345671 vip
}
