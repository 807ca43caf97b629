package maventa

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// ArrayEncoding says how a parameter with several values is written, in queries
// and in forms. See [WithArrayEncoding].
//
// Inferred: which of them AX accepts. Its Swagger file formally says commas,
// clients in use repeat the name, and its server looks like one that wants
// brackets. With a single value the first two are the same.
type ArrayEncoding uint8

// Encodings of an array.
const (
	ArrayCommas   ArrayEncoding = iota // status=PENDING,FAILED
	ArrayRepeated                      // status=PENDING&status=FAILED
	ArrayBrackets                      // status[]=PENDING&status[]=FAILED
)

// query builds the query of a call. Empty values are left out.
type query struct {
	b      []byte
	arrays []array
}

func (q *query) add(name, value string) {
	if value == "" {
		return
	}
	if len(q.b) > 0 {
		q.b = append(q.b, '&')
	}
	q.b = append(q.b, name...)
	q.b = append(q.b, '=')
	q.b = append(q.b, url.QueryEscape(value)...)
}

// addTime adds an instant in UTC, as AX writes them.
func (q *query) addTime(name string, t time.Time) {
	if !t.IsZero() {
		q.add(name, t.UTC().Format(time.RFC3339))
	}
}

// pair is a name with its value.
type pair struct{ name, value string }

// pairs writes an array. It is the only place that knows how; escape is applied
// to each value alone, since a comma between values must stay one.
func (e ArrayEncoding) pairs(name string, values []string, escape func(string) string) []pair {
	if len(values) == 0 {
		return nil
	}
	written := make([]string, len(values))
	for i, v := range values {
		written[i] = escape(v)
	}
	if e == ArrayCommas {
		return []pair{{name, strings.Join(written, ",")}}
	}
	if e == ArrayBrackets {
		name += "[]"
	}
	list := make([]pair, len(written))
	for i, v := range written {
		list[i] = pair{name, v}
	}
	return list
}

// array is a parameter with several values, kept apart until the client says how
// it is written.
type array struct {
	name   string
	values []string
}

// addArray adds a parameter with several values. Empty ones are left out.
func (q *query) addArray(name string, values []string) {
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	if len(values) > 0 {
		q.arrays = append(q.arrays, array{name, values})
	}
}

// encode is the query as it stands in the URL.
func (q *query) encode(e ArrayEncoding) string {
	b := slices.Clip(q.b)
	for _, a := range q.arrays {
		for _, p := range e.pairs(a.name, a.values, url.QueryEscape) {
			if len(b) > 0 {
				b = append(b, '&')
			}
			b = append(b, p.name...)
			b = append(b, '=')
			b = append(b, p.value...)
		}
	}
	return string(b)
}

func (q *query) empty() bool { return len(q.b) == 0 && len(q.arrays) == 0 }
