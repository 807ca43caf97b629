package main

import (
	"reflect"

	"github.com/maventa-go/maventa/internal/operation"
)

// special is what the observer must know about a call beyond its name. Most
// calls need none: the row's name is the method's, and every argument can be
// filled by its type.
type special struct {
	// methods make the call, if it is not the one that the row names. Empty but
	// not nil: the row needs no method.
	methods []string
	// values stand where a marker would be refused, by the path of the field:
	// "AmiliUpdate.ServiceType", or "arg1" for a plain argument.
	values map[string]any
	// answers are what other calls bring that the method makes on its way.
	answers map[*operation.Op]string
	// result is what is read of the answer, where the method returns something
	// that it made of it.
	result reflect.Type
	// owner is the model that a plain argument stands for.
	owner string
}

// registry holds the calls that need more than their names.
var registry = map[*operation.Op]special{
	operation.AuthToken: {
		methods: []string{"Check"},
		result: reflect.TypeFor[struct {
			AccessToken string `json:"access_token"`
			TokenType   string `json:"token_type"`
			ExpiresIn   int    `json:"expires_in"`
			Scope       string `json:"scope"`
		}](),
	},
	operation.AmiliUpdate: {
		values:  map[string]any{"AmiliUpdate.ServiceType": "full", "AmiliUpdate.CurrentServiceType": "express"},
		answers: map[*operation.Op]string{operation.AmiliStatus: `{"status":"ACTIVE","service_type":"express"}`},
	},
	operation.InvoicesGet:            {methods: []string{"Invoices.Get", "Invoices.GetAs"}},
	operation.DocumentsGet:           {methods: []string{"Documents.Get", "Documents.GetAs"}},
	operation.NotificationsCreate:    {values: map[string]any{"NewNotification.Destination": "https://example.com/hook"}},
	operation.PartnerLookupCompanies: {values: map[string]any{"arg1": "FI"}},
	operation.ServiceLevelsSet:       {owner: "CustomerServiceLevel"},
}
