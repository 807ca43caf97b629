package worker

import (
	"strings"

	"github.com/maventa-go/maventa/sqlstore"
)

// explanation says of an item of the work list, in plain words, what happened and what
// a person can do. docs/oncall.md says more of each.
type explanation struct {
	happened  string
	toDo      string
	decisions []sqlstore.DecisionKind // those that answer the item, the usual one first
}

const (
	adopt   = sqlstore.DecideAdopt
	notMine = sqlstore.DecideNotMine
	never   = sqlstore.DecideNeverArrived
	again   = sqlstore.DecideAgain
	drop    = sqlstore.DecideDrop
)

type decisions = []sqlstore.DecisionKind

// explanations are by the word of an item's kind.
var explanations = map[string]explanation{
	"possible_duplicate": {
		"Equal events are on the assignment that nobody here has sent, as far as is known. Nothing was sent this time.",
		"Find out whose the events in ids are. Is one of them this entry: adopt it, and nothing is sent. Are all of them others: not_mine, and it is sent.",
		decisions{adopt, notMine, drop},
	},
	"undecided": {
		"It, or another entry that the text names, was sent, the answer was lost, and what can be read does not say what became of it. Nothing was sent this time.",
		"Does the text name another entry: decide that one, then again here. Else ask the agency. If it has it: adopt the event, or drop a transfer here. Are the events in ids all others: not_mine. If it never arrived: never_arrived, and it is sent again.",
		decisions{adopt, never, notMine, again, drop},
	},
	"outcome_unknown": {
		"It was sent, and nobody knows whether it took effect.",
		"Look at the service or ask the agency before anything is sent again. Then let it run again, or drop it.",
		decisions{again, drop},
	},
	"key_reused": {
		"The key was used before for another amount, date or assignment, and that was booked. What was given now was not sent.",
		"Find out which of the two is right before anything gets a new key: that would be a second payment. Then drop this one.",
		decisions{drop},
	},
	"invalid_request": {
		"The data is wrong, or the service refused it. Nothing was changed.",
		"Correct what the text names and put it under a new key, then drop this one. If only the service was wrong, let it run again.",
		decisions{drop, again},
	},
	"content_refused": {
		"The service has refused the same contents before. They were not sent again.",
		"Correct the contents. If nothing is wrong with them: again, for a transfer; a new key, for anything else.",
		decisions{again, drop},
	},
	"not_found": {
		"The service does not know the invoice or assignment, or the company may not see it. Nothing was changed.",
		"Look whether the id is right and belongs to this company. Then let it run again, or drop it.",
		decisions{again, drop},
	},
	"conflict": {
		"What the service has is not what was expected, so nothing was changed.",
		"Look at the invoice or assignment. Then let it run again, or drop it.",
		decisions{again, drop},
	},
	"ambiguous": {
		"Several things were found where there should be one. Nothing was sent.",
		"Find out which of the ids is right, and put the entry with that id under a new key; drop this one.",
		decisions{drop, again},
	},
	"transfer_failed": {
		"The agency did not take the invoice, for the reason in the text.",
		"Correct the contents and put them under the same key, if something is wrong with them. Then again.",
		decisions{again, drop},
	},
	"transfer_stalled": {
		"The transfer was accepted and waits for something, perhaps for a person.",
		"Deal with the reason in the text: it goes on by itself then. After three attempts in vain: again.",
		decisions{again, drop},
	},
	"paused": {
		"A person has stopped all sending. Nothing was sent.",
		"Ask who paused it, and why. After the pause: again.",
		decisions{again, drop},
	},
	"limit_reached": {
		"More of what cannot be taken back wanted to leave on this banking day than was allowed. Nothing was sent.",
		"Find out why there are so many. If that is right, raise the limit or wait for the next day, then again.",
		decisions{again, drop},
	},
	"payments_unknown": {
		"The payments of the last days are not in the books, so somebody who has paid might be transferred. Nothing was sent.",
		"Import the bank's files and set the day they are known until, then again.",
		decisions{again, drop},
	},
	"overtaken": {
		"A payment, a dispute or a stop came before the transfer. Nothing was sent.",
		"Put the transfer once more under its key, with what is unpaid now, then again; or drop it.",
		decisions{again, drop},
	},
	"agency_payer": {
		"A payout of an agency was to be reported as a payment of the debtor. Nothing was sent.",
		"Book it against the agency, and drop it. If it was the debtor after all, put it under a new key with the right payer.",
		decisions{drop},
	},
	"held": {
		"A guard of the program has stopped it. Nothing was sent.",
		"Deal with what the text names, then again.",
		decisions{again, drop},
	},
	"dead_keys": {
		"Maventa has refused the keys of the company for a day. Nothing is sent or followed; what is queued stays.",
		"Configure other keys: they are tried at once. If the same keys are valid again: again. If the company is a customer no more: offboard it.",
		decisions{again},
	},
	"same_business_id": {
		"Another company here has the same business id. Nothing is sent for this one.",
		"Find out whether both are one company, whose entries the other one may have sent. It is another company: again. It must not be worked for: drop.",
		decisions{again, drop},
	},
	"activation_pending": {
		"The activation of a service waits for a signature for longer than usual.",
		"Ask the person who was named in the activation. The item closes by itself; drop it if the service is not wanted any more.",
		decisions{drop},
	},
	"uncovered": {
		"An invoice was sent, and Kassavirta has made no assignment of it. The text has the likely reason.",
		"Watch its payment by hand, or hand it over. The item closes by itself if an assignment appears; else drop it once it is dealt with.",
		decisions{drop},
	},
	"correction": {
		"An entry was to be withdrawn after it was sent, or while it may be on its way.",
		"Correct it by hand with the agency: no call is known that takes a report back. Then drop this item.",
		decisions{drop},
	},
}

// explain says what an item of the work list means.
func explain(item *sqlstore.WorkItem) explanation {
	e, known := explanations[item.Kind]
	if !known {
		e = explanation{"It could not be settled: the text says why.", "Deal with what the text names. Then let it run again, or drop it.", decisions{again, drop}}
	}
	possible := decisions{}
	for _, d := range e.decisions {
		isAnswer := d != adopt && d != notMine && d != never ||
			(d == adopt || d == notMine) && len(item.IDs) > 0 || d == never && !item.Attempt.IsZero()
		if isAnswer {
			possible = append(possible, d)
		}
	}
	e.decisions = possible
	return e
}

// plain says in the words of the decisions what the packages say to Go programs.
var plain = strings.NewReplacer(
	"decide with Entry.Adopt or Entry.NotMine", "decide with adopt or not_mine",
	"Entry.Adopt", "adopt", "Entry.NotMine", "not_mine",
	"no access to this, or the token was refused: Client.Check tells which", "no access to this, or the keys are dead",
)
