package maventatest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// params is a JSON object of a request. Its readers collect what is wrong, so
// that one answer names every field.
type params struct {
	call    *call
	members map[string]json.RawMessage
	path    string // billing_address, for the names in problems
	shared  *problems
	used    map[string]bool
	nested  []*params
}

type problems struct{ list []string }

// rule is one condition on a member, or a mark on its name.
type rule struct {
	required bool
	positive bool
	date     bool
	values   []string
	min, max int
	kind     string // the model whose inferred field this is
}

var (
	required = rule{required: true}
	positive = rule{positive: true}
	aDate    = rule{date: true}
)

func oneOf(values ...string) rule { return rule{values: values} }
func length(least, most int) rule { return rule{min: least, max: most} }

// inferredIn marks a member whose name is inferred.
func inferredIn(kind string) rule { return rule{kind: kind} }

// body reads the request's body as a JSON object.
func (c *call) body() (*params, error) {
	media, _, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		e := plainError(http.StatusUnsupportedMediaType)
		e.details = []string{"Content-Type must be application/json"}
		return nil, e
	}
	p := &params{call: c, shared: &problems{}, used: map[string]bool{}}
	dec := json.NewDecoder(bytes.NewReader(c.raw))
	if err := dec.Decode(&p.members); err != nil || p.members == nil {
		return nil, invalidParameters("body is not a JSON object")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, invalidParameters("body has more than one JSON value")
	}
	c.params = p
	return p, nil
}

// err is the refusal that names every problem found, or nil.
func (p *params) err() error {
	if len(p.shared.list) == 0 {
		return nil
	}
	return invalidParameters(p.shared.list...)
}

func (p *params) problem(name, what string) {
	p.shared.list = append(p.shared.list, p.name(name)+" "+what)
}

// name is how a problem names a member: amounts[capital_amount].
func (p *params) name(member string) string {
	if p.path == "" {
		return member
	}
	return p.path + "[" + member + "]"
}

// member finds a value. A null counts as absent.
func (p *params) member(name string, rules []rule) (value json.RawMessage, all rule) {
	for _, r := range rules {
		all.required = all.required || r.required
		all.positive = all.positive || r.positive
		all.date = all.date || r.date
		all.values = append(all.values, r.values...)
		all.min, all.max = max(all.min, r.min), max(all.max, r.max)
		all.kind += r.kind
	}
	p.used[name] = true
	value = p.members[name]
	if value == nil || bytes.Equal(value, []byte("null")) {
		if all.required {
			p.problem(name, "is missing")
		}
		return nil, all
	}
	if all.kind != "" {
		p.call.lean("field " + all.kind + "." + name)
	}
	return value, all
}

// text reads a string; empty where absent or wrong.
func (p *params) text(name string, rules ...rule) string {
	value, r := p.member(name, rules)
	if value == nil {
		return ""
	}
	var text string
	if json.Unmarshal(value, &text) != nil {
		p.problem(name, "is invalid")
		return ""
	}
	switch {
	case text == "" && r.required:
		p.problem(name, "is empty")
	case text == "":
	case r.values != nil && !slices.Contains(r.values, text):
		p.problem(name, "does not have a valid value")
		return ""
	case r.date && !isDate(text):
		p.problem(name, "is invalid")
		return ""
	case r.max > 0 && (len([]rune(text)) < r.min || len([]rune(text)) > r.max):
		p.problem(name, "must have "+strconv.Itoa(r.min)+" to "+strconv.Itoa(r.max)+" characters")
	}
	return text
}

// amount reads an amount; ok tells whether there is one.
func (p *params) amount(name string, rules ...rule) (value cents, ok bool) {
	raw, r := p.member(name, rules)
	if raw == nil {
		return 0, false
	}
	text := string(raw)
	if p.call.srv.options.wire.AmountsAsStrings && r.kind != "" {
		text = strings.Trim(text, `"`)
	}
	value, err := parseCents(text)
	if err != nil {
		if errors.Is(err, errDecimals) {
			p.call.lean("rule an amount has at most two decimals")
		}
		p.problem(name, err.Error())
		return 0, false
	}
	if r.positive && value <= 0 {
		p.problem(name, "must be positive")
		return 0, false
	}
	return value, true
}

// object reads a nested object; nil where absent or wrong.
func (p *params) object(name string, rules ...rule) *params {
	value, _ := p.member(name, rules)
	if value == nil {
		return nil
	}
	return p.nest(name, value)
}

// objects reads an array of objects.
func (p *params) objects(name string, rules ...rule) []*params {
	value, r := p.member(name, rules)
	if value == nil {
		return nil
	}
	var items []json.RawMessage
	if json.Unmarshal(value, &items) != nil {
		p.problem(name, "is invalid")
		return nil
	}
	if len(items) == 0 && r.required {
		p.problem(name, "is empty")
	}
	var all []*params
	for i, item := range items {
		if one := p.nest(name+"["+strconv.Itoa(i)+"]", item); one != nil {
			all = append(all, one)
		}
	}
	return all
}

func (p *params) nest(name string, value json.RawMessage) *params {
	inner := &params{call: p.call, path: p.name(name), shared: p.shared, used: map[string]bool{}}
	if json.Unmarshal(value, &inner.members) != nil || inner.members == nil {
		p.problem(name, "is invalid")
		return nil
	}
	p.nested = append(p.nested, inner)
	return inner
}

// texts reads an array of strings.
func (p *params) texts(name string, rules ...rule) []string {
	value, r := p.member(name, rules)
	if value == nil {
		return nil
	}
	var list []string
	if json.Unmarshal(value, &list) != nil {
		p.problem(name, "is invalid")
		return nil
	}
	if len(list) == 0 && r.required {
		p.problem(name, "is empty")
	}
	return list
}

// unused lists the members that nobody looked at.
func (p *params) unused() []string {
	var names []string
	for name := range p.members {
		if !p.used[name] {
			names = append(names, p.name(name))
		}
	}
	sort.Strings(names)
	for _, inner := range p.nested {
		names = append(names, inner.unused()...)
	}
	return names
}
