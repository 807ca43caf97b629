package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/maventatest"
)

// action is one thing that somebody does in the sandbox: a form of the page, a
// POST /do/{name}, and a step of a seed. The table below is the only place where
// an action stands.
type action struct {
	Name   string
	Place  string // of its form: home, company, invoice, assignment, event
	Title  string // of its button
	Text   string // what happens
	Fields []field

	do func(s *maventatest.Server, v values) result
}

// field is one value that an action takes.
type field struct {
	Name, Label string
	Kind        kind
	Value       string   // that the page offers, and that counts where none is given
	Options     []string // of which it must be one
	Optional    bool
}

type kind string

// Kinds of values. A date may be written as -10 or +14: days from the story's
// today.
const (
	kindText       kind = "text"
	kindAmount     kind = "amount"
	kindDate       kind = "date"
	kindNumber     kind = "number"
	kindCompany    kind = "company"
	kindInvoice    kind = "invoice"
	kindAssignment kind = "assignment"
	kindEvent      kind = "event"
)

// result is what came of an action: a sentence, and ids by what they name.
type result map[string]string

func said(format string, args ...any) result { return result{"message": fmt.Sprintf(format, args...)} }

// with adds an id.
func (r result) with(name, id string) result {
	r[name] = id
	return r
}

var (
	agencyField     = field{"agency", "Agency", kindText, "ropo", []string{"ropo", "amili"}, false}
	companyField    = field{Name: "company", Label: "Company", Kind: kindCompany}
	invoiceField    = field{Name: "invoice", Label: "Invoice", Kind: kindInvoice}
	assignmentField = field{Name: "assignment", Label: "Assignment", Kind: kindAssignment}
	eventField      = field{Name: "event", Label: "Event", Kind: kindEvent}
	amountField     = field{Name: "amount", Label: "Amount", Kind: kindAmount}
	dateField       = field{Name: "date", Label: "Date", Kind: kindDate, Optional: true}
	reasonField     = field{"reason", "Reason", kindText, "the debtor is unknown", nil, false}
)

// billFields describe an invoice.
var billFields = []field{
	{"total", "Total", kindAmount, "124.00", nil, false},
	{"number", "Number", kindText, "", nil, true},
	{"due_date", "Due date", kindDate, "-20", nil, true},
	{"debtor", "Debtor", kindText, "Velallinen Oy", nil, true},
}

func bill(v values) maventatest.Invoice {
	inv := maventatest.Invoice{Number: v["number"], DueDate: v["due_date"], DebtorName: v["debtor"], Total: v["total"]}
	if inv.DueDate != "" {
		inv.Date = day(inv.DueDate, -14)
	}
	return inv
}

func fields(first field, more ...field) []field { return append([]field{first}, more...) }

var actions = slices.Concat(storyActions, companyActions, assignmentActions, faultActions)

var storyActions = []action{
	{
		"advance", "home", "Move on", "The story's day moves on.",
		[]field{{"days", "Days", kindNumber, "1", nil, false}},
		func(s *maventatest.Server, v values) result {
			s.Clock().AdvanceDays(v.number("days"))
			return said("It is %s.", s.Today())
		},
	},
	{
		"settle", "home", "Agencies pay out", "The agencies pay out what they have collected, less a commission in percent.",
		[]field{{"commission", "Commission in %", kindAmount, "0", nil, true}},
		func(s *maventatest.Server, v values) result {
			s.Agency().SettleLess(cmp.Or(v["commission"], "0"))
			return said("The payouts are on the companies' bank accounts: no direct payments, never to be reported.")
		},
	},
	{
		"add-company", "home", "Add a company", "A company with a user and a key of its own, and the vendor's key.",
		[]field{{"name", "Name", kindText, "Toinen Oy", nil, false}, {"bid", "Business id", kindText, "2345678-9", nil, false}},
		func(s *maventatest.Server, v values) result {
			return said("%s is there.", v["name"]).with("company", s.AddCompany(v["name"], v["bid"]).ID())
		},
	},
}

var companyActions = []action{
	{
		"sign", "company", "Sign", "The person signs the agreement of a service that was ordered.", fields(companyField, agencyField),
		func(s *maventatest.Server, v values) result {
			v.company(s).CompleteKYC(v.agency())
			return said("Signed: the service is active.")
		},
	},
	{
		"activate", "company", "Activate at once", "A service becomes active without an order and a signature.",
		fields(companyField, agencyField,
			field{"service_type", "Type at Amili", kindText, "express", []string{"express", "full"}, true},
			field{"accountable_party", "Who receives payments", kindText, "vfsfi", []string{"vfsfi", "company"}, true}),
		activate,
	},
	{
		"add-invoice", "company", "Add an invoice", "An invoice that the company has sent through Maventa.", fields(companyField, billFields...),
		func(s *maventatest.Server, v values) result {
			return said("The invoice is sent.").with("invoice", v.company(s).AddInvoice(bill(v)))
		},
	},
	{
		"add-unrouted-invoice", "company", "Add one that was never sent", "An invoice that was uploaded without being routed: Maventa has it, the debtor got it another way.",
		fields(companyField, billFields...),
		func(s *maventatest.Server, v values) result {
			return said("The invoice is uploaded, not sent.").with("invoice", v.company(s).AddUnroutedInvoice(bill(v)))
		},
	},
	{
		"add-assignment", "company", "Add an assignment", "An invoice that is with the agency already.",
		fields(companyField, append([]field{agencyField}, billFields...)...),
		func(s *maventatest.Server, v values) result {
			id := v.company(s).AddAssignment(v.agency(), bill(v))
			return said("The agency has it.").with("assignment", id)
		},
	},
	{
		"complete-transfer", "invoice", "Let the transfer through", "A transfer that waits reaches the agency.", fields(invoiceField),
		func(s *maventatest.Server, v values) result {
			s.CompleteTransfer(v["invoice"])
			return said("The transfer is sent, or refused by the agency's own rules.")
		},
	},
	{
		"fail-transfer", "invoice", "Agency refuses", "The transfer that waits, or the next one, ends with an error.", fields(invoiceField, reasonField),
		func(s *maventatest.Server, v values) result {
			s.FailTransfer(v["invoice"], v["reason"])
			return said("The transfer ends with an error.")
		},
	},
	{
		"hold-transfer", "invoice", "Hold", "The transfer that waits, or the next one, stays pending.", fields(invoiceField, reasonField),
		func(s *maventatest.Server, v values) result {
			s.PendTransfer(v["invoice"], v["reason"])
			return said("The transfer stays pending.")
		},
	},
	{
		"delete-user", "company", "Delete the API user", "The company's key and tokens are worthless from now on.", fields(companyField),
		func(s *maventatest.Server, v values) result {
			v.company(s).DeleteUser()
			return said("The user is deleted: its key is refused.")
		},
	},
}

func activate(s *maventatest.Server, v values) result {
	co, party := v.company(s), cmp.Or(v["accountable_party"], "vfsfi")
	switch {
	case v.agency() == maventatest.Ropo:
		co.Activate(maventatest.Ropo)
	case v["service_type"] == "full":
		co.ActivateKassavirta(party)
	default:
		co.ActivatePerinta(party)
	}
	return said("The service is active.")
}

var faultActions = []action{
	{
		"fault", "home", "Let it go wrong", "The next matching call goes wrong.",
		[]field{
			{"fault", "Fault", kindText, "DropAfterCommit", nil, false},
			{"on", "Call", kindText, "Assignments.AddEvent", append([]string{""}, operations()...), true},
			{"nth", "First let pass", kindNumber, "0", nil, true},
			{"times", "Times", kindNumber, "1", nil, true},
		},
		inject,
	},
	{
		"chaos", "home", "Chaos", "One call in four goes wrong at random; the seed makes it repeat.",
		[]field{
			{"seed", "Seed", kindNumber, "1", nil, true},
			{"faults", "These alone, with commas between", kindText, "", nil, true},
		},
		chaos,
	},
	{
		"clear-faults", "home", "Clear", "Nothing goes wrong any more.", nil,
		func(s *maventatest.Server, _ values) result {
			s.ClearFaults()
			return said("Nothing goes wrong any more.")
		},
	},
	{
		"revoke-tokens", "home", "Revoke all tokens", "Every token given out so far is worthless.", nil,
		func(s *maventatest.Server, _ values) result {
			s.RevokeTokens()
			return said("All tokens are worthless.")
		},
	},
	{"reset", "home", "Begin anew", "The sandbox is as it was after its start.", nil, nil}, // see app.do
}

func inject(s *maventatest.Server, v values) result {
	f, err := maventatest.ParseFault(v["fault"])
	if err != nil {
		return result{"error": err.Error()}
	}
	if v["on"] != "" {
		f = f.On(v["on"])
	}
	s.Inject(f.Nth(v.number("nth") + 1).Times(max(1, v.number("times"))))
	return said("%s waits for %s.", f, cmp.Or(v["on"], "the next call"))
}

func chaos(s *maventatest.Server, v values) result {
	var faults []maventatest.Fault
	if v["faults"] != "" {
		for text := range strings.SplitSeq(v["faults"], ",") {
			f, err := maventatest.ParseFault(text)
			if err != nil {
				return result{"error": err.Error()}
			}
			faults = append(faults, f)
		}
	}
	s.Chaos(uint64(v.number("seed")), faults...) //nolint:gosec // checked: from 0
	return said("One call in four goes wrong.")
}

// operations names all calls.
func operations() []string {
	var names []string
	for _, op := range operation.All() {
		names = append(names, op.Name)
	}
	slices.Sort(names)
	return names
}
