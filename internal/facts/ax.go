package facts

// ax is what the client takes to be true of AX beyond the receivables, where
// the Swagger file does not say.
var ax = []Fact{
	{"rule the form of arrays in queries and forms", "commas by default, WithArrayEncoding switches; the fake takes commas, repeated names and name[]", Inferred, "the Swagger names no collection format, which formally means commas; the server looks like one whose own form is name[]", "ArrayEncoding"},
	{"rule AX lists have the paging headers of documents", "X-Total, X-Next-Page, Link and the others", Inferred, "documented for documents alone", "ax.InvoiceService.List ax.InvoiceService.All ax.LookupService.Receivers"},
	{"rule the shape of lists declared as one object", "document events and files: one object as declared, perhaps a list as the names say", Inferred, "the Swagger and the name of the call differ", "ax.DocumentService.Events ax.FileService.List"},
	{"rule the shape of the key list", "a list of key sets as declared, perhaps one key set", Inferred, "a key set is usually one object", "ax.DefinitionService.Keys"},
	{"rule the shape of the enabled checks", "one text as declared, perhaps a list", Inferred, "the call that sets them takes a list", "ax.DetectService.Checks"},
	{"rule a PATCH of the settings may hold one block alone", "what is not named stays", Inferred, "the Swagger marks three blocks as required, and its examples send one", "ax.CompanyService.UpdateSettings"},
	{"rule a list of bank messages is a list of ids", "texts; objects with an id are read too", Inferred, "the summary says ids, no body is declared", "ax.BankMessageService.SentMessages ax.BankMessageService.RIMessages ax.BankMessageService.ErrorMessages"},
	{"rule the payload of a webhook", "event, company_id, resource_id and happened_at, as JSON, without a signature or an id of the delivery", Inferred, guess, "webhook.Call.Event"},

	{"rule the id of an invoice is the uuid it was sent with", "so a lost answer is resolved by reading that id", Inferred, "the sending guide tells to look for the uuid, not by which call", "ax.InvoiceService.Send"},
	{"rule an upload without a format is recognized", "format may be left out", Inferred, "the field is optional and has no default", "ax.InvoiceUpload.XMLFormat"},
	{"rule the files of a ZIP are invoice.xml, invoice.pdf and attachments", "known by their names", Inferred, "one third-party client names them so", ""},
	{"rule images come as they are", "return_format decides, whatever Accept says", Inferred, "one third-party client reads them so", "ax.InvoiceService.GetAs"},
	{"rule a document comes as it is in another format", "as an invoice does", Inferred, "by analogy with invoices", "ax.DocumentService.GetAs"},
	{"rule n in files[n] counts from 0", "files[0], files[1]", Inferred, guess, "ax.DocumentService.Create"},
	{"rule the checks that are not named are switched off", "a PATCH sets the whole list", Inferred, guess, "ax.DetectService.UpdateChecks"},
	{"rule a vendor webhook covers the companies linked to the vendor", "VENDOR_WEBHOOK", Inferred, "two pages read together", "ax.DestinationVendorWebhook"},
	{"rule Kassavirta passes every kind of UBL by", "Peppol BIS is UBL too, but is not counted", Inferred, "the guide says UBL and no more", "ax.UncoveredFormat"},
	{"rule Kassavirta's grace days count from the activation, or else from the invoice", "5 days", Inferred, "the guide does not say from when", "ax.UncoveredGraceDays"},
}
