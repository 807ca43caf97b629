package call

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// List is the list that an answer holds, and what the answer says about it.
type List struct {
	Items []byte // the JSON array
	Total int    // the number of items in all pages; -1 if the answer does not say
	More  bool   // the answer says that there is another page
	Pages int    // how many there are, and which this is; 0 if the answer does not say
	Page  int
	Doubt string // why nothing can be concluded from what is not in the list; "": nothing speaks against it
}

// What may stand in an object around a list. Inferred, all of it: the documented
// lists are bare arrays. The names are plain ones, see [PlainName].
var (
	listNames   = []string{"items", "data", "results"} // and the call's own noun
	pagingNames = []string{"meta", "metadata", "pagination", "paging", "page", "pages", "pager", "links", "cursor", "cursors"}
	// Flags of a list that is not whole: when they are set, and when they are not.
	brokenNames = []string{
		"partial", "ispartial", "partialresults", "incomplete", "isincomplete", "incompleteresults", "truncated", "istruncated", "timedout",
		"degraded", "stale", "failed",
	}
	wholeNames = []string{"complete", "iscomplete", "success", "ok"}
)

// noun is the call's own name for its items: the last word of its path.
func noun(path string) string {
	words := strings.Split(path, "/")
	slices.Reverse(words)
	i := slices.IndexFunc(words, func(w string) bool { return w != "" && w[0] != '{' })
	if i < 0 {
		return ""
	}
	return words[i]
}

// FindList finds the list in an answer that is valid JSON: a bare array, or an
// object whose one list has a known name and whose other members are scalars or
// say where in the pages it stands. An object that tells of an error, or that the
// list is not whole, is none: taken for an empty list it would say that nothing
// happened. path is that of the call.
func FindList(body []byte, path string) (found List, problem string) {
	body = bytes.TrimSpace(body)
	found.Total = -1
	switch {
	case len(body) > 0 && body[0] == '[':
		found.Items = body
		return found, ""
	case len(body) == 0 || body[0] != '{':
		return found, "the answer holds no list"
	}
	members, err := Members(body)
	if err != nil {
		return found, memberProblem(err)
	}
	if problem = refuses(members); problem != "" {
		return found, problem
	}
	own := PlainName(noun(path))
	for _, m := range members {
		isList := m.isOneOf(listNames) || PlainName(m.Name) == own
		switch first := m.Value[0]; {
		case isList && string(m.Value) == "null":
			return found, "the answer holds null instead of a list"
		case isList && first == '[' && found.Items == nil:
			found.Items = m.Value
			continue
		case first == '[':
			return found, "the answer is an object with several lists, or the list has an unknown name"
		case first == '{' && !m.isOneOf(pagingNames):
			return found, "the answer is an object with another one in it"
		}
		found.note(m)
	}
	if found.Items == nil {
		return found, "the answer holds no list"
	}
	return found, ""
}

// refuses says why members make an object no list. Objects about paging are looked
// into, too.
func refuses(members []Member) (problem string) {
	var said []string
	for _, m := range members {
		isSet := m.isSet()
		switch {
		case m.Value[0] == '{' && m.isOneOf(pagingNames):
			inner, err := Members(m.Value)
			if err != nil {
				return memberProblem(err)
			}
			if problem = refuses(inner); problem != "" {
				return problem
			}
		case tellsError(PlainName(m.Name), m.Value), PlainName(m.Name) == "status" && isErrorStatus(m.Value):
			return "the answer tells of an error"
		case m.isOneOf(brokenNames) && isSet, m.isOneOf(wholeNames) && string(m.Value) == "false":
			return "the answer says that the list is not whole"
		case isSet:
			said = append(said, strings.ToLower(m.Name))
		}
	}
	if slices.Contains(said, "code") && slices.Contains(said, "message") {
		return "the answer tells of an error"
	}
	return ""
}

// What is understood of the members beside a list.
var (
	countNames  = []string{"total", "totalcount", "totalitems", "totalresults", "totalrecords", "totalelements", "count", "results"}
	pagesNames  = []string{"totalpages", "pagecount", "lastpage", "pages", "last"}
	numberNames = []string{"page", "currentpage", "pagenumber"}
	sizeNames   = []string{"perpage", "pagesize", "limit", "itemsperpage", "offset", "from", "to"}
	nextNames   = []string{
		"more", "hasmore", "hasnext", "hasnextpage", "next", "nextpage", "nexturl", "nextlink", "nextcursor", "nextpagetoken", "nexttoken",
		"cursor", "after", "continuation", "continuationtoken",
	}
	errorFlags = []string{"error", "errors", "haserror", "haserrors", "code"}
	backNames  = []string{"self", "first", "prev", "previous", "prevpage", "previouspage", "hasprev", "hasprevious"}
)

// note takes what a member says about the pages, by its value. What is not known, or
// cannot be read, may say that the list is not whole: see Doubt.
func (l *List) note(m Member) {
	n, isCount := whole(word(m.Value))
	switch {
	case isNothing(m.Value), m.isOneOf(backNames), m.isOneOf(errorFlags) && isNo(m.Value), PlainName(m.Name) == "status" && isFine(m.Value):
		return
	case m.Value[0] == '{' && m.isOneOf(pagingNames):
		inner, _ := Members(m.Value) // refuses has read them
		for _, m := range inner {
			l.note(m)
		}
		return
	case m.isOneOf(nextNames):
		l.More = l.More || !isNo(m.Value) && !isNothing(m.Value)
		return
	case m.isOneOf(countNames) && isCount:
		l.Total = max(l.Total, n)
		return
	case m.isOneOf(pagesNames) && isCount:
		l.Pages = n
		return
	case m.isOneOf(numberNames) && isCount:
		l.Page = n
		return
	case m.isOneOf(sizeNames) && isCount, m.isOneOf(brokenNames) && isNo(m.Value), m.isOneOf(wholeNames) && isYes(m.Value):
		return
	}
	l.Doubt = "the answer has something beside the list, or in a way, that is not known: " + QuoteCut(m.Name, 32)
}

// Member is one member of a JSON object.
type Member struct {
	Name  string
	Value json.RawMessage
}

// isOneOf reports whether the member has one of the plain names.
func (m Member) isOneOf(names []string) bool { return slices.Contains(names, PlainName(m.Name)) }

// isSet reports whether a flag, a text or a number says anything.
func (m Member) isSet() bool {
	return !slices.Contains([]string{"null", "false", `"false"`, "0", `""`, "{}", "[]"}, string(m.Value))
}

// ErrTwice means that an object gives a member twice, in whatever letters: which
// of the two counts is nobody's to guess.
var ErrTwice = errors.New("a member is given twice")

// Members returns the members of a JSON object in their order.
func Members(object []byte) ([]Member, error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if opening, err := d.Token(); err != nil || opening != json.Delim('{') {
		return nil, errors.Join(err, errors.New("not an object"))
	}
	var (
		members []Member
		names   = map[string]bool{}
	)
	for d.More() {
		var m Member
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		m.Name = name
		if name = strings.ToLower(name); names[name] {
			return nil, ErrTwice
		}
		names[name] = true
		if err := d.Decode(&m.Value); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the object")
	}
	return members, nil
}

func memberProblem(err error) string {
	if errors.Is(err, ErrTwice) {
		return "the answer names a field twice"
	}
	return "the answer is not valid JSON"
}
