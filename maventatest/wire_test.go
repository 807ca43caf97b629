package maventatest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestWires(t *testing.T) {
	names := map[string]bool{}
	for _, wire := range Wires() {
		names[wire.Name] = true
		t.Run(wire.Name, func(t *testing.T) {
			srv := newServer(t, WithWire(wire))
			c, co := newClient(t, srv), srv.Company()
			check := func(r *result, likely int) {
				t.Helper()
				r.want(orElse(wire.WriteStatus, likely))
				if (len(r.body) == 0) != (wire.EmptyBody || r.status == http.StatusNoContent) {
					t.Errorf("status %d with body %q", r.status, r.body)
				}
				if (r.header.Get("X-Request-Id") != "") != (wire.RequestID != "") {
					t.Errorf("headers %v", r.header)
				}
			}
			check(c.call(operation.RopoActivate, nil, `{"agreement_contact_email":"a@example.com"}`, ""), http.StatusOK)
			co.CompleteKYC(Ropo)
			invoice := srv.AddInvoice(Invoice{Total: "100", DueDate: srv.Clock().Day(-30)})
			check(c.call(operation.InvoicesTransferToRopo, []string{invoice}, transferBody, ""), http.StatusAccepted)
			id := srv.AssignmentOf(invoice)
			amount := `40.5`
			if wire.AmountsAsStrings {
				amount = `"40.5"`
			}
			check(c.add(id, `{"type":"paid","amount":`+amount+`}`), http.StatusCreated)
			srv.AssertExactlyOnce(t, id, "paid", "40.50")
			_, isText := c.assignment(id)["open_amount"].(string)
			if isText != wire.AmountsAsStrings || text(c.assignment(id), "open_amount") != "59.50" {
				t.Errorf("open_amount %#v", c.assignment(id)["open_amount"])
			}
			event := srv.Agency().Comment(id, "x")
			check(c.call(operation.EventsMarkSeen, []string{id, event}, "", ""), http.StatusNoContent)
			c.call(operation.AmiliStatus, nil, "", "").want(orElse(wire.NeverActivated, http.StatusOK))
			co.ActivateKassavirta("vfsfi")
			check(c.call(operation.ServiceLevelsSet, []string{"1"}, `{"service_level":"vip"}`, ""), http.StatusNoContent)
			check(c.call(operation.RopoClose, nil, "", ""), http.StatusNoContent)
			// What is documented does not vary.
			c.call(operation.AmiliActivate, nil, amiliBody, "").want(http.StatusOK)
			c.call(operation.AmiliUpdate, nil, `{"service_type":"express"}`, "").want(http.StatusNoContent)
			form := c.tokenForm("")
			form.Set("client_secret", "wrong")
			c.postForm(form).wantError(orElse(wire.BadCredentials, http.StatusUnauthorized), "invalid_credentials")
		})
	}
	if len(names) != 4 || names[""] {
		t.Errorf("wires %v, want four with names", names)
	}
}

// How a service may show what was reported, and refuse.
func TestOtherSpellings(t *testing.T) {
	srv := newServer(t, WithWire(Wire{NumericIDs: true, CapitalUUIDs: true, FloatAmounts: true, ShiftDates: 8, NoAuthors: true}))
	c := newClient(t, srv)
	id := srv.Company().AddAssignment(Amili, Invoice{Total: "1000.00"})
	for _, amount := range []string{"64.10", "64.10", "5.06", "5.06"} {
		c.add(id, `{"type":"paid","amount":`+amount+`,"date":"2026-11-20"}`).want(http.StatusCreated)
	}
	shot, _ := srv.Assignment(id)
	noise := map[string]bool{}
	for i, e := range c.events(strings.ToUpper(id), "").array() {
		number, isNumber := e["id"].(json.Number)
		if !isNumber || number.String() != shot.Events[i].ID || text(e, "assignment_id") != strings.ToUpper(id) || text(e, "date") != "2026-11-28" || e["author"] != nil {
			t.Errorf("event %v", e)
		}
		noise[text(e, "amount")] = true
		c.call(operation.EventsMarkSeen, []string{id, number.String()}, "", "").want(http.StatusNoContent)
	}
	for _, amount := range []string{"64.10000000000001", "64.09999999995", "5.06000000000001", "5.05999999995"} {
		if !noise[amount] {
			t.Errorf("no %s in %v", amount, noise)
		}
	}
	srv.AssertEvents(t, id, "sender paid 64.10", "sender paid 64.10", "sender paid 5.06", "sender paid 5.06")
}

func TestPageSize(t *testing.T) {
	srv := newServer(t, WithWire(Wire{PageSize: 3}))
	c := newClient(t, srv)
	id := srv.Company().AddAssignment(Amili, Invoice{Total: "1000.00"})
	for range 4 {
		c.pay(id, "1")
	}
	for page, want := range map[string]int{"1": 3, "2": 1, "3": 0} {
		if r := c.events(id, "per_page=100&page="+page); len(r.array()) != want || r.header.Get("X-Per-Page") != "3" {
			t.Errorf("page %s: %s %v", page, r.body, r.header)
		}
	}
	if r := c.events(id, "per_page=2"); len(r.array()) != 2 {
		t.Errorf("%s", r.body)
	}
	shot, _ := srv.Assignment(id)
	for i, r := range srv.RequestsTo("Assignments.AddEvent") {
		if r.EventID != shot.Events[i].ID {
			t.Errorf("request %d added %q, want %q", i, r.EventID, shot.Events[i].ID)
		}
	}
}

func TestErrorShapes(t *testing.T) {
	for shape, want := range map[ErrorShape]string{
		"":           `{"code":"not_found","details":[],"message":"Requested resource not found or you don't have access to it"}`,
		ErrorText:    `{"error":"Requested resource not found or you don't have access to it"}`,
		ErrorProblem: `{"status":404,"title":"Requested resource not found or you don't have access to it","type":"about:blank"}`,
		ErrorEmpty:   "",
	} {
		srv := newServer(t, WithWire(Wire{Errors: shape}))
		c := newClient(t, srv)
		if r := c.call(operation.AssignmentsEvents, []string{"x"}, "", "").want(http.StatusNotFound); string(r.body) != want {
			t.Errorf("%q: %s", shape, r.body)
		}
		c.call(operation.InvoicesTransferStatus, []string{"x"}, "", "").wantError(http.StatusNotFound, "not_found") // AX documents it
		srv.Inject(Status(503).On("Assignments.List"))
		r := c.call(operation.AssignmentsList, nil, "", "").want(http.StatusServiceUnavailable)
		if (r.header.Get("Content-Type") == "application/problem+json") != (shape == ErrorProblem) || (len(r.body) == 0) != (shape == ErrorEmpty) {
			t.Errorf("%q: %v %s", shape, r.header, r.body)
		}
	}
}

// The likely status of a write without a documented one is a success.
func TestLikelyStatus(t *testing.T) {
	for _, op := range operation.All() {
		if op.InferredStatus() && op.Method != http.MethodGet && !op.IsSuccess(likelyStatus(op)) {
			t.Errorf("%s: %d is no success", op.Name, likelyStatus(op))
		}
	}
}
