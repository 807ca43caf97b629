// Package maventa is a client for Maventa's receivables services: Ropo Reminder
// & Collection, Amili Kassavirta and Amili Perintä. It hands overdue invoices to
// the agencies and reports what was paid. It is not made by Maventa.
//
//	c, err := maventa.NewClient(maventa.Stage, maventa.Credentials{CompanyID: "…", UserAPIKey: "…", VendorAPIKey: "…"})
//	if err != nil {
//		return err
//	}
//	me, err := c.Check(ctx) // the first call: are keys, scopes and environment right?
//
// The calls hang on the client: Ropo and Amili (the services), Invoices
// (transfers), Assignments, Events and ServiceLevels. List returns one [Page], All
// iterates over the items of all pages. [Client.Do] and [List] make the calls
// that have no method.
//
// What is built from these calls has packages of its own:
//
//   - ledger reports each payment, credit note and transfer exactly once. Begin
//     with it: a plain AddEvent or TransferToRopo that is repeated counts twice.
//   - follow hands over the agencies' events, each at least once.
//   - fleet does one job for many companies; webhook receives notifications.
//   - ax has the rest of AutoXChange: sending invoices, the company, documents.
//   - maventatest is a Maventa in memory, for tests.
//
// # Outcomes
//
// Every failure is an *[Error]. Its Outcome says whether the call changed anything:
// [OutcomeNotSent], [OutcomeRejected], [OutcomeApplied] (never send it again) or
// [OutcomeUnknown] (find out first). [Advise] says what to do, and [errors.Is]
// finds the kind of failure: [ErrValidation], [ErrNotFound] and so on.
//
// Calls that only read, and those whose second time changes nothing more, are
// repeated as [RetryPolicy] says. A call that would act twice is repeated only
// when the first attempt certainly did nothing. The timeout of 30 seconds, see
// [WithTimeout], bounds a whole call: token, attempts, waits and body.
//
// # Values
//
// An [Amount] is an exact decimal number in the currency's main unit. A [Date] is
// a day without a time zone. Instants are [time.Time] in UTC. What an answer may
// lack is an [Opt]: absent is not 0. Unknown members of an answer are kept in
// Extra. A [Secret] never prints; models do, and hold personal data: log ids.
//
// # What is inferred
//
// This package was written from public documents. Where a name or a rule is not
// public, its doc comment says "Inferred", and docs/fidelity.md has the reason.
// Members in the Extra of a request win over typed fields, so that a caller can
// correct a wrong guess. Writes that rest on inferred names fail on [Production]
// until the client is made with [AllowInferredWrites]: try them on [Stage] first.
//
// # Concurrency
//
// A client serves any number of goroutines. [Client.ForCompany] makes cheap
// clients for other companies that share connections, retry quota and tokens.
// Nothing happens unasked: no files, no log without [WithLogger], and no look at
// the environment but by [NewClientFromEnv].
package maventa

//go:generate go run ./internal/cmd/docs
