package facts

// assignments is about invoices in collection.
var assignments = []Fact{
	{"rule each invoice in collection makes one assignment", "it names the invoice by invoice_id and in reference_ids", Documented, support, ""},
	{"rule closed is not proof of payment", "assignments also close because they were cancelled, credited or closed by hand", Documented, support, ""},
	{"rule an invoice number can come back on another assignment", "so assignments are found by ids", Documented, support, ""},
	{"rule closed assignments leave the default list", "they leave the list of Maventa's user interface", Inferred, reported, ""},

	{"field Assignment.invoice_id", "the invoice's UUID", Documented, support, ""},
	{"field Assignment.reference_ids", "holds the invoice's UUID", Documented, support, ""},
	{"field Assignment.status", "the state", Inferred, named, ""},
	{"field Assignment.collection_status", "the stage in the agency's process; values unknown", Documented, ropoLog, ""},
	{"field Assignment.service_level", "filled some hours after the invoice was sent (Kassavirta)", Documented, support, ""},
	{"field Assignment.id", "the assignment's id", Inferred, named, ""},
	{"field Assignment.invoice_number", "the invoice's number", Inferred, named, ""},
	{"field Assignment.invoice_date", "the invoice's date", Inferred, named, ""},
	{"field Assignment.due_date", "the due date", Inferred, named, ""},
	{"field Assignment.debtor_name", "the debtor's name", Inferred, named, ""},
	{"field Assignment.currency", "ISO 4217", Inferred, "AX's name for it", ""},
	{"field Assignment.total_amount", "the whole claim", Inferred, named, ""},
	{"field Assignment.open_amount", "what is still to be paid", Inferred, named, ""},
	{"field Assignment.created_at", "an instant", Inferred, named, ""},
	{"field Assignment.closed_at", "an instant", Inferred, named, ""},
	{"field Assignment.events", "the events, where one assignment is read", Inferred, named, ""},

	{"value AssignmentStatus open", "monitored by the agency", Documented, support, ""},
	{"value AssignmentStatus partially_closed", "the invoice is paid, charges remain", Inferred, named, "AssignmentPartiallyClosed"},
	{"value AssignmentStatus closed", "finished, for whatever reason", Documented, support, ""},
	{"value CollectionStatus monitored", "a stage that the fake uses", Inferred, guess, ""},
	{"value CollectionStatus reminder_sent", "a stage that the fake uses", Inferred, "Maventa's user interface shows such a text", ""},
	{"value CollectionStatus demand_sent", "a stage that the fake uses", Inferred, guess, ""},

	{"field Overview.open", "how many are open", Inferred, named, "AssignmentService.Overview"},
	{"field Overview.soon_due", "how many are soon due", Inferred, named, "AssignmentService.Overview"},
	{"field Overview.overdue", "how many are overdue", Inferred, named, "AssignmentService.Overview"},
	{"rule soon due means within 7 days", "so in the fake", Inferred, guess, ""},
}
