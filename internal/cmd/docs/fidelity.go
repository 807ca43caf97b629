package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maventa-go/maventa/internal/facts"
)

// section is the part of the fidelity page about one mark.
type section struct {
	mark            facts.Mark
	title, text     string
	valueIs, fromIs string
}

var sections = []section{
	{
		facts.Inferred, "Inferred", "Conclusions and guesses. The client and the fake rest on them, each for the reason given.",
		"Taken to be so", "Reason",
	},
	{facts.Unknown, "Unknown", "Found nowhere. Nothing in this module rests on an answer.", "Note", "Source"},
	{facts.Observed, "Observed", "Seen by a third party, not said by Maventa.", "What was seen", "Source"},
	{facts.Documented, "Documented", "Said by Maventa. Only what the rest of the documentation needs is listed.", "What is said", "Source"},
}

func fidelityPage() string {
	p := &page{}
	p.add(notice)
	p.heading(1, "What is documented and what is inferred")
	p.paragraph(`
This module was written from public documents, without access to the service. Some names on the wire are not public. This page lists what the module takes to be so, and how sure that is.

What follows for your program:

- A field of an answer whose name was guessed wrong is empty in the typed model, and its value is in ` + "`Extra`" + `. Decoding does not fail for it.
- Request models whose names are partly inferred have ` + "`Extra`" + ` too. A member there is sent, and wins over the typed field of its name, so you can correct a wrong guess without waiting for a new version.
- When the service answers 400 or 422, the error names the inferred fields that were sent.
- On Production, the writes that rest on inferred names fail before anything is sent, until ` + "`AllowInferredWrites`" + ` names them, each event type by itself. Try them on stage first.
- The fake lists what a test leaned on: ` + "`srv.Inferred()`" + ` returns subjects of this page.

If you can see the real service and a line here is wrong or can be confirmed, please open an issue.`)
	for _, s := range sections {
		text := s.table()
		if text == "" {
			continue
		}
		p.heading(2, s.title)
		p.paragraph(fmt.Sprintf("%s (%d)", s.text, count(s.mark)))
		p.add(text)
	}
	return p.done()
}

// table has a row for each area and below it the area's facts. It is empty where
// no fact has the mark.
func (s section) table() string {
	body := &page{}
	for _, g := range facts.Groups() {
		rows := s.rows(g.Facts)
		if len(rows) > 0 {
			body.row([]string{"", "**" + g.Area + "**", "", ""})
		}
		for _, r := range rows {
			body.row([]string{r.kind, strings.Join(r.subjects, "<br>"), strings.Join(r.values, "<br>"), r.source})
		}
	}
	if body.text == "" {
		return ""
	}
	head := &page{}
	head.table([]string{"Kind", "Subject", s.valueIs, s.fromIs}, nil)
	return strings.TrimSuffix(head.text, "\n") + body.text + "\n"
}

// factRow is one row: what is said for one reason of the fields of one model, of
// the values of one type, or of the parameters of one call, line by line. Subjects
// of which the same is said share a line.
type factRow struct {
	kind, family, source string
	subjects, values     []string
}

func (s section) rows(list []facts.Fact) []*factRow {
	var rows []*factRow
facts:
	for _, f := range list {
		if f.Mark != s.mark {
			continue
		}
		for _, r := range rows {
			if i := slices.Index(r.values, f.Value); i >= 0 && r.kind == f.Kind() && r.source == f.Source {
				r.subjects[i] += ", " + subject(f)
				continue facts
			}
		}
		for _, r := range rows {
			if r.kind == f.Kind() && r.family != "" && r.family == family(f) && r.source == f.Source {
				r.subjects, r.values = append(r.subjects, subject(f)), append(r.values, f.Value)
				continue facts
			}
		}
		rows = append(rows, &factRow{f.Kind(), family(f), f.Source, []string{subject(f)}, []string{f.Value}})
	}
	return rows
}

// family is the model of a field, the type of a value or the call of a parameter;
// empty for other kinds.
func family(f facts.Fact) string {
	switch f.Kind() {
	case "field":
		model, _, _ := strings.Cut(f.Name(), ".")
		return model
	case "value", "param":
		name, _, _ := strings.Cut(f.Name(), " ")
		return name
	}
	return ""
}

// subject is a fact's name, in code where it is one.
func subject(f facts.Fact) string {
	if f.Kind() == "rule" || f.Kind() == "status" && strings.Contains(f.Name(), " ") {
		return f.Name()
	}
	return code(f.Name())
}

func count(mark facts.Mark) int {
	n := 0
	for _, f := range facts.All() {
		if f.Mark == mark {
			n++
		}
	}
	return n
}
