package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

// The observer needs no entry for most calls. This fails where it needs one: a
// method that has another name, or refuses the arguments that it is given.
func TestEveryOperationIsObserved(t *testing.T) {
	calls := sdkCalls(t)
	if len(calls) != len(operation.All()) {
		t.Fatalf("%d calls for %d rows", len(calls), len(operation.All()))
	}
	for _, c := range calls {
		if c.problem != "" {
			t.Errorf("%s was not observed: %s (see registry.go)", c.op.Name, c.problem)
		}
	}
}

// An entry of the registry that changes nothing hides what it was for.
func TestRegistryNamesFieldsThatExist(t *testing.T) {
	for id, s := range registry {
		for _, name := range s.methods {
			if m := (sdkMethod{name: name}); !m.exists() {
				t.Errorf("%s: there is no method %s", id, name)
			}
		}
		if len(s.values) == 0 {
			continue
		}
		m := sdkMethod{observer: &observer{}, op: id, name: id.String(), special: s, filler: newFiller(s.values)}
		_, _ = m.try(t.Context(), "")
		for path := range s.values {
			if m.filler.places[path] == nil {
				t.Errorf("%s: no argument has a field %s", id, path)
			}
		}
	}
}

func find(t *testing.T, op *operation.Op) sdkCall {
	t.Helper()
	calls := sdkCalls(t)
	return calls[slices.IndexFunc(calls, func(c sdkCall) bool { return c.op == op })]
}

func fieldOf(t *testing.T, fields []sdkField, name string) sdkField {
	t.Helper()
	i := slices.IndexFunc(fields, func(f sdkField) bool { return f.name == name })
	if i < 0 {
		t.Fatalf("%s was not seen", name)
	}
	return fields[i]
}

func TestWhatIsSeenOfRequests(t *testing.T) {
	send, activate, event, list, token := find(t, operation.InvoicesSend), find(t, operation.AmiliActivate),
		find(t, operation.AssignmentsAddEvent), find(t, operation.InvoicesList), find(t, operation.AuthToken)
	tests := []struct {
		fields   []sdkField
		name     string
		kind     string
		presence presence
		enum     string
	}{
		{send.body, "file", "file", required, ""},
		{send.body, "format", "string", optional, "InvoiceFormat"},
		{send.body, "print_settings[color]", "boolean", optional, ""},
		{send.body, "disabled_routes", "[]string", optional, "InvoiceRoute"},
		{send.body, "recipient_date_of_birth", "string date", optional, ""},
		{activate.body, "iban", "string", required, ""},
		{activate.body, "service_type", "string", required, "ServiceType"},
		{activate.body, "authorization_email", "string", optional, ""},
		{activate.body, "billing_address", "object", required, ""},
		{activate.body, "billing_address.streets", "[]string", required, ""},
		{activate.body, "postal_address", "object", optional, ""},
		{event.body, "amount", "number", optional, ""},
		{event.body, "type", "string", required, "EventType"},
		{list.query, "status", "[]string", optional, "InvoiceStatus"},
		{list.query, "page", "integer", always, ""},
		{token.body, "grant_type", "", always, ""},
	}
	for _, test := range tests {
		f := fieldOf(t, test.fields, test.name)
		name := ""
		if f.enum != nil {
			name = f.enum.name
		}
		if f.kind != test.kind || f.presence != test.presence || name != test.enum {
			t.Errorf("%s is %q, %d, %q, not %q, %d, %q", test.name, f.kind, f.presence, name, test.kind, test.presence, test.enum)
		}
	}
	if send.media[0] != "multipart/form-data" || activate.media[0] != "application/json" || token.media[0] != "application/x-www-form-urlencoded" {
		t.Errorf("media types are %q, %q, %q", send.media, activate.media, token.media)
	}
	if token.token || !send.token || find(t, operation.UsersCreate).token {
		t.Error("calls with and without a token are mixed up")
	}
	if got := fieldOf(t, list.query, "status").encoding; got != "csv" {
		t.Errorf("lists are %q", got)
	}
	if f := fieldOf(t, event.body, "amount"); !f.inferred || f.owner != "NewEvent" {
		t.Errorf("the amount of an event is %+v", f)
	}
}

// One type serves two fields; the SDK takes for each only what fits it.
func TestValuesAreThoseThatTheSDKTakes(t *testing.T) {
	send := find(t, operation.InvoicesSend)
	routes := fieldOf(t, send.body, "disabled_routes").enum
	if !routes.known("email") || routes.known("vipps") || slices.Contains(routes.values, "vipps") || !slices.Contains(routes.all, "vipps") {
		t.Errorf("routes are %+v", routes)
	}
}

func TestWhatIsReadOfAnswers(t *testing.T) {
	get, file := find(t, operation.InvoicesGet), find(t, operation.InvoicesDownloadFile)
	if get.result != "object" || file.result != "file" || find(t, operation.InvoicesList).result != "[]object" || find(t, operation.AmiliClose).result != "" {
		t.Error("the results' types are wrong")
	}
	for name, kind := range map[string]string{
		"sum": "number", "date": "string date", "created_at": "string date-time", "sender": "object", "sender.bid": "string",
		"actions": "[]object", "actions[].happened_at": "string date-time",
	} {
		if f := fieldOf(t, get.answer, name); f.kind != kind {
			t.Errorf("%s is %q, not %q", name, f.kind, kind)
		}
	}
	if !slices.Equal(get.methods, []string{"Invoices.Get", "Invoices.GetAs"}) {
		t.Errorf("an invoice is read by %q", get.methods)
	}
	if f := fieldOf(t, get.query, "return_format"); f.presence != optional {
		t.Error("one of two methods sends return_format: it may be left out")
	}
}

func TestMissingMethod(t *testing.T) {
	o := &observer{}
	registry[operation.AssignmentsOverview] = special{methods: []string{"Assignments.Synopsis"}}
	defer delete(registry, operation.AssignmentsOverview)
	c := o.call(t.Context(), operation.AssignmentsOverview)
	if !strings.Contains(c.problem, "Assignments.Synopsis") {
		t.Errorf("the problem is %q", c.problem)
	}
	s := &spec{Operations: []call{{Method: c.op.Method, Path: c.op.Path}}}
	list := compare([]sdkCall{c}, s, operation.Receivables)
	if !slices.ContainsFunc(list, func(d difference) bool { return d.kind == noMethod }) {
		t.Errorf("the differences are %+v", list)
	}
}
