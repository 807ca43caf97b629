package maventatest

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestStory(t *testing.T) {
	for name, opts := range map[string][]Option{"memory": nil, "tcp": {OverTCP()}} {
		t.Run(name, func(t *testing.T) {
			story(t, newServer(t, opts...))
		})
	}
	t.Run("bubble", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { story(t, newServer(t)) })
	})
}

func story(t *testing.T, srv *Server) {
	c := newClient(t, srv)
	c.call(operation.RopoActivate, nil, `{"agreement_contact_email":"ceo@example.com"}`, "").want(http.StatusOK)
	if n := srv.Company().KYCMails(Ropo); n != 1 {
		t.Errorf("%d KYC mails, want 1", n)
	}
	srv.Company().CompleteKYC(Ropo)
	invoice := srv.AddInvoice(Invoice{Total: "100.00", DueDate: srv.Clock().Day(-10)})
	c.call(operation.InvoicesTransferToRopo, []string{invoice}, transferBody, "").want(http.StatusAccepted)
	status := c.call(operation.InvoicesTransferStatus, []string{invoice}, "", "").want(http.StatusOK).object()
	if text(status, "status") != "sent" {
		t.Fatalf("transfer is %v", status)
	}
	id := srv.AssignmentOf(invoice)
	list := c.call(operation.AssignmentsList, nil, "", "").want(http.StatusOK).array()
	if len(list) != 1 || text(list[0], "id") != id {
		t.Fatalf("assignments: %v", list)
	}
	c.call(operation.AssignmentsAddEvent, []string{id}, `{"type":"paid","amount":40.5,"date":"2026-11-02"}`, "").want(http.StatusCreated)
	srv.Agency().Paid(id, "59.50", "")
	srv.AssertEvents(t, id, "sender paid 40.50", "agency paid 59.50", "agency close")
	srv.AssertExactlyOnce(t, id, "paid", "40.50")
	got := c.call(operation.AssignmentsGet, []string{id}, "", "").want(http.StatusOK).object()
	if text(got, "status") != "closed" || text(got, "open_amount") != "0.00" || len(got["events"].([]any)) != 3 {
		t.Errorf("assignment: %v", got)
	}
}

func TestBubbleEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t, WithLag(10*time.Second))
		c := newClient(t, srv)
		srv.Inject(Slow(time.Minute).On("Assignments.Overview"), Hang().On("Assignments.List"))
		start := time.Now()
		c.call(operation.AssignmentsOverview, nil, "", "").want(http.StatusOK)
		if d := time.Since(start); d != time.Minute {
			t.Errorf("took %v of the bubble's time, want 1m", d)
		}
		req := c.request(operation.AssignmentsList, nil, "", "")
		go func() { _, _ = srv.HTTPClient().Do(req) }()
		synctest.Wait()
	})
}
