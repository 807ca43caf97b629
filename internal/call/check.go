// Package call holds what the client and package ax say about calls in the same
// words: what is wrong with the fields of a request, and whether an item obeys a
// filter. It sends nothing and imports nothing of this module.
package call

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem names one field of a request and what is wrong with it.
type Problem struct{ Field, Problem string }

// Problems collects what is wrong with a request.
type Problems struct {
	Unchecked   bool // unknown enum values are let through
	NoPreflight bool // rules of the agencies are not applied
	List        []Problem
	Warnings    []Problem // what an agency may refuse
}

// Add notes a problem.
func (p *Problems) Add(field, problem string) {
	p.List = append(p.List, Problem{Field: field, Problem: problem})
}

// Warn notes what an agency may refuse.
func (p *Problems) Warn(field, problem string) {
	p.Warnings = append(p.Warnings, Problem{Field: field, Problem: problem})
}

// Required checks a text that must not be empty.
func (p *Problems) Required(field, value string) {
	if strings.TrimSpace(value) == "" {
		p.Add(field, "is required")
	}
}

// Enum checks a required field with an open list of values.
func (p *Problems) Enum(field, value string, known bool) {
	switch {
	case value == "":
		p.Add(field, "is required")
	case !known && !p.Unchecked:
		p.Add(field, "has a value this package does not know: "+QuoteCut(value, 32)+" (maventa.Unchecked sends it anyway)")
	}
}

// OneOf checks a field that may be empty or one of the documented values.
func (p *Problems) OneOf(field, value string, known ...string) {
	if value != "" {
		p.Enum(field, value, slices.Contains(known, value))
	}
}

// AtMost checks a documented length, counted in characters.
func (p *Problems) AtMost(field, value string, limit int) {
	if utf8.RuneCountInString(value) > limit {
		p.Add(field, fmt.Sprintf("has more than %d characters", limit))
	}
}

// Batch checks a required list of limited length.
func (p *Problems) Batch(field string, values []string, limit int) {
	switch {
	case len(values) == 0:
		p.Add(field, "is required")
	case len(values) > limit:
		p.Add(field, "holds too many values: split it")
	}
	for _, v := range values {
		p.Required(field, v)
	}
}

// Country checks a required two-letter code.
func (p *Problems) Country(field, code string) {
	if len(code) != 2 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		p.Add(field, "must be two capital letters (ISO 3166-1)")
	}
}

// Filename checks the name of an uploaded file.
func (p *Problems) Filename(field, name string) {
	isOdd := func(r rune) bool { return r < ' ' || r == 0x7f || r == '/' || r == '\\' }
	switch {
	case name == "":
		p.Add(field, "is required")
	case len(name) > 255 || strings.ContainsFunc(name, isOdd):
		p.Add(field, "must be a plain file name of at most 255 bytes")
	}
}

// HTTPS checks a URL: https, or http of this machine.
func (p *Problems) HTTPS(field, address string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !IsLoopback(u.Hostname())) {
		p.Add(field, "must be an https URL")
	}
}

// IsLoopback reports whether a host is this machine.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// maxID is longer than any id of the API: UUIDs have 36 characters.
const maxID = 200

// IDProblem says why id cannot be a path segment; "" if it can. Reserved are
// segments that name another call.
func IDProblem(id string, reserved []string) string {
	switch {
	case id == "":
		return "is empty"
	case len(id) > maxID:
		return "is longer than 200 bytes"
	case id == "." || id == "..":
		return "is a dot segment"
	case slices.Contains(reserved, id):
		return "names another call: " + QuoteCut(id, 32)
	case !utf8.ValidString(id):
		return "is not UTF-8"
	}
	for _, r := range id {
		isPrint := r >= ' ' && r <= '~' || unicode.IsPrint(r) // which is slow
		if !isPrint || r == '/' || r == '\\' || r == '%' {
			return "holds a slash, a percent sign or a control character"
		}
	}
	return ""
}

// QuoteCut quotes s and cuts it to n bytes: text from outside can neither forge
// log lines nor fill them.
func QuoteCut(s string, n int) string {
	if len(s) <= n {
		return strconv.Quote(s)
	}
	return strconv.Quote(Cut(s, n)) + "…"
}

// Cut shortens s to at most n bytes without splitting a character.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// HeaderProblem says what a copied key or id holds that it must not; "" if nothing.
func HeaderProblem(s string) string {
	switch {
	case s == "":
		return "is empty"
	case len(s) > 512:
		return "is longer than 512 bytes"
	}
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return "holds a space, a line break or a character outside ASCII: was it copied whole?"
		}
	}
	return ""
}

// IsCode reports whether s is an error code that may be shown: a short word,
// never an echo of the request.
func IsCode(s string) bool {
	const letters, rest = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789_.-"
	return s != "" && len(s) <= 64 && strings.Contains(letters, s[:1]) && strings.Trim(s, letters+rest) == ""
}
