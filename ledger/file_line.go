package ledger

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
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
	text = fmt.Appendf(text, "%s%08x%s\n", sumStart, next, sumEnd)
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
	case !utf8.ValidString(r.Environment + r.CompanyID + r.Key + r.AssignmentID + r.InvoiceID + r.Claim):
		return "has a key or an id that is not UTF-8"
	case r.BegunAt.IsZero():
		return "does not say when it began"
	case !r.EndedAt.IsZero() && r.Open():
		return "has an end and no known outcome"
	}
	return ""
}

// parseLine reads one line without its newline.
func parseLine(text []byte, sum uint32) (r Record, next uint32, err error) {
	rest, isWhole := bytes.CutSuffix(text, []byte(sumEnd))
	start := len(rest) - 8
	if !isWhole || start < len(sumStart) || string(rest[start-len(sumStart):start]) != sumStart {
		return r, 0, errors.New("it has no checksum: an earlier version of this package wrote it, or it is damaged")
	}
	body := rest[:start-len(sumStart)]
	next = crc32.Update(sum, castagnoli, body)
	if string(rest[start:]) != fmt.Sprintf("%08x", next) {
		return r, 0, errors.New("its checksum does not match: it was changed, or a line before it is missing")
	}
	body = append(bytes.Clone(body), '}')
	if err := json.Unmarshal(body, &r); err != nil {
		return r, 0, errors.New("it cannot be read as a record")
	}
	if problem := problemOf(&r); problem != "" {
		return r, 0, errors.New("it " + problem)
	}
	return r, next, sameValues(&r, body)
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
	c := &contents{}
	in := bufio.NewReaderSize(file, 64<<10)
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
		record, sum, err := parseLine(text, c.sum)
		if err != nil && isLast && isTorn(text) { // its append did not return, so nothing was sent on it
			c.torn += int64(len(text))
			return c, nil
		}
		if err == nil {
			err = c.index.replay(&record)
		}
		if err != nil {
			return nil, &damageError{n, c.size, err}
		}
		c.sum, c.size, c.bare = sum, c.size+int64(len(text)), isLast
		if isLast {
			return c, nil
		}
		c.size++
	}
}

var errTooLong = errors.New("it is too long for a journal")

// readLine returns the next line without its newline. The last one comes with
// [io.EOF] if it has none.
func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
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
