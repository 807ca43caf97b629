package main

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/internal/facts"
	"github.com/maventa-go/maventa/internal/operation"
)

// readmeTable is the short table of calls: those about receivables. Those for
// tokens are made by the client itself and left out.
func readmeTable() string {
	p := &page{}
	var rows [][]string
	for _, op := range operation.Core() { // the rest of AX would bury the receivables
		if op == operation.AuthToken || op == operation.AuthCurrent {
			continue
		}
		rows = append(rows, []string{
			code("c." + op.Name), code(op.Method + " " + op.Path), op.Safety.String(), mark(op),
		})
	}
	p.table([]string{"Method", "Call", "Safety", "Sure?"}, rows)
	return strings.TrimSpace(p.text) + "\n"
}

// referencePage lists every call of the module, the calls of Maventa's Swagger
// file that it has no method for, and the events.
func referencePage(synopses map[string]string, left *left) string {
	p := &page{}
	p.add(notice)
	p.heading(1, "Reference")
	p.paragraph(`
Every call that this module makes, the calls of AutoXChange (AX) that it has no method for, and every event. Methods such as ` + "`Check`, `ForInvoice`, `WaitForTransfer` and `All`" + ` are made of these calls.

**Safety** says what sending the call twice would do, and so what the client may repeat by itself:

- *safe*: it only reads. It is repeated after network failures and answers such as 503.
- *idempotent*: the second time changes nothing more. It is repeated likewise.
- *unsafe*: the second time may act again: a payment is counted twice, a person is mailed twice. It is repeated only when the first attempt certainly did nothing.

**Inferred** names what no public document of Maventa says; the [fidelity page](fidelity.md) has the details and the reasons. A call whose status is inferred takes 200, 201, 202 and 204 for success, a 200 to a write only with a body that looks like the service's.`)
	var receivables, services, rest [][]string
	for _, op := range operation.Core() {
		if op.API == operation.Receivables {
			receivables = append(receivables, reference(op, synopses))
		} else {
			services = append(services, reference(op, synopses))
		}
	}
	for _, id := range operation.AX() {
		rest = append(rest, reference(id, synopses))
	}
	header := []string{"Method", "What it does", "Call", "Safety", "Success", "Scope", "Inferred", "Source"}
	p.heading(2, "Tokens, services and transfers (AX)")
	p.table(header, services)
	p.heading(2, "Assignments, events and service levels (Receivables API)")
	p.table(header, receivables)
	p.heading(2, "AX beyond receivables (package ax)")
	p.paragraph("`Invoices.GetAs` and `Documents.GetAs` make the calls of `Get` and return a file.")
	p.table(header, rest)
	p.heading(2, "Calls of AX without a method")
	p.paragraph(left.text)
	p.table([]string{"Call", "Why it is left out"}, left.rows)
	eventTypes(p)
	return p.done()
}

// reference is the row of a call.
func reference(op *operation.Op, synopses map[string]string) []string {
	text := synopses[op.Name]
	if op.Experimental {
		text += " Experimental: Maventa may change it without notice."
	}
	scope := code(strings.ReplaceAll(op.Scope, " ", "` or `"))
	return []string{
		code(op.Name), text, code(op.Method + " " + op.Path), op.Safety.String(), success(op),
		orDash(scope), orDash(strings.Join(inferredParts(op), ", ")), op.Source,
	}
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

// clients have the services whose methods make the calls.
var clients = []reflect.Type{reflect.TypeFor[maventa.Client](), reflect.TypeFor[ax.Client]()}

// models are the types of this module that a call's method takes and returns.
// Their inferred fields are what the call rests on, unless Maventa's own file
// documents it.
func models(op *operation.Op) (names []string) {
	service, name, _ := strings.Cut(op.Name, ".")
	if strings.Contains(op.Source, "Swagger") {
		return nil
	}
	for _, client := range clients {
		field, found := client.FieldByName(service)
		if !found {
			continue
		}
		if method, found := field.Type.MethodByName(name); found {
			seen := map[reflect.Type]bool{}
			for in := range method.Type.Ins() {
				collectModels(in, seen) // the service itself has no facts
			}
			for out := range method.Type.Outs() {
				collectModels(out, seen)
			}
			for t := range seen {
				names = append(names, t.Name())
			}
		}
	}
	return names
}

func collectModels(t reflect.Type, seen map[reflect.Type]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		collectModels(t.Elem(), seen)
	case reflect.Func: // an iterator
		for in := range t.Ins() {
			collectModels(in, seen)
		}
	case reflect.Struct:
		if seen[t] || !strings.HasPrefix(t.PkgPath(), "github.com/maventa-go/maventa") {
			return
		}
		seen[t] = true
		for f := range t.Fields() {
			collectModels(f.Type, seen)
		}
	default: // no model
	}
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
	types := models(op)
	for _, f := range facts.All() {
		if f.Mark != facts.Inferred {
			continue
		}
		subject, isParam := strings.CutPrefix(f.Subject, "param "+op.Name+" ")
		add("paging", f.Subject == "paging "+op.Name || isParam && (subject == "page" || subject == "per_page"))
		add("filters", isParam && subject != "page" && subject != "per_page")
		add("scope", f.Subject == "scope "+op.Name)
		add("safety", f.Subject == "safety "+op.Name)
		typ, _, _ := strings.Cut(f.Name(), ".")
		add("field names", f.Kind() == "field" && (op.InferredWrite || slices.Contains(types, typ)))
	}
	return parts
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
