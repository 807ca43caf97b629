package follow

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
)

// memory is how many events a checkpoint remembers before it forgets the
// oldest days. Each takes about 11 bytes of JSON.
const memory = 50_000

// checkpointVersion is that of the JSON form.
const checkpointVersion = 1

// Checkpoint says which events of a company were accepted, so that another
// process can go on from there. It is plain data: store its JSON and give it to
// [New] again. The zero value is before the first event. It holds no texts,
// names or amounts: events are remembered by a hash.
type Checkpoint struct {
	environment, company string

	from     time.Time // what was created before is done, or not wanted
	newest   time.Time // the latest created_at that a whole pass has dealt with
	order    listOrder // of the list, as far as it is known
	page     int       // of an ascending list: where the overlap begins
	nextScan time.Time // when to read the whole list again; zero: it never was
	known    knownLog  // accepted events
}

// CheckpointFrom is a beginning for [New] that skips the events created before t:
// CheckpointFrom(time.Now()) begins now. Store it before the first use, so that a
// restart begins at the same t. An event whose creation time cannot be read is not
// skipped. Inferred: that created_at is that time.
func CheckpointFrom(t time.Time) Checkpoint { return Checkpoint{from: t.UTC()} }

// listOrder is how a list is sorted by created_at.
type listOrder string

const (
	orderUnknown listOrder = "" // too few events to tell
	ascending    listOrder = "ascending"
	descending   listOrder = "descending"
	unordered    listOrder = "unordered"
)

// checkpointJSON is the stored form. Known holds 8 bytes per event, by day; the
// zero day is for events without a time.
type checkpointJSON struct {
	Version     int                     `json:"version"`
	Environment string                  `json:"environment,omitzero"`
	CompanyID   string                  `json:"company_id,omitzero"`
	From        time.Time               `json:"from,omitzero"`
	Newest      time.Time               `json:"newest,omitzero"`
	Order       listOrder               `json:"order,omitzero"`
	Page        int                     `json:"page,omitzero"`
	NextScan    time.Time               `json:"next_scan,omitzero"`
	Known       map[maventa.Date][]byte `json:"known,omitempty"`
}

// MarshalJSON writes the checkpoint for storing. The form has a version and may
// change; only this package reads it.
func (c Checkpoint) MarshalJSON() ([]byte, error) {
	days := map[maventa.Date][]eventKey{}
	for e := range c.known.all {
		days[e.day] = append(days[e.day], e.key)
	}
	known := map[maventa.Date][]byte{}
	for day, keys := range days {
		slices.SortFunc(keys, func(a, b eventKey) int { return bytes.Compare(a[:], b[:]) })
		for _, k := range keys {
			known[day] = append(known[day], k[:]...)
		}
	}
	return json.Marshal(checkpointJSON{
		Version: checkpointVersion, Environment: c.environment, CompanyID: c.company,
		From: c.from, Newest: c.newest, Order: c.order, Page: c.page, NextScan: c.nextScan, Known: known,
	})
}

// UnmarshalJSON reads what MarshalJSON wrote. The error matches
// [maventa.ErrValidation]: the data is something else, or was written by a later
// version of this package.
func (c *Checkpoint) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var stored checkpointJSON
	if err := json.Unmarshal(data, &stored); err != nil {
		return badCheckpoint("is not a stored checkpoint")
	}
	if stored.Version != checkpointVersion {
		return badCheckpoint(fmt.Sprintf("has version %d, this package reads %d", stored.Version, checkpointVersion))
	}
	read := Checkpoint{
		environment: stored.Environment, company: stored.CompanyID,
		from: stored.From, newest: stored.Newest, order: stored.Order, page: stored.Page, nextScan: stored.NextScan,
	}
	for day, keys := range stored.Known {
		if len(keys)%len(eventKey{}) != 0 {
			return badCheckpoint("is damaged")
		}
		for k := range slices.Chunk(keys, len(eventKey{})) {
			read.known.add(knownEvent{eventKey(k), day})
		}
	}
	*c = read
	return nil
}

func badCheckpoint(problem string) *maventa.Error {
	return invalid("follow.New", "checkpoint", problem)
}

// String says whose checkpoint it is and how many events it remembers.
func (c Checkpoint) String() string {
	return fmt.Sprintf("follow.Checkpoint(%s, company %q, %d events)", c.environment, c.company, c.known.n)
}

// belongsTo says why the checkpoint cannot be used with a client.
func (c *Checkpoint) belongsTo(client *maventa.Client) error {
	switch {
	case c.environment != client.Environment().Name:
		return badCheckpoint(fmt.Sprintf("is of the environment %.64q", c.environment))
	case !strings.EqualFold(c.company, client.CompanyID()):
		return badCheckpoint("is of another company")
	}
	return nil
}

// floor is the earliest created_at that a short look must reach. A time ahead of
// our clock does not count: one wrong year would hide all later events.
func (c *Checkpoint) floor() time.Time {
	if now := time.Now(); c.newest.After(now) {
		return now.Add(-overlap)
	}
	return c.newest.Add(-overlap)
}

// forget drops the oldest days where there are too many events, and reports whether
// there were. What was created before then counts as done. The overlap is never
// dropped.
func (c *Checkpoint) forget() bool {
	if c.known.n <= memory {
		return false
	}
	left, from, ok := c.known.forgotten(memory, maventa.DateOf(c.floor().UTC()))
	if ok {
		c.known = left
		c.from = time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
	}
	return ok
}

// eventKey is what makes two events the same: 8 bytes of a hash. Among 50,000
// events a new one is taken for a known one once in 10^14.
type eventKey [8]byte

func hashOf(parts ...string) (key eventKey) {
	var b []byte
	for _, p := range parts {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	sum := sha256.Sum256(b)
	copy(key[:], sum[:])
	return key
}

// identity is what an event is recognized by.
func identity(e *maventa.Event) eventKey { return hashOf("id", e.AssignmentID, e.Key()) }

// unnamed is a number for an event without an id. The wire name of the id is
// inferred: it is made of the unknown members that look like one by their names, and
// 0 where there are none.
func unnamed(e *maventa.Event) int {
	var parts []string
	for name, value := range e.Extra.All() {
		if isIDName(name) {
			parts = append(parts, name, string(value))
		}
	}
	if len(parts) == 0 {
		return 0
	}
	sum := hashOf(parts...)
	return int(binary.BigEndian.Uint32(sum[:]) >> 2) // an int of 32 bits holds it, and some more
}

// isIDName finds event_id, eventId, uuid and the like, but not paid.
func isIDName(name string) bool {
	for _, end := range [...]string{"_id", "Id", "ID", "uuid", "UUID", "guid", "GUID"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
