package facts

// axFake is what the fake server had to guess of AX beyond the receivables. The
// client rests on none of it.
var axFake = []Fact{
	{"rule per_page above 100 is capped", "and not refused", Inferred, guess, ""},

	{"status error invoice uuid taken", "422 invoice_uuid_taken; whether it is refused or answered with the invoice is not known", Inferred, "the guide says only that a uuid that exists shows the invoice was created", ""},
	{"status error invoice_create_api_error", "400", Inferred, "code and message were seen by a third party, the status was not", ""},
	{"status error company not verified", "401 with the message Unauthorized; the code is not known", Inferred, "the sending guide has the message", ""},
	{"status error a USER changes the company", "403", Inferred, "the users page says that a USER may not", ""},
	{"status error wrong keys without a token", "401 auth_unauthorized", Inferred, guess, ""},
	{"status error user exists", "409 conflict", Inferred, guess, ""},
	{"status error bid already taken", "409 conflict", Inferred, "the companies page has the words, not the status", ""},
	{"status error thing exists", "409 conflict", Inferred, guess, ""},

	{"rule an invoice that is not routed is DELIVERED at once", "prevent_routing", Inferred, "described as set to sent, which is no state of REST", ""},
	{"rule an invoice that was delivered is not rerouted", "409 conflict", Inferred, careful, ""},
	{"rule the values of a file type", "XML, IMAGE, ATTACHMENT", Inferred, guess, ""},
	{"rule a document in a format is its first file", "whatever the format", Inferred, guess, ""},
	{"rule happened_after and happened_before leave the instants themselves out", "as the words say", Inferred, careful, ""},

	{"rule a user added without a role is USER", "the lesser of the two", Inferred, careful, ""},
	{"rule the spelling of the authorization states", "PENDING, SENT, SIGNED, CANCELED, NONE; VERIFIED, UNVERIFIED, UNKNOWN", Inferred, "named in descriptions, no enumeration", ""},
	{"rule the status of an authorization request", "SENT", Inferred, guess, ""},
	{"rule several companies are authorized later", "202, where one company gives 200", Inferred, "both are declared, the difference is not", ""},
	{"rule the values of a vendor link state", "LINKED, NOT_LINKED", Inferred, guess, ""},
	{"rule the values of a consumer route status", "FOUND, NOT_FOUND", Inferred, guess, ""},
	{"rule the values of an analysis status", "DONE with result OK or WARN", Inferred, guess, ""},

	{"rule a webhook tells that a service is active", "SERVICES.RECEIVABLES.ACTIVATED", Inferred, "the texts say that there is an event, not its name", ""},
}
