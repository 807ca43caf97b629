package maventa

import (
	"iter"
	"net/url"
	"slices"
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

// params gives the parameters that an array is written as: the name of each, and
// its values, which commas separate. It is the only place that knows how.
func (e ArrayEncoding) params(name string, values []string) iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		if e == ArrayCommas {
			_ = len(values) == 0 || yield(name, values)
			return
		}
		if e == ArrayBrackets {
			name += "[]"
		}
		for i := range values {
			if !yield(name, values[i:i+1]) {
				return
			}
		}
	}
}

// query builds the query of a call.
type query struct {
	b      []byte
	arrays []array
}

// array is a parameter with several values, kept apart until the client says how
// it is written.
type array struct {
	name   string
	values []string
}

// add adds a parameter. An empty one is left out.
func (q *query) add(name, value string) {
	if value != "" {
		q.write(name, value)
	}
}

// addTime adds an instant in UTC, as AX writes them.
func (q *query) addTime(name string, t time.Time) {
	if !t.IsZero() {
		q.write(name, t.UTC().Format(time.RFC3339))
	}
}

// addArray adds a parameter with several values. Empty ones are left out.
func (q *query) addArray(name string, values []string) {
	if slices.Contains(values, "") {
		values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	}
	q.arrays = append(q.arrays, array{name, values})
}

// write writes one parameter. Each value is escaped alone: a comma between values
// must stay one.
func (q *query) write(name string, values ...string) {
	if len(q.b) > 0 {
		q.b = append(q.b, '&')
	}
	q.b = append(q.b, name...)
	for i, v := range values {
		q.b = append(q.b, "=,"[min(i, 1)])
		q.b = append(q.b, url.QueryEscape(v)...)
	}
}

// encode is the query as it stands in the URL.
func (q *query) encode(e ArrayEncoding) string {
	whole := query{b: slices.Clip(q.b)}
	for _, a := range q.arrays {
		for name, values := range e.params(a.name, a.values) {
			whole.write(name, values...)
		}
	}
	return string(whole.b)
}
