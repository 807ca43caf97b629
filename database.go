package maventa

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"time"

	"github.com/maventa-go/maventa/internal/decimal"
)

// The methods of this file are those of database/sql's interfaces Scanner and
// driver.Valuer, which every driver knows. Only the small package database/sql/driver
// is imported for them.

// Value implements [driver.Valuer]: the amount as text with all its digits, which
// NUMERIC and DECIMAL columns take exactly. In SQLite give the column the type TEXT:
// others make a float of it.
func (a Amount) Value() (driver.Value, error) { return a.String(), nil }

// Scan implements database/sql's Scanner. It reads text as [ParseAmount] does, and
// whole numbers. A float is refused, as its digits are not those that were stored,
// and NULL, which an Opt[Amount] takes.
//
// The error is an *[Error] of [PhaseDecode]; the amount is left unchanged.
func (a *Amount) Scan(src any) error {
	const operation = "Amount.Scan"
	var text []byte
	switch v := src.(type) {
	case string:
		text = []byte(v)
	case []byte:
		text = v
	case int64:
		text = strconv.AppendInt(nil, v, 10)
	case float64:
		return unreadable(operation, "amount", "is a float, which is not exact: the column must be NUMERIC, DECIMAL or TEXT")
	default:
		return unscannable(operation, "amount", src)
	}
	n, problem := decimal.Parse(text)
	if problem != "" {
		return unreadable(operation, "amount", problem)
	}
	*a = Amount{n.Coefficient, n.Scale}
	return nil
}

// Value implements [driver.Valuer]: the date as YYYY-MM-DD, the zero Date as NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil //nolint:nilnil // NULL
	}
	return d.String(), nil
}

// Scan implements database/sql's Scanner. It reads YYYY-MM-DD, and the midnight that
// drivers make of a DATE column, in its own zone; NULL is the zero Date. Another time
// of day is refused: which day an instant is depends on the zone.
//
// The error is an *[Error] of [PhaseDecode]; the date is left unchanged.
func (d *Date) Scan(src any) error {
	const operation = "Date.Scan"
	var text []byte
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		day := DateOf(v)
		if hour, minute, second := v.Clock(); hour+minute+second+v.Nanosecond() != 0 || day.IsZero() {
			return unreadable(operation, "date", "is an instant and not a day: the column must be DATE or TEXT")
		}
		*d = day
		return nil
	case string:
		text = []byte(v)
	case []byte:
		text = v
	default:
		return unscannable(operation, "date", src)
	}
	day, problem := parseDate(text)
	if problem != "" {
		return unreadable(operation, "date", problem)
	}
	*d = day
	return nil
}

// scanner is the Scanner of database/sql, which is not imported.
type scanner interface{ Scan(src any) error }

// Value implements [driver.Valuer] for a T that does: its value, or NULL if there is
// none. Whether o was unset or null is lost. Another T is an error.
func (o Opt[T]) Value() (driver.Value, error) {
	v, ok := o.Get()
	if !ok {
		return nil, nil //nolint:nilnil // NULL
	}
	if m, isValuer := any(v).(driver.Valuer); isValuer {
		return m.Value()
	}
	return nil, invalid("Opt.Value", "value", fmt.Sprintf("of type %T is no driver.Valuer", v))
}

// Scan implements database/sql's Scanner for a T that does, such as [Amount] and
// [Date]. NULL leaves o unset. The error is that of T's Scan; o is then unchanged.
func (o *Opt[T]) Scan(src any) error {
	if src == nil {
		*o = Opt[T]{}
		return nil
	}
	read := o.value
	s, ok := any(&read).(scanner)
	if !ok {
		return invalid("Opt.Scan", "value", fmt.Sprintf("of type %T is no sql.Scanner", read))
	}
	if err := s.Scan(src); err != nil {
		return err
	}
	*o = Some(read)
	return nil
}

// unscannable is the error for what a driver never gives for such a column.
func unscannable(operation, field string, src any) error {
	if src == nil {
		return unreadable(operation, field, "is NULL: scan it into an Opt")
	}
	return unreadable(operation, field, fmt.Sprintf("cannot be read from a %T", src))
}
