package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

// demoMaventa is the Maventa of a demo: one in memory, or a sandbox that runs.
type demoMaventa interface {
	environment() maventa.Environment
	today() maventa.Date
	// addCompany adds a company that Ropo works for.
	addCompany(name, businessID string) (maventa.Credentials, error)
	addInvoice(companyID, total string) (id string, err error)
	// addAssignment adds an invoice that the agency has already.
	addAssignment(companyID, total string) (id string, err error)
	// agencyPaid books a payment at the agency.
	agencyPaid(assignmentID, amount string) (eventID string, err error)
	// chaos lets one call of four go wrong, until it is switched off.
	chaos(on bool) error
	// assignments is what there is, by company, whatever a client got as answer.
	assignments(ctx context.Context) (map[string][]demoAssignment, error)
	close() error
}

// demoAssignment is an assignment as the sandbox writes it.
type demoAssignment struct {
	ID        string      `json:"id"`
	InvoiceID string      `json:"invoice_id"`
	Total     string      `json:"total_amount"`
	Paid      string      `json:"paid_amount"`
	Credited  string      `json:"credited_amount"`
	Events    []demoEvent `json:"events"`
}

type demoEvent struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Author string `json:"author"` // agency or sender
	Amount string `json:"amount"`
}

// inMemory is a Maventa in this process, which others reach over loopback.
type inMemory struct {
	srv *maventatest.Server
}

func newInMemory() (*inMemory, error) {
	const kept = 100 // requests, for a server that nobody asks for them
	srv, err := maventatest.Start(maventatest.OverTCP(), maventatest.WithRequestLog(kept),
		maventatest.WithToday(maventa.DateOf(time.Now()).String()))
	if err != nil {
		return nil, err
	}
	return &inMemory{srv}, nil
}

func (m *inMemory) environment() maventa.Environment {
	return localMaventa(m.srv.AutoXChangeURL(), m.srv.ReceivablesURL())
}

func localMaventa(autoXChange, receivables string) maventa.Environment {
	return maventa.Environment{Name: "local", AutoXChangeURL: autoXChange, ReceivablesURL: receivables}
}

func (m *inMemory) today() maventa.Date { return maventa.MustDate(m.srv.Today()) }

func (m *inMemory) addCompany(name, businessID string) (maventa.Credentials, error) {
	c := m.srv.AddCompany(name, businessID)
	c.Activate(maventatest.Ropo)
	return c.Credentials(), nil
}

func (m *inMemory) invoice(total string) maventatest.Invoice {
	due := m.today().AddDays(-overdue)
	return maventatest.Invoice{Total: total, DueDate: due.String(), Date: due.AddDays(-14).String()}
}

func (m *inMemory) addInvoice(companyID, total string) (id string, err error) {
	err = m.srv.Try(func() { id = m.srv.CompanyByID(companyID).AddInvoice(m.invoice(total)) })
	return id, err
}

func (m *inMemory) addAssignment(companyID, total string) (id string, err error) {
	err = m.srv.Try(func() { id = m.srv.CompanyByID(companyID).AddAssignment(maventatest.Ropo, m.invoice(total)) })
	return id, err
}

func (m *inMemory) agencyPaid(assignmentID, amount string) (eventID string, err error) {
	err = m.srv.Try(func() { eventID = m.srv.Agency().Paid(assignmentID, amount, "") })
	return eventID, err
}

// demoFaults are what goes wrong: what a bad network and a busy service do, and nothing
// that needs a person or a quarter of an hour. What is late arrives long before the
// settle time is over. A transfer is not tried more often than three times without a
// person, so few of them get lost before they arrive.
var demoFaults = []string{
	"DropAfterCommit", "StatusAfterCommit 502", "StatusAfterCommit 500", "Reset", "SlowAnswer 1s", "CommitLate 1s", "Slow 1s",
	"DropBeforeCommit", "EmptyBody 201 on Assignments.AddEvent", "Truncate on Assignments.AddEvent", "Truncate on Assignments.Events", "ResetBeforeCommit on Assignments.AddEvent", "Status 503 on Assignments.AddEvent",
	"RetryAfter 429 1s on Assignments.AddEvent", "Status 503 on Assignments.Events", "OldList 1s on Assignments.Events",
	"PartialList on Assignments.Events", "Status 500 on Auth.Token",
}

func (m *inMemory) chaos(on bool) error {
	if !on {
		m.srv.ClearFaults()
		return nil
	}
	var faults []maventatest.Fault
	for _, text := range demoFaults {
		f, err := maventatest.ParseFault(text)
		if err != nil {
			return err
		}
		faults = append(faults, f)
	}
	return m.srv.Try(func() { m.srv.Chaos(rand.Uint64(), faults...) }) //nolint:gosec // nobody guesses it
}

func (m *inMemory) assignments(context.Context) (map[string][]demoAssignment, error) {
	all := map[string][]demoAssignment{}
	for _, c := range m.srv.Companies() {
		for _, a := range c.Assignments() {
			one := demoAssignment{a.ID, a.InvoiceID, a.TotalAmount, a.PaidAmount, a.CreditedAmount, nil}
			for _, e := range a.Events {
				one.Events = append(one.Events, demoEvent{e.ID, e.Type, e.Author, e.Amount})
			}
			all[c.ID()] = append(all[c.ID()], one)
		}
	}
	return all, nil
}

func (m *inMemory) close() error { return m.srv.Close() }

// sandbox is cmd/maventa-sandbox, which runs already; docs/sandbox.md says what can be
// asked of it.
type sandbox struct {
	page   string
	client *http.Client
	state  sandboxState // as it was at the beginning
}

type sandboxState struct {
	Today      maventa.Date `json:"today"`
	Connection struct {
		AutoXChangeURL string         `json:"autoxchange_url"`
		ReceivablesURL string         `json:"receivables_url"`
		VendorAPIKey   maventa.Secret `json:"vendor_api_key"`
	} `json:"connection"`
	Companies []struct {
		ID          string           `json:"id"`
		UserAPIKey  maventa.Secret   `json:"user_api_key"`
		Assignments []demoAssignment `json:"assignments"`
	} `json:"companies"`
}

func newSandbox(ctx context.Context, page string) (*sandbox, error) {
	const enough = 30 * time.Second
	s := &sandbox{page: strings.TrimSuffix(page, "/"), client: &http.Client{Timeout: enough}}
	var err error
	if s.state, err = s.read(ctx); err != nil {
		return nil, fmt.Errorf("%w; does it run? go run ./cmd/maventa-sandbox", err)
	}
	return s, nil
}

func (s *sandbox) environment() maventa.Environment {
	return localMaventa(s.state.Connection.AutoXChangeURL, s.state.Connection.ReceivablesURL)
}

func (s *sandbox) today() maventa.Date { return s.state.Today }

func (s *sandbox) addCompany(name, businessID string) (maventa.Credentials, error) {
	id, err := s.do("add-company", "company", map[string]string{"name": name, "bid": businessID})
	if err == nil {
		_, err = s.do("activate", "", map[string]string{"company": id})
	}
	if err != nil {
		return maventa.Credentials{}, err
	}
	now, err := s.read(context.Background())
	for _, c := range now.Companies {
		if c.ID == id {
			return maventa.Credentials{CompanyID: id, UserAPIKey: c.UserAPIKey, VendorAPIKey: now.Connection.VendorAPIKey}, err
		}
	}
	return maventa.Credentials{}, errors.Join(err, fmt.Errorf("the sandbox does not show company %s", id))
}

func (s *sandbox) addInvoice(companyID, total string) (string, error) {
	return s.do("add-invoice", "invoice", s.invoice(companyID, total))
}

func (s *sandbox) addAssignment(companyID, total string) (string, error) {
	return s.do("add-assignment", "assignment", s.invoice(companyID, total))
}

func (s *sandbox) invoice(companyID, total string) map[string]string {
	return map[string]string{"company": companyID, "total": total, "due_date": strconv.Itoa(-overdue)}
}

func (s *sandbox) agencyPaid(assignmentID, amount string) (string, error) {
	return s.do("pay-agency", "event", map[string]string{"assignment": assignmentID, "amount": amount})
}

func (s *sandbox) chaos(on bool) error {
	name, values := "clear-faults", map[string]string(nil)
	if on {
		name, values = "chaos", map[string]string{"seed": strconv.Itoa(rand.IntN(100)), "faults": strings.Join(demoFaults, ", ")} //nolint:gosec // nobody guesses it
	}
	_, err := s.do(name, "", values)
	return err
}

func (s *sandbox) assignments(ctx context.Context) (map[string][]demoAssignment, error) {
	now, err := s.read(ctx)
	all := map[string][]demoAssignment{}
	for _, c := range now.Companies {
		all[c.ID] = c.Assignments
	}
	return all, err
}

func (s *sandbox) close() error { return nil }

func (s *sandbox) read(ctx context.Context) (state sandboxState, err error) {
	err = s.call(ctx, http.MethodGet, "/state.json", nil, &state)
	return state, err
}

// do does an action, and returns the id that it answers under a name.
func (s *sandbox) do(action, id string, values map[string]string) (string, error) {
	var done map[string]string
	err := s.call(context.Background(), http.MethodPost, "/do/"+action, values, &done)
	return done[id], err
}

func (s *sandbox) call(ctx context.Context, method, path string, values map[string]string, into any) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("the sandbox: %s: %w", path, err)
		}
	}()
	var body bytes.Buffer
	if values == nil {
		values = map[string]string{}
	}
	if err := json.NewEncoder(&body).Encode(values); err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, s.page+path, &body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		var refused struct {
			Error string `json:"error"`
		}
		_ = json.NewDecoder(resp.Body).Decode(&refused) // the status says enough if it is no JSON
		return fmt.Errorf("status %d: %s", resp.StatusCode, refused.Error)
	}
	return json.NewDecoder(resp.Body).Decode(into)
}
