package maventatest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

// events reads the events of an assignment, a page at a time.
func (c *client) events(id, query string) *result {
	return c.call(operation.AssignmentsEvents, []string{id}, "", query).want(http.StatusOK)
}

func TestOldList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t)
		c := newClient(t, srv)
		id := srv.Company().AddAssignment(Amili, Invoice{Total: "100.00"})
		c.add(id, `{"type":"paid","amount":10}`).want(http.StatusCreated)
		time.Sleep(30 * time.Minute)
		c.add(id, `{"type":"paid","amount":20}`).want(http.StatusCreated)
		for _, op := range []string{"Assignments.Events", "Events.List"} {
			srv.Inject(OldList(20 * time.Minute).On(op))
		}
		for _, r := range []*result{c.events(id, ""), c.call(operation.EventsList, nil, "", "").want(http.StatusOK)} {
			if list := r.array(); len(list) != 1 || text(list[0], "amount") != "10.00" || r.header.Get("Age") != "1200" {
				t.Errorf("%v, Age %q", list, r.header.Get("Age"))
			}
		}
		if r := c.events(id, ""); len(r.array()) != 2 || r.header.Get("Age") != "" {
			t.Errorf("afterwards: %s", r.body)
		}
		srv.Inject(OldList(time.Hour))
		c.add(id, aPayment).want(http.StatusCreated) // a write acts on the present
		srv.AssertExactlyOnce(t, id, "paid", "30.00")
	})
}

func TestPartialList(t *testing.T) {
	for _, wire := range Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			srv := newServer(t, WithWire(wire))
			c := newClient(t, srv)
			id := srv.Company().AddAssignment(Amili, Invoice{Total: "100.00"})
			for range 3 {
				srv.Agency().Paid(id, "10.00", "")
			}
			srv.Inject(PartialList().On("Assignments.Events"))
			left := 0 // of the one item of the second page
			if wire.NoPaging {
				left = 2
			}
			r := c.events(id, "per_page=2&page=2")
			a := answer{status: r.status, body: r.body}
			items, enveloped := a.items()
			if len(items) != left || enveloped != wire.Envelope || r.header.Get("X-Total") != "3" {
				t.Errorf("%s, X-Total %q", r.body, r.header.Get("X-Total"))
			}
			if enveloped && r.object()["partial"] != true {
				t.Errorf("no flag: %s", r.body)
			}
		})
	}
}

func TestMemberTwice(t *testing.T) {
	srv := newServer(t, WithWire(Wire{Envelope: true}))
	c := newClient(t, srv)
	id := srv.Company().AddAssignment(Amili, Invoice{Total: "100.00"})
	c.add(id, aPayment).want(http.StatusCreated)
	for name, want := range map[string]string{
		"data":   `],"data":[]}`,
		"amount": `"amount":30.00,"amount":0,`,
		"type":   `"type":"paid","type":""}`,
		"seen":   `"seen":true,"seen":null,`,
	} {
		srv.Inject(MemberTwice(name).On("Assignments.Events"))
		r := c.events(id, "")
		if !bytes.Contains(r.body, []byte(want)) || !json.Valid(r.body) {
			t.Errorf("%s: %s", name, r.body)
		}
		if n := bytes.Count(r.body, []byte(`"`+name+`":`)); n != 2 {
			t.Errorf("%s stands %d times in %s", name, n, r.body)
		}
	}
}

func TestRepeatPage(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	for range 5 {
		srv.Company().AddAssignment(Amili, Invoice{})
	}
	srv.Inject(RepeatPage().On("Assignments.List").Nth(2))
	one := c.call(operation.AssignmentsList, nil, "", "page=1&per_page=2")
	two := c.call(operation.AssignmentsList, nil, "", "page=2&per_page=2")
	if !bytes.Equal(one.body, two.body) || two.header.Get("X-Page") != "1" {
		t.Errorf("%s\n%s", one.body, two.body)
	}
}

func TestReorderPages(t *testing.T) {
	for _, wire := range Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			srv := newServer(t, WithWire(wire))
			c := newClient(t, srv)
			srv.Company().AddAssignment(Amili, Invoice{})
			read := func(pages ...string) (ids []string) {
				for _, n := range pages {
					r := c.call(operation.AssignmentsList, nil, "", "per_page=2&page="+n).want(http.StatusOK)
					var list []map[string]any
					if wire.Envelope {
						for _, item := range r.object()["data"].([]any) {
							list = append(list, item.(map[string]any))
						}
					} else {
						list = r.array()
					}
					for _, item := range list {
						ids = append(ids, text(item, "id"))
					}
				}
				return ids
			}
			srv.Inject(ReorderPages().On("Assignments.List"))
			if ids := read("1"); len(ids) != 1 {
				t.Errorf("a list of one page: %v", ids)
			}
			for range 4 {
				srv.Company().AddAssignment(Amili, Invoice{})
			}
			want := read("2", "1", "3")
			srv.Inject(ReorderPages().On("Assignments.List").Times(2))
			if got := read("1", "2", "3"); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
