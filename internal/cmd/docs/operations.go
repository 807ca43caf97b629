package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/maventa-go/maventa/internal/facts"
	"github.com/maventa-go/maventa/internal/operation"
)

// readmeTable is the short table of calls: those about receivables. Those for
// tokens are made by the client itself and left out.
func readmeTable() string {
	p := &page{}
	var rows [][]string
	for _, id := range operation.Core() { // the rest of AX would bury the receivables
		op := id.Op()
		if id == operation.AuthToken || id == operation.AuthCurrent {
			continue
		}
		rows = append(rows, []string{
			code("c." + op.Name), code(op.Method + " " + op.Path), op.Safety.String(), mark(op),
		})
	}
	p.table([]string{"Method", "Call", "Safety", "Sure?"}, rows)
	return strings.TrimSpace(p.text) + "\n"
}

func operationsPage(synopses map[string]string) string {
	p := &page{}
	p.add(notice)
	p.heading(1, "Calls")
	p.paragraph(`
Every call that this module makes. Methods such as ` + "`Check`, `ForInvoice`, `WaitForTransfer` and `All`" + ` are made of these.

**Safety** says what sending the call twice would do, and so what the client may repeat by itself:

- *safe*: it only reads. It is repeated after network failures and answers such as 503.
- *idempotent*: the second time changes nothing more. It is repeated likewise.
- *unsafe*: the second time may act again: a payment is counted twice, a person is mailed twice. It is repeated only when the first attempt certainly did nothing.

**Inferred** names what no public document of Maventa says; the [fidelity page](fidelity.md) has the details and the reasons. A call whose status is inferred takes 200, 201, 202 and 204 for success, a 200 to a write only with a body that looks like the service's.`)
	for _, api := range []operation.API{operation.AutoXChange, operation.Receivables} {
		p.heading(2, apiName(api))
		var rows [][]string
		for _, id := range operation.All() {
			if op := id.Op(); op.API == api {
				rows = append(rows, []string{
					code(op.Name), synopses[op.Name], code(op.Method + " " + op.Path), op.Safety.String(), success(op), orDash(code(strings.ReplaceAll(op.Scope, " ", " or "))), orDash(strings.Join(inferredParts(op), ", ")), op.Source,
				})
			}
		}
		p.table([]string{"Operation", "What it does", "Call", "Safety", "Success", "Scope", "Inferred", "Source"}, rows)
	}
	return p.done()
}

func apiName(api operation.API) string {
	if api == operation.AutoXChange {
		return "AutoXChange (AX)"
	}
	return "Receivables API"
}

// mark says in a word how sure a call is.
func mark(op *operation.Op) string {
	if parts := inferredParts(op); len(parts) > 0 {
		return "inferred: " + strings.Join(parts, ", ")
	}
	return "documented"
}

func success(op *operation.Op) string {
	if op.InferredStatus() {
		return "not documented"
	}
	var codes []string
	for _, s := range op.Success {
		codes = append(codes, strconv.Itoa(s))
	}
	if op.NoBody {
		codes = append(codes, "no body")
	}
	return strings.Join(codes, ", ")
}

// models are the bodies and answers whose inferred fields a call rests on.
var models = map[operation.ID][]string{
	operation.RopoActivate:            {"RopoStatus"},
	operation.RopoStatus:              {"RopoStatus"},
	operation.InvoicesTransferToRopo:  {"RopoTransfer", "Payer", "TransferAmounts", "RentalDetails"},
	operation.InvoicesTransferToAmili: {"AmiliTransfer", "Payer", "TransferAmounts"},
	operation.InvoicesTransferStatus:  {"Transfer"},
	operation.AssignmentsList:         {"Assignment"},
	operation.AssignmentsGet:          {"Assignment", "Event"},
	operation.AssignmentsOverview:     {"Overview"},
	operation.AssignmentsEvents:       {"Event"},
	operation.AssignmentsAddEvent:     {"NewEvent", "Event"},
	operation.EventsList:              {"Event"},
	operation.ServiceLevelsList:       {"CustomerServiceLevel"},
	operation.ServiceLevelsSet:        {"CustomerServiceLevel"},
}

// inferredParts lists what of a call is inferred.
func inferredParts(op *operation.Op) []string {
	var parts []string
	add := func(part string, isInferred bool) {
		if isInferred && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	add("status", op.InferredStatus())
	for _, f := range facts.All() {
		if f.Mark != facts.Inferred {
			continue
		}
		subject, isParam := strings.CutPrefix(f.Subject, "param "+op.Name+" ")
		add("paging", f.Subject == "paging "+op.Name || isParam && (subject == "page" || subject == "per_page"))
		add("filters", isParam && subject != "page" && subject != "per_page")
		add("scope", f.Subject == "scope "+op.Name)
		add("safety", f.Subject == "safety "+op.Name)
		for id, types := range models {
			typ, _, _ := strings.Cut(f.Name(), ".")
			add("field names", id.Op() == op && f.Kind() == "field" && slices.Contains(types, typ))
		}
	}
	return parts
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
