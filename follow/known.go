package follow

import (
	"encoding/binary"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/maventa-go/maventa"
)

// knownEvent is an accepted event, by the day (UTC) it was created.
type knownEvent struct {
	key     eventKey
	day     maventa.Date
	content content
}

// knownLog holds accepted events in the order they were accepted. It only grows, so
// that a copy of its value goes on to show what it held: a checkpoint costs no more
// than that copy. Of the copies only one may be added to.
type knownLog struct {
	chunks  []*[chunk]knownEvent
	n       int
	revised int // entries that another one, further on, takes the place of
}

const chunk = 128

func (l *knownLog) add(e knownEvent) {
	if l.n == chunk*len(l.chunks) {
		l.chunks = append(l.chunks, new([chunk]knownEvent))
	}
	l.chunks[l.n/chunk][l.n%chunk] = e
	l.n++
}

// put adds an entry, which may take the place of an earlier one.
func (l *knownLog) put(e knownEvent, revises bool) {
	l.add(e)
	if revises {
		l.revised++
	}
}

// alone makes the log independent of its copies, which were added to.
func (l *knownLog) alone() {
	l.chunks = slices.Clone(l.chunks[:(l.n+chunk-1)/chunk])
	if used := l.n % chunk; used > 0 {
		last := *l.chunks[len(l.chunks)-1]
		l.chunks[len(l.chunks)-1] = &last
	}
}

func (l *knownLog) at(i int) knownEvent { return l.chunks[i/chunk][i%chunk] }

func (l *knownLog) all(yield func(knownEvent) bool) {
	for i := range l.n {
		if !yield(l.at(i)) {
			return
		}
	}
}

// latest gives one entry per event.
func (l *knownLog) latest() iter.Seq[knownEvent] {
	if l.revised == 0 {
		return l.all
	}
	place := make(map[eventKey]int, l.n)
	for i := range l.n {
		place[l.at(i).key] = i
	}
	return func(yield func(knownEvent) bool) {
		for i := range l.n {
			if e := l.at(i); place[e.key] == i && !yield(e) {
				return
			}
		}
	}
}

// forgotten returns a log without the oldest days, so that no more than limit events
// are left, and the first day that it still holds. It keeps the days from floor on,
// and events without a day; nothing to forget is not ok.
func (l *knownLog) forgotten(limit int, floor maventa.Date) (left knownLog, from maventa.Date, ok bool) {
	perDay := map[maventa.Date]int{}
	for e := range l.latest() {
		perDay[e.day]++
	}
	n := l.n - l.revised
	for _, day := range slices.SortedFunc(maps.Keys(perDay), maventa.Date.Compare) {
		if n <= limit || day.Compare(floor) >= 0 {
			break
		}
		if !day.IsZero() {
			n -= perDay[day]
			from, ok = day.AddDays(1), true
		}
	}
	if !ok {
		return knownLog{}, from, false
	}
	for e := range l.latest() {
		if e.day.IsZero() || e.day.Compare(from) >= 0 {
			left.add(e)
		}
	}
	return left, from, true
}

// knownIndex finds a key in a log: a hash table of places, in four bytes each. A key
// is a hash already.
type knownIndex struct {
	places []uint32 // one more than the place in the log; 0: free
	n      int      // as much of the log is in it
}

// slot is where a key stands, or may be put.
func (x *knownIndex) slot(l *knownLog, key eventKey) int {
	mask := len(x.places) - 1 // the length is a power of two
	i := int(binary.LittleEndian.Uint32(key[:])) & mask
	for x.places[i] != 0 && l.at(int(x.places[i])-1).key != key {
		i = (i + 1) & mask
	}
	return i
}

// find returns the latest entry of an event.
func (x *knownIndex) find(l *knownLog, key eventKey) (knownEvent, bool) {
	if x.n == 0 {
		return knownEvent{}, false
	}
	place := x.places[x.slot(l, key)]
	if place == 0 {
		return knownEvent{}, false
	}
	return l.at(int(place) - 1), true
}

// grow takes in what was added to the log.
func (x *knownIndex) grow(l *knownLog) {
	if 4*l.n >= 3*len(x.places) {
		size := 16
		for 4*l.n >= 3*size {
			size *= 2
		}
		*x = knownIndex{places: make([]uint32, size)}
	}
	for ; x.n < l.n; x.n++ {
		x.places[x.slot(l, l.at(x.n).key)] = uint32(x.n) + 1 //nolint:gosec // memory ends long before
	}
}

// recentEvent is an event that is remembered by its key, so that it can be named when
// it is missing.
type recentEvent struct {
	AssignmentID string    `json:"a,omitzero"`
	Key          string    `json:"k"`
	CreatedAt    time.Time `json:"t,omitzero"`
}

// recent are the events that were accepted last. As the log it only grows, for the
// sake of its copies, until it is copied itself.
type recent []recentEvent

const mostRecent = 100

func (r recent) with(e recentEvent) recent {
	if len(r) >= 2*mostRecent {
		r = slices.Clone(r.newest())
	}
	return append(r, e)
}

func (r recent) without(key eventKey) recent {
	return slices.DeleteFunc(slices.Clone(r), func(e recentEvent) bool {
		return Ref{AssignmentID: e.AssignmentID, Key: e.Key}.identity() == key
	})
}

func (r recent) newest() recent { return r[max(len(r)-mostRecent, 0):] }
