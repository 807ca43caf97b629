package ledger

import (
	"bytes"
	"encoding/binary"
	"time"
)

// Reading a line without encoding/json: it takes a tenth of the time.

// parse packs the record of a line, which is JSON without its last brace, and reads
// it into r. It is for lines just as this package writes them; another one is not ok,
// and may be right all the same.
func (p *packer) parse(line []byte, known *index, r *Record) (text string, ok bool) {
	if !p.split(line) {
		return "", false
	}
	var of companyKey
	if c := known.companies[companyKey{string(p.values[0]), string(p.values[1])}]; c != nil {
		of = c.name
	} else {
		of = companyKey{string(p.values[0]), string(p.values[1])}
	}
	text = string(p.join())
	ok = r.unpack(text, of)
	for _, i := range rewritten {
		p.scratch = members[i].append(p.scratch[:0], r)
		ok = ok && bytes.Equal(p.scratch, p.values[i])
	}
	return text, ok
}

// instant writes an instant as appendInstant does, if the text is the one that this
// package writes: UTC, at most six decimals and no zero at their end, and not the
// zero instant.
func (p *packer) instant(text []byte) (v []byte, ok bool) {
	const layout = "2006-01-02T15:04:05"
	if len(text) <= len(layout) || text[len(text)-1] != 'Z' {
		return nil, false
	}
	var n [6]int // year, month, day, hour, minute, second
	i := 0
	for at, c := range text[:len(layout)] {
		switch sign := layout[at]; {
		case '0' <= sign && sign <= '9':
			if c < '0' || c > '9' {
				return nil, false
			}
			n[i] = n[i]*10 + int(c-'0')
		case c == sign:
			i++
		default:
			return nil, false
		}
	}
	nano, ok := nanoseconds(text[len(layout) : len(text)-1])
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], nano, time.UTC)
	// It moves what is out of range to the next month, day, and so on.
	ok = ok && int(t.Month()) == n[1] && t.Day() == n[2] && t.Hour() == n[3] && t.Minute() == n[4] && n[5] < 60 && !t.IsZero()
	start := len(p.scratch)
	p.scratch = appendInstant(p.scratch, t)
	return p.scratch[start:], ok
}

// nanoseconds reads the decimals of a second: none, or a dot and up to six digits.
func nanoseconds(text []byte) (n int, ok bool) {
	if len(text) == 0 {
		return 0, true
	}
	if text[0] != '.' || len(text) < 2 || len(text) > 7 || text[len(text)-1] == '0' {
		return 0, false
	}
	scale := 1_000_000_000
	for _, c := range text[1:] {
		if c < '0' || c > '9' {
			return 0, false
		}
		scale /= 10
		n += int(c-'0') * scale
	}
	return n, true
}

// isPlain reports whether a line is printable ASCII and has no escapes. It looks at
// eight bytes at a time: this is done for each byte of a journal.
func isPlain(line []byte) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; len(line) >= 8; line = line[8:] {
		x := binary.LittleEndian.Uint64(line)
		slash, del := x^ones*'\\', x^ones*0x7f
		if (x|(x-ones*' ')&^x|(slash-ones)&^slash|(del-ones)&^del)&highs != 0 {
			return false
		}
	}
	for _, c := range line {
		if c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	return true
}

// split finds the values of a line.
func (p *packer) split(line []byte) bool {
	if !isPlain(line) {
		return false
	}
	p.scratch = p.scratch[:0]
	rest, before := line, byte('{')
	for i := range members {
		p.values[i] = nil
		if len(rest) == 0 || rest[0] != before || !bytes.HasPrefix(rest[1:], []byte(members[i].name)) {
			if members[i].must {
				return false
			}
			continue
		}
		var ok bool
		if p.values[i], rest, ok = p.value(i, rest[1+len(members[i].name):]); !ok {
			return false
		}
		before = ','
	}
	return len(rest) == 0
}

// value takes the value of a member from the rest of a line.
func (p *packer) value(i int, line []byte) (v, rest []byte, ok bool) {
	m := &members[i]
	switch {
	case i == baselineAt:
		return p.list(line)
	case m.quoted:
		if v, rest, ok = quoted(line); ok && begunAt <= i && i <= endedAt {
			v, ok = p.instant(v)
		}
	default:
		end := bytes.IndexByte(line, ',')
		if end < 0 {
			end = len(line)
		}
		v, rest, ok = line[:end], line[end:], true
	}
	return v, rest, ok && (m.must || len(v) > 0)
}

func quoted(line []byte) (v, rest []byte, ok bool) {
	line, ok = bytes.CutPrefix(line, []byte(`"`))
	end := bytes.IndexByte(line, '"')
	if !ok || end < 0 {
		return nil, nil, false
	}
	return line[:end], line[end+1:], true
}

// list takes a baseline, and writes it as appendBaseline does.
func (p *packer) list(line []byte) (v, rest []byte, ok bool) {
	start := len(p.scratch)
	p.scratch = append(p.scratch, '[')
	rest, ok = bytes.CutPrefix(line, []byte("["))
	for first := true; ok; first = false {
		if after, isEnd := bytes.CutPrefix(rest, []byte("]")); isEnd {
			return p.scratch[start:], after, true
		}
		if !first {
			if rest, ok = bytes.CutPrefix(rest, []byte(",")); !ok {
				break
			}
		}
		if v, rest, ok = quoted(rest); ok {
			p.scratch = append(binary.AppendUvarint(p.scratch, uint64(len(v))), v...)
		}
	}
	return nil, nil, false
}
