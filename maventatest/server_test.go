package maventatest

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestStartAndMisuse(t *testing.T) {
	srv, err := Start(OverTCP())
	if err != nil {
		t.Fatal(err)
	}
	co := srv.Company()
	zero := []any{
		srv.AddInvoice(Invoice{Total: "many"}), srv.AddInvoice(Invoice{DueDate: "soon"}), co.AddAssignment(Ropo, Invoice{Total: "x"}),
		srv.Agency().Paid("x", "1", ""), co.AddAssignment("intrum", Invoice{Number: "9"}) == "", co.ServiceState("intrum"), co.KYCMails("intrum"),
	}
	if fmt.Sprint(zero) != fmt.Sprint([]any{"", "", "", "", true, "", 0}) {
		t.Errorf("misuse gives %v", zero)
	}
	id := co.AddAssignment(Ropo, Invoice{ID: "i1"})
	srv.AddInvoice(Invoice{ID: "i1"})
	srv.Agency().Paid(id, "-1", "")
	srv.Agency().Paid(id, "1", "today")
	srv.Agency().Reminder(id, "x")
	srv.Agency().ChangeServiceLevel(id, "gold")
	srv.Agency().ChangeDueDate(id, "soon")
	srv.Debtor().PayCompany(id, "0")
	co.SetServiceLevel("1", "gold")
	co.CompleteKYC(Ropo)
	srv.CompleteTransfer("x")
	srv.FailTransfer("i1", "too late")
	srv.Inject(Fault{})
	srv.Inject(Status(500).On("Assignments.Delete"))
	shot, _ := srv.Assignment(id)
	if len(shot.Events) != 0 || srv.PendingFaults() != 0 || len(co.BankLines()) != 0 {
		t.Errorf("misuse did something: %v", shot)
	}
	err = srv.Close()
	if n := len(strings.Split(fmt.Sprint(err), "\n")); n != 20 {
		t.Errorf("%d misuses reported, want 20:\n%v", n, err)
	}
	if again := srv.Close(); fmt.Sprint(again) != fmt.Sprint(err) {
		t.Errorf("second Close: %v", again)
	}
	if _, err := srv.HTTPClient().Get(srv.AutoXChangeURL()); err == nil {
		t.Error("a closed server answers")
	}
	if _, err := Start(WithToday("someday")); err == nil {
		t.Error("a story that starts on no day")
	}
}

func TestMisuseEndsTheTest(t *testing.T) {
	probe := &probe{TB: t}
	srv := NewServer(probe)
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.AddInvoice(Invoice{Total: "many"})
	}()
	<-done
	if !strings.Contains(probe.fatal, `Total "many" is not a number`) {
		t.Errorf("the test got %q", probe.fatal)
	}
	NewServer(probe, WithToday("x"))
	if !strings.Contains(probe.fatal, "parsing time") {
		t.Errorf("the test got %q", probe.fatal)
	}
}

// probe is a test that notes what it gets.
type probe struct {
	testing.TB
	fatal  string
	errors []string
}

func (p *probe) Helper() {}

func (p *probe) Fatalf(format string, args ...any) { p.fatal = fmt.Sprintf(format, args...) }

func (p *probe) Errorf(format string, args ...any) {
	p.errors = append(p.errors, fmt.Sprintf(format, args...))
}

func TestAssertions(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	id := srv.Company().AddAssignment(Amili, Invoice{Total: "100"})
	probe := &probe{TB: t}
	if srv.AssertExactlyOnce(probe, id, "paid", "30") || !strings.Contains(probe.errors[0], "none") {
		t.Errorf("none: %v", probe.errors)
	}
	srv.Agency().Paid(id, "30", "") // alike, but the agency's
	c.pay(id, "30")
	if !srv.AssertExactlyOnce(probe, id, "paid", "30.0") || !srv.AssertEvents(probe, id, "agency paid 30.00", "sender paid 30.00") {
		t.Errorf("once: %v", probe.errors)
	}
	c.pay(id, "30")
	if srv.AssertExactlyOnce(probe, id, "paid", "30") || !strings.Contains(probe.errors[1], "added 2 events") {
		t.Errorf("twice: %v", probe.errors)
	}
	if srv.AssertEvents(probe, id) || srv.AssertEvents(probe, "x") || srv.AssertExactlyOnce(probe, "x", "paid", "1") || len(probe.errors) != 5 {
		t.Errorf("got %v", probe.errors)
	}
	c.add(id, `{"type":"comment","comment":"x"}`)
	srv.AssertExactlyOnce(t, id, "comment", "")
}

func TestLedgerHidesCredentials(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	form := c.tokenForm("global")
	form.Set("license_data", `{"key":"C84411ED"}`)
	c.postForm(form).want(http.StatusOK)
	c.call(operation.AuthCurrent, nil, "", "").want(http.StatusOK)
	log := fmt.Sprintf("%+v", srv.Requests())
	for _, secret := range []string{c.token, srv.UserAPIKey(), srv.VendorAPIKey(), "C84411ED"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	tokens := srv.TokenRequests()
	if len(tokens) != 2 || srv.Count("Auth.Token") != 2 || !strings.Contains(tokens[1].Body, "scope=global") || !strings.Contains(tokens[1].Body, "vendor_api_key=") {
		t.Errorf("token requests %+v", tokens)
	}
	all := srv.Requests()
	last := all[len(all)-1]
	if last.Op != "Auth.Current" || last.Header.Get("Authorization") != "Bearer ***" || last.Host == "" || last.Time.IsZero() || last.Path != "/oauth2/current" {
		t.Errorf("log %+v", last)
	}
	last.Header.Set("Authorization", "changed")
	if srv.Requests()[len(all)-1].Header.Get("Authorization") == "changed" {
		t.Error("the log can be changed from outside")
	}
}

func TestInferred(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	c.call(operation.AmiliStatus, nil, "", "")
	c.call(operation.AuthCurrent, nil, "", "")
	srv.Company().ActivatePerinta("vfsfi")
	invoice := srv.AddInvoice(Invoice{})
	c.call(operation.InvoicesTransferToAmiliV1, []string{invoice}, `{"collection_type":"collection"}`, "").want(http.StatusAccepted)
	c.call(operation.InvoicesTransferStatusV1, []string{invoice}, "", "").want(http.StatusOK)
	if got := srv.Inferred(); !slices.Equal(got, []string{"status a service that was never activated"}) {
		t.Errorf("documented calls lean on %q", got)
	}
	id := srv.AssignmentOf(invoice)
	c.pay(id, "1")
	for _, subject := range []string{"field NewEvent.amount", "field Event.id", "status Assignments.AddEvent"} {
		if !slices.Contains(srv.Inferred(), subject) {
			t.Errorf("%q is not among %q", subject, srv.Inferred())
		}
	}
}

// Many clients at once, over both networks: the balance is exact in the end.
func TestManyClients(t *testing.T) {
	for name, opts := range map[string][]Option{"memory": nil, "tcp": {OverTCP()}} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, opts...)
			id := srv.Company().AddAssignment(Amili, Invoice{Total: "1000.00"})
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					c := newClient(t, srv)
					for range 10 {
						c.pay(id, "1.25")
						c.call(operation.EventsList, nil, "", "").want(http.StatusOK)
						srv.Requests()
					}
				})
			}
			srv.Agency().Comment(id, "busy")
			wg.Wait()
			if shot, _ := srv.Assignment(id); shot.OpenAmount != "900.00" || len(shot.Events) != 81 {
				t.Errorf("open %s with %d events", shot.OpenAmount, len(shot.Events))
			}
			if srv.Count("Assignments.AddEvent") != 80 {
				t.Errorf("%d requests", srv.Count("Assignments.AddEvent"))
			}
		})
	}
}

// A call that runs while the server closes gets an error, not an answer.
func TestCloseDuringACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t)
		c := newClient(t, srv)
		id := srv.Company().AddAssignment(Amili, Invoice{})
		srv.Inject(Slow(time.Hour).On("Assignments.AddEvent"), CommitLate(time.Hour).On("Assignments.AddEvent"))
		req := c.request(operation.AssignmentsAddEvent, []string{id}, aPayment, "")
		got := make(chan error)
		go func() {
			resp, err := srv.HTTPClient().Do(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			got <- err
		}()
		synctest.Wait()
		c.add(id, aPayment).want(http.StatusGatewayTimeout)
		_ = srv.Close()
		if err := <-got; err == nil {
			t.Error("an answer from a closed server")
		}
		if shot, _ := srv.Assignment(id); len(shot.Events) != 0 {
			t.Error("a closed server booked a payment")
		}
	})
}

// The fake must not share code with the SDK, or one mistake would hide another:
// only client.go, which makes SDK clients, knows it, and only the names that this
// takes. Nor does it need a test library, a float or a panic.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, pure := range []string{"memnet", "swagger", "einvoice"} {
		more, err := filepath.Glob("../internal/" + pure + "/*.go")
		if err != nil || len(more) == 0 {
			t.Fatalf("%s: %v", pure, err)
		}
		files = append(files, more...)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, _ := os.ReadFile(file)
		for _, path := range []string{`"github.com/maventa-go/maventa"`, "testify", "httpmock", "float64", "panic("} {
			if knowsSDK := file == "client.go" || file == "journaltest.go"; knowsSDK && strings.HasPrefix(path, `"github.com`) {
				continue
			}
			if strings.Contains(string(source), path) {
				t.Errorf("%s has %s", file, path)
			}
		}
	}
	allowed := []string{"Client", "ClientOption", "Credentials", "Environment", "NewClient", "Secret", "WithHTTPClient"}
	source, _ := os.ReadFile("client.go")
	for _, match := range regexp.MustCompile(`\bmaventa\.(\w+)`).FindAllStringSubmatch(string(source), -1) {
		if !slices.Contains(allowed, match[1]) {
			t.Errorf("client.go uses maventa.%s", match[1])
		}
	}
}
