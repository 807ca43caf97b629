package maventatest

import (
	"net/http"
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

// The likely status of a write without a documented one is a success.
func TestLikelyStatus(t *testing.T) {
	for _, op := range operation.All() {
		if op.InferredStatus() && op.Method != http.MethodGet && !op.IsSuccess(likelyStatus(op)) {
			t.Errorf("%s: %d is no success", op.Name, likelyStatus(op))
		}
	}
}
