package maventatest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestParseFault(t *testing.T) {
	for _, kind := range FaultKinds() {
		f, err := ParseFault(kind.Name)
		if err != nil || !strings.HasPrefix(f.String(), kind.Name) || f.problem() != "" || kind.Text == "" {
			t.Errorf("%s: %v, %v", kind.Name, f, err)
		}
		if _, err := ParseFault(strings.ToUpper(kind.Name) + " " + kind.Args); err != nil {
			t.Error(err)
		}
	}
	if f, err := ParseFault("retryafter 503 1m"); err != nil || f.String() != "RetryAfter 503" {
		t.Errorf("%v, %v", f, err)
	}
	for text, want := range map[string]string{
		"":                   "no fault is named",
		"Explode":            `there is no fault "Explode"; there are DropAfterCommit, `,
		"Status 99":          `fault "Status 99": "99" is not a status`,
		"Status OK":          `"OK" is not a status`,
		"Slow -1s":           `"-1s" is not a time`,
		"Slow 25h":           `"25h" is not a time`,
		"DropAfterCommit 5s": `"5s" is too much: it takes 0 values`,
	} {
		if _, err := ParseFault(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestBookedFaults checks what the kinds say of themselves.
func TestBookedFaults(t *testing.T) {
	for _, kind := range FaultKinds() {
		srv := newServer(t)
		c := newClient(t, srv)
		id := srv.Company().AddAssignment(Ropo, Invoice{})
		args := strings.NewReplacer("5s", "1ms", "1h", "1ms").Replace(kind.Args)
		f, err := ParseFault(kind.Name + " " + args)
		if err != nil {
			t.Fatal(err)
		}
		if kind.Name == "Hang" || kind.Name == "HangAfterCommit" {
			continue // they end with the client: TestAllFaultsEnd has it
		}
		srv.Inject(f.On(operation.AssignmentsAddEvent.Name))
		c.call(operation.AssignmentsAddEvent, []string{id}, `{"type":"comment","comment":"x"}`, "")
		r := srv.RequestsTo(operation.AssignmentsAddEvent.Name)[0]
		if kind.Booked && !r.Committed && kind.Name != "DeliverTwice" {
			t.Errorf("%s is said to hit after the commit", kind.Name)
		}
	}
}

func TestWaitingFaults(t *testing.T) {
	srv := newServer(t)
	c := newClient(t, srv)
	srv.Inject(Status(500).On("Assignments.List").Nth(2).Times(2), Slow(time.Millisecond).Times(Always))
	want := "[{Status 500 Assignments.List 1 2} {Slow  0 -1}]"
	if got := fmt.Sprint(srv.Faults()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, want := range []string{
		"[{Status 500 Assignments.List 0 2} {Slow  0 -1}]", "[{Status 500 Assignments.List 0 1} {Slow  0 -1}]", "[{Slow  0 -1}]",
	} {
		c.do(c.request(operation.AssignmentsList, nil, "", ""))
		if got := fmt.Sprint(srv.Faults()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	srv.Chaos(1)
	if !srv.IsChaotic() {
		t.Error("chaos does not show")
	}
	srv.ClearFaults()
	if srv.IsChaotic() || srv.Faults() != nil {
		t.Error("faults are left")
	}
}
