package main

import (
	"errors"
	"strings"
)

const notice = "<!-- Written by go generate from the code. Changes made here are lost. -->\n\n"

// page collects the text of a page.
type page struct{ text string }

func (p *page) add(text string) { p.text += text }

func (p *page) heading(level int, text string) {
	p.add(strings.Repeat("#", level) + " " + text + "\n\n")
}

func (p *page) paragraph(text string) { p.add(strings.TrimSpace(text) + "\n\n") }

func (p *page) table(header []string, rows [][]string) {
	p.row(header)
	p.add(strings.Repeat("|---", len(header)) + "|\n")
	for _, r := range rows {
		p.row(r)
	}
	p.add("\n")
}

func (p *page) row(cells []string) {
	p.add("| " + strings.Join(cells, " | ") + " |\n")
}

// done is the page's text with one line break at its end.
func (p *page) done() string { return strings.TrimSpace(p.text) + "\n" }

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// The generated table of the README stands between these lines.
const (
	tableBegin = "<!-- calls: written by go generate -->\n"
	tableEnd   = "<!-- end of calls -->\n"
)

// replaceTable puts table between the marks of the README.
func replaceTable(readme, table string) (string, error) {
	before, rest, found := strings.Cut(readme, tableBegin)
	_, after, closed := strings.Cut(rest, tableEnd)
	if !found || !closed {
		return "", errors.New("README.md has lost the marks of its table of calls")
	}
	return before + tableBegin + table + tableEnd + after, nil
}
