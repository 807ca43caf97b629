package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/maventa-go/maventa/internal/facts"
	"github.com/maventa-go/maventa/internal/operation"
)

// verdict is what the descriptions say about one inferred fact.
type verdict struct {
	fact  facts.Fact
	state state
	why   string
}

// state of an inferred fact.
type state uint8

const (
	open state = iota // the descriptions do not tell
	confirmed
	contradicted
)

// judge holds every inferred fact against the descriptions. Calls that the
// Swagger file documents do not count: a fact that rests on them by analogy is
// about the other ones.
func judge(calls []sdkCall, specs map[operation.API]*spec) []verdict {
	j := judges{specs: specs}
	for _, c := range calls {
		if there := specs[c.op.API].find(c.op.Method, c.op.Path); there != nil && !strings.HasPrefix(c.op.Source, "AX Swagger") {
			j.pairs = append(j.pairs, pair{c, there})
		}
	}
	var list []verdict
	for _, f := range facts.All() {
		if f.Mark == facts.Inferred {
			state, why := j.fact(f)
			list = append(list, verdict{f, state, why})
		}
	}
	return list
}

// pair is a call that rests on inferred facts, and its description.
type pair struct {
	sdk   sdkCall
	there *call
}

type judges struct {
	specs map[operation.API]*spec
	pairs []pair
}

func (j *judges) fact(f facts.Fact) (state, string) {
	switch f.Kind() {
	case "field":
		return j.field(f.Name())
	case "value":
		return j.value(f.Name())
	case "param":
		call, name, _ := strings.Cut(f.Name(), " ")
		return j.params(call, name)
	case "paging":
		return j.params(f.Name(), "page", "per_page")
	case "status":
		return j.status(f.Name(), leading(f.Value))
	case "scope":
		return j.scope(f.Name(), leading(f.Value))
	case "header":
		return j.header(f.Name())
	case "host":
		return j.host(f.Name(), f.Value)
	}
	return open, "" // rules are sentences
}

// leading is the first word, without the comma after it.
func leading(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return strings.TrimRight(word, ",;")
}

// said is what the calls say about one fact.
type said struct {
	yes     []string
	no      map[string][]string // calls by what they say instead
	missing map[string][]string // likewise, of a name that another call may have
}

func (s *said) confirm(p pair) { s.yes = append(s.yes, p.sdk.op.Name) }

func note(m *map[string][]string, p pair, format string, args ...any) {
	if *m == nil {
		*m = map[string][]string{}
	}
	text := fmt.Sprintf(format, args...)
	(*m)[text] = append((*m)[text], p.sdk.op.Name)
}

// verdict weighs it: one contradiction is enough, and a name that one call has
// is right even where another leaves it out.
func (s *said) verdict() (state, string) {
	no := s.no
	if len(s.yes) == 0 && len(no) == 0 {
		no = s.missing
	}
	if len(no) > 0 {
		var texts []string
		for _, text := range slices.Sorted(maps.Keys(no)) {
			texts = append(texts, few(no[text])+": "+text)
		}
		return contradicted, strings.Join(texts, "; ")
	}
	if len(s.yes) > 0 {
		return confirmed, few(s.yes)
	}
	return open, ""
}

// few names some of several calls.
func few(calls []string) string {
	const most = 2
	calls = slices.Compact(slices.Clone(calls))
	if len(calls) > most {
		return strings.Join(calls[:most], ", ") + fmt.Sprintf(" and %d more", len(calls)-most)
	}
	return strings.Join(calls, ", ")
}

// field judges "Model.name" wherever the model is sent or read.
func (j *judges) field(subject string) (state, string) {
	owner, name, _ := strings.Cut(subject, ".")
	var s said
	look := func(p pair, here []sdkField, there []field, way direction) {
		for _, h := range here {
			if h.owner != owner || last(h.name) != name || len(there) == 0 {
				continue
			}
			at := slices.IndexFunc(there, func(f field) bool { return f.Name == h.name })
			outer := parent(h.name)
			switch {
			case at >= 0 && compatible(h.kind, there[at].Type, way):
				s.confirm(p)
			case at >= 0:
				note(&s.no, p, "%s, not %s", there[at].Type, h.kind)
			case outer != "" && !slices.ContainsFunc(there, func(f field) bool { return parent(f.Name) == outer }):
				// Nothing is said about the object around it.
			case way == sending:
				note(&s.no, p, "not there%s", others(here, there, outer))
			default: // a model may be read in full by one call and in part by another
				note(&s.missing, p, "not there%s", others(here, there, outer))
			}
		}
	}
	for _, p := range j.pairs {
		look(p, p.sdk.body, p.there.fields(), sending)
		_, answer := p.there.result()
		look(p, p.sdk.answer, answer, reading)
	}
	return s.verdict()
}

// others are the members beside the one that is missing which the SDK does not
// know: one of them may be the right name.
func others(here []sdkField, there []field, outer string) string {
	var names []string
	for _, f := range there {
		if parent(f.Name) == outer && !slices.ContainsFunc(here, func(h sdkField) bool { return h.name == f.Name }) {
			names = append(names, last(f.Name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ", unknown here: " + shorten(names)
}

func last(name string) string { return name[strings.LastIndex(name, ".")+1:] }

// value judges "Type value" wherever a field of that type has a list of values.
// One list that has it proves the spelling.
func (j *judges) value(subject string) (state, string) {
	typ, value, _ := strings.Cut(subject, " ")
	var s said
	look := func(p pair, here []sdkField, there []field) {
		for _, h := range here {
			if h.enum != nil && h.enum.name != typ || h.enum == nil && last(h.name) != snake(typ) {
				continue
			}
			for _, f := range there {
				switch {
				case f.Name != h.name || len(f.Enum) == 0:
				case slices.Contains(f.Enum, value):
					s.confirm(p)
				default:
					note(&s.missing, p, "not among the values%s", unknownValues(h, f))
				}
			}
		}
	}
	for _, p := range j.pairs {
		look(p, p.sdk.query, p.there.params("query"))
		_, answer := p.there.result()
		look(p, p.sdk.answer, answer)
		look(p, p.sdk.body, p.there.fields())
	}
	return s.verdict()
}

// unknownValues are those of the description that the SDK does not know: one of
// them may be the right spelling.
func unknownValues(here sdkField, there field) string {
	if here.enum == nil {
		return ": " + shorten(there.Enum)
	}
	values := slices.DeleteFunc(slices.Clone(there.Enum), func(v string) bool {
		return here.enum.known(v) || slices.Contains(here.enum.all, v)
	})
	if len(values) == 0 {
		return ""
	}
	return ", unknown here: " + shorten(values)
}

// snake writes a type's name as a member would be: CollectionStatus is
// collection_status.
func snake(typ string) string {
	var b strings.Builder
	for i, r := range typ {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// pair finds a call by its name.
func (j *judges) pair(name string) (pair, bool) {
	for _, p := range j.pairs {
		if p.sdk.op.Name == name {
			return p, true
		}
	}
	return pair{}, false
}

func (j *judges) params(call string, names ...string) (state, string) {
	p, ok := j.pair(call)
	if !ok {
		return open, ""
	}
	there := p.there.params("query")
	for _, name := range names {
		if !slices.ContainsFunc(there, func(f field) bool { return f.Name == name }) {
			return contradicted, call + ": not there" + others(p.sdk.query, there, "")
		}
	}
	return confirmed, call
}

func (j *judges) status(call, code string) (state, string) {
	p, ok := j.pair(call)
	if !ok {
		return open, ""
	}
	var codes []string
	for _, a := range p.there.successes() {
		codes = append(codes, a.Status)
	}
	switch {
	case len(codes) == 0:
		return open, ""
	case slices.Contains(codes, code):
		return confirmed, call
	}
	return contradicted, call + ": " + strings.Join(codes, ", ")
}

func (j *judges) scope(call, scope string) (state, string) {
	p, ok := j.pair(call)
	switch {
	case !ok || p.there.Token && len(p.there.Scopes) == 0:
		return open, ""
	case slices.Contains(p.there.Scopes, scope):
		return confirmed, call
	}
	return contradicted, call + ": " + cmp.Or(strings.Join(p.there.Scopes, ", "), "none")
}

// header judges a header of answers. One that no answer lists may still come.
func (j *judges) header(name string) (state, string) {
	var s said
	for _, p := range j.pairs {
		for _, a := range p.there.Answers {
			if slices.ContainsFunc(a.Headers, func(h string) bool { return strings.EqualFold(h, name) }) {
				s.confirm(p)
			}
		}
	}
	return s.verdict()
}

func (j *judges) host(name, url string) (state, string) {
	api := operation.AutoXChange
	if strings.HasSuffix(name, ".ReceivablesURL") {
		api = operation.Receivables
	}
	s := j.specs[api]
	if s == nil {
		return open, ""
	}
	var others []string
	for _, server := range s.Servers {
		switch {
		case server == url || strings.HasPrefix(server, url+"/"):
			return confirmed, server
		case !strings.Contains(server, "-stage."):
			others = append(others, server)
		}
	}
	if strings.HasPrefix(name, "Production.") && len(others) > 0 {
		return contradicted, strings.Join(others, ", ")
	}
	return open, ""
}
