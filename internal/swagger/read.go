package swagger

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Values are the fields of a call that were given, checked. A text, a date and a
// time is a string, a number a json.Number, a list a []string, an object a
// map[string]any.
type Values map[string]any

// Text is the value of a text, or empty.
func (v Values) Text(name string) string {
	text, _ := v[name].(string)
	return text
}

// List is the value of a list, or nil.
func (v Values) List(name string) []string {
	items, _ := v[name].([]string)
	return items
}

// Flag is the value of a boolean, or false.
func (v Values) Flag(name string) bool {
	b, _ := v[name].(bool)
	return b
}

// Has reports whether a field was given.
func (v Values) Has(name string) bool {
	_, ok := v[name]
	return ok
}

// TextOr is the value of a text, or the default where it was not given.
func (v Values) TextOr(name, fallback string) string {
	if v.Has(name) {
		return v.Text(name)
	}
	return fallback
}

// Ways to write an array in a query or a form.
const (
	ArrayComma    = "comma"    // status=PENDING,FAILED
	ArrayRepeated = "repeated" // status=PENDING&status=FAILED
	ArrayBrackets = "brackets" // status[]=PENDING&status[]=FAILED
)

// Reader reads one request against its declaration.
type Reader struct {
	Arrays        string // the only form of arrays that is taken; empty: all
	QuotedNumbers bool   // numbers under inferred names come as texts too

	Problems []string // what is wrong, each beginning with the field's name
	Facts    []string // the subjects of the inferred facts that the request used
}

func (r *Reader) problem(name, what string) { r.Problems = append(r.Problems, name+" "+what) }

// ReadForm reads a multipart form: the fields, and of the files only whether they
// are there. It also lists the fields that are not declared.
func (r *Reader) ReadForm(fs Fields, form *Upload) (in Values, unread []string) {
	for _, f := range fs {
		if f.Kind != KindFile {
			continue
		}
		switch {
		case form.File(f.Name) != nil:
		case form.Values.Has(f.Name):
			r.problem(f.Name, "is invalid") // a part without a filename
		case f.Must:
			r.problem(f.Name, "is missing")
		}
	}
	for name := range form.Values {
		plain := AnyIndex(name)
		if !slices.ContainsFunc(fs, func(f Field) bool { return f.Name == plain || f.Name+"[]" == plain }) {
			unread = append(unread, name)
		}
	}
	slices.Sort(unread)
	return r.ReadTexts(fs, form.Values), unread
}

// ReadTexts reads fields that arrive as texts: a query or a form.
func (r *Reader) ReadTexts(fs Fields, from url.Values) Values {
	into := Values{}
	for _, f := range fs {
		if f.Kind == KindFile {
			continue
		}
		if f.Kind == KindList {
			items, given := r.listOf(f, from)
			if !given && f.Must {
				r.problem(f.Name, "is missing")
			}
			if given {
				into[f.Name] = items
			}
			continue
		}
		given := false
		for name := range from {
			if name != f.Name && AnyIndex(name) != f.Name {
				continue
			}
			given = true
			value, problem := f.parse(from.Get(name))
			if problem != "" {
				r.problem(name, problem)
				continue
			}
			into[name] = value
		}
		if !given && f.Must {
			r.problem(f.Name, "is missing")
		}
	}
	return into
}

var indexPattern = regexp.MustCompile(`\[[0-9]+\]`)

// AnyIndex turns files[0][file] into files[n][file], as declarations write it.
func AnyIndex(name string) string { return indexPattern.ReplaceAllString(name, "[n]") }

// listOf reads an array in whichever of the three forms the reader lets in.
func (r *Reader) listOf(f Field, from url.Values) (items []string, given bool) {
	plain, bracketed := from[f.Name], from[f.Name+"[]"]
	if len(plain) == 0 && len(bracketed) == 0 {
		return nil, false
	}
	bad := false
	switch r.Arrays {
	case ArrayBrackets:
		bad = len(plain) > 0
	case ArrayRepeated:
		bad = len(bracketed) > 0
	case ArrayComma:
		bad = len(bracketed) > 0 || len(plain) > 1
	}
	if bad {
		r.problem(f.Name, "is invalid")
		return nil, true
	}
	if len(bracketed) > 0 || len(plain) > 1 || strings.Contains(strings.Join(plain, ""), ",") {
		r.Facts = append(r.Facts, "rule the form of arrays in queries and forms")
	}
	for _, value := range append(slices.Clone(plain), bracketed...) {
		if r.Arrays == ArrayRepeated || r.Arrays == ArrayBrackets {
			items = append(items, value)
			continue
		}
		items = append(items, strings.Split(value, ",")...)
	}
	items = slices.DeleteFunc(items, func(item string) bool { return item == "" })
	if problem := f.checkList(items); problem != "" {
		r.problem(f.Name, problem)
	}
	return items, true
}

// The exponent is short so that nobody can ask for a number with a billion digits.
var numberPattern = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?$`)

// IsNumber reports whether a text is a number of a size that is taken.
func IsNumber(text string) bool { return numberPattern.MatchString(text) }

func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// parse reads one value from its text, and says what is wrong with it.
func (f Field) parse(text string) (value any, problem string) {
	var ok bool
	switch f.Kind {
	case KindBool:
		value, ok = text == "true", text == "true" || text == "false"
	case KindInteger:
		n, err := strconv.ParseInt(text, 10, 32)
		value, ok = int(n), err == nil
	case KindNumber:
		value, ok = json.Number(text), IsNumber(text)
	case KindDate:
		value, ok = text, isDate(text)
	case KindTime:
		_, err := time.Parse(time.RFC3339, text)
		value, ok = text, err == nil
	default:
		return text, f.checkText(text)
	}
	if !ok {
		return nil, "is invalid"
	}
	if f.Values != nil && !slices.Contains(f.Values, text) {
		return nil, "does not have a valid value"
	}
	return value, ""
}

func (f Field) checkText(text string) string {
	switch {
	case text == "" && f.Must:
		return "is empty"
	case f.Values != nil && !slices.Contains(f.Values, text):
		return "does not have a valid value"
	case f.Most > 0 && utf8.RuneCountInString(text) > f.Most:
		return "must have at most " + strconv.Itoa(f.Most) + " characters"
	}
	return ""
}

func (f Field) checkList(items []string) string {
	switch {
	case len(items) == 0 && f.Must:
		return "is empty"
	case f.Most > 0 && len(items) > f.Most:
		return "must have at most " + strconv.Itoa(f.Most) + " items"
	case f.Values != nil && slices.ContainsFunc(items, func(item string) bool { return !slices.Contains(f.Values, item) }):
		return "does not have a valid value"
	}
	return ""
}
