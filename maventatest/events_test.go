package maventatest

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestAddEventIsStrict(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	id := srv.Company().AddAssignment(Amili, Invoice{})
	for body, problem := range map[string]string{
		`{}`:                                            "type is missing",
		`{"type":"","amount":1}`:                        "type is empty",
		`{"type":5}`:                                    "type is invalid",
		`{"type":"payment","amount":1}`:                 "type does not have a valid value",
		`{"type":"reminder"}`:                           "type does not have a valid value", // the agency's
		`{"type":"paid"}`:                               "amount is missing",
		`{"type":"credit_note"}`:                        "amount is missing",
		`{"type":"paid","amount":0}`:                    "amount must be positive",
		`{"type":"paid","amount":-5}`:                   "amount must be positive",
		`{"type":"paid","amount":"5.00"}`:               "amount is not a number",
		`{"type":"paid","amount":5.001}`:                "amount has more than two decimals",
		`{"type":"paid","amount":5,"date":"2.11.2026"}`: "date is invalid",
	} {
		c.add(id, body).wantError(http.StatusBadRequest, "invalid_parameters", problem)
	}
	if shot, _ := srv.Assignment(id); len(shot.Events) != 0 {
		t.Errorf("a refused event was added: %v", shot.Events)
	}
	for _, body := range []string{
		`{"type":"comment","comment":"Paid in cash"}`,
		`{"type":"due_date_change","due_date":"2026-12-01"}`,
		`{"type":"collection_prohibition","until":"2026-12-01"}`,
		`{"type":"paid","amount":1.5e1,"date":"2026-11-02","invoice_number":"K1","foo":1}`,
	} {
		c.add(id, body).want(http.StatusCreated)
	}
	ropo := srv.Company().AddAssignment(Ropo, Invoice{})
	c.add(ropo, `{"type":"cancellation"}`).wantError(http.StatusBadRequest, "invalid_parameters", "full credit note")
	shot, _ := srv.Assignment(id)
	if e := shot.Events[3]; e.Amount != "15.00" || e.Date != "2026-11-02" || e.InvoiceNumber != "K1" || e.Author != "sender" {
		t.Errorf("event %+v", e)
	}
	requests := srv.RequestsTo("Assignments.AddEvent")
	if last := requests[len(requests)-2]; len(last.Ignored) != 1 || last.Ignored[0] != "foo" || !last.Committed || last.Status != http.StatusCreated {
		t.Errorf("log %+v", last)
	}
	if requests[0].Committed {
		t.Error("a refused event counts as committed")
	}
}

func TestEventsAreListed(t *testing.T) {
	srv := newServer(t)
	c, agency := newClient(t, srv), srv.Agency()
	one := srv.Company().AddAssignment(Amili, Invoice{})
	two := srv.Company().AddAssignment(Amili, Invoice{})
	agency.Comment(one, "Which address?")
	srv.Clock().AdvanceDays(1)
	agency.Paid(two, "10", "")
	agency.ChangeServiceLevel(one, "premium")

	kinds := func(id *operation.Op, ids []string, query string) (list string) {
		t.Helper()
		for _, e := range c.call(id, ids, "", query).want(http.StatusOK).array() {
			list += text(e, "type") + " "
		}
		return list
	}
	for query, want := range map[string]string{
		"":                              "service_level_changed paid comment ",
		"type=paid":                     "paid ",
		"assignment_id=" + one:          "service_level_changed comment ",
		"assignment_id=x":               "",
		"created_at_end=2026-11-02":     "comment ",
		"created_at_start=2026-11-03":   "service_level_changed paid ",
		"page=2&per_page=2":             "comment ",
		"created_at_start=2026-11-04&x": "",
	} {
		if got := kinds(operation.EventsList, nil, query); got != want {
			t.Errorf("%q gives %q, want %q", query, got, want)
		}
	}
	if got := kinds(operation.AssignmentsEvents, []string{one}, "page=1&per_page=7"); got != "comment service_level_changed " {
		t.Errorf("events of one: %q", got)
	}
	c.call(operation.AssignmentsEvents, []string{"x"}, "", "").wantError(http.StatusNotFound, "not_found")
	c.call(operation.EventsList, nil, "", "created_at_start=x").wantError(http.StatusBadRequest, "invalid_parameters")
}

func TestEventsShowLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t, WithLag(10*time.Second))
		c := newClient(t, srv)
		id := srv.Company().AddAssignment(Amili, Invoice{Total: "100.00"})
		c.pay(id, "30")
		count := func() int {
			return len(c.call(operation.AssignmentsEvents, []string{id}, "", "").array()) + len(c.call(operation.EventsList, nil, "", "").array()) +
				len(c.assignment(id)["events"].([]any))
		}
		time.Sleep(10*time.Second - time.Nanosecond)
		if n := count(); n != 0 {
			t.Errorf("%d events too early", n)
		}
		srv.AssertExactlyOnce(t, id, "paid", "30")
		time.Sleep(time.Nanosecond)
		if n := count(); n != 3 {
			t.Errorf("%d events, want one in each list", n)
		}
	})
}

func TestMarkSeen(t *testing.T) {
	for _, wire := range []Wire{{}, {WriteStatus: http.StatusOK}} {
		srv := newServer(t, WithWire(wire))
		c := newClient(t, srv)
		id := srv.Company().AddAssignment(Amili, Invoice{})
		event := srv.Agency().Comment(id, "Which address?")
		seen := func() bool {
			return c.call(operation.AssignmentsEvents, []string{id}, "", "").array()[0]["seen"].(bool)
		}
		if seen() {
			t.Error("seen at once")
		}
		for range 2 {
			r := c.call(operation.EventsMarkSeen, []string{id, event}, "", "").want(orElse(wire.WriteStatus, http.StatusNoContent))
			if wire.WriteStatus == http.StatusOK && text(r.object(), "id") != event {
				t.Errorf("body %s", r.body)
			}
		}
		if !seen() {
			t.Error("not seen")
		}
		c.call(operation.EventsMarkSeen, []string{id, "x"}, "", "").wantError(http.StatusNotFound, "not_found")
	}
}

func TestServiceLevels(t *testing.T) {
	srv := newServer(t)
	c, co := newClient(t, srv), srv.Company()
	set := func(bid, level string) *result {
		return c.call(operation.ServiceLevelsSet, []string{bid}, `{"service_level":"`+level+`"}`, "")
	}
	set("1111111-1", "vip").wantError(http.StatusForbidden, "forbidden")
	co.ActivatePerinta("vfsfi")
	set("1111111-1", "vip").wantError(http.StatusForbidden, "forbidden")
	co.ActivateKassavirta("vfsfi")
	set("2222222-2", "vip").want(http.StatusNoContent)
	set("1111111-1", "premium").want(http.StatusNoContent)
	set("1111111-1", "gold").wantError(http.StatusBadRequest, "invalid_parameters", "service_level does not")
	c.call(operation.ServiceLevelsSet, []string{"3333333-3"}, `{}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "service_level is missing")
	list := c.call(operation.ServiceLevelsList, nil, "", "page=1&per_page=5").want(http.StatusOK).array()
	if len(list) != 2 || text(list[0], "customer_bid") != "1111111-1" || text(list[0], "service_level") != "premium" {
		t.Errorf("list %v", list)
	}
	set("1111111-1", "default").want(http.StatusNoContent)
	if list := c.call(operation.ServiceLevelsList, nil, "", "").array(); len(list) != 1 {
		t.Errorf("a default level is listed: %v", list)
	}
	if co.ServiceLevel("1111111-1") != "default" || co.ServiceLevel("2222222-2") != "vip" {
		t.Error("levels in the state are wrong")
	}
}
