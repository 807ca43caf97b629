package follow

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
)

// memory is how many events a checkpoint remembers before it forgets the
// oldest days. Each takes about 22 bytes of JSON.
const memory = 50_000

// checkpointVersion is that of the JSON form. Version 1 had no contents.
const checkpointVersion = 2

// Checkpoint says which events of a company were accepted, so that another
// process can go on from there. It is plain data: store it (it is its own
// [driver.Valuer] and [sql.Scanner]), or its JSON, and give it to [New] again. The
// zero value is before the first event. It holds no texts, names or amounts: events
// are remembered by hashes, the newest hundred by their keys as well.
type Checkpoint struct {
	environment, company string

	from     time.Time // what was created before is done, or not wanted
	newest   time.Time // the latest created_at that a whole pass has dealt with
	order    listOrder // of the list, as far as it is known
	page     int       // of an ascending list: where the overlap begins
	nextScan time.Time // when to read the whole list again; zero: it never was
	known    knownLog  // accepted events
	recent   recent    // the newest of them
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

// checkpointJSON is the stored form. Known holds 16 bytes per event, by day; the
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
	Recent      []recentEvent           `json:"recent,omitempty"`
}

// MarshalJSON writes the checkpoint for storing. The form has a version and may
// change; only this package reads it.
func (c Checkpoint) MarshalJSON() ([]byte, error) {
	days := map[maventa.Date][]knownEvent{}
	for e := range c.known.latest() {
		days[e.day] = append(days[e.day], e)
	}
	known := map[maventa.Date][]byte{}
	for day, events := range days {
		slices.SortFunc(events, func(a, b knownEvent) int { return bytes.Compare(a.key[:], b.key[:]) })
		for _, e := range events {
			known[day] = e.content.append(append(known[day], e.key[:]...))
		}
	}
	return json.Marshal(checkpointJSON{
		Version: checkpointVersion, Environment: c.environment, CompanyID: c.company,
		From: c.from, Newest: c.newest, Order: c.order, Page: c.page, NextScan: c.nextScan, Known: known, Recent: c.recent.newest(),
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
	size := len(eventKey{}) + contentSize
	switch stored.Version {
	case 1:
		size = len(eventKey{})
	case checkpointVersion:
	default:
		return badCheckpoint(fmt.Sprintf("has version %d, this package reads %d", stored.Version, checkpointVersion))
	}
	read := Checkpoint{
		environment: stored.Environment, company: stored.CompanyID,
		from: stored.From, newest: stored.Newest, order: stored.Order, page: stored.Page, nextScan: stored.NextScan,
		recent: stored.Recent,
	}
	for day, events := range stored.Known {
		if len(events)%size != 0 {
			return badCheckpoint("is damaged")
		}
		for e := range slices.Chunk(events, size) {
			key := eventKey(e[:len(eventKey{})])
			read.known.add(knownEvent{key, day, readContent(e[len(key):])})
		}
	}
	*c = read
	return nil
}

// Value writes the checkpoint's JSON as a text: for a column of text or JSON. The
// zero value is NULL.
func (c Checkpoint) Value() (driver.Value, error) {
	if c.isZero() {
		return nil, nil //nolint:nilnil // NULL
	}
	data, err := c.MarshalJSON()
	return string(data), err
}

// Scan reads what Value wrote. NULL is the zero value; errors are those of
// [Checkpoint.UnmarshalJSON].
func (c *Checkpoint) Scan(from any) error {
	switch from := from.(type) {
	case nil:
		*c = Checkpoint{}
		return nil
	case []byte:
		return c.scan(from)
	case string:
		return c.scan([]byte(from))
	}
	return badCheckpoint(fmt.Sprintf("is of the type %T, not a text", from))
}

func (c *Checkpoint) scan(data []byte) error {
	if string(data) == "null" {
		*c = Checkpoint{}
		return nil
	}
	return c.UnmarshalJSON(data)
}

func (c *Checkpoint) isZero() bool {
	return c.environment == "" && c.company == "" && c.from.IsZero() && c.known.n == 0
}

func badCheckpoint(problem string) *maventa.Error {
	return invalid("follow.New", "checkpoint", problem)
}

// String says whose checkpoint it is and how many events it remembers.
func (c Checkpoint) String() string {
	return fmt.Sprintf("follow.Checkpoint(%s, company %q, %d events)", c.environment, c.company, c.known.n-c.known.revised)
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
	if c.known.n-c.known.revised <= memory {
		return false
	}
	left, from, ok := c.known.forgotten(memory, maventa.DateOf(c.floor().UTC()))
	if ok {
		c.known = left
		c.from = time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
	}
	return ok
}

// accept notes what the caller has dealt with.
func (c *Checkpoint) accept(i *Item) {
	key := i.identity()
	switch i.Kind {
	case KindNew:
	case KindChanged:
		c.recent = c.recent.without(key)
	case KindMissing:
		c.known.put(knownEvent{key, i.day, gone}, i.known)
		c.recent = c.recent.without(key)
		return
	}
	c.known.put(knownEvent{key, maventa.DateOf(i.Event.CreatedAt.UTC()), parseContent(i.Content)}, i.known)
	c.recent = c.recent.with(recentEvent{i.AssignmentID, i.Key, i.Event.CreatedAt.UTC()})
}

// finish notes what a look has shown, once all its events are accepted, and reports
// whether events were forgotten.
func (c *Checkpoint) finish(p *pass) (forgot bool) {
	switch {
	case p.due || p.whole && c.order == orderUnknown:
		c.order = p.order()
	case p.contradicts(c.order):
		c.order = unordered
	}
	if p.due {
		// Not all companies at the same time of the day.
		c.nextScan = time.Now().Add(scan - upTo(scan/4)).UTC()
	}
	if p.newest.After(c.newest) {
		c.newest = p.newest.UTC()
	}
	c.page = 0
	if c.order == ascending {
		c.page = p.pageOf(c.floor())
	}
	return c.forget()
}

// alone makes the checkpoint independent of its copies, which were added to.
func (c *Checkpoint) alone() {
	c.known.alone()
	c.recent = slices.Clip(c.recent)
}
