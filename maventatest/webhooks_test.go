package maventatest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

// receiver notes the calls it gets, and answers with a status.
type receiver struct {
	mu     sync.Mutex
	calls  []string // event and resource
	status int
	also   func(payload map[string]string)
}

func (b *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	var payload map[string]string
	_ = json.Unmarshal(text, &payload)
	if b.also != nil {
		b.also(payload)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls = append(b.calls, r.Method+" "+r.URL.Path+" "+payload["event"]+" "+payload["resource_id"])
	w.WriteHeader(b.status)
}

func (b *receiver) heard() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.calls)
}

func subscribe(c *client, kind, destination string, events ...string) string {
	c.t.Helper()
	body, _ := json.Marshal(map[string]any{"destination_type": kind, "destination": destination, "events": events})
	return text(c.call(operation.NotificationsCreate, nil, string(body), "").want(http.StatusCreated).object(), "id")
}

const secretURL = "https://erp.example.com/hooks/secret"

func TestNotifications(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	id := subscribe(c, "WEBHOOK", secretURL, eventDelivered, "SOMETHING.NEW")
	o := c.call(operation.NotificationsGet, []string{id}, "", "").want(http.StatusOK).object()
	if text(o, "destination") != secretURL || len(o["events"].([]any)) != 2 {
		t.Errorf("%v", o)
	}
	if all := c.call(operation.NotificationsList, nil, "", "").want(http.StatusOK).array(); len(all) != 1 {
		t.Errorf("%v", all)
	}
	c.call(operation.NotificationsCreate, nil, `{"destination_type":"EMAIL","destination":"a","events":["X"]}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "destination_type")
	c.call(operation.NotificationsCreate, nil, `{"destination_type":"WEBHOOK","events":[]}`, "").wantError(http.StatusBadRequest, "invalid_parameters", "destination is missing", "events is empty")
	other := axClientOf(t, srv.AddCompany("Muu Oy", "9"))
	other.call(operation.NotificationsGet, []string{id}, "", "").wantError(http.StatusNotFound, "not_found")
	c.call(operation.NotificationsDelete, []string{id}, "", "").want(http.StatusNoContent)
	c.call(operation.NotificationsDelete, []string{id}, "", "").wantError(http.StatusNotFound, "not_found")
}

// A webhook is called by itself when the lag is over, and the handler may ask the
// server what is true.
func TestWebhookRings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t, WithLags(Lags{Delivery: time.Minute}))
		c := axClient(t, srv)
		b := &receiver{status: http.StatusNoContent}
		b.also = func(payload map[string]string) {
			o := c.call(operation.InvoicesGet, []string{payload["resource_id"]}, "", "").want(http.StatusOK).object()
			if text(o, "status") != "DELIVERED" {
				t.Errorf("%v", o)
			}
		}
		srv.DeliverWebhooksTo(b)
		subscribe(c, "WEBHOOK", secretURL, eventDelivered)
		id := c.mustSend(peppol)
		time.Sleep(time.Minute - time.Second)
		synctest.Wait()
		if len(b.heard()) != 0 {
			t.Error("too early")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got := b.heard(); !slices.Equal(got, []string{"POST /hooks/secret " + eventDelivered + " " + id}) {
			t.Errorf("%v", got)
		}
		if w := srv.Webhooks(); len(w) != 1 || !w[0].Acknowledged || w[0].Status != http.StatusNoContent || w[0].Destination != secretURL {
			t.Errorf("%+v", w)
		}
		if !slices.Contains(srv.Inferred(), "rule the payload of a webhook") {
			t.Error("the payload is invented, and nobody says so")
		}
	})
}

func TestWebhooksTwiceAndOutOfOrder(t *testing.T) {
	srv := newServer(t, WithManualDelivery())
	c := axClient(t, srv)
	b := &receiver{status: http.StatusOK}
	srv.DeliverWebhooksTo(b)
	subscribe(c, "WEBHOOK", secretURL, eventDelivered, eventConfirmed, eventFailed)
	id := c.mustSend(peppol)
	srv.RepeatWebhooks(2)
	srv.HoldWebhooks()
	srv.Company().AX().DeliverInvoice(id)
	srv.Company().AX().ConfirmDelivery(id)
	srv.WaitWebhooks()
	if len(b.heard()) != 0 {
		t.Error("held back")
	}
	srv.ReleaseWebhooks(true)
	srv.WaitWebhooks()
	var events []string
	for _, call := range b.heard() {
		events = append(events, strings.Fields(call)[2])
	}
	if !slices.Equal(events, []string{eventConfirmed, eventConfirmed, eventDelivered, eventDelivered}) {
		t.Errorf("%v", events)
	}
	srv.RepeatWebhooks(1)
	srv.Company().AX().FailInvoice(id, "came back")
	srv.WaitWebhooks()
	if got := b.heard(); len(got) != 5 || !strings.Contains(got[4], eventFailed) {
		t.Errorf("%v", got)
	}
}

func TestResendUnacknowledged(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	b := &receiver{status: http.StatusInternalServerError}
	srv.DeliverWebhooksTo(b)
	subscribe(c, "WEBHOOK", secretURL, eventDelivered)
	c.mustSend(peppol)
	srv.WaitWebhooks()
	if w := srv.Webhooks(); len(w) != 1 || w[0].Acknowledged || w[0].Attempts != 1 {
		t.Fatalf("%+v", w)
	}
	b.mu.Lock()
	b.status = http.StatusOK
	b.mu.Unlock()
	for range 2 { // the second finds nothing to send
		if r := c.call(operation.NotificationsResendUnacknowledged, nil, "", "").want(http.StatusOK); len(r.body) != 0 {
			t.Errorf("%s", r.body)
		}
		srv.WaitWebhooks()
	}
	if w := srv.Webhooks(); !w[0].Acknowledged || w[0].Attempts != 2 || len(b.heard()) != 2 {
		t.Errorf("%+v", w)
	}
}

func TestVendorWebhook(t *testing.T) {
	srv := newServer(t)
	linked, stranger := srv.AddCompanyOf(srv.Company(), "Toinen Oy", "2"), srv.AddCompany("Vieras Oy", "3")
	stranger.linked = false // other software
	c := axClient(t, srv)
	b := &receiver{status: http.StatusOK}
	srv.DeliverWebhooksTo(b)
	subscribe(c, "VENDOR_WEBHOOK", secretURL, eventDelivered, eventServiceActivated)
	for _, co := range []*Company{linked, stranger} {
		axClientOf(t, co).mustSend(peppol)
	}
	theirs := axClientOf(t, linked)
	theirs.call(operation.RopoActivate, nil, `{"agreement_contact_email":"a@example.com"}`, "").want(http.StatusOK)
	linked.CompleteKYC(Ropo)
	theirs.call(operation.CompanyUnlinkVendor, nil, "", "").want(http.StatusNoContent)
	theirs.mustSend(peppol)
	srv.WaitWebhooks()
	if got := srv.Webhooks(); len(got) != 2 || got[0].CompanyID != linked.ID() || got[1].Event != eventServiceActivated || len(b.heard()) != 2 {
		t.Errorf("%+v", got)
	}
}

// Over a client only loopback addresses get anything.
func TestWebhooksThroughAClient(t *testing.T) {
	b := &receiver{status: http.StatusAccepted}
	receiver := httptest.NewServer(b)
	defer receiver.Close()
	srv := newServer(t)
	c := axClient(t, srv)
	srv.DeliverWebhooksThrough(&http.Client{Transport: http.DefaultTransport})
	subscribe(c, "WEBHOOK", receiver.URL+"/in", eventDelivered)
	subscribe(c, "WEBHOOK", "https://erp.example.com/in", eventDelivered)
	c.mustSend(peppol)
	srv.WaitWebhooks()
	w := srv.Webhooks()
	if len(w) != 2 || w[0].Status != http.StatusAccepted || w[1].Status != 0 || w[1].Acknowledged || len(b.heard()) != 1 {
		t.Errorf("%+v", w)
	}
}

// A handler that hangs does not keep the server from closing.
func TestWebhookHangs(t *testing.T) {
	srv := newServer(t)
	c := axClient(t, srv)
	rang := make(chan bool, 1)
	srv.DeliverWebhooksTo(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		rang <- true
		<-r.Context().Done()
	}))
	subscribe(c, "WEBHOOK", secretURL, eventDelivered)
	c.mustSend(peppol)
	<-rang
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
}
