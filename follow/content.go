package follow

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/maventa-go/maventa"
)

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
func identity(e *maventa.Event) eventKey {
	return Ref{AssignmentID: e.AssignmentID, Key: e.Key()}.identity()
}

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

// content is a hash of what an event says, in parts, so that a member which the
// service adds to all events, or leaves out, makes none of them a changed one. The
// zero value is not known: nothing is compared with it.
type content struct {
	fields        uint32 // of those that this package has names for
	names, values uint16 // of the members in Extra
}

const contentSize = 8

// gone is the content of an event that is missing.
var gone = content{fields: 1}

// contentOf is the same in every version of this package. Seen marks are not in it.
func contentOf(e *maventa.Event) content {
	fields := *e
	fields.ID, fields.Repeat = "", 0
	sum := hashOf(fields.Key(), string(e.Author)) // amounts by value, whatever form they have
	c := content{fields: max(binary.BigEndian.Uint32(sum[:]), gone.fields+1)}
	var names, values []string
	for name, value := range e.Extra.All() {
		if !isVolatile(name) {
			names = append(names, name)
			values = append(values, name, string(canonical(value)))
		}
	}
	if len(names) > 0 {
		slices.Sort(names)
		n, v := hashOf(names...), hashOf(values...)
		c.names, c.values = binary.BigEndian.Uint16(n[:]), binary.BigEndian.Uint16(v[:])
	}
	return c
}

// isVolatile finds members that change when somebody looks at an event, or when
// another member changes, which shows by itself.
func isVolatile(name string) bool {
	name = strings.ToLower(name)
	for _, part := range [...]string{"seen", "read", "viewed", "updated", "modified"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// canonical is a JSON value without spaces, the members of objects sorted.
func canonical(value json.RawMessage) json.RawMessage {
	var v any
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return value // of no use to compare otherwise, and the same next time
	}
	data, err := json.Marshal(v)
	if err != nil {
		return value
	}
	return data
}

// differs reports whether an event says something else than it did.
func (c content) differs(before content) bool {
	if c == (content{}) || before == (content{}) {
		return false
	}
	return c.fields != before.fields || c.names == before.names && c.values != before.values
}

func (c content) append(to []byte) []byte {
	to = binary.BigEndian.AppendUint32(to, c.fields)
	to = binary.BigEndian.AppendUint16(to, c.names)
	return binary.BigEndian.AppendUint16(to, c.values)
}

func readContent(from []byte) (c content) {
	if len(from) == contentSize {
		c.fields, c.names, c.values = binary.BigEndian.Uint32(from), binary.BigEndian.Uint16(from[4:]), binary.BigEndian.Uint16(from[6:])
	}
	return c
}

func (c content) String() string { return hex.EncodeToString(c.append(nil)) }

// parseContent reads what String wrote. Anything else is not known.
func parseContent(text string) content {
	data, err := hex.DecodeString(text)
	if err != nil {
		return content{}
	}
	return readContent(data)
}
