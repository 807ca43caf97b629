package maventatest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// The faults of what is read: lists that do not show what is there. Other calls
// than GETs pass them unharmed.

// OldList answers with the assignments or events of d ago, and with an Age header,
// as a cache does: what has come since is not there.
func OldList(d time.Duration) Fault {
	return Fault{
		name: "OldList",
		before: func(x *exchange) bool {
			if x.r.Method == http.MethodGet {
				x.age = d
			}
			return true
		},
		after: func(x *exchange) {
			if x.age > 0 {
				x.answer.header.Set("Age", strconv.Itoa(int(d.Seconds())))
			}
		},
	}
}

// PartialList answers with a list that lacks its last item and says so: the
// header X-Total counts it, and in an envelope stands "partial": true.
func PartialList() Fault {
	return Fault{name: "PartialList", after: func(x *exchange) {
		items, enveloped := x.answer.items()
		if len(items) == 0 {
			return
		}
		if x.answer.header.Get("X-Total") == "" {
			x.answer.header.Set("X-Total", strconv.Itoa(x.itemsBefore()+len(items)))
		}
		items = items[:len(items)-1]
		if enveloped {
			x.answer.setJSON(map[string]any{"data": items, "partial": true})
		} else {
			x.answer.setJSON(items)
		}
	}}
}

// MemberTwice answers with a member given twice, wherever an answer has it: first
// as it is, then as an empty list, 0, "" or null. Its name is data for the list in
// an envelope (see [Wire]), or that of a member of the items: amount, id.
func MemberTwice(name string) Fault {
	return Fault{name: "MemberTwice " + name, after: func(x *exchange) {
		var body any
		if x.r.Method == http.MethodGet && x.answer.decode(&body) {
			x.answer.body = twice(nil, body, name)
		}
	}}
}

// twice appends value as JSON, with the member name given twice.
func twice(b []byte, value any, name string) []byte {
	switch v := value.(type) {
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = twice(b, item, name)
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for i, member := range sortedKeys(v) {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(strconv.AppendQuote(b, member), ':')
			b = twice(b, v[member], name)
			if member == name {
				b = append(strconv.AppendQuote(append(b, ','), member), ':')
				b = append(b, emptyLike(v[member])...)
			}
		}
		return append(b, '}')
	}
	text, err := json.Marshal(value)
	if err != nil {
		text = []byte("null") // it was decoded, so it can be encoded
	}
	return append(b, text...)
}

func emptyLike(value any) string {
	switch value.(type) {
	case []any:
		return "[]"
	case string:
		return `""`
	case json.Number:
		return "0"
	}
	return "null"
}

// RepeatPage answers with the first page, whatever page is asked for.
func RepeatPage() Fault {
	return Fault{name: "RepeatPage", before: func(x *exchange) bool {
		x.query.Set("page", "1")
		return true
	}}
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
		if items, _ := swapped.items(); len(items) == 0 {
			return true
		}
		x.answer = x.apply()
		x.answer.body = swapped.body
		return false
	}}
}

// items are those of a list, bare or in its envelope; none if the answer is no
// list.
func (a *answer) items() (items []json.RawMessage, enveloped bool) {
	if a.status != http.StatusOK {
		return nil, false
	}
	if json.Unmarshal(a.body, &items) == nil {
		return items, false
	}
	var envelope struct {
		Data []json.RawMessage `json:"data"`
	}
	if json.Unmarshal(a.body, &envelope) != nil {
		return nil, false
	}
	return envelope.Data, true
}

// itemsBefore counts the items of the pages before the one that was asked for.
func (x *exchange) itemsBefore() int {
	if x.srv.options.wire.NoPaging {
		return 0
	}
	number := func(name string, fallback int) int {
		if n, err := strconv.Atoi(x.query.Get(name)); err == nil {
			return n
		}
		return fallback
	}
	return (number("page", 1) - 1) * min(number("per_page", defaultPerPage), orElse(x.srv.options.wire.PageSize, maxPerPage))
}

// decode reads a body. An amount stays as it is written.
func (a *answer) decode(body *any) bool {
	dec := json.NewDecoder(bytes.NewReader(a.body))
	dec.UseNumber()
	return dec.Decode(body) == nil
}

func (a *answer) setJSON(body any) {
	if changed, err := json.Marshal(body); err == nil {
		a.body = changed
	}
}
