package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/maventatest"
)

// requestState is one request of GET /requests.json, and a row of the log.
type requestState struct {
	Number    int               `json:"number"`
	Time      time.Time         `json:"time"`
	Ended     time.Time         `json:"ended,omitzero"` // absent: it is under way
	Company   string            `json:"company"`
	Op        string            `json:"op"` // empty: no call of Maventa's
	Method    string            `json:"method"`
	Path      string            `json:"path"`
	Query     map[string]string `json:"query"`
	Header    map[string]string `json:"header"`
	Body      string            `json:"body"` // secrets and texts are hidden
	Status    int               `json:"status"`
	Answer    string            `json:"answer"`
	Fault     string            `json:"fault"`
	Committed bool              `json:"committed"` // Maventa acted on it
	EventID   string            `json:"event_id"`
	Refusal   string            `json:"refusal"`
	Ignored   []string          `json:"ignored"` // parameters and members that nobody looked at
	Happened  string            `json:"happened"`
	Kind      string            `json:"kind"` // read, booked, refused, untold, broken, waiting
}

// Kinds of what happened.
const (
	isRead    = "read"
	isBooked  = "booked"
	isRefused = "refused"
	isUntold  = "untold" // booked, but the caller does not know
	isBroken  = "broken" // nothing was done, and the network is to blame
	isWaiting = "waiting"
)

// toldFaults let the caller know what happened all the same, late or oddly.
var toldFaults = []string{"Slow", "SlowAnswer", "SlowBody", "UnknownEnum", "DeliverTwice", "ExpireToken", "OldList", "PartialList", "RepeatPage"}

// happened says in words what became of a request.
func happened(r maventatest.Request) (text, kind string) {
	isToken := r.Op == operation.AuthToken.Name
	told := r.Fault == "" || slices.Contains(toldFaults, strings.Fields(r.Fault)[0])
	reads := r.Method == http.MethodGet || isToken
	switch {
	case r.Refusal != "":
		text, kind = "refused: "+r.Refusal, isRefused
		if !told {
			text += "; the ERP was not told (" + r.Fault + ")"
		}
		return text, kind
	case r.Committed && !reads && !told:
		return "booked, but your ERP was not told (" + r.Fault + ")", isUntold
	case r.Ended.IsZero():
		return "under way", isWaiting
	case r.Status == http.StatusMisdirectedRequest:
		return "refused: a foreign host", isRefused
	case r.Fault != "" && !told:
		return "nothing was changed; what went wrong: " + r.Fault, isBroken
	case isToken:
		text, kind = "a token was given out", isRead
	case reads:
		text, kind = "read", isRead
	case r.Committed:
		text, kind = "booked", isBooked
	default:
		text, kind = "nothing was changed", isBroken
	}
	if r.Fault != "" {
		text += " (" + r.Fault + ")"
	}
	return text, kind
}

// requestsJSON is GET /requests.json?company=&op=&after=: the requests that the log
// still holds, oldest first; after is the number of the last one known.
// A filter that can match nothing is a mistake: 400, or 404 of a company, with what there is.
func (a *app) requestsJSON(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for name, given := range q {
		if !slices.Contains([]string{"after", "company", "op"}, name) {
			writeJSON(w, http.StatusBadRequest, result{"error": "there is no filter " + strconv.Quote(name) + "; there are: after, company, op"})
			return
		}
		if len(given) > 1 {
			writeJSON(w, http.StatusBadRequest, result{"error": name + " is given twice"})
			return
		}
	}
	after, err := strconv.Atoi(cmp.Or(q.Get("after"), "0"))
	company, op := q.Get("company"), q.Get("op")
	switch known := operations(); {
	case err != nil:
		writeJSON(w, http.StatusBadRequest, result{"error": "after: want the number of a request"})
		return
	case op != "" && !slices.Contains(known, op):
		writeJSON(w, http.StatusBadRequest, result{"error": fmt.Sprintf("op: there is no operation %q; there are: %s", op, strings.Join(known, ", "))})
		return
	case company != "" && a.srv.CompanyByID(company) == nil:
		writeJSON(w, http.StatusNotFound, result{"error": fmt.Sprintf("company: none has the id %q; there are: %s", company, strings.Join(a.companyIDs(), ", "))})
		return
	}
	writeJSON(w, http.StatusOK, a.requests(func(x maventatest.Request) bool {
		return x.Number > after && (company == "" || strings.EqualFold(x.Company, company)) && (op == "" || x.Op == op)
	}))
}

func (a *app) companyIDs() (ids []string) {
	for _, co := range a.srv.Companies() {
		ids = append(ids, co.ID())
	}
	return ids
}

func (a *app) requests(want func(maventatest.Request) bool) []requestState {
	all := []requestState{}
	for _, r := range a.srv.Requests() {
		if want(r) {
			all = append(all, requestStateOf(r))
		}
	}
	return all
}

func requestStateOf(r maventatest.Request) requestState {
	st := requestState{
		Number: r.Number, Time: r.Time, Ended: r.Ended, Company: r.Company, Op: r.Op, Method: r.Method, Path: r.Path,
		Query: map[string]string{}, Header: map[string]string{}, Body: hidden(r.Body), Status: r.Status, Answer: hidden(r.Answer),
		Fault: r.Fault, Committed: r.Committed, EventID: r.EventID, Refusal: r.Refusal, Ignored: orEmpty(r.Ignored),
	}
	for name := range r.Query {
		st.Query[name] = shownValue(name, r.Query.Get(name))
	}
	for _, name := range shownHeaders {
		if value := r.Header.Get(name); value != "" {
			st.Header[name] = value
		}
	}
	for _, f := range r.Files {
		st.Body += fmt.Sprintf("\n%s: a file of %d bytes", f.Field, f.Size)
	}
	st.Happened, st.Kind = happened(r)
	return st
}

// shownHeaders are shown, all others are not. The token is masked in the log.
var shownHeaders = []string{"Authorization", "Content-Type", "Content-Length", "Accept", "User-Agent"}

// shownMembers are the members of bodies and queries whose values are shown: ids,
// amounts, days and words of fixed sets. All others may be texts about people, or
// secrets.
var shownMembers = func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(`id uuid invoice_id assignment_id event_id company_id reference_ids type author status state seen
		amount date due_date until invoice_date invoice_number created_at closed_at reminder_date currency
		total_amount open_amount capital_amount reminder_amount interest_amount collectable_amount interest_calculation_date
		collection_type receivables_type collection_status service_level service_type accountable_party
		page per_page grant_type scope client_id token_type expires_in code message details error title
		open soon_due overdue prevent_routing`) {
		all[name] = true
	}
	return all
}()

const hiddenValue = "•••"

func shownValue(name, value string) string {
	if shownMembers[name] {
		return value
	}
	return hiddenValue
}

// hidden is a body with everything hidden that is not on the list: JSON, a form,
// or else its size alone.
func hidden(body string) string {
	if body == "" {
		return ""
	}
	dec := json.NewDecoder(strings.NewReader(body))
	dec.UseNumber()
	var value any
	if dec.Decode(&value) == nil {
		return indented(hideIn(value, false))
	}
	if form, err := url.ParseQuery(body); err == nil && strings.Contains(body, "=") && !strings.ContainsAny(body, "<{ ") {
		var lines []string
		for name := range form {
			lines = append(lines, name+"="+shownValue(name, form.Get(name)))
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	return fmt.Sprintf("%d bytes, not shown", len(body))
}

// hideIn hides values below members that are not on the list.
func hideIn(value any, shown bool) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = hideIn(member, shownMembers[name])
		}
		return v
	case []any:
		for i, item := range v {
			v[i] = hideIn(item, shown)
		}
		return v
	case nil, bool:
		return v
	}
	if shown {
		return value
	}
	return hiddenValue
}

func indented(value any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(value); err != nil {
		return hiddenValue
	}
	return strings.TrimSpace(b.String())
}
