// Package maventa is a client for Maventa's receivables services: Ropo Reminder
// & Collection, Amili Kassavirta and Amili Perintä. It speaks to two APIs: the
// AutoXChange API (AX) for tokens, services, invoices and transfers, and the Receivables
// API for assignments, events and service levels. It is not made by Maventa.
//
// # Getting started
//
// A client belongs to one company on one environment. [Client.Check] tells
// whether the credentials work, and should be its first call:
//
//	c, err := maventa.NewClient(maventa.Stage, maventa.Credentials{
//		CompanyID:    "…",
//		UserAPIKey:   "…",
//		VendorAPIKey: "…",
//	})
//	if err != nil {
//		return err
//	}
//	me, err := c.Check(ctx)
//
// The calls hang on the client by what they are about: Ropo and Amili (the
// services), Invoices (transfers), Assignments, Events and ServiceLevels. A call
// without a method of its own goes through [Client.Do]. The rest of AX hangs there
// too: Company, Companies, Notifications (their receiver is package webhook),
// Partner, Lookups, Documents and others, see docs/reference.md. Package fleet does
// one job for many companies; package invoicezip packs invoices.
//
// The usual way of an invoice: [RopoService.Activate] once, until the service is
// active; [InvoiceService.TransferToRopo] when the invoice is overdue;
// [InvoiceService.WaitForTransfer] for its assignment; then
// [AssignmentService.AddEvent] for what the company knows, and
// package follow for what the agency does.
//
// # Outcomes
//
// Every failure is an *[Error]. Its Outcome answers whether the call changed
// anything:
//
//   - [OutcomeNotSent]: nothing reached the service. It may be sent again.
//   - [OutcomeRejected]: the service refused it, nothing was changed.
//   - [OutcomeApplied]: it took effect, only the answer was lost. Never send it
//     again.
//   - [OutcomeUnknown]: it may or may not have taken effect. Find out first.
//
// Calls that only read, and those whose second time changes nothing more, are
// repeated as [RetryPolicy] says. A call that would act twice, such as the report
// of a payment, is repeated only when the first attempt certainly did nothing.
// So a failed AddEvent must not be put into a loop of one's own: look at the
// outcome. [errors.Is] says what kind of failure it was, with [ErrValidation],
// [ErrNotFound], [ErrOutcomeUnknown] and the other sentinels.
//
// The timeout of 30 seconds, see [WithTimeout], bounds a whole call: token,
// attempts, waits and body.
//
// # Exactly once
//
// Package ledger reports payments, credit notes and transfers, each once, however
// often it is run and wherever it was killed. Give each its business key, such as
// the bank's archive id, and the ledger a journal: a file for one process, one SQL
// table for several servers (docs/ledger.md). What no client can tell apart is
// listed in docs/oncall.md.
//
// # Lists
//
// List returns one [Page]. All returns an iterator over the items of all pages,
// which fetches a page when it is needed, yields an error once and then ends:
//
//	for a, err := range c.Assignments.All(ctx, maventa.AssignmentFilter{}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(a.InvoiceNumber, a.Status)
//	}
//
// The names of the filter parameters are not public. So every filter is applied
// again on our side, and [Page] tells whether the service obeyed it.
//
// Package follow has an endless iterator over new events, at least once, that goes
// on from a checkpoint which the caller stores.
//
// # Money and dates
//
// An [Amount] is an exact decimal number in the currency's main unit, without a
// float anywhere. The currency stands beside it. A [Date] is a day without a
// time zone. Instants are [time.Time] in UTC. An amount that an answer may lack
// is an [Opt]: absent is not 0.
//
// # What is inferred
//
// This package was written from public documents. Where a name or a rule is not
// public, its doc comment says "Inferred", and docs/fidelity.md lists it with the
// reason. Unknown members of an answer are kept in Extra, unknown values of an
// enum are passed on, and members in the Extra of a request win over typed
// fields, so that a caller can correct a wrong guess. Writes that rest on
// inferred names fail on [Production] until the client is made with
// [AllowInferredWrites]: try them on [Stage] first.
//
// # Testing
//
// The package maventatest holds a Maventa in memory, with companies, agencies,
// debtors and broken networks. A mocked transport goes into [WithHTTPClient];
// [net/http.DefaultTransport] is never used, so mocks that replace it do not
// reach a client.
//
// # Concurrency and companies
//
// A client may be used by any number of goroutines. [Client.ForCompany] makes
// clients for other companies, which share connections, retry quota and token
// caches; it is cheap enough for every piece of work. [WithKeys] takes the keys
// of each company from a function, so that they can rotate.
//
// A [Secret] never prints, and no error or log line holds what was sent. Models
// print as Go prints them, and hold personal data: log their ids.
//
// Nothing happens unasked: no files, no log lines without [WithLogger], and no
// look at the process environment but by [NewClientFromEnv].
package maventa

//go:generate go run ./internal/cmd/docs
