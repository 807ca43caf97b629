package main

import (
	"slices"
	"testing"
)

func TestVersions(t *testing.T) {
	if changes := versions(committed(t), committed(t)); changes != nil {
		t.Errorf("a file differs from itself: %q", changes)
	}
	now := committed(t)
	list := at(now, "GET", "/v1/invoices")
	in(list.Parameters, "direction").Enum = []string{"SENT"}
	in(list.Parameters, "page").Name = "sheet"
	at(now, "POST", "/v1/invoices").Experimental = true
	in(at(now, "POST", "/v1/invoices").Body.Fields, "uuid").MaxLength = 40
	at(now, "GET", "/v1/jwk").Path = "/v2/jwk"
	at(now, "PUT", "/v2/services/amili/receivables").Scopes = nil
	at(now, "GET", "/v1/invoices/{id}/assignment").Answers[1].Status = "410"
	want := []string{
		"GET /v1/invoices  gone: query.page integer",
		"GET /v1/invoices  new: query.sheet integer",
		"GET /v1/invoices  query.direction: was string (RECEIVED, SENT), is string (SENT)",
		"GET /v1/invoices/{id}/assignment  gone: answer 404 object",
		"GET /v1/invoices/{id}/assignment  gone: answer 404.code string",
		"GET /v1/invoices/{id}/assignment  gone: answer 404.details []string",
		"GET /v1/invoices/{id}/assignment  gone: answer 404.message string",
		"GET /v1/invoices/{id}/assignment  new: answer 410 object",
		"GET /v1/invoices/{id}/assignment  new: answer 410.code string",
		"GET /v1/invoices/{id}/assignment  new: answer 410.details []string",
		"GET /v1/invoices/{id}/assignment  new: answer 410.message string",
		"GET /v1/jwk  is gone",
		"GET /v2/jwk  is new",
		"POST /v1/invoices  body.uuid: was string 0 to 36 characters, is string 0 to 40 characters",
		"POST /v1/invoices  new: experimental",
		"PUT /v2/services/amili/receivables  scopes: was company:write, is nothing",
	}
	got := versions(committed(t), now)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the changes are\n%q\nnot\n%q", got, want)
	}
}
