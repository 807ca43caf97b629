package maventatest

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"time"
)

// Faults of size, of pace and of order, and two faults in one.

// And joins two faults that hit the same call, such as a request that the
// network delivers twice and whose answer it loses:
// DeliverTwice().And(DropAfterCommit()).
func (f Fault) And(other Fault) Fault {
	both := f
	both.name = f.name + " and " + other.name
	both.before = func(x *exchange) bool {
		for _, before := range []func(*exchange) bool{f.before, other.before} {
			if before != nil && !before(x) {
				return false
			}
		}
		return true
	}
	both.after = func(x *exchange) {
		for _, after := range []func(*exchange){f.after, other.after} {
			if after != nil && !x.finished {
				after(x)
			}
		}
	}
	return both
}

// HugeBody acts, then sends an answer of at least size bytes: the right one,
// with white space behind it.
func HugeBody(size int64) Fault {
	return Fault{name: "HugeBody", after: func(x *exchange) {
		a := x.answer.orObject()
		x.begun(a, nil)
		chunk := bytes.Repeat([]byte(" "), 64<<10)
		for sent := int64(len(a.body)); sent < size; sent += int64(len(chunk)) {
			if _, err := x.w.Write(chunk); err != nil {
				return // the client has seen enough
			}
		}
	}}
}

// GzipBomb acts, then sends an answer of about a thousandth of size that the
// client's own HTTP library inflates to size bytes. A client that takes no gzip
// gets the ordinary answer.
func GzipBomb(size int64) Fault {
	chunk := deflated(bytes.Repeat([]byte(" "), bombChunk))
	return Fault{name: "GzipBomb", after: func(x *exchange) {
		if !strings.Contains(x.r.Header.Get("Accept-Encoding"), "gzip") {
			return
		}
		a := x.answer.orObject()
		x.begun(answer{status: a.status, header: a.header, body: gzipHeader}, http.Header{"Content-Encoding": {"gzip"}})
		if _, err := x.w.Write(stored(a.body)); err != nil {
			return
		}
		for sent := int64(0); sent < size; sent += bombChunk {
			if _, err := x.w.Write(chunk); err != nil {
				return
			}
		}
		// The last block, empty. The checksum behind it is wrong, but who comes
		// that far has swallowed the bomb.
		_, _ = x.w.Write([]byte{1, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0})
	}}
}

const bombChunk = 1 << 20

// gzipHeader is the ten bytes of RFC 1952 for deflate without a name.
var gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}

// deflated is a block that stands for itself: any number of them can follow one
// another.
func deflated(data []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return nil // the level is one of the package's own
	}
	_, _ = w.Write(data)
	_ = w.Flush()
	return b.Bytes()
}

// stored is a block of deflate that holds data as it is.
func stored(data []byte) []byte {
	data = data[:min(len(data), 1<<16-1)]
	size := uint16(len(data)) //nolint:gosec // cut above
	block := binary.LittleEndian.AppendUint16([]byte{0}, size)
	return append(binary.LittleEndian.AppendUint16(block, ^size), data...)
}

// SlowBody acts, then sends the body of the answer in eight pieces, spread over
// d.
func SlowBody(d time.Duration) Fault {
	return Fault{name: "SlowBody", after: func(x *exchange) {
		const pieces = 8
		a := x.answer.orObject()
		x.begun(answer{status: a.status, header: a.header}, nil)
		for i := range pieces {
			from, to := len(a.body)*i/pieces, len(a.body)*(i+1)/pieces
			if _, err := x.w.Write(a.body[from:to]); err != nil {
				return
			}
			_ = http.NewResponseController(x.w).Flush()
			if !x.srv.wait(d / pieces) {
				return
			}
		}
	}}
}

// orObject gives an answer without a body an empty object.
func (a answer) orObject() answer {
	if len(a.body) > 0 {
		return a
	}
	b := jsonAnswer(a.status, struct{}{})
	if b.status == http.StatusNoContent {
		b.status = http.StatusOK
	}
	return b
}

// begun sends the start of an answer; the rest follows by x.w.
func (x *exchange) begun(a answer, more http.Header) {
	x.sent(a.status)
	maps.Copy(x.w.Header(), a.header)
	maps.Copy(x.w.Header(), more)
	x.w.WriteHeader(a.status)
	_, _ = x.w.Write(a.body)
}

// ReorderPages answers with page 2 for page 1 and the other way round, where a
// list has two pages, as a list does whose order changes meanwhile. The headers
// are those of the page that was asked for. With Times(2) a client that reads
// all pages still gets every item.
func ReorderPages() Fault {
	return Fault{name: "ReorderPages", before: func(x *exchange) bool {
		asked := x.query.Get("page")
		other := map[string]string{"": "2", "1": "2", "2": "1"}[asked]
		if other == "" || x.r.Method != http.MethodGet {
			return true
		}
		x.query.Set("page", other)
		swapped := x.apply()
		x.query.Set("page", asked)
		if asked == "" {
			x.query.Del("page")
		}
		if !holdsItems(swapped.body) {
			return true
		}
		x.answer = x.apply()
		x.answer.body = swapped.body
		return false
	}}
}

// holdsItems reports whether body is a list, bare or in its envelope, that is
// not empty.
func holdsItems(body []byte) bool {
	var items []json.RawMessage
	if json.Unmarshal(body, &items) == nil {
		return len(items) > 0
	}
	var envelope struct {
		Data []json.RawMessage `json:"data"`
	}
	return json.Unmarshal(body, &envelope) == nil && len(envelope.Data) > 0
}
