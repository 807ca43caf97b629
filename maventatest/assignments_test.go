package maventatest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

func (c *client) assignment(id string) map[string]any {
	c.t.Helper()
	return c.call(operation.AssignmentsGet, []string{id}, "", "").want(http.StatusOK).object()
}

func TestAssignmentFields(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	id := srv.Company().AddAssignment(Ropo, Invoice{
		ID: "4be9ac5b-1111-4222-8333-944455556666", Number: "77", Date: "2026-10-01", DueDate: "2026-10-15",
		DebtorName: "Velallinen Oy", Total: "100.10", Currency: "EUR",
	})
	o := c.assignment(id)
	for name, want := range map[string]string{
		"id": id, "invoice_id": "4be9ac5b-1111-4222-8333-944455556666", "invoice_number": "77", "invoice_date": "2026-10-01",
		"due_date": "2026-10-15", "status": "open", "collection_status": "monitored", "debtor_name": "Velallinen Oy", "currency": "EUR",
		"total_amount": "100.10", "open_amount": "100.10", "created_at": "2026-11-02T10:00:00Z", "closed_at": "",
	} {
		if got := text(o, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if refs := fmt.Sprint(o["reference_ids"]); refs != "[4be9ac5b-1111-4222-8333-944455556666]" {
		t.Errorf("reference_ids %s", refs)
	}
	if list := c.call(operation.AssignmentsList, nil, "", "").array(); list[0]["events"] != nil {
		t.Error("a list carries events")
	}
}

func TestAssignmentFilters(t *testing.T) {
	srv := newServer(t)
	c, co := newClient(t, srv), srv.Company()
	add := func(name, invoice string) string {
		defer srv.Clock().AdvanceDays(1)
		return co.AddAssignment(Ropo, Invoice{ID: invoice, DebtorName: name})
	}
	one, two, three := add("Aalto Oy", "i1"), add("Virtanen Oy", "i2"), add("Aaltonen Ky", "i3")
	srv.Agency().Close(two) // on 2026-11-05
	names := map[string]string{one: "1", two: "2", three: "3"}
	for query, want := range map[string]string{
		"": "31", "status=open": "31", "status=closed": "2", "status=partially_closed": "",
		"debtor_name=AALTO": "31", "debtor_name=Virtanen": "", "debtor_name=virtanen&status=closed": "2",
		"invoice_id=i3": "3", "invoice_id=i2": "", "invoice_id=I2&status=closed": "2",
		"created_at_start=2026-11-03": "3", "created_at_end=2026-11-02": "1",
		"created_at_start=2026-11-02T10:00:00Z&created_at_end=2026-11-02T10:00:00Z": "1",
		"closed_at_start=2026-11-05": "2", "closed_at_end=2026-11-04": "",
		"nonsense=1&debtor=x": "31",
	} {
		got := ""
		for _, a := range c.call(operation.AssignmentsList, nil, "", query).want(http.StatusOK).array() {
			got += names[text(a, "id")]
		}
		if got != want {
			t.Errorf("%q gives %q, want %q", query, got, want)
		}
	}
	last := srv.RequestsTo("Assignments.List")
	if i := slices.IndexFunc(last, func(r Request) bool { return r.Query.Has("nonsense") }); !slices.Equal(last[i].Ignored, []string{"debtor", "nonsense"}) {
		t.Errorf("ignored %v", last[i].Ignored)
	}
	for _, query := range []string{"status=OPEN", "page=0", "page=x", "per_page=-1", "per_page=9999999", "created_at_start=yesterday", "closed_at_end=1"} {
		c.call(operation.AssignmentsList, nil, "", query).wantError(http.StatusBadRequest, "invalid_parameters")
	}
}

func TestOverview(t *testing.T) {
	srv := newServer(t)
	c, co := newClient(t, srv), srv.Company()
	for _, days := range []int{-1, 0, 7, 8} {
		co.AddAssignment(Ropo, Invoice{DueDate: srv.Clock().Day(days)})
	}
	srv.Agency().Close(co.AddAssignment(Ropo, Invoice{}))
	o := c.call(operation.AssignmentsOverview, nil, "", "").want(http.StatusOK).object()
	if text(o, "open") != "4" || text(o, "soon_due") != "2" || text(o, "overdue") != "1" {
		t.Errorf("overview %v", o)
	}
}

func TestPaging(t *testing.T) {
	for _, wire := range append(Wires(), Wire{Name: "headers and envelope", Envelope: true}) {
		t.Run(wire.Name, func(t *testing.T) {
			srv := newServer(t, WithWire(wire))
			c := newClient(t, srv)
			for range 25 {
				srv.Company().AddAssignment(Ropo, Invoice{})
			}
			var sizes []int
			var first *result
			for n := 1; n <= 4; n++ {
				r := c.call(operation.AssignmentsList, nil, "", fmt.Sprintf("page=%d&per_page=10&status=open", n)).want(http.StatusOK)
				if n == 1 {
					first = r
				}
				if wire.Envelope {
					sizes = append(sizes, len(r.object()["data"].([]any)))
				} else {
					sizes = append(sizes, len(r.array()))
				}
			}
			want := []int{10, 10, 5, 0}
			if wire.NoPaging {
				want = []int{25, 25, 25, 25}
			}
			if !slices.Equal(sizes, want) {
				t.Errorf("pages of %v, want %v", sizes, want)
			}
			hasX, hasLink := first.header.Get("X-Total") != "", first.header.Get("Link") != ""
			if bare := wire.NoPaging || wire.NoPagingHeaders; hasX != (!bare && !wire.LinkOnly) || hasLink == bare {
				t.Errorf("headers %v", first.header)
			}
		})
	}
}

func TestPagingHeaders(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	for range 205 {
		srv.Company().AddAssignment(Ropo, Invoice{})
	}
	r := c.call(operation.AssignmentsList, nil, "", "page=2&per_page=1000&status=open")
	if n := len(r.array()); n != 100 {
		t.Errorf("%d items, want the cap of 100", n)
	}
	for name, want := range map[string]string{
		"X-Total": "205", "X-Total-Pages": "3", "X-Page": "2", "X-Per-Page": "100", "X-Next-Page": "3", "X-Prev-Page": "1",
	} {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	link := r.header.Get("Link")
	_, after, _ := strings.Cut(link, `rel="prev", <`)
	target, _, _ := strings.Cut(after, `>; rel="next"`)
	u, err := url.Parse(target)
	if err != nil || u.Query().Get("page") != "3" || u.Query().Get("status") != "open" || !strings.HasPrefix(target, srv.ReceivablesURL()) {
		t.Errorf("Link %s", link)
	}
	r = c.call(operation.AssignmentsList, nil, "", "page=3&per_page=100")
	if _, has := r.header["X-Next-Page"]; has || strings.Contains(r.header.Get("Link"), `rel="next"`) {
		t.Errorf("the last page has a next one: %v", r.header)
	}
	r = c.call(operation.AssignmentsList, nil, "", "")
	if n := len(r.array()); n != 10 {
		t.Errorf("%d items by default, want 10", n)
	}
}

func TestOthersAreNotFound(t *testing.T) {
	srv := newServer(t)
	mine := newClient(t, srv)
	theirs := clientOf(t, srv.AddCompany("Muu Oy", "7777777-7"))
	srv.Company().Activate(Ropo)
	theirs.co.Activate(Ropo)
	invoice := srv.AddInvoice(Invoice{})
	id := srv.Company().AddAssignment(Ropo, Invoice{})
	event := srv.Agency().Comment(id, "Hello?")

	mine.assignment(id)
	theirs.call(operation.AssignmentsGet, []string{id}, "", "").wantError(http.StatusNotFound, "not_found")
	theirs.call(operation.AssignmentsEvents, []string{id}, "", "").wantError(http.StatusNotFound, "not_found")
	theirs.call(operation.AssignmentsAddEvent, []string{id}, `{"type":"comment","comment":"x"}`, "").wantError(http.StatusNotFound, "not_found")
	theirs.call(operation.EventsMarkSeen, []string{id, event}, "", "").wantError(http.StatusNotFound, "not_found")
	theirs.call(operation.InvoicesTransferToRopo, []string{invoice}, transferBody, "").wantError(http.StatusNotFound, "not_found")
	theirs.call(operation.InvoicesTransferStatus, []string{invoice}, "", "").wantError(http.StatusNotFound, "not_found")
	for _, op := range []*operation.Op{operation.AssignmentsList, operation.EventsList} {
		if list := theirs.call(op, nil, "", "status=open").want(http.StatusOK).array(); len(list) != 0 {
			t.Errorf("%s shows %v", op, list)
		}
	}
	if last := srv.RequestsTo("Events.List"); last[0].Company != theirs.co.ID() {
		t.Errorf("logged for company %q", last[0].Company)
	}
}

func TestBalance(t *testing.T) {
	for name, test := range map[string]struct {
		agency Service
		steps  func(c *client, id string)
		status string
		open   string
		events []string
	}{
		"partial": {Amili, func(c *client, id string) { c.pay(id, "40") }, "open", "60.00", []string{"sender paid 40.00"}},
		"charges remain": {Amili, func(c *client, id string) {
			c.srv.Agency().Reminder(id, "5")
			c.pay(id, "100")
		}, "partially_closed", "5.00", []string{"agency reminder", "sender paid 100.00"}},
		"charges paid": {Amili, func(c *client, id string) {
			c.srv.Agency().Demand(id, "5.50")
			c.pay(id, "100")
			c.srv.Agency().Paid(id, "5.50", "2026-11-01")
		}, "closed", "0.00", []string{"agency payment_demand", "sender paid 100.00", "agency paid 5.50", "agency close"}},
		"credit at Ropo": {Ropo, func(c *client, id string) {
			c.srv.Agency().Reminder(id, "5")
			c.add(id, `{"type":"credit_note","amount":100,"invoice_number":"K1"}`).want(http.StatusCreated)
		}, "closed", "0.00", []string{"agency reminder", "sender credit_note 100.00", "agency close"}},
		"credit at Amili": {Amili, func(c *client, id string) {
			c.add(id, `{"type":"credit_note","amount":25}`).want(http.StatusCreated)
		}, "open", "75.00", []string{"sender credit_note 25.00"}},
		"twice": {Amili, func(c *client, id string) {
			c.pay(id, "30")
			c.pay(id, "30")
		}, "open", "40.00", []string{"sender paid 30.00", "sender paid 30.00"}},
		"after the close": {Amili, func(c *client, id string) {
			c.pay(id, "120")
			c.pay(id, "1")
		}, "closed", "0.00", []string{"sender paid 120.00", "agency close", "sender paid 1.00"}},
		"cancelled": {Amili, func(c *client, id string) {
			c.add(id, `{"type":"cancellation"}`).want(http.StatusCreated)
		}, "closed", "100.00", []string{"sender cancellation", "agency close"}},
		"credit loss": {Amili, func(c *client, id string) {
			c.add(id, `{"type":"credit_loss","date":"2026-11-02"}`).want(http.StatusCreated)
		}, "closed", "100.00", []string{"sender credit_loss", "agency close"}},
		"closed by the sender": {Amili, func(c *client, id string) {
			c.add(id, `{"type":"close"}`).want(http.StatusCreated)
		}, "closed", "100.00", []string{"sender close"}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			c := newClient(t, srv)
			id := srv.Company().AddAssignment(test.agency, Invoice{Total: "100.00"})
			test.steps(c, id)
			o := c.assignment(id)
			if text(o, "status") != test.status || text(o, "open_amount") != test.open {
				t.Errorf("%v %v, want %s %s", o["status"], o["open_amount"], test.status, test.open)
			}
			srv.AssertEvents(t, id, test.events...)
			shot, _ := srv.Assignment(id)
			if shot.Status != test.status || shot.OpenAmount != test.open || (text(o, "closed_at") == "") == (test.status == "closed") {
				t.Errorf("snapshot %+v", shot)
			}
		})
	}
}

func (c *client) add(id, body string) *result {
	c.t.Helper()
	return c.call(operation.AssignmentsAddEvent, []string{id}, body, "")
}

func (c *client) pay(id, amount string) {
	c.t.Helper()
	c.add(id, `{"type":"paid","amount":`+amount+`}`).want(http.StatusCreated)
}

func TestClockInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if today := newServer(t).Today(); today != "2000-01-01" {
			t.Errorf("the story starts on %s", today)
		}
	})
	if today := newServer(t).Today(); today != "2026-11-02" {
		t.Errorf("the story starts on %s", today)
	}
}

func TestClock(t *testing.T) {
	srv := newServer(t, WithToday("2026-12-24"))
	clock := srv.Clock()
	if srv.Today() != "2026-12-24" || clock.Day(8) != "2027-01-01" {
		t.Errorf("today %s, in 8 days %s", srv.Today(), clock.Day(8))
	}
	clock.AdvanceDays(1)
	srv.Advance(14 * time.Hour)
	if !clock.Now().Equal(time.Date(2026, 12, 26, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("now %v", clock.Now())
	}
	if clock.AdvanceTo("2026-12-25") || clock.AdvanceTo("tomorrow") || !clock.AdvanceTo("2027-01-01") || clock.Today() != "2027-01-01" {
		t.Errorf("now %v", clock.Now())
	}
}
