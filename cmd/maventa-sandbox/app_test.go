package main

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

// TestActions runs every action over HTTP and looks at the state.
func TestActions(t *testing.T) {
	s := newSandbox(t, "empty")
	srv := s.app.srv
	met := map[string]bool{}
	do := func(name string, pairs ...string) result {
		met[name] = true
		return s.do(name, pairs...)
	}
	first := srv.CompanyID()
	do("activate", "company", first, "agency", "ropo")
	second := do("add-company", "name", "Kolmas Oy", "bid", "3")["company"]
	do("activate", "company", second, "agency", "amili", "service_type", "full", "accountable_party", "company")
	do("activate", "company", second, "agency", "amili")
	id := do("add-assignment", "company", first, "total", "100")["assignment"]
	do("remind", "assignment", id, "fee", "5")
	do("demand", "assignment", id)
	do("ask", "assignment", id, "text", "Who?")
	do("pay-company", "assignment", id, "amount", "10")
	paid := do("pay-agency", "assignment", id, "amount", "20", "date", "-1")["event"]
	do("edit-event", "event", paid, "amount", "30", "comment", "typing error")
	do("settle", "commission", "10")
	do("withdraw-event", "event", paid)
	do("change-due-date", "assignment", id)
	do("close", "assignment", id)
	do("pay-years-later", "assignment", id, "amount", "1")
	amili := do("add-assignment", "company", second, "agency", "amili")["assignment"]
	do("change-service-level", "assignment", amili)
	inv := do("add-invoice", "company", first)["invoice"]
	do("hold-transfer", "invoice", inv)
	do("fail-transfer", "invoice", inv)
	do("complete-transfer", "invoice", inv)
	unsent := do("add-unrouted-invoice", "company", first, "number", "U1")["invoice"]
	do("fault", "fault", "Status 503", "times", "2", "nth", "1", "on", "Events.List")
	do("chaos", "seed", "7")
	do("chaos", "faults", "DropAfterCommit, Status 503 on Events.List")

	var st state
	s.get("/state.json", &st)
	a := st.Companies[0].Assignments[0]
	if a.ID != id || a.Status != "closed" || a.OpenAmount != "104.00" || len(a.Withdrawn) != 1 || a.Withdrawn[0].Amount != "30.00" {
		t.Errorf("%+v", a)
	}
	if bank := st.Companies[0].BankLines; len(bank) != 2 || bank[0].Amount != "10.00" || bank[1].Amount != "27.00" {
		t.Errorf("bank %+v", bank)
	}
	if got := st.Companies[0].Invoices; len(got) != 3 || got[2].ID != unsent || !got[2].Unrouted || got[1].Unrouted {
		t.Errorf("invoices %+v", got)
	}
	if len(st.Faults) != 1 || st.Faults[0] != (faultState{"Status 503", "Events.List", 1, 2}) || !st.Chaos {
		t.Errorf("faults %+v", st.Faults)
	}
	do("clear-faults")
	do("revoke-tokens")
	do("advance", "days", "3")
	do("delete-user", "company", second)
	do("reset")
	s.get("/state.json", &st)
	if len(st.Companies) != 1 || len(st.Companies[0].Assignments) != 0 {
		t.Errorf("after reset: %+v", st.Companies)
	}
	c, err := srv.NewClient()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Ropo.Activate(t.Context(), maventa.RopoActivation{AgreementContactEmail: "boss@example.com"}); err != nil {
		t.Fatal(err)
	}
	do("sign", "company", first)
	if got := srv.Company().ServiceState(maventatest.Ropo); got != "ACTIVE" {
		t.Errorf("Ropo is %s", got)
	}
	for _, act := range actions {
		if !met[act.Name] {
			t.Errorf("%s was not tried", act.Name)
		}
	}
}

func TestRefusedActions(t *testing.T) {
	s := newSandbox(t, "empty")
	id := s.do("add-assignment", "company", s.app.srv.CompanyID())["assignment"]
	for _, test := range []struct {
		action, body string
		status       int
		want         string
	}{
		{"none", "", 404, `there is no such action: \"none\"`},
		{"close", "assignment=x", 422, `Close: no assignment \"x\"`},
		{"close", "", 422, "assignment: is missing"},
		{"close", "assignment=" + id + "&by=me", 422, `there is no field \"by\"; there are: assignment`},
		{"pay-agency", "assignment=" + id + "&amount=much", 422, `amount: \"much\" is not an amount`},
		{"add-assignment", "company=" + s.app.srv.CompanyID() + "&total=-5", 422, `total: \"-5\" is not a positive amount`},
		{"add-assignment", "company=" + s.app.srv.CompanyID() + "&total=0", 422, "is not a positive amount"},
		{"pay-company", "assignment=" + id + "&amount=0.001", 422, "has more than two decimals"},
		{"reset", "x=1", 422, `there is no field \"x\": it takes none`},
		{"pay-agency", "assignment=" + id + "&amount=1&date=soon", 422, `date: \"soon\" is neither`},
		{"pay-company", "assignment=" + id + "&amount=-1", 422, "is not a positive amount"},
		{"add-invoice", "company=x", 422, `there is no company \"x\"`},
		{"sign", "company=" + s.app.srv.CompanyID(), 422, "CompleteKYC: ropo is not waiting for a signature"},
		{"sign", "agency=intrum&company=" + s.app.srv.CompanyID(), 422, `\"intrum\" is none of ropo, amili`},
		{"advance", "days=-1", 422, "is not a number from 0"},
		{"settle", "commission=101", 422, "is not a percentage"},
		{"fault", "fault=Explode", 422, `there is no fault \"Explode\"`},
		{"chaos", "faults=Reset,Explode", 422, `there is no fault \"Explode\"`},
		{"chaos", "faults=Reset+on+Nothing", 422, `there is no call named`},
		{"fault", "fault=Status+1", 422, "is not a status"},
		{"fault", "on=Assignments.Delete", 422, "on: "},
		{"edit-event", "event=x", 422, `EditEvent: no event \"x\"`},
		{"fail-transfer", "invoice=x", 422, `FailTransfer: no invoice \"x\"`},
		{"close", strings.Repeat("x", maxForm+1), 413, "too large"},
		{"close", "%zz", 400, "invalid URL escape"},
	} {
		resp, text := s.send(http.MethodPost, "/do/"+test.action, test.body, asForm)
		if resp.StatusCode != test.status || !strings.Contains(text, test.want) {
			t.Errorf("%s %.60s: %d %s", test.action, test.body, resp.StatusCode, text)
		}
	}
	for body, want := range map[string]int{
		`{"assignment":"` + id + `","amount":1.50}`: 200, `{"assignment":"` + id + `","amount":"1.50"}`: 200,
		`{"assignment":["x"]}`: 400, `[]`: 400, `{`: 400,
	} {
		resp, text := s.send(http.MethodPost, "/do/pay-company", body, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
		if resp.StatusCode != want {
			t.Errorf("%s: %d %s", body, resp.StatusCode, text)
		}
	}
	if resp, _ := s.send(http.MethodGet, "/do/close", "", nil); resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", resp.StatusCode)
	}
	asJSON := func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }
	for body, want := range map[string]string{`{} {}`: "more than one JSON object", `[]`: "no JSON object", `{"days":`: "no JSON object"} {
		if resp, text := s.send(http.MethodPost, "/do/advance", body, asJSON); resp.StatusCode != 400 || !strings.Contains(text, want) || strings.Contains(text, "Go") {
			t.Errorf("%s: %d %s", body, resp.StatusCode, text)
		}
	}
}

func TestBrowsersAreSentBack(t *testing.T) {
	s := newSandbox(t, "empty")
	for back, want := range map[string]string{
		"/company/1": "/company/1?ok=", "": "/?ok=", "//evil.example.com": "/?ok=", "https://evil.example.com": "/?ok=", `/\evil.example.com`: "/?ok=",
	} {
		resp, _ := s.send(http.MethodPost, "/do/advance", "back="+back, func(r *http.Request) {
			asForm(r)
			r.Header.Set("Accept", "text/html,*/*")
		})
		if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, want) {
			t.Errorf("%q: %d to %q", back, resp.StatusCode, to)
		}
	}
}

func TestPages(t *testing.T) {
	s := newSandbox(t, "demo")
	srv := s.app.srv
	c, err := srv.NewClient()
	if err != nil {
		t.Fatal(err)
	}
	id := srv.Company().Assignments()[0].ID
	s.do("withdraw-event", "event", srv.Agency().Comment(id, "Gone"))
	s.do("ask", "assignment", id, "text", `<script>alert("x")</script>`)
	if _, err := c.Assignments.Get(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	for path, wants := range map[string][]string{
		"/":                            {"Assignments.Get", "read", "What goes wrong next", `action="/do/fault"`, "Toinen Oy"},
		"/company/" + srv.CompanyID():  {"uploaded, never sent", "Rakennus Oy", `action="/do/sign"`, "ACTIVE"},
		"/assignment/" + id:            {"Withdrawn", "Gone", "&lt;script&gt;", "255.00", `action="/do/edit-event"`},
		"/request/2":                   {"Assignments.Get", "Bearer ***", "invoice_id"},
		"/assets/page.css":             {"--bg"},
		"/?ok=%3Cb%3Edone&bad=%3Ci%3E": {"&lt;b&gt;done", "&lt;i&gt;"},
	} {
		resp, text := s.send(http.MethodGet, path, "", nil)
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
		for _, bad := range []string{"<script>alert", "Rakennus Oy\"", "ZgotmplZ", "<no value>", "style="} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has %q", path, bad)
			}
		}
	}
	for _, path := range []string{"/company/x", "/assignment/x", "/request/x", "/request/99", "/none", "/assets/none.css"} {
		if resp, _ := s.send(http.MethodGet, path, "", nil); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	if resp, text := s.send(http.MethodGet, "/actions.json", "", nil); resp.StatusCode != 200 || !strings.Contains(text, `"name": "fault"`) {
		t.Errorf("actions: %d", resp.StatusCode)
	}
}

// TestEvents reads the stream: one number at once, and another after a change.
func TestEvents(t *testing.T) {
	s := newSandbox(t, "empty")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func() (text string) {
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "data: ") {
				return lines.Text()
			}
		}
		return "ended"
	}
	before := next()
	s.do("advance")
	if after := next(); after == before || after == "ended" {
		t.Errorf("after a change: %q, before %q", after, before)
	}
	s.app.news.close()
	if got := next(); got != "ended" {
		t.Errorf("after the end: %q", got)
	}
}

// TestDocs: docs/sandbox.md lists all actions and flags.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"-page", "-ax", "-receivables", "-seed", "-today", "-kyc-days", "-wire", "-lag", "-allow-host", "-log", "-json"}
	for _, act := range actions {
		names = append(names, act.Name)
	}
	for _, name := range names {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("the page lacks %s", name)
		}
	}
}

// TestOpenAPI: the page serves the description of the calls.
func TestOpenAPI(t *testing.T) {
	s := newSandbox(t, "empty")
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1/openapi/receivables.yaml", nil)
	s.app.handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `openapi: "3.0.3"`) {
		t.Errorf("%d %.60q", w.Code, w.Body.String())
	}
}
