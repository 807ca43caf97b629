package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

var rootDir = filepath.FromSlash("../../..")

// committed reads testdata/ax-facts.json, anew for each caller.
func committed(t *testing.T) *spec {
	t.Helper()
	s, err := readFacts(filepath.Join(rootDir, filepath.FromSlash(factsFile)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// observed looks at the SDK once for all tests.
var observed = sync.OnceValues(func() ([]sdkCall, error) {
	return observe(context.Background(), rootDir)
})

func sdkCalls(t *testing.T) []sdkCall {
	t.Helper()
	calls, err := observed()
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

func knownList(t *testing.T) []known {
	t.Helper()
	list, err := readKnown(knownJSON)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func onlyAX(api operation.API) bool { return api == operation.AutoXChange }

// unexplained are the differences between the SDK and s, in one line each.
func unexplained(t *testing.T, s *spec) []string {
	t.Helper()
	list := compare(sdkCalls(t), s, operation.AutoXChange)
	excuse(list, knownList(t), onlyAX)
	var lines []string
	for _, d := range list {
		if d.reason == "" && !d.note {
			lines = append(lines, strings.TrimSpace(d.call+" | "+d.kind+" | "+d.name))
		}
	}
	return lines
}

func TestNoUnexplainedDifference(t *testing.T) {
	for _, line := range unexplained(t, committed(t)) {
		t.Error(line)
	}
	for _, s := range excuse(compare(sdkCalls(t), committed(t), operation.AutoXChange), knownList(t), onlyAX) {
		t.Errorf("known.json explains what is no difference: %s", s)
	}
}

// at finds a call of the description.
func at(s *spec, method, path string) *call {
	if c := s.find(method, path); c != nil {
		return c
	}
	return &call{}
}

// in finds a field in a list.
func in(fields []field, name string) *field {
	i := slices.IndexFunc(fields, func(f field) bool { return f.Name == name })
	if i < 0 {
		return &field{}
	}
	return &fields[i]
}

// Each kind of difference, by a change of the committed facts.
func TestEachDifferenceIsSeen(t *testing.T) {
	list := func(s *spec) *call { return at(s, "GET", "/v1/invoices") }
	send := func(s *spec) *call { return at(s, "POST", "/v1/invoices") }
	activate := func(s *spec) *call { return at(s, "PUT", "/v2/services/amili/receivables") }
	status := func(s *spec) *call { return at(s, "GET", "/v1/invoices/{id}/assignment") }
	tests := []struct {
		name   string
		change func(s *spec)
		want   []string
	}{
		{"nothing", func(*spec) {}, nil},
		{"a new call", func(s *spec) {
			s.Operations = append(s.Operations, call{Method: "GET", Path: "/v3/things"})
		}, []string{"GET /v3/things | missing here |"}},
		{"a new experimental call", func(s *spec) {
			s.Operations = append(s.Operations, call{Method: "GET", Path: "/v3/things", Experimental: true})
		}, nil},
		{"a new call for operators", func(s *spec) {
			s.Operations = append(s.Operations, call{Method: "GET", Path: "/v3/things", Operator: true})
		}, nil},
		{"a call under another path", func(s *spec) { list(s).Path = "/v3/invoices" }, []string{"Invoices.List | missing there |", "GET /v3/invoices | missing here |"}},
		{"another name of a path parameter", func(s *spec) { status(s).Path = "/v1/invoices/{uuid}/assignment" }, nil},

		{"a renamed parameter", func(s *spec) { in(list(s).Parameters, "direction").Name = "way" }, []string{"Invoices.List | missing here | query.way", "Invoices.List | missing there | query.direction"}},
		{"a header", func(s *spec) {
			list(s).Parameters = append(list(s).Parameters, field{Name: "X-Company", In: "header", Type: "string"})
		}, []string{"Invoices.List | missing here | header.X-Company"}},
		{"a renamed field of a form", func(s *spec) { in(send(s).Body.Fields, "print_settings[color]").Name = "print_settings[colour]" }, []string{"Invoices.Send | missing here | body.print_settings[colour]", "Invoices.Send | missing there | body.print_settings[color]"}},
		{"a renamed field of a JSON body", func(s *spec) { in(activate(s).Body.Fields, "billing_address.city").Name = "billing_address.town" }, []string{"Amili.Activate | missing here | body.billing_address.town", "Amili.Activate | missing there | body.billing_address.city"}},
		{"a renamed object", func(s *spec) {
			for i := range activate(s).Body.Fields {
				f := &activate(s).Body.Fields[i]
				f.Name = strings.Replace(f.Name, "billing_address", "address", 1)
			}
		}, []string{"Amili.Activate | missing here | body.address", "Amili.Activate | missing there | body.billing_address"}},
		{"a renamed field of an answer", func(s *spec) { in(status(s).Answers[0].Fields, "url").Name = "href" }, []string{"Invoices.TransferStatusV1 | missing here | answer.href", "Invoices.TransferStatusV1 | missing there | answer.url"}},

		{"another type of a parameter", func(s *spec) { in(list(s).Parameters, "page").Type = "string date" }, []string{"Invoices.List | type | query.page"}},
		{"another type of a field", func(s *spec) { in(activate(s).Body.Fields, "bic").Type = "integer" }, []string{"Amili.Activate | type | body.bic"}},
		{"another type in an answer", func(s *spec) { in(status(s).Answers[0].Fields, "collectable_amount").Type = "object" }, []string{"Invoices.TransferStatusV1 | type | answer.collectable_amount"}},
		{"a whole number where decimals are read", func(s *spec) { in(status(s).Answers[0].Fields, "collectable_amount").Type = "integer" }, nil},
		{"a text where a date is read", func(s *spec) { in(list(s).Answers[0].Fields, "date_due").Type = "string" }, []string{"Invoices.List | type | answer.date_due"}},
		{"an instant where a date is read", func(s *spec) { in(list(s).Answers[0].Fields, "date_due").Type = "string date-time" }, nil},

		{"a field that is now required", func(s *spec) { in(activate(s).Body.Fields, "authorization_email").Required = true }, []string{"Amili.Activate | required | body.authorization_email"}},
		{"a parameter that is now required", func(s *spec) { in(list(s).Parameters, "direction").Required = true }, []string{"Invoices.List | required | query.direction"}},
		{"a field that is no longer required", func(s *spec) { in(activate(s).Body.Fields, "iban").Required = false }, []string{"Amili.Activate | required | body.iban"}},
		{"an answer's field that is required", func(s *spec) { in(status(s).Answers[0].Fields, "url").Required = true }, nil},

		{"a dropped value in a request", func(s *spec) {
			f := in(activate(s).Body.Fields, "service_type")
			f.Enum = slices.DeleteFunc(f.Enum, func(v string) bool { return v == "express" })
		}, []string{"Amili.Activate | enum | body.service_type=express"}},
		{"a new value in a request", func(s *spec) {
			f := in(activate(s).Body.Fields, "service_type")
			f.Enum = append(f.Enum, "half")
		}, []string{"Amili.Activate | enum | body.service_type=half"}},
		{"a new value in an answer", func(s *spec) {
			f := in(status(s).Answers[0].Fields, "status")
			f.Enum = append(f.Enum, "paused")
		}, []string{"Invoices.TransferStatusV1 | enum | answer.status=paused"}},
		{"a new value of a constant field", func(s *spec) {
			in(at(s, "POST", "/oauth2/token").Body.Fields, "grant_type").Enum = []string{"password"}
		}, []string{"Auth.Token | enum | body.grant_type=client_credentials"}},
		{"another word for true", func(s *spec) {
			in(at(s, "GET", "/v1/services/atg/mandates").Parameters, "parse_values").Enum = []string{"yes", "no"}
		}, []string{"ATG.Mandates | enum | query.parse_values=TRUE"}},

		{"another success", func(s *spec) { list(s).Answers[0].Status = "206" }, []string{"Invoices.List | status | 206", "Invoices.List | status | 200"}},
		{"another failure", func(s *spec) {
			list(s).Answers = append(list(s).Answers, answer{Status: "409"})
		}, nil},
		{"another scope", func(s *spec) { send(s).Scopes = []string{"invoice:post"} }, []string{"Invoices.Send | scope | invoice:post", "Invoices.Send | scope | invoice:send"}},
		{"no token", func(s *spec) { send(s).Token, send(s).Scopes = false, nil }, []string{"Invoices.Send | scope | invoice:send", "Invoices.Send | token |"}},
		{"a token", func(s *spec) { at(s, "GET", "/v1/jwk").Token = true }, []string{"Definitions.Keys | token |"}},
		{"another media type", func(s *spec) { send(s).Body.Media = []string{"application/json"} }, []string{"Invoices.Send | media type |"}},
		{"another list encoding", func(s *spec) { in(list(s).Parameters, "status").Encoding = "multi" }, []string{"Invoices.List | list encoding | query.status"}},
		{"one thing instead of a list", func(s *spec) { list(s).Answers[0].Type = "object" }, []string{"Invoices.List | answer |"}},
		{"an answer that was none", func(s *spec) {
			at(s, "PATCH", "/v1/company/settings").Answers[0].Type = "object"
		}, []string{"Company.UpdateSettings | answer |"}},
		{"no answer that was one", func(s *spec) { status(s).Answers[0].Type = "" }, []string{"Invoices.TransferStatusV1 | answer |"}},
		{"an experiment", func(s *spec) { list(s).Experimental = true }, []string{"Invoices.List | experimental |"}},
		{"an experiment that ended", func(s *spec) {
			at(s, "POST", "/v1/company/notifications_resend_unacknowledged").Experimental = false
		}, []string{"Notifications.ResendUnacknowledged | experimental |"}},
		{"deprecation, a note", func(s *spec) { list(s).Deprecated = true }, nil},
	}
	for _, test := range tests {
		s := committed(t)
		test.change(s)
		got := unexplained(t, s)
		slices.Sort(got)
		slices.Sort(test.want)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s:\n got %q\nwant %q", test.name, got, test.want)
		}
	}
}

func TestCompatible(t *testing.T) {
	tests := []struct {
		here, there       string
		sending, readings bool
	}{
		{"string", "string", true, true},
		{"string", "string date", true, true},
		{"string date", "string", true, false},
		{"string date", "string date-time", false, true},
		{"string date-time", "string date", false, false},
		{"number", "integer", false, true},
		{"integer", "number", true, false},
		{"", "object", true, true},
		{"object", "", true, true},
		{"[]string", "[]string date", true, true},
		{"[]string", "string", false, false},
		{"boolean|number", "number", true, true},
		{"string|[]string", "[]string", true, true},
		{"string", "integer|string", true, true},
		{"boolean", "string", false, false},
	}
	for _, test := range tests {
		if got := compatible(test.here, test.there, sending); got != test.sending {
			t.Errorf("sending %q for %q: %v", test.here, test.there, got)
		}
		if got := compatible(test.here, test.there, reading); got != test.readings {
			t.Errorf("reading %q as %q: %v", test.there, test.here, got)
		}
	}
}
