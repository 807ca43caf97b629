package maventa

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/call"
)

// The beginnings of what is no id in a [Event.Key], and of an id that has one of them.
const keyOfContents, keyOfID = "contents:", "id:"

// Key names the event among those of its assignment, the same in every look and
// every version of this package: for a unique index over company, assignment and
// key, where an event that comes again is recognized. It is the event's id. Of an
// event without one it is a hash of its assignment, type, amount, dates, times and
// texts, and of Repeat. Seen and Extra, which may change, are not in it.
func (e Event) Key() string {
	switch {
	case strings.HasPrefix(e.ID, keyOfContents), strings.HasPrefix(e.ID, keyOfID):
		return keyOfID + e.ID
	case e.ID != "":
		return call.CanonicalID(e.ID)
	}
	amount := ""
	if a, given := e.Amount.Get(); given {
		if amount = a.String(); strings.Contains(amount, ".") { // 10.50 and 10.5 are one amount
			amount = strings.TrimSuffix(strings.TrimRight(amount, "0"), ".")
		}
	}
	sum := call.Hash(call.CanonicalID(e.AssignmentID), string(e.Type), amount, e.Date.String(), e.DueDate.String(), e.Until.String(),
		e.CreatedAt.UTC().Format(time.RFC3339Nano), e.Comment, e.InvoiceNumber, strconv.Itoa(e.Repeat))
	return keyOfContents + hex.EncodeToString(sum[:16])
}
