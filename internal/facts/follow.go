package facts

// following is about what reading the events again and again rests on.
var following = []Fact{
	{"rule an event keeps its id, assignment and creation time", "so it is recognized by them; without an id, by its contents", Inferred, careful, "follow.New"},
	{"rule created_at tells when an event was made", "an event may appear in the list later than that", Inferred, asAX, "follow.CheckpointFrom follow.OpenQuestions"},
	{"rule a later comment of the sender answers the agency's", "on the same assignment; where author or time are missing, the question stays open", Inferred, reported, "follow.OpenQuestions"},
	{"rule the order of the list of events", "not rested on: it is found out by reading, and watched", Unknown, nowhere, ""},
	{"rule how late an event may appear in the list", "not known: the last hour is read again with every look, all of it once a day", Unknown, nowhere, ""},
	{"rule the events of closed assignments stay in the list", "not known: events that leave it, or come back, do no harm", Unknown, nowhere, ""},
	{"rule ids of events are unique beyond their assignment", "not known: they are compared together with the assignment's", Unknown, nowhere, ""},
}
