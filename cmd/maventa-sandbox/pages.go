package main

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa/maventatest"
)

//go:embed assets/*.html assets/*.css assets/*.js
var assets embed.FS

func assetServer() http.Handler { return http.FileServerFS(assets) }

func parsePages() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"clock": func(t time.Time) string { return t.Format("15:04:05.000") },
		"day":   func(t time.Time) string { return t.Format(time.DateOnly) },
		"forms": formsOf,
		"offer": offering,
		"why":   whyOf,

		"firstWord": func(text string) string { word, _, _ := strings.Cut(text, " "); return word },
		"timeline":  func(events []eventState, lost map[string]int) timeline { return timeline{events, lost} },
		"form":      formNamed,
	}).ParseFS(assets, "assets/*.html"))
}

// view is what all pages have; each has more.
type view struct {
	Title   string
	OK, Bad string // what came of the last action
	Today   string
	Back    string // where actions lead back to
	Kinds   []maventatest.FaultKind

	State      state
	Connection connection
	Curl       string
	Company    companyState
	Assignment assignmentState
	Request    requestState
	Log        []requestState // newest first
	Lost       map[string]int // by event the request whose answer got lost
}

// timeline is what happened on an assignment.
type timeline struct {
	Events []eventState
	Lost   map[string]int
}

// why is what a page adds to a request whose answer got lost.
type why struct {
	Untold     bool
	Event      eventState // that it added; without an id if none
	Assignment assignmentState
}

func whyOf(r requestState, st state) why {
	w := why{Untold: r.Kind == isUntold}
	for _, co := range st.Companies {
		for _, x := range co.Assignments {
			i := slices.IndexFunc(x.Events, func(e eventState) bool { return e.ID == r.EventID })
			if w.Untold && i >= 0 {
				w.Event, w.Assignment = x.Events[i], x
			}
		}
	}
	return w
}

// lost are the events whose answer never reached the ERP.
func (a *app) lost() map[string]int {
	all := map[string]int{}
	for _, r := range a.srv.Requests() {
		if _, kind := happened(r); kind == isUntold && r.EventID != "" {
			all[r.EventID] = r.Number
		}
	}
	return all
}

// maxRows bounds the log on a page.
const maxRows = 60

func (a *app) view(r *http.Request, title string) view {
	q := r.URL.Query()
	st := a.state()
	return view{
		Title: title, OK: q.Get("ok"), Bad: q.Get("bad"), Today: st.Today, Back: r.URL.Path, State: st, Kinds: maventatest.FaultKinds(),
		Connection: st.Connection, Curl: st.Connection.curl(),
	}
}

func (a *app) show(w http.ResponseWriter, page string, v view) {
	var b bytes.Buffer
	if err := a.pages.ExecuteTemplate(&b, page, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // a client that left is no concern of ours
}

func (a *app) home(w http.ResponseWriter, r *http.Request) {
	v := a.view(r, "Maventa sandbox")
	v.Log = a.requests(func(maventatest.Request) bool { return true })
	slices.Reverse(v.Log)
	v.Log = v.Log[:min(len(v.Log), maxRows)]
	a.show(w, "home", v)
}

func (a *app) companyPage(w http.ResponseWriter, r *http.Request) {
	co := a.srv.CompanyByID(r.PathValue("id"))
	if co == nil {
		http.NotFound(w, r)
		return
	}
	v := a.view(r, co.Name())
	v.Company = companyStateOf(co)
	a.show(w, "company", v)
}

func (a *app) assignmentPage(w http.ResponseWriter, r *http.Request) {
	x, ok := a.srv.Assignment(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	v := a.view(r, "Invoice "+x.InvoiceNumber)
	v.Assignment, v.Lost = assignmentStateOf(x), a.lost()
	if co := a.srv.CompanyByID(x.CompanyID); co != nil {
		v.Company = companyStateOf(co)
	}
	a.show(w, "assignment", v)
}

func (a *app) requestPage(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.PathValue("number"))
	found := a.requests(func(x maventatest.Request) bool { return x.Number == number })
	if err != nil || len(found) == 0 {
		http.NotFound(w, r)
		return
	}
	v := a.view(r, "Request "+strconv.Itoa(number))
	v.Request = found[0]
	a.show(w, "request", v)
}

// form is an action as a page shows it: fields that the page knows are hidden.
type form struct {
	Action action
	Key    string // sets its ids apart from those of the same action elsewhere
	Known  field  // the field that the page knows; none where it has no name
	ID     string // its value
	Fields []field
	Back   string
}

// formsOf are the forms of a place for one thing.
func formsOf(place, id, back string) []form {
	var all []form
	for _, act := range actions {
		if act.Place == place {
			all = append(all, newForm(act, id, back))
		}
	}
	return all
}

// offering sets the amount that forms offer where the table has none.
func offering(all []form, amount string) []form {
	for i := range all {
		all[i].Fields = slices.Clone(all[i].Fields)
		for k, f := range all[i].Fields {
			if f.Name == "amount" {
				all[i].Fields[k].Value = amount
			}
		}
	}
	return all
}

// formNamed is the form of one action.
func formNamed(name, id, back string) form {
	act, _ := actionNamed(name)
	return newForm(act, id, back)
}

func newForm(act action, id, back string) form {
	f := form{Action: act, Key: act.Name + "-" + id, ID: id, Fields: act.Fields, Back: back}
	if act.Place != "home" {
		f.Known, f.Fields = act.Fields[0], act.Fields[1:]
	}
	return f
}
