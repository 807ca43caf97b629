package maventatest

import (
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// values are the fields of a call that were given, checked. A text, a date and a
// time is a string, a number a json.Number, a list a []string, an object a
// map[string]any.
type values map[string]any

func (v values) text(name string) string {
	text, _ := v[name].(string)
	return text
}

func (v values) list(name string) []string {
	items, _ := v[name].([]string)
	return items
}

func (v values) flag(name string) bool {
	b, _ := v[name].(bool)
	return b
}

func (v values) has(name string) bool {
	_, ok := v[name]
	return ok
}

// textOr is the text of a field, or the default where it was not given.
func (v values) textOr(name, fallback string) string {
	if v.has(name) {
		return v.text(name)
	}
	return fallback
}

// read checks what the call was given against its declaration. One refusal names
// every field that is wrong.
func (c *call) read(sp spec) error {
	c.documented, c.in = true, values{}
	wrong := &problems{}
	c.readTexts(sp.query, c.query, c.in, wrong)
	for _, f := range sp.query {
		c.asked[f.name], c.asked[f.name+"[]"] = true, true
	}
	switch sp.media {
	case mediaJSON:
		p, err := c.body()
		if err != nil {
			return err
		}
		p.shared = wrong
		maps.Copy(c.in, p.take(sp.body))
	case mediaForm:
		if err := c.readForm(sp.body, wrong); err != nil {
			return err
		}
	}
	if len(wrong.list) > 0 {
		return invalidParameters(wrong.list...)
	}
	return nil
}

// readForm reads a multipart form: the fields, and of the files only whether
// they are there.
func (c *call) readForm(fs fields, wrong *problems) error {
	media, _, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" || c.upload == nil {
		e := plainError(http.StatusUnsupportedMediaType)
		e.details = []string{"Content-Type must be multipart/form-data"}
		return e
	}
	if c.upload.err != nil {
		return invalidParameters("body is not a multipart form")
	}
	for _, f := range fs {
		if f.kind != kindFile {
			continue
		}
		switch {
		case c.upload.file(f.name) != nil:
		case c.upload.values.Has(f.name):
			wrong.list = append(wrong.list, f.name+" is invalid") // a part without a filename
		case f.must:
			wrong.list = append(wrong.list, f.name+" is missing")
		}
	}
	c.readTexts(fs, c.upload.values, c.in, wrong)
	for name := range c.upload.values {
		plain := anyIndex(name)
		if !slices.ContainsFunc(fs, func(f field) bool { return f.name == plain || f.name+"[]" == plain }) {
			c.unread = append(c.unread, name)
		}
	}
	slices.Sort(c.unread)
	return nil
}

// readTexts reads fields that arrive as texts: a query or a form.
func (c *call) readTexts(fs fields, from url.Values, into values, wrong *problems) {
	for _, f := range fs {
		if f.kind == kindFile {
			continue
		}
		if f.kind == kindList {
			items, given := c.listOf(f, from, wrong)
			if !given && f.must {
				wrong.list = append(wrong.list, f.name+" is missing")
			}
			if given {
				into[f.name] = items
			}
			continue
		}
		given := false
		for name := range from {
			if name != f.name && anyIndex(name) != f.name {
				continue
			}
			given = true
			value, problem := f.parse(from.Get(name))
			if problem != "" {
				wrong.list = append(wrong.list, name+" "+problem)
				continue
			}
			into[name] = value
		}
		if !given && f.must {
			wrong.list = append(wrong.list, f.name+" is missing")
		}
	}
}

var indexPattern = regexp.MustCompile(`\[[0-9]+\]`)

// anyIndex turns files[0][file] into files[n][file], as declarations write it.
func anyIndex(name string) string { return indexPattern.ReplaceAllString(name, "[n]") }

// listOf reads an array in whichever of the three forms the Wire lets in.
func (c *call) listOf(f field, from url.Values, wrong *problems) (items []string, given bool) {
	plain, bracketed := from[f.name], from[f.name+"[]"]
	if len(plain) == 0 && len(bracketed) == 0 {
		return nil, false
	}
	form := c.srv.options.wire.ArrayForm
	bad := false
	switch form {
	case ArrayBrackets:
		bad = len(plain) > 0
	case ArrayRepeated:
		bad = len(bracketed) > 0
	case ArrayComma:
		bad = len(bracketed) > 0 || len(plain) > 1
	}
	if bad {
		wrong.list = append(wrong.list, f.name+" is invalid")
		return nil, true
	}
	if len(bracketed) > 0 || len(plain) > 1 || strings.Contains(strings.Join(plain, ""), ",") {
		c.lean("rule the form of arrays in queries and forms")
	}
	for _, value := range append(slices.Clone(plain), bracketed...) {
		if form == ArrayRepeated || form == ArrayBrackets {
			items = append(items, value)
			continue
		}
		items = append(items, strings.Split(value, ",")...)
	}
	items = slices.DeleteFunc(items, func(item string) bool { return item == "" })
	if problem := f.checkList(items); problem != "" {
		wrong.list = append(wrong.list, f.name+" "+problem)
	}
	return items, true
}

// parse reads one value from its text, and says what is wrong with it.
func (f field) parse(text string) (value any, problem string) {
	var ok bool
	switch f.kind {
	case kindBool:
		value, ok = text == "true", text == "true" || text == "false"
	case kindInteger:
		n, err := strconv.ParseInt(text, 10, 32)
		value, ok = int(n), err == nil
	case kindNumber:
		value, ok = json.Number(text), amountPattern.MatchString(text)
	case kindDate:
		value, ok = text, isDate(text)
	case kindTime:
		_, err := time.Parse(time.RFC3339, text)
		value, ok = text, err == nil
	default:
		return text, f.checkText(text)
	}
	if !ok {
		return nil, "is invalid"
	}
	if f.values != nil && !slices.Contains(f.values, text) {
		return nil, "does not have a valid value"
	}
	return value, ""
}

func (f field) checkText(text string) string {
	switch {
	case text == "" && f.must:
		return "is empty"
	case f.values != nil && !slices.Contains(f.values, text):
		return "does not have a valid value"
	case f.most > 0 && utf8.RuneCountInString(text) > f.most:
		return "must have at most " + strconv.Itoa(f.most) + " characters"
	}
	return ""
}

func (f field) checkList(items []string) string {
	switch {
	case len(items) == 0 && f.must:
		return "is empty"
	case f.most > 0 && len(items) > f.most:
		return "must have at most " + strconv.Itoa(f.most) + " items"
	case f.values != nil && slices.ContainsFunc(items, func(item string) bool { return !slices.Contains(f.values, item) }):
		return "does not have a valid value"
	}
	return ""
}
