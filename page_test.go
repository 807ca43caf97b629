package maventa_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

// listOf is a JSON array of events with these ids; "-" is one without an id.
func listOf(ids ...string) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		if id == "-" {
			b.WriteString(`{"type":"comment"}`)
		} else {
			fmt.Fprintf(&b, `{"id":%q,"type":"comment"}`, id)
		}
	}
	return "[" + b.String() + "]"
}

// page is one answer of a list.
func page(body string, header ...string) ct.Reply {
	r := ct.Reply{Status: 200, Body: body, Header: map[string]string{}}
	for i := 0; i < len(header); i += 2 {
		r.Header[header[i]] = header[i+1]
	}
	return r
}

func link(page int, rel string) string {
	return "<" + eventsURL + "?per_page=100&page=" + strconv.Itoa(page) + `>; rel="` + rel + `"`
}

// eventIDs ranges over all events and returns their ids.
func eventIDs(t *testing.T, m *ct.Mock, filter maventa.EventFilter) (ids []string, err error) {
	t.Helper()
	events, err := ct.Collect(m.Client.Events.All(t.Context(), filter))
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids, err
}

func hundred(from int) []string {
	var ids []string
	for i := range 100 {
		ids = append(ids, strconv.Itoa(from+i))
	}
	return ids
}

func TestPaging(t *testing.T) {
	first := hundred(0)
	for _, c := range []struct {
		name    string
		pages   []ct.Reply
		perPage int
		want    []string
		kind    error
		asked   []int // pages; nil: 1 to the number of answers
	}{
		{name: "X-Next-Page", pages: []ct.Reply{page(listOf("a"), "X-Next-Page", "2"), page(listOf("b"), "X-Next-Page", "")}, want: []string{"a", "b"}},
		{name: "X-Next-Page jumps", pages: []ct.Reply{page(listOf("a"), "X-Next-Page", " 5 "), page(listOf("b"), "X-Next-Page", "")}, want: []string{"a", "b"}, asked: []int{1, 5}},
		{name: "X-Next-Page beats Link", pages: []ct.Reply{page(listOf("a"), "X-Next-Page", "", "Link", link(2, "next"))}, want: []string{"a"}},
		{name: "unreadable X-Next-Page, then Link", pages: []ct.Reply{page(listOf("a"), "X-Next-Page", "two", "Link", link(1, "last"))}, want: []string{"a"}},
		{name: "unreadable X-Next-Page alone", pages: []ct.Reply{page(listOf("a"), "X-Next-Page", "two"), page("[]")}, want: []string{"a"}},
		{name: "Link", pages: []ct.Reply{page(listOf("a"), "Link", link(1, "first")+", "+link(2, "next")+", "+link(2, "last")), page(listOf("b"), "Link", link(1, "prev"))}, want: []string{"a", "b"}},
		{name: "Link in other clothes", pages: []ct.Reply{page(listOf("a"), "Link", `<https://elsewhere.example/?page=2>;title="a, b";REL=Next`), page(listOf("b"), "Link", link(1, "first"))}, want: []string{"a", "b"}},
		{name: "Link that says nothing of pages", pages: []ct.Reply{page(listOf("a"), "Link", `<https://x.example/help>; rel="help"`), page("[]")}, want: []string{"a"}},
		{name: "Link that is broken", pages: []ct.Reply{page(listOf("a"), "Link", `<`+eventsURL+`?page=2`), page("[]")}, want: []string{"a"}},
		{name: "Link with an unreadable address", pages: []ct.Reply{page(listOf("a"), "Link", `<://%zz?page=2>; rel="next"`)}, want: []string{"a"}, kind: maventa.ErrNotAdvancing},
		{name: "Link to a cursor", pages: []ct.Reply{page(listOf("a"), "Link", `<`+eventsURL+`?cursor=x>; rel="next"`)}, want: []string{"a"}, kind: maventa.ErrNotAdvancing},
		{name: "no paging, and a larger total", pages: []ct.Reply{page(listOf("a", "b"), "X-Total", "230"), page(listOf("a", "b"), "X-Total", "230")}, want: []string{"a", "b"}, kind: maventa.ErrNotAdvancing},
		{name: "Link that is no link", pages: []ct.Reply{page(listOf("a"), "Link", `rel="next"; page=2`), page("[]")}, want: []string{"a"}},
		{name: "Link without a relation", pages: []ct.Reply{page(listOf("a"), "Link", `<`+eventsURL+`?page=2>; title=x; rel`), page("[]")}, want: []string{"a"}},
		{name: "Link with page 0", pages: []ct.Reply{page(listOf("a"), "Link", link(0, "next"))}, want: []string{"a"}, kind: maventa.ErrNotAdvancing},
		{name: "until an empty page", pages: []ct.Reply{page(listOf(first...)), page(listOf("x")), page("[]")}, want: append(hundred(0), "x")},
		{name: "an envelope", pages: []ct.Reply{page(`{"total":2,"data":` + listOf("a", "b") + `}`), page(`{"total":2,"data":[]}`)}, want: []string{"a", "b"}},
		{name: "per_page is capped", pages: []ct.Reply{page(listOf("a", "b")), page(listOf("c", "d")), page(listOf("e")), page("[]")}, want: []string{"a", "b", "c", "d", "e"}},
		{name: "no paging at all", pages: []ct.Reply{page(listOf("a", "b")), page(listOf("a", "b"))}, want: []string{"a", "b"}},
		{name: "no paging, no ids", pages: []ct.Reply{page(listOf("-", "-")), page(listOf("-", "-"))}, want: []string{"", ""}},
		{name: "no paging, in an answer with a time", pages: []ct.Reply{page(`{"at":1,"events":` + listOf("a", "b") + `}`), page(`{"at":2,"events":` + listOf("a", "b") + `}`)}, want: []string{"a", "b"}},
		{name: "no paging, and a new one meanwhile", pages: []ct.Reply{page(listOf("a", "b")), page(listOf("z", "a", "b"))}, want: []string{"a", "b", "z"}},
		{name: "no paging, and a new one at the end", pages: []ct.Reply{page(listOf("a", "b")), page(listOf("a", "b", "z"))}, want: []string{"a", "b", "z"}},
		{name: "no paging, in another order", pages: []ct.Reply{page(listOf("a", "b")), page(listOf("b", "a"))}, want: []string{"a", "b"}},
		{name: "no paging, but as many as asked for", pages: []ct.Reply{page(listOf("a", "b")), page(listOf("a", "b"))}, perPage: 2, want: []string{"a", "b"}, kind: maventa.ErrNotAdvancing},
		{name: "no paging, hundred items", pages: []ct.Reply{page(listOf(first...)), page(listOf(first...))}, want: first, kind: maventa.ErrNotAdvancing},
		{name: "empty", pages: []ct.Reply{page("[]")}},
		{name: "empty, and the service says so", pages: []ct.Reply{page("[]", "X-Next-Page", "", "X-Total", "0")}},
		{name: "empty page in the middle, and a next one", pages: []ct.Reply{page("[]", "X-Next-Page", "2"), page(listOf("a"), "X-Next-Page", "")}, want: []string{"a"}},
		{name: "the same page again, and a next one", pages: []ct.Reply{page(listOf("a"), "X-Next-Page", "2"), page(listOf("a"), "X-Next-Page", "3")}, want: []string{"a"}, kind: maventa.ErrNotAdvancing},
		{name: "nothing new", pages: []ct.Reply{page(listOf("a", "b", "c")), page(listOf("c", "a"))}, want: []string{"a", "b", "c"}, kind: maventa.ErrNotAdvancing},
		{name: "nothing new on a later page", pages: []ct.Reply{page(listOf("a")), page(listOf("b")), page(listOf("b"))}, want: []string{"a", "b"}, kind: maventa.ErrNotAdvancing},
		{name: "no ids, the same bytes on a later page", pages: []ct.Reply{page(listOf("a")), page(listOf("-")), page(listOf("-"))}, want: []string{"a", ""}, kind: maventa.ErrNotAdvancing},
		{name: "next page is this one", pages: []ct.Reply{page(listOf("a"), "X-Next-Page", "1")}, want: []string{"a"}, kind: maventa.ErrNotAdvancing},
		{name: "next page is an earlier one", pages: []ct.Reply{page(listOf("a"), "X-Next-Page", "2"), page(listOf("b"), "X-Next-Page", "1")}, want: []string{"a", "b"}, kind: maventa.ErrNotAdvancing},
		{name: "next page is negative", pages: []ct.Reply{page(listOf("a"), "X-Next-Page", "-1")}, want: []string{"a"}, kind: maventa.ErrNotAdvancing},
		{name: "an item moved to the next page", pages: []ct.Reply{page(listOf("a", "b")), page(listOf("b", "c")), page("[]")}, want: []string{"a", "b", "c"}},
		{name: "compared with the page before only", pages: []ct.Reply{page(listOf("a")), page(listOf("b")), page(listOf("a", "c")), page("[]")}, want: []string{"a", "b", "a", "c"}},
		{name: "fails in the middle", pages: []ct.Reply{page(listOf("a", "b")), {Status: 503}}, want: []string{"a", "b"}, kind: maventa.ErrUnavailable},
		{name: "fails at once", pages: []ct.Reply{{Status: 403}}, kind: maventa.ErrForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("GET", eventsURL, c.pages...)
			ids, err := eventIDs(t, m, maventa.EventFilter{ListOptions: maventa.ListOptions{PerPage: c.perPage}})
			assert.Equal(t, c.want, ids)
			if c.kind == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, c.kind)
				e := ct.Failure(t, err)
				assert.Equal(t, "Events.List", e.Operation)
				assert.NotErrorIs(t, err, maventa.ErrOutcomeUnknown, "it only reads")
			}
			if c.asked == nil {
				for i := range c.pages {
					c.asked = append(c.asked, i+1)
				}
			}
			var want []string
			for _, n := range c.asked {
				per := c.perPage
				if per == 0 {
					per = 100
				}
				want = append(want, fmt.Sprintf("GET %s?page=%d&per_page=%d", eventsURL, n, per))
			}
			assert.Equal(t, want, m.URLs())
		})
	}
}

// A value that does not fit its field is kept in Extra, and the rest of the list
// stays readable.
func TestValuesOfAnotherType(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", eventsURL, page(`[{"id":7,"type":["paid"],"amount":{"value":"1.00"},"created_at":"2026-11-22 10:00","odd":1},{"id":"b","type":"comment","amount":"2.50"}]`))
	p, err := m.Client.Events.List(t.Context(), maventa.EventFilter{})
	require.NoError(t, err)
	require.Len(t, p.Items, 2)
	odd := p.Items[0]
	assert.Equal(t, "7", odd.ID, "an id may be a number")
	_, hasAmount := odd.Amount.Get()
	assert.False(t, hasAmount)
	assert.True(t, odd.CreatedAt.IsZero())
	assert.Empty(t, odd.Type)
	for name, want := range map[string]string{"type": `["paid"]`, "amount": `{"value":"1.00"}`, "created_at": `"2026-11-22 10:00"`, "odd": `1`} {
		raw, ok := odd.Extra.Get(name)
		assert.True(t, ok, name)
		assert.JSONEq(t, want, string(raw))
	}
	assert.Equal(t, "2.50", p.Items[1].Amount.Or(maventa.Amount{}).String())

	m.On("POST", assignmentsURL+"/as-1/events", ct.Reply{Status: 201, Body: `{"id":"ev-1","amount":"five hundred"}`})
	e, err := m.Client.Assignments.AddEvent(t.Context(), "as-1", maventa.Comment("Hei"))
	require.NoError(t, err)
	assert.Equal(t, "ev-1", e.ID)
	assert.Equal(t, 1, e.Extra.Len())

	m.On("GET", amiliURL, ct.Reply{Status: 200, Body: `{"status":"ACTIVE","iban":5}`})
	status, err := m.Client.Amili.Status(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, status.Extra.Len(), "documented fields too")

	m.On("GET", eventsURL, page(`[{"id":"a"},{"id":{"value":7}}]`))
	_, err = m.Client.Events.List(t.Context(), maventa.EventFilter{})
	assert.Contains(t, ct.Failure(t, err).Error(), "the answer's field [1].id has a value that cannot be read")
}

// What is not a list is an error, not an empty list: a caller would take it for
// "nothing happened".
func TestNotAList(t *testing.T) {
	for name, body := range map[string]string{
		"two lists":         `{"items":[],"errors":[]}`,
		"no list":           `{"items":null}`,
		"an empty object":   `{}`,
		"null":              `null`,
		"text":              `"none"`,
		"number":            `7`,
		"empty":             ``,
		"white space":       " \n",
		"cut":               `[{"id":"a"},`,
		"cut in envelope":   `{"items":[{"id":"a"}`,
		"text after it":     `[] []`,
		"items of texts":    `["a"]`,
		"item of a list":    `[[]]`,
		"id twice":          `[{"id":"a","id":"b"}]`,
		"HTML":              `<html>canary</html>`,
		"HTML in an array":  `[<html>canary</html>]`,
		"not UTF-16 either": "\xff\xfe[\x00]\x00",
	} {
		t.Run(name, func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("GET", eventsURL, page(body), page(body))
			p, err := m.Client.Events.List(t.Context(), maventa.EventFilter{})
			assert.Nil(t, p)
			e := ct.Failure(t, err)
			assert.Equal(t, maventa.PhaseDecode, e.Phase)
			assert.Equal(t, 200, e.Status)
			assert.NotContains(t, err.Error(), "canary")
			assert.NotContains(t, err.Error(), "not sent")

			ids, err := eventIDs(t, m, maventa.EventFilter{})
			assert.Empty(t, ids)
			require.Error(t, err)
		})
	}
}

func TestListOfNulls(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", eventsURL, page(`[null, {"id":"a"}, null]`), page(`[]`))
	events, err := ct.Collect(m.Client.Events.All(t.Context(), maventa.EventFilter{}))
	require.NoError(t, err)
	assert.Equal(t, []maventa.Event{{}, {ID: "a"}, {}}, events)
}

func TestPageMetadata(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer ct.Reply
		want   maventa.Page[maventa.Event]
	}{
		{"next page given", page(`[]`, "X-Total", "205", "X-Next-Page", "3"), maventa.Page[maventa.Event]{Next: 3, Total: 205}},
		{"end given", page(listOf(), "X-Total", "0", "X-Next-Page", ""), maventa.Page[maventa.Event]{Total: 0}},
		{"nothing given, empty", page(`[]`), maventa.Page[maventa.Event]{Total: -1}},
		{"nothing given, not empty", page(`[null]`), maventa.Page[maventa.Event]{Items: []maventa.Event{{}}, Next: 3, Total: -1}},
		{"nonsense total", page(`[]`, "X-Total", "-5"), maventa.Page[maventa.Event]{Total: -1}},
		{"no number", page(`[]`, "X-Total", "many"), maventa.Page[maventa.Event]{Total: -1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("GET", eventsURL, c.answer)
			p, err := m.Client.Events.List(t.Context(), maventa.EventFilter{ListOptions: maventa.ListOptions{Page: 2}})
			require.NoError(t, err)
			c.want.Number = 2
			if c.want.Items == nil {
				c.want.Items = []maventa.Event{}
			}
			assert.Equal(t, &c.want, p)
		})
	}
	m := ct.NewMock(t)
	for _, o := range []maventa.ListOptions{{Page: -1}, {PerPage: -1}} {
		_, err := m.Client.Events.List(t.Context(), maventa.EventFilter{ListOptions: o})
		e := ct.Failure(t, err)
		require.ErrorIs(t, err, maventa.ErrValidation)
		assert.Equal(t, "Events.List", e.Operation)
		_, err = m.Client.ServiceLevels.List(t.Context(), o)
		require.ErrorIs(t, err, maventa.ErrValidation)
	}
	m.NothingSent()
}

func TestIterators(t *testing.T) {
	three := func(t *testing.T) *ct.Mock {
		m := ct.NewMock(t)
		m.OnFunc("GET", eventsURL, func(r *http.Request) ct.Reply {
			switch r.URL.Query().Get("page") {
			case "1":
				return page(listOf("a", "b"))
			case "2":
				return page(listOf("c", "d"))
			}
			return page("[]")
		})
		return m
	}
	t.Run("lazy", func(t *testing.T) {
		m := three(t)
		_ = m.Client.Events.All(t.Context(), maventa.EventFilter{})
		_ = m.Client.Assignments.All(t.Context(), maventa.AssignmentFilter{})
		_ = m.Client.Assignments.Events(t.Context(), "as-1")
		_ = m.Client.ServiceLevels.All(t.Context())
		m.NothingSent()
	})
	t.Run("again", func(t *testing.T) {
		m := three(t)
		all := m.Client.Events.All(t.Context(), maventa.EventFilter{})
		first, err := ct.Collect(all)
		require.NoError(t, err)
		second, err := ct.Collect(all)
		require.NoError(t, err)
		assert.Equal(t, first, second)
		assert.Len(t, first, 4)
		assert.Len(t, m.Sent, 6)
	})
	t.Run("from a page on", func(t *testing.T) {
		m := three(t)
		ids, err := eventIDs(t, m, maventa.EventFilter{ListOptions: maventa.ListOptions{Page: 2}})
		require.NoError(t, err)
		assert.Equal(t, []string{"c", "d"}, ids)
	})
	for after, requests := range map[string]int{"a": 1, "b": 1, "c": 2, "d": 2} {
		t.Run("break after "+after, func(t *testing.T) {
			m := three(t)
			for e, err := range m.Client.Events.All(t.Context(), maventa.EventFilter{}) {
				require.NoError(t, err)
				if e.ID == after {
					break
				}
			}
			assert.Len(t, m.Sent, requests)
		})
	}
	t.Run("an error is yielded once", func(t *testing.T) {
		m := ct.NewMock(t)
		m.On("GET", eventsURL, page(listOf("a")), ct.Reply{Status: 500})
		var items, failures int
		for e, err := range m.Client.Events.All(t.Context(), maventa.EventFilter{}) {
			if err != nil {
				failures++
				assert.Equal(t, maventa.Event{}, e)
				assert.Equal(t, 500, ct.Failure(t, err).Status)
				continue
			}
			assert.Zero(t, failures, "items come before the error")
			items++
		}
		assert.Equal(t, 1, items)
		assert.Equal(t, 1, failures)
	})
	t.Run("options are copied", func(t *testing.T) {
		m := three(t)
		var one, other maventa.Response
		opts := []maventa.CallOption{maventa.WithResponse(&one)}
		all := m.Client.Events.All(t.Context(), maventa.EventFilter{}, opts...)
		opts[0] = maventa.WithResponse(&other)
		_, err := ct.Collect(all)
		require.NoError(t, err)
		assert.Equal(t, 200, one.Status)
		assert.Zero(t, other.Status)
	})
	t.Run("bad options", func(t *testing.T) {
		m := three(t)
		_, err := ct.Collect(m.Client.Events.All(t.Context(), maventa.EventFilter{}, maventa.WithTimeout(-1)))
		ct.Misconfigured(t, err, "timeout")
		_, err = ct.Collect(m.Client.Events.All(t.Context(), maventa.EventFilter{ListOptions: maventa.ListOptions{Page: -1}}))
		require.ErrorIs(t, err, maventa.ErrValidation)
		m.NothingSent()
	})
	t.Run("no answer in the middle", func(t *testing.T) {
		m := ct.NewMock(t)
		m.On("GET", eventsURL, page(listOf("a")), ct.Reply{Err: errors.New("connection reset")})
		ids, err := eventIDs(t, m, maventa.EventFilter{})
		assert.Equal(t, []string{"a"}, ids)
		require.ErrorIs(t, err, maventa.ErrUnavailable)
	})
}

func TestHugeAnswers(t *testing.T) {
	m := ct.NewMock(t)
	huge := "[" + strings.Repeat(" ", 32<<20)
	m.On("GET", eventsURL, page(huge+"]"), ct.Reply{Status: 500, Body: `{"code":"c1"` + strings.Repeat(" ", 64<<10) + `}`})
	_, err := m.Client.Events.List(t.Context(), maventa.EventFilter{})
	e := ct.Failure(t, err)
	assert.Equal(t, maventa.PhaseDecode, e.Phase)
	assert.ErrorContains(t, err, "larger than 32 MiB")
	_, err = m.Client.Events.List(t.Context(), maventa.EventFilter{})
	assert.Empty(t, ct.Failure(t, err).Code, "an error's body is read up to 64 KiB")
}

// TestListWithoutIDsEnds: no paging, no ids, and a body that differs every time.
func TestListWithoutIDsEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := ct.NewMock(t)
		n := 0
		m.OnFunc(http.MethodGet, eventsURL, func(*http.Request) ct.Reply {
			n++
			return page(`{"at":` + strconv.Itoa(n) + `,"events":` + listOf("-", "-") + `}`)
		})
		got := 0
		for _, err := range m.Client.Events.All(t.Context(), maventa.EventFilter{}) {
			require.NoError(t, err)
			if got++; got > 10000 {
				t.Fatalf("%d requests for a list of two, no end", n)
			}
		}
	})
}
