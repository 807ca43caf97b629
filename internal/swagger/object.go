package swagger

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Object is a JSON object of a request. Its readers collect what is wrong, so that
// one answer names every field.
type Object struct {
	reader  *Reader
	members map[string]json.RawMessage
	path    string // billing_address, for the names in problems
	used    map[string]bool
	nested  []*Object
}

// Rule is one condition on a member, or a mark on its name.
type Rule struct {
	required bool
	date     bool
	values   []string
	min, max int
	model    string // whose inferred field this is
}

// Required refuses a missing member, and an empty text or list.
func Required() Rule { return Rule{required: true} }

// Date is a text that is a date.
func Date() Rule { return Rule{date: true} }

// OneOf is a text that is one of the values.
func OneOf(values ...string) Rule { return Rule{values: values} }

// Length bounds the characters of a text.
func Length(least, most int) Rule { return Rule{min: least, max: most} }

// InferredIn marks a member whose name is inferred.
func InferredIn(model string) Rule { return Rule{model: model} }

// ReadObject reads a JSON object. What is wrong with the whole is returned, in
// the service's words; what is wrong with its members goes to Problems.
func (r *Reader) ReadObject(text []byte) (o *Object, problem string) {
	o = &Object{reader: r, used: map[string]bool{}}
	dec := json.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&o.members); err != nil || o.members == nil {
		return nil, "body is not a JSON object"
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, "body has more than one JSON value"
	}
	return o, ""
}

// Lean notes that an inferred fact was used.
func (o *Object) Lean(subject string) { o.reader.Facts = append(o.reader.Facts, subject) }

// Problem notes what is wrong with a member.
func (o *Object) Problem(name, what string) {
	o.reader.Problems = append(o.reader.Problems, o.name(name)+" "+what)
}

// name is how a problem names a member: amounts[capital_amount].
func (o *Object) name(member string) string {
	if o.path == "" {
		return member
	}
	return o.path + "[" + member + "]"
}

// member finds a value. A null counts as absent.
func (o *Object) member(name string, rules []Rule) (value json.RawMessage, all Rule) {
	for _, r := range rules {
		all.required = all.required || r.required
		all.date = all.date || r.date
		all.values = append(all.values, r.values...)
		all.min, all.max = max(all.min, r.min), max(all.max, r.max)
		all.model += r.model
	}
	o.used[name] = true
	value = o.members[name]
	if value == nil || bytes.Equal(value, []byte("null")) {
		if all.required {
			o.Problem(name, "is missing")
		}
		return nil, all
	}
	if all.model != "" {
		o.Lean("field " + all.model + "." + name)
	}
	return value, all
}

// Text reads a string; empty where absent or wrong.
func (o *Object) Text(name string, rules ...Rule) string {
	value, r := o.member(name, rules)
	if value == nil {
		return ""
	}
	var text string
	if json.Unmarshal(value, &text) != nil {
		o.Problem(name, "is invalid")
		return ""
	}
	switch {
	case text == "" && r.required:
		o.Problem(name, "is empty")
	case text == "":
	case r.values != nil && !slices.Contains(r.values, text):
		o.Problem(name, "does not have a valid value")
		return ""
	case r.date && !isDate(text):
		o.Problem(name, "is invalid")
		return ""
	case r.max > 0 && (len([]rune(text)) < r.min || len([]rune(text)) > r.max):
		o.Problem(name, "must have "+strconv.Itoa(r.min)+" to "+strconv.Itoa(r.max)+" characters")
	}
	return text
}

// Number returns a number as it is written, which may be any JSON value: the caller
// parses it. Where the reader says so, quotes around an inferred one are taken off.
func (o *Object) Number(name string, rules ...Rule) (text string, ok bool) {
	value, r := o.member(name, rules)
	text = string(value)
	if o.reader.QuotedNumbers && r.model != "" {
		text = strings.Trim(text, `"`)
	}
	return text, value != nil
}

// Object reads a nested object; nil where absent or wrong.
func (o *Object) Object(name string, rules ...Rule) *Object {
	value, _ := o.member(name, rules)
	if value == nil {
		return nil
	}
	return o.nest(name, value)
}

// Objects reads an array of objects, none of them empty.
func (o *Object) Objects(name string, rules ...Rule) []*Object {
	value, r := o.member(name, rules)
	if value == nil {
		return nil
	}
	var items []json.RawMessage
	if json.Unmarshal(value, &items) != nil {
		o.Problem(name, "is invalid")
		return nil
	}
	if len(items) == 0 && r.required {
		o.Problem(name, "is empty")
	}
	var all []*Object
	for i, item := range items {
		one := o.nest(name+"["+strconv.Itoa(i)+"]", item)
		if one == nil {
			continue
		}
		if len(one.members) == 0 {
			o.Problem(name+"["+strconv.Itoa(i)+"]", "is empty")
		}
		all = append(all, one)
	}
	return all
}

func (o *Object) nest(name string, value json.RawMessage) *Object {
	inner := &Object{reader: o.reader, path: o.name(name), used: map[string]bool{}}
	if json.Unmarshal(value, &inner.members) != nil || inner.members == nil {
		o.Problem(name, "is invalid")
		return nil
	}
	o.nested = append(o.nested, inner)
	return inner
}

// Texts reads an array of strings.
func (o *Object) Texts(name string, rules ...Rule) []string {
	value, r := o.member(name, rules)
	if value == nil {
		return nil
	}
	var list []string
	if json.Unmarshal(value, &list) != nil {
		o.Problem(name, "is invalid")
		return nil
	}
	if len(list) == 0 && r.required {
		o.Problem(name, "is empty")
	}
	return list
}

// Unused lists the members that nobody looked at.
func (o *Object) Unused() []string {
	var names []string
	for name := range o.members {
		if !o.used[name] {
			names = append(names, o.name(name))
		}
	}
	sort.Strings(names)
	for _, inner := range o.nested {
		names = append(names, inner.Unused()...)
	}
	return names
}

// Take reads the declared members.
func (o *Object) Take(fs Fields) Values {
	taken := Values{}
	for _, f := range fs {
		raw, _ := o.member(f.Name, []Rule{{required: f.Must}})
		if raw == nil {
			continue
		}
		if value, ok := o.value(f, raw); ok {
			taken[f.Name] = value
		}
	}
	return taken
}

func (o *Object) value(f Field, raw json.RawMessage) (value any, ok bool) {
	problem := "is invalid"
	switch f.Kind {
	case KindObject:
		inner := o.nest(f.Name, raw)
		if inner == nil {
			return nil, false
		}
		if f.Fields == nil {
			return decodeAny(raw), true
		}
		return map[string]any(inner.Take(f.Fields)), true
	case KindList:
		var items []string
		if json.Unmarshal(raw, &items) == nil {
			value, problem = items, f.checkList(items)
		}
	case KindBool:
		var b bool
		if json.Unmarshal(raw, &b) == nil {
			value, problem = b, ""
		}
	case KindInteger, KindNumber:
		if raw[0] != '"' {
			value, problem = f.parse(string(raw))
		}
	default:
		var text string
		if json.Unmarshal(raw, &text) == nil {
			value, problem = f.parse(text)
		}
	}
	if problem != "" {
		o.Problem(f.Name, problem)
		return nil, false
	}
	return value, true
}

func decodeAny(raw json.RawMessage) any {
	var value any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	_ = dec.Decode(&value) // it was valid before
	return value
}
