package maventa_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa"
)

// keyed is an event without an id, all its fields set.
func keyed() maventa.Event {
	return maventa.Event{
		AssignmentID: "E9622E30-0A1B-4C2D-8E3F-0123456789AB", Type: maventa.EventPaid, Amount: someAmount("40.50"), Date: date("2026-11-20"),
		Comment: "Maksu", InvoiceNumber: "17", DueDate: date("2026-12-01"), Until: date("2026-12-24"),
		CreatedAt: utc("2026-11-20T08:00:00.25Z"),
	}
}

// TestEventKeyGolden: keys are in users' databases. They never change.
func TestEventKeyGolden(t *testing.T) {
	for want, event := range map[string]maventa.Event{
		"contents:7da98357f51de5d4baa7c6bdd6ec8271": {},
		"contents:9c01e2244b7cd47721d0e0083a1700cf": keyed(),
		"ev-1":                                 {ID: "ev-1", AssignmentID: "as-1", Repeat: 3},
		"EV-1":                                 {ID: "EV-1"},
		"id:contents:1":                        {ID: "contents:1"},
		"id:id:contents:1":                     {ID: "id:contents:1"},
		"id:id:":                               {ID: "id:"},
		"0123456789abcdef/..%2f ":              {ID: "0123456789abcdef/..%2f "},
		"e9622e30-0a1b-4c2d-8e3f-0123456789ab": {ID: "E9622E30-0A1B-4C2D-8E3F-0123456789AB"},
	} {
		assert.Equal(t, want, event.Key())
	}
}

// TestEventKey: what changes and how a value is written is not in the key; what
// makes two events two is.
func TestEventKey(t *testing.T) {
	key := keyed().Key()
	for name, change := range map[string]func(*maventa.Event){
		"seen":                 func(e *maventa.Event) { e.Seen = true },
		"unknown members":      func(e *maventa.Event) { _ = e.Extra.Set("event_id", 7) },
		"author":               func(e *maventa.Event) { e.Author = maventa.AuthorAgency },
		"decimals":             func(e *maventa.Event) { e.Amount = someAmount("40.5") },
		"more decimals":        func(e *maventa.Event) { e.Amount = someAmount("40.500000") },
		"time zone":            func(e *maventa.Event) { e.CreatedAt = e.CreatedAt.In(time.FixedZone("EET", 7200)) },
		"UUID in small letter": func(e *maventa.Event) { e.AssignmentID = strings.ToLower(e.AssignmentID) },
	} {
		e := keyed()
		change(&e)
		assert.Equal(t, key, e.Key(), name)
	}
	keys := map[string]string{key: "nothing"}
	for name, change := range map[string]func(*maventa.Event){
		"assignment":      func(e *maventa.Event) { e.AssignmentID = "as-2" },
		"type":            func(e *maventa.Event) { e.Type = maventa.EventCreditNote },
		"amount":          func(e *maventa.Event) { e.Amount = someAmount("40.51") },
		"sign":            func(e *maventa.Event) { e.Amount = someAmount("-40.50") },
		"hundredfold":     func(e *maventa.Event) { e.Amount = someAmount("4050") },
		"no amount":       func(e *maventa.Event) { e.Amount = maventa.Opt[maventa.Amount]{} },
		"no euros":        func(e *maventa.Event) { e.Amount = someAmount("0.00") },
		"date":            func(e *maventa.Event) { e.Date = date("2026-11-21") },
		"no date":         func(e *maventa.Event) { e.Date = maventa.Date{} },
		"comment":         func(e *maventa.Event) { e.Comment = "maksu" },
		"number":          func(e *maventa.Event) { e.InvoiceNumber = "18" },
		"texts exchanged": func(e *maventa.Event) { e.Comment, e.InvoiceNumber = e.InvoiceNumber, e.Comment },
		"texts joined":    func(e *maventa.Event) { e.Comment, e.InvoiceNumber = "Maksu17", "" },
		"due date":        func(e *maventa.Event) { e.DueDate = date("2026-12-02") },
		"days exchanged":  func(e *maventa.Event) { e.DueDate, e.Until = e.Until, e.DueDate },
		"until":           func(e *maventa.Event) { e.Until = date("2026-12-23") },
		"created":         func(e *maventa.Event) { e.CreatedAt = e.CreatedAt.Add(time.Nanosecond) },
		"never created":   func(e *maventa.Event) { e.CreatedAt = time.Time{} },
		"the second":      func(e *maventa.Event) { e.Repeat = 1 },
		"the third":       func(e *maventa.Event) { e.Repeat = 2 },
		"a number as id":  func(e *maventa.Event) { e.ID = "17" },
		"the key as id":   func(e *maventa.Event) { e.ID = key },
		"and again":       func(e *maventa.Event) { e.ID = "id:" + key },
	} {
		e := keyed()
		change(&e)
		assert.Empty(t, keys[e.Key()], "%s has the key of another event", name)
		keys[e.Key()] = name
	}
}
