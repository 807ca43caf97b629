package follow

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/maventa-go/maventa"
)

// knownEvent is an accepted event, by the day (UTC) it was created.
type knownEvent struct {
	key eventKey
	day maventa.Date
}

// knownLog holds accepted events in the order they were accepted. It only grows, so
// that a copy of its value goes on to show what it held: a checkpoint costs no more
// than that copy. Of the copies only one may be added to.
type knownLog struct {
	chunks []*[chunk]knownEvent
	n      int
}

const chunk = 128

func (l *knownLog) add(e knownEvent) {
	if l.n == chunk*len(l.chunks) {
		l.chunks = append(l.chunks, new([chunk]knownEvent))
	}
	l.chunks[l.n/chunk][l.n%chunk] = e
	l.n++
}

func (l *knownLog) at(i int) knownEvent { return l.chunks[i/chunk][i%chunk] }

func (l *knownLog) all(yield func(knownEvent) bool) {
	for i := range l.n {
		if !yield(l.at(i)) {
			return
		}
	}
}

// forgotten returns a log without the oldest days, so that no more than limit events
// are left, and the first day that it still holds. It keeps the days from floor on,
// and events without a day; nothing to forget is not ok.
func (l *knownLog) forgotten(limit int, floor maventa.Date) (left knownLog, from maventa.Date, ok bool) {
	perDay := map[maventa.Date]int{}
	for e := range l.all {
		perDay[e.day]++
	}
	n := l.n
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
	for e := range l.all {
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

func (x *knownIndex) has(l *knownLog, key eventKey) bool {
	return x.n > 0 && x.places[x.slot(l, key)] != 0
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
