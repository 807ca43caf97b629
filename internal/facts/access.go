package facts

// access is about hosts, tokens and scopes.
var access = []Fact{
	{"host Production.AutoXChangeURL", "https://ax.maventa.com", Documented, swagger, ""},
	{"host Stage.AutoXChangeURL", "https://ax-stage.maventa.com", Documented, swagger, ""},
	{"host Stage.ReceivablesURL", "https://receivables-stage.maventa.com", Documented, apiPage, ""},
	{"host Production.ReceivablesURL", "https://receivables.maventa.com", Inferred, "Maventa's other production hosts are the stage hosts without -stage", "Production"},
	{"rule stage and production have separate accounts and keys", "credentials of one are worthless in the other", Documented, integration, ""},

	{"rule one token serves both APIs", "a token of AX is accepted by the Receivables API", Documented, apiPage, ""},
	{"rule the credentials of a token call stand in its form body", "client_id is the company's UUID, client_secret the user API key, vendor_api_key the software's key", Documented, swagger, ""},
	{"rule a token lives one hour", "expires_in is 3600", Documented, swagger, ""},
	{"rule the scope of a token answer lists what was granted", "separated by spaces; it may be less than was asked for", Inferred, "the field exists; OAuth2 gives it this meaning", ""},
	{"rule a wrong vendor_api_key is refused", "with the same error as a wrong user key", Inferred, guess, ""},
	{"rule unused API users are deleted", "after a year without a login, under conditions", Documented, integration, ""},
	{"rule limit of calls per minute", "none is documented", Unknown, nowhere, ""},

	{"scope Ropo.Activate", "company:write", Inferred, asAmili, "DefaultScopes"},
	{"scope Ropo.Status", "company:read", Inferred, asAmili, "DefaultScopes"},
	{"scope Ropo.Close", "company:write", Inferred, asAmili, "DefaultScopes"},
	{"scope Invoices.TransferToRopo", "invoice:send", Inferred, asV1, "DefaultScopes"},
	{"scope Invoices.TransferToAmili", "invoice:send", Inferred, asV1, "DefaultScopes"},
	{"scope Invoices.TransferStatus", "invoice:send", Inferred, asV1, "DefaultScopes"},
	{"scope Auth.Current", "global, as the Swagger has it; the scopes of receivables are tried all the same, and a refusal is not taken for an error", Inferred, "the Swagger lists one scope for the call and does not say that others are refused", "Client.Check"},
}

// answers is about statuses, headers and errors.
var answers = []Fact{
	{"rule errors have code, message and details", "all three optional; details is a list of texts", Documented, swagger, ""},
	{"rule errors of the Receivables API have the shape of AX's", "code, message and details", Inferred, asAX, ""},
	{"rule a refused token call has the code invalid_credentials", "in the ordinary error body; the status is not known", Observed, thirdParty, ""},
	{"rule a call without a valid token has the code auth_unauthorized", "an open list: codes are plain strings here", Observed, thirdParty, ""},
	{"rule 401 means a bad token or no access", "so it does not prove that the token is bad", Documented, swagger, ""},
	{"rule 404 means absent or no access", "so it does not prove that the thing is absent", Documented, swagger, ""},

	{"status error invalid_credentials", "401, perhaps 400", Inferred, "AX documents 401 for a bad token", ""},
	{"status error missing scope", "401, perhaps 403", Inferred, "AX documents 401 for no access", ""},
	{"status error service level without Kassavirta", "403", Inferred, guess, ""},
	{"status error transfer without an active service", "403", Inferred, asV1, ""},
	{"status error second transfer of an invoice", "409; whether it is refused at all is not known", Inferred, guess, ""},
	{"status error v1 after its end", "410, perhaps 404", Inferred, guess, ""},
	{"status a service that was never activated", "200 with DISABLED, perhaps 404", Inferred, guess, ""},

	{"status Ropo.Activate", "200, as Amili; 201, 202 and 204 are taken for success too", Inferred, asAmili, "RopoService.Activate"},
	{"status Ropo.Status", "200", Inferred, asREST, ""},
	{"status Ropo.Close", "204, as Amili; 200, 201 and 202 are taken for success too", Inferred, asAmili, "RopoService.Close"},
	{"status Invoices.TransferToRopo", "202, as v1; 200, 201 and 204 are taken for success too", Inferred, asV1, "InvoiceService.TransferToRopo"},
	{"status Invoices.TransferToAmili", "202, as v1; 200, 201 and 204 are taken for success too", Inferred, asV1, "InvoiceService.TransferToAmili"},
	{"status Invoices.TransferStatus", "200, as v1", Inferred, asV1, ""},
	{"status Assignments.List", "200", Inferred, asREST, ""},
	{"status Assignments.Get", "200", Inferred, asREST, ""},
	{"status Assignments.Overview", "200", Inferred, asREST, ""},
	{"status Assignments.Events", "200", Inferred, asREST, ""},
	{"status Assignments.AddEvent", "201; 200, 202 and 204 are taken for success too", Inferred, asREST, "AssignmentService.AddEvent"},
	{"status Events.List", "200", Inferred, asREST, ""},
	{"status Events.MarkSeen", "204; 200, 201 and 202 are taken for success too", Inferred, asREST, ""},
	{"status ServiceLevels.List", "200", Inferred, asREST, ""},
	{"status ServiceLevels.Set", "204; 200, 201 and 202 are taken for success too", Inferred, asREST, "ServiceLevelService.Set"},

	{"header X-Request-Id", "the id of a request, if there is one", Inferred, "a name that gateways commonly use", "Error.RequestID Response.RequestID ResultInfo.RequestID"},
	{"header X-Correlation-Id", "the id of a request, if there is one", Inferred, "a name that gateways commonly use", "Error.RequestID Response.RequestID ResultInfo.RequestID"},
	{"header X-Amzn-Trace-Id", "the id of a request, if there is one", Inferred, "a name that gateways commonly use", "Error.RequestID Response.RequestID ResultInfo.RequestID"},
	{"header Retry-After", "how long to wait after 429 or 503; whether Maventa sends it is not known", Inferred, "HTTP defines it", ""},
	{"header Idempotency-Key", "none is documented, so this module never sends one", Unknown, nowhere, ""},

	{"rule an amount may be a string", "numbers are documented for AX; both are read, numbers are sent", Inferred, "one third-party client reads both", "Amount.UnmarshalJSON"},
	{"rule a date may be a timestamp", "its date part is taken as it is written", Inferred, asAX, "Date.UnmarshalJSON"},
	{"rule an amount has at most two decimals", "the fake refuses more", Inferred, guess, ""},
}
