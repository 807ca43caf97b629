package ledger

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"unicode/utf8"
)

// A line of the file is the JSON of a record with one member more at its end, the
// checksum (CRC-32C) of all lines up to here, each without this member. So a
// changed letter shows, and so does a line that is missing, moved or repeated.

const (
	sumStart = `,"crc32c":"`
	sumEnd   = `"}`
	sumSize  = len(sumStart) + 8 + len(sumEnd)
	// maxLine bounds the memory that reading a damaged file takes. A record of
	// 10,000 earlier events has half a megabyte.
	maxLine = 16 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// line is the next line of a journal whose lines so far have the checksum sum.
func line(record *Record, sum uint32) (text []byte, next uint32, err error) {
	if problem := problemOf(record); problem != "" {
		return nil, 0, errors.New("the record " + problem)
	}
	text, err = json.Marshal(record)
	if err != nil {
		return nil, 0, err
	}
	text = text[:len(text)-1]
	next = crc32.Update(sum, castagnoli, text)
	text = append(appendSum(append(text, sumStart...), next), sumEnd+"\n"...)
	if len(text) > maxLine {
		return nil, 0, errors.New("the record is larger than the journal reads")
	}
	return text, next, nil
}

// problemOf says what a record lacks that the file must not lack.
func problemOf(r *Record) string {
	switch {
	case r.Key == "" || r.Environment == "" || r.CompanyID == "":
		return "has no key, environment or company"
	case slices.ContainsFunc([]string{r.Environment, r.CompanyID, r.Key, r.AssignmentID, r.InvoiceID, r.Claim}, isBroken):
		return "has a key or an id that is not UTF-8"
	case r.BegunAt.IsZero():
		return "does not say when it began"
	case !r.EndedAt.IsZero() && r.Open():
		return "has an end and no known outcome"
	}
	return ""
}

func isBroken(text string) bool { return !utf8.ValidString(text) }

// parseLine reads one line without its newline, where the lines before it have the
// checksum sum, into r. It returns the record packed.
func (p *packer) parseLine(line []byte, sum uint32, known *index, r *Record) (packed string, next uint32, err error) {
	rest, isWhole := bytes.CutSuffix(line, []byte(sumEnd))
	start := len(rest) - 8
	if !isWhole || start < len(sumStart) || string(rest[start-len(sumStart):start]) != sumStart {
		return "", 0, errors.New("it has no checksum: an earlier version of this package wrote it, or it is damaged")
	}
	body := rest[:start-len(sumStart)]
	next = crc32.Update(sum, castagnoli, body)
	if !bytes.Equal(rest[start:], appendSum(make([]byte, 0, 8), next)) {
		return "", 0, errors.New("its checksum does not match: it was changed, or a line before it is missing")
	}
	packed, ok := p.parse(body, known, r)
	if !ok {
		if packed, err = parseOther(body, r); err != nil {
			return "", 0, err
		}
	}
	if problem := problemOf(r); problem != "" {
		return "", 0, errors.New("it " + problem)
	}
	return packed, next, nil
}

// parseOther reads the JSON of a record without its last brace, however it is
// written.
func parseOther(body []byte, r *Record) (packed string, err error) {
	text, read := append(bytes.Clone(body), '}'), &Record{}
	if err := json.Unmarshal(text, read); err != nil {
		return "", errors.New("it cannot be read as a record")
	}
	if err := sameValues(read, text); err != nil {
		return "", err
	}
	read, packed, err = packOne(read)
	if err == nil {
		*r = *read
	}
	return packed, err
}

// appendSum writes a checksum: eight digits.
func appendSum(b []byte, sum uint32) []byte {
	return hex.AppendEncode(b, binary.BigEndian.AppendUint32(nil, sum))
}

// sameValues checks that a record is all that its text says: no member is unknown,
// given twice, or of a value that this version does not know.
func sameValues(r *Record, text []byte) error {
	again, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if bytes.Equal(text, again) {
		return nil
	}
	said, err := canonical(text) // another version of Go may have written it
	if err != nil {
		return err
	}
	understood, err := canonical(again)
	if err != nil {
		return err
	}
	if !bytes.Equal(said, understood) {
		return errors.New("it says what this version of the package does not know")
	}
	return nil
}

// damageError says which line of a journal is not as it was written.
type damageError struct {
	line int
	at   int64 // its first byte
	err  error
}

func (e *damageError) Error() string {
	return fmt.Sprintf("the journal is damaged: line %d, at byte %d: %s", e.line, e.at, e.err)
}

// isTorn reports whether the rest of a file without a newline is what a crash
// leaves of a line: a first part of it. Some file systems leave zeros.
func isTorn(text []byte) bool {
	const start = `{"environment":"`
	if i := bytes.LastIndex(text, []byte(sumStart)); i >= 0 && len(text)-i >= sumSize {
		return false
	}
	n := min(len(text), len(start))
	return string(text[:n]) == start[:n]
}

// contents is what reading a journal's file gives.
type contents struct {
	index index
	size  int64  // of the whole lines
	sum   uint32 // of the whole lines
	torn  int64  // bytes after them that a crash left
	bare  bool   // the last whole line has no newline
}

// readLines reads a journal, one line at a time. The error names the line.
func readLines(file io.Reader) (*contents, error) {
	c, p, record, at := &contents{}, &packer{}, &Record{}, &place{}
	in := bufio.NewReaderSize(file, 256<<10)
	for n := 1; ; n++ {
		text, err := readLine(in)
		switch {
		case errors.Is(err, errTooLong):
			return nil, &damageError{n, c.size, err}
		case err != nil && !errors.Is(err, io.EOF):
			return nil, fmt.Errorf("line %d, at byte %d, cannot be read: %w", n, c.size, err)
		}
		isLast := err != nil
		if isLast {
			all := len(text)
			text = bytes.TrimRight(text, "\x00")
			c.torn = int64(all - len(text))
			if len(text) == 0 {
				return c, nil
			}
		}
		packed, sum, err := p.parseLine(text, c.sum, &c.index, record)
		if err != nil && isLast && isTorn(text) { // its append did not return, so nothing was sent on it
			c.torn += int64(len(text))
			return c, nil
		}
		if err == nil {
			at.moveTo(&c.index, record.JournalKey)
			err = at.replay(record, packed)
		}
		if err != nil {
			return nil, &damageError{n, c.size, err}
		}
		c.sum, c.size, c.bare = sum, c.size+int64(len(text)), isLast
		if isLast {
			return c, nil //nolint:nilerr // io.EOF: it has no newline
		}
		c.size++
	}
}

var errTooLong = errors.New("it is too long for a journal")

// readLine returns the next line without its newline, valid until the next call. The
// last one comes with [io.EOF] if it has none.
func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if line == nil && err == nil { // nearly always
			return part[:len(part)-1], nil
		}
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return nil, errTooLong
		case err == nil:
			return line[:len(line)-1], nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return line, err
		}
	}
}
