package maventa_test

import (
	"context"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

// thing is what calls bring that this package has no method for.
type thing struct {
	ID    string        `json:"id"`
	State string        `json:"state"`
	Extra maventa.Extra `json:"-"`
}

// things is a call for several of them.
var things = maventa.Request{Method: "GET", Path: "/v1/things"}

func formOf(filename string, content io.Reader) *maventa.Form {
	f := &maventa.Form{}
	f.Add("name", "n")
	f.Add("nothing", "")
	f.AddArray("routes", "a", "b")
	f.AddArray("one", "x")
	f.AddFile("file", filename, "application/xml", content)
	return f
}

func TestDo(t *testing.T) {
	m := ct.NewMock(t)
	m.On("PUT", ct.Receivables+"/v1/things/a%20b/parts/7", ct.Reply{Status: 201, Body: `{"made":true}`})
	var out struct{ Made bool }
	require.NoError(t, m.Client.Do(t.Context(), maventa.Request{
		API: maventa.Receivables, Method: "PUT", Path: "/v1/things/{id}/parts/{part}", PathValues: []string{"a b", "7"},
		Query: url.Values{"debtor": {"Aino & co"}}, Body: map[string]string{"service_level": "vip"},
	}, &out))
	assert.True(t, out.Made)
	m.LastSent("PUT", ct.Receivables+"/v1/things/a%20b/parts/7?debtor=Aino+%26+co", "service_level_set")

	m.On("GET", ct.AX+"/v1/things", ct.Reply{Status: 500})
	err := m.Client.Do(t.Context(), maventa.Request{Method: "GET", Path: "/v1/things"}, nil)
	e := ct.Failure(t, err)
	assert.Equal(t, "GET /v1/things", e.Operation)
	assert.NotErrorIs(t, err, maventa.ErrOutcomeUnknown, "a GET is always safe")

	m.On("POST", ct.AX+"/v1/things", ct.Reply{Status: 500})
	err = m.Client.Do(t.Context(), maventa.Request{Operation: "Things.Make", Method: "POST", Path: "/v1/things"}, nil)
	assert.Equal(t, "Things.Make", ct.Failure(t, err).Operation)
	require.ErrorIs(t, err, maventa.ErrOutcomeUnknown, "unsafe unless the caller says otherwise")
}

func TestBadRequests(t *testing.T) {
	ok := maventa.Request{Method: "GET", Path: "/v1/things/{id}", PathValues: []string{"a"}}
	for name, c := range map[string]struct {
		change func(*maventa.Request)
		field  string
	}{
		"unknown API":        {func(r *maventa.Request) { r.API = 9 }, "api"},
		"unknown safety":     {func(r *maventa.Request) { r.Safety = 9 }, "api"},
		"no method":          {func(r *maventa.Request) { r.Method = "" }, "method"},
		"method in small":    {func(r *maventa.Request) { r.Method = "get" }, "method"},
		"method of two":      {func(r *maventa.Request) { r.Method = "GET\r\nX" }, "method"},
		"no path":            {func(r *maventa.Request) { r.Path = "" }, "path"},
		"relative path":      {func(r *maventa.Request) { r.Path = "v1/{id}" }, "path"},
		"another host":       {func(r *maventa.Request) { r.Path = "//evil.example/{id}" }, "path"},
		"climbing path":      {func(r *maventa.Request) { r.Path = "/v1/../{id}" }, "path"},
		"path with a query":  {func(r *maventa.Request) { r.Path = "/v1/{id}?x=1" }, "path"},
		"escaped path":       {func(r *maventa.Request) { r.Path = "/v1/%2e%2e/{id}" }, "path"},
		"half a segment":     {func(r *maventa.Request) { r.Path = "/v1/over{id}" }, "path"},
		"segment of a dot":   {func(r *maventa.Request) { r.Path = "/v1/./{id}" }, "path"},
		"path of two lines":  {func(r *maventa.Request) { r.Path = "/v1/{id}/x\n" }, "path"},
		"proof of nothing":   {func(r *maventa.Request) { r.Proof = func() bool { return true } }, "proof"},
		"too few values":     {func(r *maventa.Request) { r.PathValues = nil }, "path_values"},
		"too many values":    {func(r *maventa.Request) { r.PathValues = []string{"a", "b"} }, "path_values"},
		"bad value":          {func(r *maventa.Request) { r.PathValues = []string{"../x"} }, "id"},
		"braces wrong way":   {func(r *maventa.Request) { r.Path = "/v1/}id{" }, "path"},
		"a body that cannot": {func(r *maventa.Request) { r.Body = func() {} }, ""},
		"success of 404":     {func(r *maventa.Request) { r.Success = []int{200, 404} }, "success"},
		"reserved value":     {func(r *maventa.Request) { r.Reserved = []string{"a"} }, "id"},
		"no form":            {func(r *maventa.Request) { r.Body = (*maventa.Form)(nil) }, "body"},
		"form by value":      {func(r *maventa.Request) { r.Body = maventa.Form{} }, "body"},
		"file of nothing":    {func(r *maventa.Request) { r.Body = formOf("a.xml", nil) }, "body"},
		"file of no type": {func(r *maventa.Request) {
			f := &maventa.Form{}
			f.AddFile("file", "a", "text/xml\r\nX-Role: admin", strings.NewReader(""))
			r.Body = f
		}, "body"},
		"file of a type with a line": {func(r *maventa.Request) {
			f := &maventa.Form{}
			f.AddFile("file", "a", "text/xml\r\n", strings.NewReader(""))
			r.Body = f
		}, "body"},
		"check": {func(r *maventa.Request) {
			r.Check = func(bool) []maventa.FieldProblem { return []maventa.FieldProblem{{Field: "x", Problem: "is wrong"}} }
		}, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			m := ct.NewMock(t)
			r := ok
			c.change(&r)
			err := m.Client.Do(t.Context(), r, nil)
			e := ct.Failure(t, err)
			require.ErrorIs(t, err, maventa.ErrValidation)
			assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
			if c.field != "" {
				ct.Refused(t, err, c.field)
			}
			m.NothingSent()
		})
	}
}

func TestDoOut(t *testing.T) {
	m := ct.NewMock(t)
	var none *thing
	for name, out := range map[string]any{"value": thing{}, "map": map[string]any{}, "nil pointer": none, "nil file": (*maventa.Download)(nil)} {
		t.Run(name, func(t *testing.T) {
			ct.Refused(t, m.Client.Do(t.Context(), things, out), "out")
		})
	}
	m.NothingSent()

	m.On("GET", ct.AX+"/v1/things", ct.Reply{Status: 200, Body: `{"id":"1","new":{}}`}, ct.Reply{Status: 200, Body: `{"id":"1"}`},
		ct.Reply{Status: 200, Body: `"anything"`}, ct.Reply{Status: 200, Body: "<html>", Header: map[string]string{"Content-Type": "text/html"}})
	var one thing
	require.NoError(t, m.Client.Do(t.Context(), things, &one))
	assert.Equal(t, "1", one.ID)
	assert.Equal(t, 1, one.Extra.Len())
	object := map[string]any{}
	require.NoError(t, m.Client.Do(t.Context(), things, &object))
	assert.Equal(t, map[string]any{"id": "1"}, object)
	require.NoError(t, m.Client.Do(t.Context(), things, nil), "the body does not matter")
	require.Error(t, m.Client.Do(t.Context(), things, nil), "but a page is no answer of the service")
}

func TestDoSlice(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", ct.AX+"/v1/things", ct.Reply{Status: 200, Body: `[{"id":"1","state":"A","new":2},{"id":"2"}]`}, ct.Reply{Status: 200, Body: `{"things":[{"id":"3"}],"count":1}`},
		ct.Reply{Status: 200, Body: `[]`}, ct.Reply{Status: 200, Body: `{"id":"1"}`}, ct.Reply{Status: 200, Body: `{"id":"1"}`}, ct.Reply{Status: 200, Body: `[{"id":"1"}]`})
	req := things
	req.Query, req.Arrays = url.Values{"b": {"1 2"}, "a": {"x"}}, url.Values{"ids": {"1", "", "2,3"}, "fields": {"id"}, "none": {""}}
	var list []thing
	require.NoError(t, m.Client.Do(t.Context(), req, &list))
	assert.Equal(t, ct.AX+"/v1/things?a=x&b=1+2&fields=id&ids=1,2%2C3", m.Sent[0].URL)
	require.Len(t, list, 2)
	assert.Equal(t, 1, list[0].Extra.Len())

	require.NoError(t, m.Client.Do(t.Context(), req, &list))
	assert.Equal(t, []thing{{ID: "3"}}, list, "nothing is left of the list before")
	require.NoError(t, m.Client.Do(t.Context(), req, &list))
	assert.Equal(t, []thing{}, list)

	require.ErrorContains(t, m.Client.Do(t.Context(), req, &list), "holds no list")
	req.OneOrMany = true
	require.NoError(t, m.Client.Do(t.Context(), req, &list))
	assert.Equal(t, []thing{{ID: "1"}}, list)
	require.NoError(t, m.Client.Do(t.Context(), req, &list))
	assert.Equal(t, []thing{{ID: "1"}}, list)
}

func TestDoForm(t *testing.T) {
	m := ct.NewMock(t, maventa.WithRetry(maventa.RetryPolicy{}), maventa.WithArrayEncoding(maventa.ArrayBrackets))
	m.On("POST", ct.AX+"/v1/things", ct.Reply{Status: 201, Body: `{"id":"1"}`}, ct.Reply{Status: 503}, ct.Reply{Status: 400, Body: `{"message":"no a like that, but n"}`})
	var out thing
	do := func(form *maventa.Form) error {
		return m.Client.Do(t.Context(), maventa.Request{Method: "POST", Path: "/v1/things", Body: form, Target: "t-1", Verify: "GET /v1/things"}, &out)
	}
	form := formOf("a.xml", strings.NewReader("<x/>"))
	require.NoError(t, do(form))
	assert.Equal(t, "1", out.ID)
	assert.Equal(t, "name=n\nroutes[]=a\nroutes[]=b\none[]=x\nfile=<x/> (a.xml, application/xml)", ct.FormOf(t, m.Sent[0]))
	ct.Refused(t, do(form), "body") // its file has been read: a second call would send nothing of it
	assert.Len(t, m.Sent, 1)

	err := do(formOf("a.xml", strings.NewReader("<x/>")))
	require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
	assert.Equal(t, "t-1", ct.Failure(t, err).Target)
	assert.ErrorContains(t, err, "GET /v1/things")
	assert.Len(t, m.Sent, 2, "a form is sent once")

	// A form whose files were not read may be sent later.
	form = formOf("a.xml", strings.NewReader("<x/>"))
	over, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, m.Client.Do(over, maventa.Request{Method: "POST", Path: "/v1/things", Body: form}, &out), context.Canceled)
	m.On("POST", ct.AX+"/v1/things", ct.Reply{Status: 201, Body: `{"id":"1"}`}, ct.Reply{Status: 400, Body: `{"message":"no a like that, but n"}`})
	require.NoError(t, do(form))

	form = &maventa.Form{}
	form.AddArray("names", "Maija Meikäläinen")
	ct.AssertHides(t, do(form), "Maija")
}

func TestDoDownload(t *testing.T) {
	m := ct.NewMock(t)
	html := map[string]string{"Content-Type": "text/html"}
	m.On("GET", ct.AX+"/v1/things", ct.Reply{Status: 200, Body: "%PDF", Header: map[string]string{"Content-Type": "application/pdf"}}, ct.Reply{Status: 404},
		ct.Reply{Status: 200, Body: "<html>", Header: html}, ct.Reply{Status: 200, Body: "<html>", Header: html})
	var d maventa.Download
	require.NoError(t, m.Client.Do(t.Context(), things, &d))
	b, err := io.ReadAll(&d)
	require.NoError(t, err)
	require.NoError(t, d.Close())
	assert.Equal(t, "%PDF", string(b))
	assert.Equal(t, "application/pdf", d.ContentType)

	require.ErrorIs(t, m.Client.Do(t.Context(), things, &d), maventa.ErrNotFound)
	assert.Empty(t, d.ContentType, "nothing is left of the file before")
	require.ErrorContains(t, m.Client.Do(t.Context(), things, &d), "HTML")
	req := things
	req.AllowHTML = true
	require.NoError(t, m.Client.Do(t.Context(), req, &d))
	require.NoError(t, d.Close())
}

// A write whose file breaks off: at 200 nothing is proven, at 202 it took effect.
func TestDownloadOfAWrite(t *testing.T) {
	for status, want := range map[int]maventa.Outcome{200: maventa.OutcomeUnknown, 202: maventa.OutcomeApplied} {
		m := ct.NewMock(t)
		m.On("POST", ct.AX+"/v1/things", ct.Reply{Status: status, Body: "%PD", Broken: true})
		var d maventa.Download
		require.NoError(t, m.Client.Do(t.Context(), maventa.Request{Method: "POST", Path: "/v1/things"}, &d))
		_, err := io.ReadAll(&d)
		e := ct.Failure(t, err)
		assert.Equal(t, want, e.Outcome)
		assert.Equal(t, status, e.Status)
		require.NoError(t, d.Close())
	}
}

// What proves an answer, and what an answer must not have.
func TestDoProof(t *testing.T) {
	m := ct.NewMock(t)
	m.On("POST", ct.AX+"/v1/things", ct.Reply{Status: 200, Body: `{"id":"1"}`}, ct.Reply{Status: 200, Body: `{"ok":true}`}, ct.Reply{Status: 201, Body: `{"ok":true}`},
		ct.Reply{Status: 200, Body: `{"ok":true}`}, ct.Reply{Status: 200}, ct.Reply{Status: 204})
	var out thing
	req := maventa.Request{Method: "POST", Path: "/v1/things", Proof: func() bool { return out.ID != "" }}
	do := func() error {
		out = thing{}
		return m.Client.Do(t.Context(), req, &out)
	}
	require.NoError(t, do())
	require.ErrorIs(t, do(), maventa.ErrOutcomeUnknown, "no proof")
	require.NoError(t, do(), "201 is proof enough")

	req = maventa.Request{Method: "POST", Path: "/v1/things", NoAnswer: true, Success: []int{200}}
	require.ErrorIs(t, m.Client.Do(t.Context(), req, nil), maventa.ErrOutcomeUnknown, "the service says nothing here")
	require.NoError(t, m.Client.Do(t.Context(), req, nil))
	err := m.Client.Do(t.Context(), req, nil)
	assert.Equal(t, 204, ct.Failure(t, err).Status, "no success of this call")
}

func TestDoTarget(t *testing.T) {
	m := ct.NewMock(t)
	m.On("POST", ct.AX+"/v1/things/u-1", ct.Reply{Status: 400}, ct.Reply{Status: 400})
	req := maventa.Request{Method: "POST", Path: "/v1/things/{id}", PathValues: []string{"u-1"}}
	assert.Equal(t, "u-1", ct.Failure(t, m.Client.Do(t.Context(), req, nil)).Target)
	req.Personal, req.Target = true, "somebody"
	err := m.Client.Do(t.Context(), req, nil)
	assert.Empty(t, ct.Failure(t, err).Target)
	ct.AssertHides(t, err, "u-1", "somebody")

	m.On("POST", ct.AX+"/v1/open", ct.Reply{Status: 204})
	require.NoError(t, m.Client.Do(t.Context(), maventa.Request{Method: "POST", Path: "/v1/open", NoAuth: true}, nil))
	assert.Empty(t, m.Sent[2].Header.Get("Authorization"))
}

func TestDoCheck(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", ct.AX+"/v1/things", ct.Reply{Status: 200, Body: "{}"})
	req := things
	req.Check = func(unchecked bool) []maventa.FieldProblem {
		if unchecked {
			return nil
		}
		return []maventa.FieldProblem{{Field: "state", Problem: "has an unknown value"}}
	}
	ct.Refused(t, m.Client.Do(t.Context(), req, nil), "state")
	m.NothingSent()
	require.NoError(t, m.Client.Do(t.Context(), req, nil, maventa.Unchecked()))
}

// thingsList is a list of one's own, with a filter.
func thingsList() maventa.List[thing] {
	return maventa.List[thing]{
		Request: maventa.Request{Method: "GET", Path: "/v1/things/{id}", PathValues: []string{"x"}, Query: url.Values{"state": {"A"}}},
		Key:     func(t *thing) string { return t.ID },
		Match: func(t *thing) maventa.FilterCheck {
			switch t.State {
			case "A":
				return maventa.FilterHonoured
			case "":
				return maventa.FilterUnverified
			}
			return maventa.FilterIgnored
		},
	}
}

func TestListAll(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", ct.AX+"/v1/things/x", ct.Reply{Status: 200, Body: `[{"id":"1","state":"A"},{"id":"2","state":"B"}]`},
		ct.Reply{Status: 200, Body: `[{"id":"2","state":"A"},{"id":"3","state":"A"}]`}, ct.Reply{Status: 200, Body: `[]`}, ct.Reply{Status: 500})
	l := thingsList()
	all := l.All(t.Context(), m.Client)
	got, err := ct.Collect(all)
	require.NoError(t, err)
	assert.Equal(t, []thing{{ID: "1", State: "A"}, {ID: "3", State: "A"}}, got)
	assert.Equal(t, []string{
		"GET " + ct.AX + "/v1/things/x?state=A&page=1&per_page=100", "GET " + ct.AX + "/v1/things/x?state=A&page=2&per_page=100",
		"GET " + ct.AX + "/v1/things/x?state=A&page=3&per_page=100",
	}, m.URLs())
	_, err = ct.Collect(all) // ranging again begins again
	assert.Equal(t, 500, ct.Failure(t, err).Status)
	assert.Equal(t, "GET /v1/things/{id}", ct.Failure(t, err).Operation)
}

func TestListPage(t *testing.T) {
	m := ct.NewMock(t)
	next := map[string]string{"X-Next-Page": "8", "X-Total": "400"}
	m.On("GET", ct.AX+"/v1/things/x", ct.Reply{Status: 200, Body: `[{"id":"1","state":"B"}]`, Header: next}, ct.Reply{Status: 200, Body: `[{"id":"1"}]`})
	l := thingsList()
	l.ListOptions = maventa.ListOptions{Page: 7, PerPage: 50}
	page, err := l.Page(t.Context(), m.Client)
	require.NoError(t, err)
	assert.Equal(t, &maventa.Page[thing]{Items: []thing{}, Number: 7, Next: 8, Total: 400, Filter: maventa.FilterIgnored}, page)
	assert.Equal(t, []string{"GET " + ct.AX + "/v1/things/x?state=A&page=7&per_page=50"}, m.URLs())
	page, err = l.Page(t.Context(), m.Client)
	require.NoError(t, err)
	assert.Equal(t, maventa.FilterUnverified, page.Filter)
}

func TestBadLists(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*maventa.List[thing])
		fields []string
	}{
		"no key":            {func(l *maventa.List[thing]) { l.Key = nil }, []string{"key"}},
		"a write":           {func(l *maventa.List[thing]) { l.Request.Method = "POST" }, []string{"safety"}},
		"page in the query": {func(l *maventa.List[thing]) { l.Request.Query = url.Values{"page": {"2"}} }, []string{"query"}},
		"per_page as array": {func(l *maventa.List[thing]) { l.Request.Arrays = url.Values{"per_page": {"2"}} }, []string{"query"}},
		"no path":           {func(l *maventa.List[thing]) { l.Request.Path = "" }, []string{"path"}},
		"form":              {func(l *maventa.List[thing]) { l.Request.Body = formOf("a", strings.NewReader("")) }, []string{"request"}},
		"one or many":       {func(l *maventa.List[thing]) { l.Request.OneOrMany = true }, []string{"request"}},
		"bad value":         {func(l *maventa.List[thing]) { l.Request.PathValues = []string{"../x"} }, []string{"id"}},
		"all at once": {func(l *maventa.List[thing]) {
			l.Key, l.Request.Safety, l.Request.Method, l.Request.Path = nil, maventa.Idempotent, "PUT", "things"
		}, []string{"path", "safety", "key"}},
		"negative page": {func(l *maventa.List[thing]) { l.ListOptions.Page = -1 }, []string{"page"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := ct.NewMock(t)
			l := thingsList()
			c.change(&l)
			ct.Refused(t, onlyErr(l.Page(t.Context(), m.Client)), c.fields...)
			ct.Refused(t, onlyErr(ct.Collect(l.All(t.Context(), m.Client))), c.fields...)
			m.NothingSent()
		})
	}
	none := onlyErr(ct.Collect(thingsList().All(t.Context(), nil)))
	require.ErrorContains(t, none, "the client was not made")
	assert.Equal(t, maventa.ActionFixSetup, maventa.Advise(none).Action)
	// A POST that only reads is one, if it says so.
	m := ct.NewMock(t)
	m.On("POST", ct.AX+"/v1/things/x", ct.Reply{Status: 200, Body: "[]"})
	l := thingsList()
	l.Request.Method, l.Request.Safety = "POST", maventa.Safe
	require.NoError(t, onlyErr(l.Page(t.Context(), m.Client)))
}
