package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
)

// difference is one thing in which the SDK and a description differ.
type difference struct {
	call string // the SDK's name of the call, or method and path where it has none
	kind string
	name string // of the parameter or member: "query.status", "body.format=EDI"; empty: the call as a whole
	text string

	line   string // method and path, for the reader
	note   bool   // worth knowing, and no reason to change anything
	reason string // why it is known and accepted
}

// The kinds of differences.
const (
	missingHere  = "missing here"
	missingThere = "missing there"
	noMethod     = "no method"
	wrongType    = "type"
	wrongNeed    = "required"
	wrongValues  = "enum"
	wrongStatus  = "status"
	wrongScope   = "scope"
	wrongToken   = "token"
	wrongMedia   = "media type"
	wrongList    = "list encoding"
	wrongMark    = "experimental"
	wrongAnswer  = "answer"
	deprecated   = "deprecated"
)

// compare holds the SDK's calls of one API against its description.
func compare(calls []sdkCall, s *spec, api operation.API) []difference {
	var list []difference
	here := map[*call]bool{}
	for i := range calls {
		c := &calls[i]
		if c.op.API != api {
			continue
		}
		there := s.find(c.op.Method, c.op.Path)
		here[there] = true
		p := comparison{sdk: c, there: there}
		p.all()
		list = append(list, p.list...)
	}
	for i := range s.Operations {
		c := &s.Operations[i]
		if !here[c] && !c.Experimental && !c.Operator {
			list = append(list, difference{call: c.String(), line: c.String(), kind: missingHere, text: "no call of the SDK"})
		}
	}
	return list
}

// comparison is that of one call.
type comparison struct {
	sdk   *sdkCall
	there *call
	list  []difference
}

func (p *comparison) add(kind, name, format string, args ...any) {
	p.list = append(p.list, difference{
		call: p.sdk.op.Name, line: p.sdk.op.Method + " " + p.sdk.op.Path,
		kind: kind, name: name, text: fmt.Sprintf(format, args...),
	})
}

func (p *comparison) note(kind, name, format string, args ...any) {
	p.add(kind, name, format, args...)
	p.list[len(p.list)-1].note = true
}

func (p *comparison) all() {
	if p.there == nil {
		p.add(missingThere, "", "the description has no such call")
		if op := p.sdk.op; op.API == operation.AutoXChange && !strings.Contains(op.Source, "Swagger") {
			p.list[len(p.list)-1].reason = "The row has another source: " + op.Source + "."
		}
		return
	}
	p.rows()
	if p.sdk.problem != "" {
		p.add(noMethod, "", "%s", p.sdk.problem)
		return
	}
	p.token()
	p.fields("query", p.sdk.query, p.there.params("query"), sending)
	for _, f := range p.there.params("header") {
		p.add(missingHere, "header."+f.Name, "%s", describe(f))
	}
	p.fields("body", p.sdk.body, p.there.fields(), sending)
	p.media()
	p.answer()
}

// rows compares what stands in the operation table.
func (p *comparison) rows() {
	var codes []string
	for _, a := range p.there.successes() {
		codes = append(codes, a.Status)
		code, err := strconv.Atoi(a.Status)
		if err == nil && !p.sdk.op.IsSuccess(code) {
			p.add(wrongStatus, a.Status, "a success there, not here")
		}
	}
	for _, code := range p.sdk.op.Success {
		if code := strconv.Itoa(code); !slices.Contains(codes, code) && len(codes) > 0 {
			p.add(wrongStatus, code, "a success here, not there: %s", strings.Join(codes, ", "))
		}
	}
	company := slices.DeleteFunc(slices.Clone(p.there.Scopes), func(s string) bool { return strings.HasPrefix(s, "operator:") })
	if p.there.Token && len(p.there.Scopes) > 0 || !p.there.Token {
		here := strings.Fields(p.sdk.op.Scope)
		for _, s := range company {
			if !slices.Contains(here, s) {
				p.add(wrongScope, s, "enough there, not in the table here")
			}
		}
		for _, s := range here {
			if !slices.Contains(company, s) {
				p.add(wrongScope, s, "in the table here, not there: %s", cmp.Or(strings.Join(company, ", "), "none"))
			}
		}
	}
	if p.there.Experimental != p.sdk.op.Experimental {
		p.add(wrongMark, "", "%s", either(p.there.Experimental, "experimental there, not here", "experimental here, no longer there"))
	}
	if p.there.Deprecated {
		p.note(deprecated, "", "deprecated there")
	}
}

func (p *comparison) token() {
	if p.sdk.token != p.there.Token {
		p.add(wrongToken, "", "%s", either(p.there.Token, "needed there, not sent here", "sent here, not needed there"))
	}
}

func (p *comparison) media() {
	if p.there.Body == nil || len(p.sdk.media) == 0 {
		return
	}
	for _, m := range p.sdk.media {
		if !slices.Contains(p.there.Body.Media, m) {
			p.add(wrongMedia, "", "%s here; there: %s", m, strings.Join(p.there.Body.Media, ", "))
		}
	}
}

func (p *comparison) answer() {
	kind, fields := p.there.result()
	here := p.sdk.result
	switch {
	case kind == "" && (here == "" || here == "file"):
		return // a download is not described
	case kind == "":
		p.add(wrongAnswer, "", "%s here, not described there", here)
		return
	case here == "":
		p.add(wrongAnswer, "", "%s there, not read here", kind)
		return
	case !compatible(here, kind, reading):
		p.add(wrongAnswer, "", "%s here, %s there", here, kind)
	}
	if here != "file" {
		p.fields("answer", p.sdk.answer, fields, reading)
	}
}

// direction says who must understand whom.
type direction bool

const (
	sending direction = false
	reading direction = true
)

// fields compares the members of a query, a body or an answer.
func (p *comparison) fields(where string, here []sdkField, there []field, way direction) {
	for _, f := range there {
		at := slices.IndexFunc(here, func(h sdkField) bool { return h.name == f.Name })
		if at >= 0 {
			p.field(where+"."+f.Name, here[at], f, way)
			continue
		}
		// Of an object that is missing or taken as it is, its members are not listed.
		if outer := parent(f.Name); outer == "" || hasMembers(here, outer) {
			p.add(missingHere, where+"."+f.Name, "%s", describe(f))
		}
	}
	for _, h := range here {
		if slices.ContainsFunc(there, func(f field) bool { return f.Name == h.name }) {
			continue
		}
		outer := parent(h.name)
		if outer == "" || slices.ContainsFunc(there, func(f field) bool { return parent(f.Name) == outer }) {
			p.add(missingThere, where+"."+h.name, "%s%s", cmp.Or(h.kind, "any type"), either(h.inferred, ", inferred", ""))
		}
	}
}

func hasMembers(fields []sdkField, outer string) bool {
	return slices.ContainsFunc(fields, func(f sdkField) bool { return parent(f.name) == outer })
}

// parent is the name of the object around a member, without brackets.
func parent(name string) string {
	i := strings.LastIndex(name, ".")
	if i < 0 {
		return ""
	}
	return strings.TrimRight(name[:i], "[]")
}

// field compares one member that both have.
func (p *comparison) field(name string, here sdkField, there field, way direction) {
	isWord := here.kind == "boolean" && there.Type == "string" && len(there.Enum) > 0 && here.fixed != nil // "TRUE", for example
	if !isWord && !compatible(here.kind, there.Type, way) {
		p.add(wrongType, name, "%s here%s, %s there", here.kind, either(here.inferred, " (inferred)", ""), there.Type)
	}
	if way == sending {
		switch {
		case there.Required && here.presence == optional:
			p.add(wrongNeed, name, "needed there, may be left out here")
		case !there.Required && here.presence == required:
			p.add(wrongNeed, name, "needed here, optional there")
		}
	}
	if there.Encoding != "" && here.encoding != "" && there.Encoding != here.encoding {
		p.add(wrongList, name, "%s here, %s there", here.encoding, there.Encoding)
	}
	p.values(name, here, there, way)
}

// values compares lists of values, one difference for each value.
func (p *comparison) values(name string, here sdkField, there field, way direction) {
	switch {
	case len(there.Enum) == 0 && here.enum == nil:
		return
	case len(there.Enum) == 0:
		p.note(wrongValues, name, "any text there; %s here", here.enum.name)
		return
	case here.fixed != nil && here.kind != "boolean" || here.kind == "boolean" && len(there.Enum) > 0:
		for _, v := range here.fixed {
			if !slices.Contains(there.Enum, v) {
				p.add(wrongValues, name+"="+v, "sent here, not there")
			}
		}
		return
	case here.enum == nil:
		p.note(wrongValues, name, "any text here; there: %s", shorten(there.Enum))
		return
	}
	for _, v := range there.Enum {
		if !here.enum.known(v) {
			p.add(wrongValues, name+"="+v, "%s", either(way == sending, "there, refused here", "there, not known here"))
		}
	}
	for _, v := range here.enum.values {
		if !slices.Contains(there.Enum, v) {
			p.add(wrongValues, name+"="+v, "here, not there")
		}
	}
}

// compatible reports whether a value of one type can be sent or read as the
// other. An empty type is anything.
func compatible(here, there string, way direction) bool {
	for h := range strings.SplitSeq(here, "|") {
		for t := range strings.SplitSeq(there, "|") {
			if fits(h, t, way) {
				return true
			}
		}
	}
	return false
}

// fits compares single types.
func fits(here, there string, way direction) bool {
	for strings.HasPrefix(here, "[]") && strings.HasPrefix(there, "[]") {
		here, there = here[2:], there[2:]
	}
	switch {
	case here == "" || there == "" || here == there:
		return true
	case here == "string" && strings.HasPrefix(there, "string "):
		return true // a text can be a date
	case way == reading:
		return here == "number" && there == "integer" || here == "string date" && there == "string date-time"
	}
	return here == "integer" && there == "number" || strings.HasPrefix(here, "string ") && there == "string"
}

// describe is a field of the description in a few words.
func describe(f field) string {
	text := cmp.Or(f.Type, "any type")
	if f.Required {
		text += ", required"
	}
	if len(f.Enum) > 0 {
		text += ": " + shorten(f.Enum)
	}
	return text
}

// shorten lists the first few of many.
func shorten(values []string) string {
	const most = 6
	if len(values) > most {
		return strings.Join(values[:most], ", ") + fmt.Sprintf(" and %d more", len(values)-most)
	}
	return strings.Join(values, ", ")
}

func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}
