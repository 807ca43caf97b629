package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"
	"time"

	"github.com/maventa-go/maventa"
)

// A journal of a million records must fit in memory and open in seconds. So each is
// kept as one string, packed: the values of its members in their order, as texts
// with their lengths. Environment and company are not among them: they are those of
// many records. What is read of a packed record are parts of that string.

// member is one member of a record's JSON.
type member struct {
	name   string // with quotes and colon
	quoted bool   // its value is a JSON string
	must   bool   // it is there also when it is empty
	append func(b []byte, r *Record) []byte
	set    func(r *Record, value string) bool // false: it is no such value
}

// members are those of [Record], in its order.
var members = [...]member{
	word("environment", true, func(r *Record) *string { return &r.Environment }),
	word("company_id", true, func(r *Record) *string { return &r.CompanyID }),
	word("key", true, func(r *Record) *string { return &r.Key }),
	word("operation", true, func(r *Record) *string { return &r.Operation }),
	word("invoice_id", false, func(r *Record) *string { return &r.InvoiceID }),
	word("assignment_id", false, func(r *Record) *string { return &r.AssignmentID }),
	word("event_type", false, func(r *Record) *string { return (*string)(&r.EventType) }),
	{`"amount":`, false, false, appendAmount, setAmount},
	{`"date":`, true, false, appendDate, setDate},
	word("digest", true, func(r *Record) *string { return &r.Digest }),
	word("claim", false, func(r *Record) *string { return &r.Claim }),
	word("attempt", false, func(r *Record) *string { return &r.Attempt }),
	{`"baseline":`, false, false, appendBaseline, setBaseline},
	instant("begun_at", true, func(r *Record) *time.Time { return &r.BegunAt }),
	instant("settle_by", false, func(r *Record) *time.Time { return &r.SettleBy }),
	instant("ended_at", false, func(r *Record) *time.Time { return &r.EndedAt }),
	{`"outcome":`, true, false, appendOutcome, setOutcome},
	word("event_id", false, func(r *Record) *string { return &r.EventID }),
	word("request_id", false, func(r *Record) *string { return &r.Request }),
	word("in_collection", false, func(r *Record) *string { return &r.InCollection }),
	count("attempts", func(r *Record) *int { return &r.Attempts }),
	count("status", func(r *Record) *int { return &r.Status }),
}

// The members that are not like the others.
const (
	ofRecord     = 2 // the first two are the company's
	assignmentAt = 5
	claimAt      = 10
	baselineAt   = 12
	begunAt      = 13
	endedAt      = 15
)

// rewritten are the members whose value may have more than one text.
var rewritten = [...]int{7, 8, 16, 20, 21} // amount, date, outcome, attempts, status

func word(name string, must bool, field func(*Record) *string) member {
	return member{
		`"` + name + `":`, true, must,
		func(b []byte, r *Record) []byte { return append(b, *field(r)...) },
		func(r *Record, v string) bool { *field(r) = v; return true },
	}
}

// An instant as the ledger makes it, UTC in microseconds, is kept as a number. Any
// other is kept as a text, which is longer than any number.
func instant(name string, must bool, field func(*Record) *time.Time) member {
	return member{
		`"` + name + `":`, true, must,
		func(b []byte, r *Record) []byte {
			if t := *field(r); must || !t.IsZero() {
				return appendInstant(b, t)
			}
			return b
		},
		func(r *Record, v string) (ok bool) {
			*field(r), ok = instantOf(v)
			return ok
		},
	}
}

const shortestInstant = len("2006-01-02T15:04:05Z")

func appendInstant(b []byte, t time.Time) []byte {
	if _, offset := t.Zone(); offset == 0 && t.Nanosecond()%1000 == 0 && t.Year() >= 1 && t.Year() <= 9999 {
		return binary.AppendVarint(b, t.UnixMicro())
	}
	return t.AppendFormat(b, time.RFC3339Nano)
}

func instantOf(v string) (t time.Time, ok bool) {
	if len(v) < shortestInstant {
		micro, _ := binary.Varint([]byte(v))
		return time.UnixMicro(micro).UTC(), true
	}
	t, err := time.Parse(time.RFC3339, v)
	return t, err == nil
}

func appendAmount(b []byte, r *Record) []byte {
	if amount, ok := r.Amount.Get(); ok {
		return append(b, amount.String()...)
	}
	if r.Amount.IsNull() {
		return append(b, "null"...)
	}
	return b
}

func setAmount(r *Record, v string) bool {
	if v == "null" {
		r.Amount = maventa.Null[maventa.Amount]()
		return true
	}
	amount, err := maventa.ParseAmount(v)
	r.Amount = maventa.Some(amount)
	return err == nil
}

func appendDate(b []byte, r *Record) []byte {
	if r.Date.IsZero() {
		return b
	}
	return append(b, r.Date.String()...)
}

func setDate(r *Record, v string) (ok bool) {
	var err error
	r.Date, err = maventa.ParseDate(v)
	return err == nil
}

// A baseline begins with a bracket: an empty one is not none.
func appendBaseline(b []byte, r *Record) []byte {
	if r.Baseline == nil {
		return b
	}
	b = append(b, '[')
	for _, id := range r.Baseline {
		b = append(binary.AppendUvarint(b, uint64(len(id))), id...)
	}
	return b
}

func setBaseline(r *Record, v string) bool {
	n := 0
	for rest := v[1:]; rest != ""; n++ {
		size, after := cutNumber(rest)
		rest = after[size:]
	}
	r.Baseline = make([]string, n)
	rest := v[1:]
	for i := range r.Baseline {
		size, after := cutNumber(rest)
		r.Baseline[i], rest = after[:size], after[size:]
	}
	return true
}

func appendOutcome(b []byte, r *Record) []byte {
	if r.Outcome == maventa.OutcomeUnknown {
		return b
	}
	return append(b, r.Outcome.String()...)
}

func setOutcome(r *Record, v string) bool {
	for _, known := range []maventa.Outcome{maventa.OutcomeApplied, maventa.OutcomeRejected, maventa.OutcomeNotSent} {
		if v == known.String() {
			r.Outcome = known
			return true
		}
	}
	return false
}

func count(name string, field func(*Record) *int) member {
	return member{
		`"` + name + `":`, false, false,
		func(b []byte, r *Record) []byte {
			if n := *field(r); n != 0 {
				return strconv.AppendInt(b, int64(n), 10)
			}
			return b
		},
		func(r *Record, v string) (ok bool) {
			n, err := strconv.Atoi(v)
			*field(r) = n
			return err == nil
		},
	}
}

// How the length of a value is written.
const (
	absent  = 0 // there is no value
	inClaim = 1 // the assignment is the one that the claim names
	present = 2 // this and the length
)

// packer packs records, in the same memory again and again.
type packer struct {
	values  [len(members)][]byte // an empty one is none
	scratch []byte
	packed  []byte
}

// pack packs a record. What it returns is valid until the next call.
func (p *packer) pack(r *Record) []byte {
	p.scratch = p.scratch[:0]
	for i := ofRecord; i < len(members); i++ {
		start := len(p.scratch)
		p.scratch = members[i].append(p.scratch, r)
		p.values[i] = p.scratch[start:]
	}
	return p.join()
}

// join packs the values.
func (p *packer) join() []byte {
	b := p.packed[:0]
	id, isEvent := bytes.CutPrefix(p.values[claimAt], []byte("assignment/"))
	for i, v := range p.values[ofRecord:] {
		switch {
		case len(v) == 0:
			b = append(b, absent)
		case i+ofRecord == assignmentAt && isEvent && bytes.Equal(v, id):
			b = append(b, inClaim)
		default:
			b = append(binary.AppendUvarint(b, uint64(len(v))+present), v...)
		}
	}
	p.packed = b
	return b
}

// packOne packs a record, and returns it as it is kept. The error is for what no
// journal keeps, such as the year 10000.
func packOne(r *Record) (kept *Record, text string, err error) {
	kept, text = &Record{}, string(new(packer).pack(r))
	if !kept.unpack(text, companyOf(r)) {
		return nil, "", errors.New("the record holds a value that is not kept")
	}
	return kept, text, nil
}

// unpack makes r a packed record of a company.
func (r *Record) unpack(text string, of companyKey) (ok bool) {
	*r = Record{JournalKey: JournalKey{Environment: of.environment, CompanyID: of.id}}
	claimed := false
	for i := ofRecord; i < len(members); i++ {
		n, rest := cutNumber(text)
		if text = rest; n < present {
			claimed = claimed || n == inClaim
			continue
		}
		n -= present
		if !members[i].set(r, text[:n]) {
			return false
		}
		text = text[n:]
	}
	if claimed {
		r.AssignmentID = r.Claim[len("assignment/"):]
	}
	return true
}

// cutNumber is [binary.Uvarint] of a string.
func cutNumber(s string) (n int, rest string) {
	for i, shift := 0, 0; ; i, shift = i+1, shift+7 {
		n |= int(s[i]&0x7f) << shift
		if s[i] < 0x80 {
			return n, s[i+1:]
		}
	}
}
