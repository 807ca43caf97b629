package maventa

import (
	"cmp"
	"time"

	"github.com/maventa-go/maventa/internal/call"
)

// What can be wrong with a date. Each reads on from the name of the field or
// the quoted text.
const (
	notDate       = "is not a date written as YYYY-MM-DD"
	noSuchDate    = "is not a day of the calendar"
	yearOutOf9999 = "must have a year from 1 to 9999"
)

// Date is a day of the Gregorian calendar, years 1 to 9999, without a time and
// without a time zone: an invoice date or a due date. Instants are [time.Time].
//
// The zero Date means "not given". Apart from it every Date is a day that
// exists. Dates can be compared with == and used as map keys. In JSON a Date is
// a string, "2026-11-22"; the zero Date is null, and omitzero leaves it out.
type Date struct {
	year       int16
	month, day uint8
}

// ParseDate reads a date written as YYYY-MM-DD, with four, two and two digits.
//
// The error is an *[Error] that matches [ErrValidation]: the text has another
// form, or that day does not exist (February 30, or the year 0000). It quotes
// at most 32 bytes of s.
func ParseDate(s string) (Date, error) {
	d, problem := parseDate(s)
	if problem != "" {
		return Date{}, invalid("ParseDate", "date", call.QuoteCut(s, 32)+" "+problem)
	}
	return d, nil
}

// MustDate is [ParseDate] for constants in tests, examples and package
// variables: it panics when s is not a valid date. Never give it text from
// outside the program.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// NewDate makes a date from its parts. Unlike [time.Date] it does not carry
// over: November 31 is an error, not December 1.
//
// The error is an *[Error] that matches [ErrValidation].
func NewDate(year int, month time.Month, day int) (Date, error) {
	d, problem := checkedDate(year, int(month), day)
	if problem != "" {
		return Date{}, invalid("NewDate", "date", problem)
	}
	return d, nil
}

// DateOf returns the day of t as its own location counts it. One instant can be
// two days: shortly before midnight UTC it is already tomorrow in Helsinki. So
// the zone is the caller's choice; t.In(location) or t.UTC() makes it.
//
// The zero [time.Time] and times outside of the years 1 to 9999 give the zero
// Date: a forgotten time does not turn into the year 1.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	year, month, day := t.Date()
	d, _ := checkedDate(year, int(month), day)
	return d
}

// Year returns the year, 1 to 9999; 0 for the zero Date.
func (d Date) Year() int { return int(d.year) }

// Month returns the month, January being 1; 0 for the zero Date.
func (d Date) Month() time.Month { return time.Month(d.month) }

// Day returns the day of the month, 1 to 31; 0 for the zero Date.
func (d Date) Day() int { return int(d.day) }

// Weekday returns the day of the week. The zero Date has none; it gives Sunday.
func (d Date) Weekday() time.Weekday {
	if d.IsZero() {
		return time.Sunday
	}
	return d.midnight().Weekday()
}

// IsZero reports whether d is the zero Date, which means "not given". The json
// option omitzero uses it.
func (d Date) IsZero() bool { return d == Date{} }

// String returns the date as YYYY-MM-DD; "" for the zero Date.
func (d Date) String() string {
	var buf [10]byte
	return string(d.appendTo(buf[:0]))
}

// AddDays returns the date n days later, or earlier when n is negative. Plain
// days are counted: weekends and holidays too. From the zero Date, or beyond
// the years 1 to 9999, it returns the zero Date.
func (d Date) AddDays(n int) Date {
	if d.IsZero() || n < -maxDays || n > maxDays {
		return Date{}
	}
	year, month, day := d.midnight().AddDate(0, 0, n).Date()
	sum, _ := checkedDate(year, int(month), day)
	return sum
}

// DaysUntil returns the number of days from d to other: 1 from today to
// tomorrow, negative when other is earlier. It is 0 when one of the two is the
// zero Date; check that first where it can occur.
func (d Date) DaysUntil(other Date) int {
	if d.IsZero() || other.IsZero() {
		return 0
	}
	const secondsPerDay = 24 * 60 * 60 // every day in UTC
	return int((other.midnight().Unix() - d.midnight().Unix()) / secondsPerDay)
}

// Compare returns -1 when d is before other, 0 when they are the same day and 1
// when d is after it. The zero Date is before all others. The method expression
// Date.Compare fits [slices.SortFunc].
func (d Date) Compare(other Date) int {
	return cmp.Or(
		cmp.Compare(d.year, other.year),
		cmp.Compare(d.month, other.month),
		cmp.Compare(d.day, other.day),
	)
}

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is a later day than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// MarshalJSON writes the date as a JSON string, the zero Date as null.
func (d Date) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	b := append(make([]byte, 0, 12), '"')
	return append(d.appendTo(b), '"'), nil
}

// UnmarshalJSON reads a JSON string that holds a date as [ParseDate] reads it.
// An empty string gives the zero Date; null leaves d unchanged.
//
// The error is an *[Error] of [PhaseDecode]. It does not repeat the value,
// which comes from the server. The date is left unchanged.
//
// Inferred: where a date is expected a timestamp may arrive ("2026-11-22T…").
// Its date part is taken as it is written; time and offset are not looked at.
func (d *Date) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	const operation = "Date.UnmarshalJSON"
	text := unquoted(data)
	if len(text) == len(data) {
		return unreadable(operation, "date", "is not a JSON string")
	}
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	if len(text) > len("YYYY-MM-DD") && text[len("YYYY-MM-DD")] == 'T' {
		text = text[:len("YYYY-MM-DD")]
	}
	parsed, problem := parseDate(text)
	if problem != "" {
		return unreadable(operation, "date", problem)
	}
	*d = parsed
	return nil
}

// MarshalText writes the same text as [Date.String].
func (d Date) MarshalText() ([]byte, error) { return d.appendTo(make([]byte, 0, 10)), nil }

// UnmarshalText reads what [ParseDate] reads, with the same errors; an empty
// text gives the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, problem := parseDate(text)
	if problem != "" {
		return invalid("Date.UnmarshalText", "date", call.QuoteCut(string(text), 32)+" "+problem)
	}
	*d = parsed
	return nil
}

// maxDays is more than there are from the first date to the last. Beyond it
// [time.Time.AddDate] could overflow and come back into range.
const maxDays = 366 * 9999

// midnight is the start of the day in UTC, where all days are equally long.
func (d Date) midnight() time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
}

// appendTo appends YYYY-MM-DD; nothing for the zero Date.
func (d Date) appendTo(b []byte) []byte {
	if d.IsZero() {
		return b
	}
	b = appendTwoDigits(b, d.Year()/100)
	b = appendTwoDigits(b, d.Year()%100)
	b = append(b, '-')
	b = appendTwoDigits(b, int(d.month))
	b = append(b, '-')
	return appendTwoDigits(b, int(d.day))
}

func appendTwoDigits(b []byte, n int) []byte {
	return append(b, byte('0'+n/10), byte('0'+n%10))
}

// parseDate reads YYYY-MM-DD from text or from the bytes of a body, without
// allocating. The problem is empty when all is well.
func parseDate[T string | []byte](s T) (d Date, problem string) {
	if len(s) != len("YYYY-MM-DD") || s[4] != '-' || s[7] != '-' {
		return Date{}, notDate
	}
	var parts [3]int
	part := 0
	for i := range len(s) {
		switch {
		case i == 4 || i == 7:
			part++
		case '0' <= s[i] && s[i] <= '9':
			parts[part] = parts[part]*10 + int(s[i]-'0')
		default:
			return Date{}, notDate
		}
	}
	return checkedDate(parts[0], parts[1], parts[2])
}

// checkedDate makes a date if that day exists.
func checkedDate(year, month, day int) (d Date, problem string) {
	if year < 1 || year > 9999 {
		return Date{}, yearOutOf9999
	}
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, time.Month(month)) {
		return Date{}, noSuchDate
	}
	return Date{int16(year), uint8(month), uint8(day)}, ""
}

func daysIn(year int, month time.Month) int {
	switch month {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	default:
		return 31
	}
}
