package main

import (
	"fmt"
	"reflect"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
)

// Bodies that no exported model stands for are written here: the token's, which
// the client handles itself, and the change of a service level.

func stringOf(description string) *mapping {
	return pairs("type", "string", "description", description)
}

// tokenRequest and tokenAnswer are POST /oauth2/token. Source: AX Swagger.
func tokenRequest() *mapping {
	return pairs(
		"type", "object",
		"description", "The credentials of a token call.",
		"required", list{"grant_type", "client_id", "client_secret"},
		"properties", pairs(
			"grant_type", stringOf("client_credentials"),
			"client_id", stringOf("the company's UUID"),
			"client_secret", stringOf("the user API key"),
			"vendor_api_key", stringOf("the software's key; calls without it are billed to the customer"),
			"scope", stringOf("the scopes asked for, separated by spaces"),
			"license_data", stringOf("a JSON object as text: key, and meta with licensing, erp_name, erp_version and erp_user")))
}

func tokenAnswer() *mapping {
	return pairs(
		"type", "object",
		"description", "An access token.",
		"required", list{"access_token"},
		"properties", pairs(
			"access_token", stringOf("for the header Authorization: Bearer"),
			"token_type", stringOf("bearer"),
			"expires_in", pairs("type", "integer", "description", "seconds; a token lives one hour"),
			"scope", stringOf("the granted scopes, separated by spaces").
				set("x-inferred", pairs("meaning", reason("rule the scope of a token answer lists what was granted")))))
}

// body is the request body of a call; empty if it has none.
func (b *openapiBuilder) body(op *operation.Op, method reflect.Method) (*mapping, error) {
	switch op {
	case operation.AuthToken:
		b.schemas.byName["TokenRequest"] = tokenRequest()
		return pairs("required", true,
			"content", pairs("application/x-www-form-urlencoded", pairs("schema", ref("TokenRequest")))), nil
	case operation.ServiceLevelsSet:
		level, err := b.schemas.of(reflect.TypeFor[maventa.ServiceLevel]())
		if err != nil {
			return nil, err
		}
		level.set("x-inferred", reason("field CustomerServiceLevel.service_level"))
		b.schemas.byName["ServiceLevelChange"] = pairs(
			"type", "object",
			"description", "The level that a customer gets.",
			"required", list{"service_level"},
			"properties", pairs("service_level", level))
		return pairs("required", true, "content", jsonContent(ref("ServiceLevelChange"))), nil
	case operation.AuthCurrent:
		return pairs(), nil
	}
	t := bodyOf(method)
	if t == nil {
		if op.Method != "GET" && op.Method != "DELETE" && op != operation.EventsMarkSeen {
			return nil, fmt.Errorf("a %s without a body", op.Method)
		}
		return pairs(), nil
	}
	schema, err := b.schemas.of(t)
	if err != nil {
		return nil, err
	}
	return pairs("required", true, "content", jsonContent(schema)), nil
}

// answer is the schema of what a call returns; empty if it returns nothing.
func (b *openapiBuilder) answer(op *operation.Op, method reflect.Method) (*mapping, error) {
	switch op {
	case operation.AuthToken:
		b.schemas.byName["Token"] = tokenAnswer()
		return ref("Token"), nil
	case operation.AuthCurrent:
		user, err := b.schemas.of(reflect.TypeFor[maventa.User]())
		if err != nil {
			return nil, err
		}
		company, err := b.schemas.of(reflect.TypeFor[maventa.Company]())
		b.schemas.byName["Current"] = pairs(
			"type", "object",
			"description", "Whose token it is.",
			"properties", pairs(
				"user", user, "company", company,
				"scopes", pairs("type", "array", "items", pairs("type", "string"))))
		return ref("Current"), err
	}
	out := method.Type.Out(0)
	if out.Kind() == reflect.Func { // an iterator
		out = reflect.SliceOf(out.In(0).In(0))
	} else if out.Kind() == reflect.Pointer {
		if items, isPage := out.Elem().FieldByName("Items"); isPage {
			out = items.Type
		}
	}
	if out == reflect.TypeFor[error]() {
		return pairs(), nil
	}
	return b.schemas.of(out)
}

// components are the schemas, the errors and the token.
func (b *openapiBuilder) components() *mapping {
	b.schemas.byName["Error"] = pairs(
		"type", "object",
		"description", "A refusal.",
		"properties", pairs(
			"code", stringOf("such as invalid_parameters; the list is open"),
			"message", pairs("type", "string"),
			"details", pairs("type", "array", "items", pairs("type", "string"))))
	all := pairs()
	for _, name := range b.schemas.names() {
		all.set(name, b.schemas.byName[name])
	}
	refused := func(why string) *mapping {
		return pairs("description", "Refused. 401 and 404 may also mean that the token does not give access.",
			"x-inferred", why, "content", jsonContent(ref("Error")))
	}
	return pairs(
		"securitySchemes", pairs("oauth2", pairs(
			"type", "oauth2",
			"description", "The token of authToken, in the header Authorization: Bearer. One token serves both APIs.",
			"flows", pairs("clientCredentials", pairs(
				"tokenUrl", maventa.Production.AutoXChangeURL+operation.AuthToken.Path, "scopes", b.scopes)))),
		"responses", pairs(
			"Error", refused(""),
			"ReceivablesError", refused(reason("rule errors of the Receivables API have the shape of AX's"))),
		"schemas", all)
}
