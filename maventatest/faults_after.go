package maventatest

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The faults after the commit: Maventa has acted, and the client does not get to
// know it properly. A call that Maventa refuses changes nothing here either;
// Request.Committed shows it.

// StatusAfterCommit acts, then answers with another status; see [Status]. It is
// the gateway that loses patience (499, 504), or the firewall that looks at the
// answer (403 with a page).
func StatusAfterCommit(code int, body ...string) Fault {
	return Fault{name: statusName("StatusAfterCommit", code, body), after: func(x *exchange) {
		x.answer = x.statusAnswer(code, body)
	}}
}

// RedirectAfterCommit acts, then answers with a redirect; see [Redirect].
func RedirectAfterCommit(code int, to string) Fault {
	return Fault{name: "RedirectAfterCommit " + strconv.Itoa(code), after: func(x *exchange) {
		x.answer = x.redirect(code, to)
	}}
}

// DropAfterCommit acts, then closes the connection without an answer.
func DropAfterCommit() Fault {
	return Fault{name: "DropAfterCommit", after: (*exchange).cut}
}

// Reset acts, then resets the connection.
func Reset() Fault {
	return Fault{name: "Reset", after: (*exchange).reset}
}

// HangAfterCommit acts and never answers.
func HangAfterCommit() Fault {
	return Fault{name: "HangAfterCommit", after: func(x *exchange) { x.stall(0, nil) }}
}

// SlowAnswer acts, then waits before it answers.
func SlowAnswer(d time.Duration) Fault {
	return Fault{name: "SlowAnswer", after: func(x *exchange) {
		if !x.srv.wait(d) {
			x.cut()
		}
	}}
}

// HalfStatusLine acts, then breaks off in the first line of the answer.
func HalfStatusLine() Fault {
	return Fault{name: "HalfStatusLine", after: func(x *exchange) {
		x.raw(0, []byte("HTTP/1.1 2"))
	}}
}

// Truncate acts, then sends the headers and half the body and closes the
// connection.
func Truncate() Fault {
	return Fault{name: "Truncate", after: func(x *exchange) {
		a := x.answer.withBody()
		x.raw(a.status, append(a.head(len(a.body)), a.body[:len(a.body)/2]...))
	}}
}

// WrongLength acts, then sends the whole body under a Content-Length that says
// more.
func WrongLength() Fault {
	return Fault{name: "WrongLength", after: func(x *exchange) {
		a := x.answer.withBody()
		x.raw(a.status, append(a.head(len(a.body)+10), a.body...))
	}}
}

// StallBody acts, sends the headers and half the body, and then nothing more
// while the connection stays open.
func StallBody() Fault {
	return Fault{name: "StallBody", after: func(x *exchange) {
		a := x.answer.withBody()
		x.stall(a.status, append(a.head(len(a.body)), a.body[:len(a.body)/2]...))
	}}
}

// BrokenJSON acts, then sends half the body under a Content-Length that is
// right for it.
func BrokenJSON() Fault {
	return Fault{name: "BrokenJSON", after: func(x *exchange) {
		x.answer = x.answer.withBody()
		x.answer.body = x.answer.body[:len(x.answer.body)/2]
	}}
}

// EmptyBody acts, then answers with a status and no body. A refusal stays one.
func EmptyBody(code int) Fault {
	return Fault{name: "EmptyBody " + strconv.Itoa(code), after: func(x *exchange) {
		if x.answer.status >= http.StatusBadRequest {
			return
		}
		x.answer = answer{status: code, header: http.Header{}}
	}}
}

// UnknownEnum acts, and the answer has a value nobody has heard of wherever a
// member is one of a fixed set.
func UnknownEnum() Fault {
	return Fault{name: "UnknownEnum", after: func(x *exchange) {
		var body any
		if x.answer.decode(&body) {
			renameEnums(body)
			x.answer.setJSON(body)
		}
	}}
}

// NewEnumValue is the value that [UnknownEnum] sends.
const NewEnumValue = "something_new"

var enumMembers = map[string]bool{
	"status": true, "collection_status": true, "service_level": true, "service_type": true,
	"accountable_party": true, "type": true, "author": true,
	"state": true, "auth_state": true, "company_state": true, "role": true, "channel": true, "origin": true, "destination_type": true,
}

func renameEnums(value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			renameEnums(item)
		}
	case map[string]any:
		for name, member := range v {
			if _, isText := member.(string); isText && enumMembers[name] {
				v[name] = NewEnumValue
				continue
			}
			renameEnums(member)
		}
	}
}

// AllFaults returns one fault of every kind, for tests that try them all, but
// for those about size. The slow ones take d. [DeliverTwice] is among them, which
// books twice whatever the client does; [ChaosFaults] has all but that one.
func AllFaults(d time.Duration) []Fault {
	return []Fault{
		Status(http.StatusInternalServerError), Status(http.StatusRequestTimeout), Status(http.StatusConflict),
		RetryAfter(http.StatusServiceUnavailable, d), RetryAfter(http.StatusTooManyRequests, d),
		HTML(http.StatusOK), HTML(http.StatusBadGateway), ForeignJSON(),
		Redirect(http.StatusFound, ""), Redirect(http.StatusTemporaryRedirect, "http://elsewhere.example.com/"),
		DropBeforeCommit(), ResetBeforeCommit(), Hang(), ExpireToken(), Slow(d), CommitLate(d), DeliverTwice(), RepeatPage(),
		StatusAfterCommit(http.StatusInternalServerError), StatusAfterCommit(http.StatusBadGateway),
		StatusAfterCommit(http.StatusServiceUnavailable), StatusAfterCommit(http.StatusGatewayTimeout),
		RedirectAfterCommit(http.StatusTemporaryRedirect, ""), RedirectAfterCommit(http.StatusFound, ""),
		DropAfterCommit(), Reset(), HangAfterCommit(), SlowAnswer(d), HalfStatusLine(), Truncate(), WrongLength(),
		StallBody(), BrokenJSON(), EmptyBody(http.StatusCreated), UnknownEnum(), SlowBody(d), ReorderPages(),
		Status(http.StatusOK, foreignRefusal), StatusAfterCommit(http.StatusOK, foreignRefusal), StatusAfterCommit(http.StatusOK, "[]"),
		StatusAfterCommit(statusClientClosed, ""), StatusAfterCommit(http.StatusForbidden, foreignPage),
		OldList(d), PartialList(), MemberTwice("data"), MemberTwice("amount"),
	}
}

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
