package facts

// lists is about paging and filters.
var lists = []Fact{
	{"rule AX lists are bare arrays with page and per_page", "per_page is capped at 100", Documented, swagger, ""},
	{"rule a list may be wrapped in an object", "its one list is named items, data, results or as the call's items; beside it stand scalars and objects about paging", Inferred, careful, ""},
	{"rule a page behind the last may be 404 or 204", "after a page with items, where nothing else tells about pages", Inferred, careful, ""},
	{"rule lists are newest first", "nothing here rests on it but the fake", Inferred, guess, ""},
	{"rule a time filter includes both ends", "applied so again on our side", Inferred, guess, "AssignmentFilter EventFilter"},

	{"header X-Next-Page", "the number of the next page, empty at the end", Inferred, asAX, ""},
	{"header Link", "links to the first, previous, next and last page, as in RFC 8288", Inferred, asAX, ""},
	{"header X-Total", "the number of items in all pages", Inferred, asAX, ""},
	{"header X-Total-Count", "the same as X-Total", Inferred, careful, ""},
	{"header X-Total-Pages", "the number of pages", Inferred, asAX, ""},

	{"paging Assignments.List", "as on AX", Inferred, asAX, "AssignmentService.List"},
	{"param Assignments.List page", "starts at 1", Inferred, asAX, "AssignmentService.List"},
	{"param Assignments.List per_page", "at most 100", Inferred, asAX, "AssignmentService.List"},
	{"param Assignments.List debtor_name", "part of the name", Inferred, named, "AssignmentFilter"},
	{"param Assignments.List status", "one status", Inferred, guess, "AssignmentFilter"},
	{"param Assignments.List invoice_id", "the invoice's UUID", Inferred, guess, "AssignmentFilter"},
	{"param Assignments.List created_at_start", "an instant in UTC", Inferred, named, "AssignmentFilter"},
	{"param Assignments.List created_at_end", "an instant in UTC", Inferred, named, "AssignmentFilter"},
	{"param Assignments.List closed_at_start", "an instant in UTC", Inferred, named, "AssignmentFilter"},
	{"param Assignments.List closed_at_end", "an instant in UTC", Inferred, named, "AssignmentFilter"},

	{"paging Assignments.Events", "as on AX", Inferred, asAX, "AssignmentService.Events"},
	{"param Assignments.Events page", "starts at 1", Inferred, asAX, "AssignmentService.Events"},
	{"param Assignments.Events per_page", "at most 100", Inferred, asAX, "AssignmentService.Events"},

	{"paging Events.List", "as on AX", Inferred, asAX, "EventService.List"},
	{"param Events.List page", "starts at 1", Inferred, asAX, "EventService.List"},
	{"param Events.List per_page", "at most 100", Inferred, asAX, "EventService.List"},
	{"param Events.List type", "one type", Inferred, guess, "EventFilter"},
	{"param Events.List assignment_id", "the assignment's id", Inferred, guess, "EventFilter"},
	{"param Events.List created_at_start", "an instant in UTC", Inferred, guess, "EventFilter"},
	{"param Events.List created_at_end", "an instant in UTC", Inferred, guess, "EventFilter"},

	{"paging ServiceLevels.List", "as on AX", Inferred, asAX, "ServiceLevelService.List"},
	{"param ServiceLevels.List page", "starts at 1", Inferred, asAX, "ServiceLevelService.List"},
	{"param ServiceLevels.List per_page", "at most 100", Inferred, asAX, "ServiceLevelService.List"},
}
