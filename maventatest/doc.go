// Package maventatest is Maventa in memory, for the tests of a program that
// talks to it: a token endpoint, the AutoXChange API and the Receivables API,
// and behind them companies, services, invoices, transfers, assignments and
// events that remember what was done to them.
//
//	func TestReportsPayment(t *testing.T) {
//		srv := maventatest.NewServer(t)
//		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
//		srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent"))
//
//		reportPayments(t.Context(), srv.Client(t)) // your program
//
//		srv.AssertExactlyOnce(t, id, "paid", "100.00")
//	}
//
// A program that makes its own HTTP calls takes the base URLs, the HTTP client
// and the credentials from the server instead.
//
// # Two ways in
//
// By default everything stays in memory: the base URLs are names on localhost
// that only [Server.HTTPClient] can reach. That works in a testing/synctest
// bubble, where a lag of an hour takes no time; call NewServer inside the bubble.
// With [OverTCP] the server listens on two loopback ports instead, with
// [WithAddresses] on ports of your choice. [Start] makes a server without a test,
// for demonstrations; [Server.Try] then returns how controls were misused, and
// [Server.Reset] begins anew.
//
// # What it is strict about
//
// Paths, methods, scopes, required members, their types and values are checked
// as far as Maventa documents them, and refused in Maventa's error shape
// {code, message, details}. What is documented nowhere is guessed. Each guess
// that appears on the wire is listed by [Server.Inferred], and [Wire] changes
// the ones a client could trip over: run your tests with each of [Wires]. What
// the server did not look at, it ignores, as Maventa does; [Request] lists it.
//
// # The world behind it
//
// The other parties act when the test says so: [Server.Agency] books payments,
// sends reminders and asks questions, edits and withdraws events afterwards, [Server.Debtor] pays the agency or the
// company, [Company.CompleteKYC] signs. An assignment can close without payment.
// Money that reaches the company's own bank account shows in [Company.BankLines]
// and nowhere else until the company reports it, and an agency's payout lies
// there too, which must never be reported.
//
// Two clocks run. The calendar of the story, [Server.Clock], stands still until
// the test moves it: due dates, days, the end of the v1 transfer. What a client
// waits for in seconds runs on time.Now: the life of tokens and the lags of
// [Lags], after which a transfer is sent, its assignment found, an event listed.
//
// # Around the receivables
//
// The other calls of AutoXChange are there too. An invoice that a client sends is
// read (Finvoice, UBL, or a ZIP with one of them), delivered after a lag, and
// handed to Kassavirta where that is active; its uuid is that of its assignment.
// [Company.AX] has the controls of these calls: it delivers invoices and lets
// them fail, receives some, signs for the company. Of an uploaded file the server
// keeps the first megabyte, and its size and hash in [Request].Files.
//
// Webhooks go to the handler of [Server.DeliverWebhooksTo], once per event or, as
// [Server.RepeatWebhooks] and [Server.ReleaseWebhooks] say, several times and out
// of order. Their payload is invented: no source shows one.
//
// Services that no story needs (invoice credit, AvtaleGiro, bank messages, ODP)
// check what they are given, remember it and show it again, and no more.
//
// # What goes wrong
//
// [Server.Inject] breaks calls in the ways networks and servers do, on either
// side of the commit: see [Fault]. What stands between a client and Maventa may
// answer in its place ([ForeignBodies]), and a list may hide what is there
// ([OldList], [PartialList], [MemberTwice]). [Server.Requests] is the log of what arrived
// and whether it was acted on. Assertions such as [Server.AssertExactlyOnce]
// look at the state itself, not at what clients got as answers. [Server.Chaos] breaks
// calls at random, with a seed that a failing test prints.
package maventatest
