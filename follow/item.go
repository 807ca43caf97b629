package follow

import "github.com/maventa-go/maventa"

// Kind says what is handed over about an event.
type Kind string

// Kinds of an [Item].
const (
	KindNew Kind = "new"
	// KindChanged: the event was handed over before, and now says something else:
	// another amount, for example. Event is what it says now. An event that was
	// missing and is back is a changed one as well.
	KindChanged Kind = "changed"
	// KindMissing: the event was handed over before, and is no longer in the list.
	// Event is empty.
	KindMissing Kind = "missing"
)

// Ref is what a program stores of an event that it was handed, to name it and to
// compare it later on; see [CompareWith].
type Ref struct {
	AssignmentID string
	// Key is that of [maventa.Event.Key]: unique within the assignment, the same in
	// every look.
	Key string
	// Content is a hash of what the event says, without seen marks and update times.
	// It holds nothing readable, and is compared by this package only.
	Content string
}

func (r Ref) identity() eventKey { return hashOf("id", r.AssignmentID, r.Key) }

// Item is an event that is new, or a revision of one that was handed over before.
//
// A program that books events by their keys must look at Kind: a changed event is not
// a second one. Without ids in the list a changed event shows as a missing one and a
// new one.
type Item struct {
	Ref

	Kind  Kind
	Event maventa.Event // empty if it is missing

	known bool         // the checkpoint remembers it
	day   maventa.Date // of a missing one: when it was created, as far as that is known
}

// Page is a part of a look that can be stored at once.
type Page struct {
	// Items are at most 1,000, oldest first.
	Items []Item
	// Checkpoint is the one after these items. Store both in one transaction.
	Checkpoint Checkpoint
	// Last: the look has read all that can be new. The last page of a look may have
	// no items. A look without a last page was cut off.
	Last bool
}

// pageSize bounds one transaction of the caller.
const pageSize = 1_000
