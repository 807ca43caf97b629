package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// report prints what was found, for a person. Its methods write to a buffer, so
// that nothing can fail half-way.
type report struct {
	out     io.Writer
	verbose bool

	unexplained, explained, notes, stale int
}

func (r *report) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(r.out, format, args...)
}

func (r *report) heading(format string, args ...any) {
	r.printf("\n"+format+"\n", args...)
}

// differences prints them by call, then the known ones by reason.
func (r *report) differences(list []difference) {
	last, before := "", r.unexplained
	defer func() {
		if r.unexplained == before {
			r.printf("  no unexplained difference\n")
		}
	}()
	for _, d := range list {
		switch {
		case d.note:
			r.notes++
			if !r.verbose {
				continue
			}
		case d.reason != "":
			r.explained++
			continue
		default:
			r.unexplained++
		}
		if d.call != last {
			last = d.call
			if d.line == d.call {
				r.printf("  %s\n", d.call)
			} else {
				r.printf("  %s  %s\n", d.call, d.line)
			}
		}
		r.printf("    %-14s %s\n", either(d.note, "note: "+d.kind, d.kind), strings.TrimSpace(d.name+"  "+d.text))
	}
}

// reasons prints the known differences.
func (r *report) reasons(list []difference) {
	if r.explained == 0 {
		return
	}
	r.heading("Known differences, with their reasons (known.json)")
	seen := map[string]bool{}
	for i, d := range list {
		if d.reason == "" || seen[d.reason] {
			continue
		}
		seen[d.reason] = true
		r.printf("  %s\n", d.reason)
		var names []string
		last := ""
		for _, other := range list[i:] {
			switch {
			case other.reason != d.reason:
				continue
			case other.name == "":
				names = append(names, other.call)
			case other.call == last:
				names[len(names)-1] += " " + other.name
			default:
				names = append(names, other.call+" "+other.name)
			}
			last = other.call
		}
		r.wrap("      ", names)
	}
}

func (r *report) staleEntries(stale []string) {
	r.stale = len(stale)
	if len(stale) == 0 {
		return
	}
	r.heading("Entries of known.json that no longer apply: delete them")
	for _, s := range stale {
		r.printf("  %s\n", s)
	}
}

// wrap prints names, a few on each line.
func (r *report) wrap(indent string, names []string) {
	line := indent
	for i, n := range names {
		if i < len(names)-1 {
			n += ","
		}
		if len(line)+len(n) > 96 && line != indent {
			r.printf("%s\n", strings.TrimRight(line, " "))
			line = indent
		}
		line += n + " "
	}
	r.printf("%s\n", strings.TrimRight(line, " "))
}

// inferred prints what became of the inferred facts.
func (r *report) inferred(list []verdict) (counts [3]int) {
	r.heading("Inferred facts (internal/facts)")
	for _, v := range list {
		counts[v.state]++
	}
	r.verdicts("  contradicted", list, contradicted)
	r.verdicts("  confirmed", list, confirmed)
	r.stillOpen(list)
	return counts
}

func (r *report) verdicts(title string, list []verdict, s state) {
	first := true
	for _, v := range list {
		if v.state != s {
			continue
		}
		if first {
			r.printf("%s\n", title)
			first = false
		}
		r.printf("    %-42s %s\n", v.fact.Subject, v.why)
	}
}

// stillOpen prints the others, those of one model or call on one line.
func (r *report) stillOpen(list []verdict) {
	groups := map[string][]string{}
	var order []string
	for _, v := range list {
		if v.state != open {
			continue
		}
		group, name := v.fact.Kind()+" ", v.fact.Name()
		switch v.fact.Kind() {
		case "field":
			owner, rest, _ := strings.Cut(name, ".")
			group, name = group+owner, rest
		case "value", "param":
			owner, rest, _ := strings.Cut(name, " ")
			group, name = group+owner, rest
		}
		if !slices.Contains(order, group) {
			order = append(order, group)
		}
		groups[group] = append(groups[group], name)
	}
	if len(order) > 0 {
		r.printf("  still open\n")
	}
	for _, g := range order {
		r.printf("    %s\n", strings.TrimSpace(g))
		if g == "rule " {
			for _, name := range groups[g] {
				r.printf("      %s\n", name)
			}
			continue
		}
		r.wrap("      ", groups[g])
	}
}
