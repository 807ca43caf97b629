package facts

// services is about activating and closing the agencies' services.
var services = []Fact{
	{"rule activation takes one to two business days", "counted from the signature of a person who may sign", Documented, overview, ""},
	{"rule the company's verification and the agency's KYC are two things", "each is needed", Documented, guides, ""},

	{"field RopoActivation.agreement_contact_email", "address of a person who may act for the company; mandatory", Documented, ropoLog, ""},
	{"field RopoStatus.status", "status", Inferred, asAmili, ""},
	{"field RopoStatus.agreement_contact_email", "agreement_contact_email", Inferred, "the field that the activation sends", ""},
	{"field RopoStatus.activation_url", "activation_url", Inferred, asAmili, ""},
	{"rule the answers about Ropo's service have these fields", "unknown ones are kept in Extra", Inferred, asAmili, "RopoService.Status"},
	{"rule Ropo's service has the states of Amili's", "DISABLED, PENDING, ACTIVE", Inferred, asAmili, "ServiceStatus"},
	{"value ServiceStatus DISABLED", "never activated, or closed", Documented, swagger, ""},
	{"value ServiceStatus PENDING", "waits for identification and signature", Documented, swagger, ""},
	{"value ServiceStatus ACTIVE", "in use", Documented, swagger, ""},
	{"rule a refused activation has a status", "none is documented", Unknown, nowhere, ""},

	{"value ServiceType full", "every invoice goes through the agency; the server's default", Documented, swagger, ""},
	{"value ServiceType express", "overdue invoices are handed over one by one", Documented, swagger, ""},
	{"rule full is Kassavirta and express is Perintä", "the products named on the pages are the types in the Swagger", Inferred, "the descriptions match", "ServiceType"},
	{"value AccountableParty vfsfi", "the agency watches the payments; texts write vfs", Documented, swagger, ""},
	{"value AccountableParty company", "the company watches the payments", Documented, swagger, ""},
	{"rule accountable_party is vfsfi unless given", "this module asks for it always", Inferred, guess, ""},

	{"rule a PUT on an active service starts onboarding again", "and may mail a person again", Inferred, careful, ""},
	{"rule a PATCH of a service that is not on is 404", "so in the fake", Inferred, guess, ""},
	{"rule a DELETE of a service that is not on is 404", "so in the fake; after an attempt of unknown outcome this module takes it for success", Inferred, guess, ""},
	{"rule a change of service_type needs no new KYC", "so in the fake", Inferred, guess, ""},
	{"rule open assignments after a service is closed", "what becomes of them", Unknown, nowhere, ""},
}

// serviceLevels is about the levels of single customers.
var serviceLevels = []Fact{
	{"value ServiceLevel default", "customers on it are not listed", Documented, apiPage, ""},
	{"value ServiceLevel premium", "the sender watches payments and the expiry of claims; may cost money", Documented, apiPage, ""},
	{"value ServiceLevel vip", "the sender watches payments and the expiry of claims; may cost money", Documented, apiPage, ""},
	{"value ServiceLevel service_bypass", "the customer's invoices do not go through the service", Documented, apiPage, ""},
	{"rule an invoice of a service_bypass customer makes no assignment", "so in the fake", Inferred, reported, ""},
	{"field CustomerServiceLevel.customer_bid", "the customer's business id", Inferred, "the name in the path", ""},
	{"field CustomerServiceLevel.service_level", "the level; also the body of the call that sets it", Inferred, "the name on an assignment", "ServiceLevelService.Set"},
	{"rule the business id in the path is written as on the invoice", "its form in the path is not described", Inferred, careful, "ServiceLevelService.Set"},
}

// settlement is about the money that the agencies pay out.
var settlement = []Fact{
	{"rule an agency's payout is not a direct payment", "the agency has counted it already", Documented, guides, ""},
	{"rule Amili pays out each claim under the invoice's reference", "the payer on the bank statement is VISMA FINANC, later Visma Amili", Documented, guides, ""},
	{"rule Ropo pays out in one sum without the invoices' references", "capital daily, late interest monthly", Documented, guides, ""},
	{"rule Ropo's payer name on the bank statement", "the fake writes ROPO", Unknown, nowhere, ""},
}
