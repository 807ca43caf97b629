package main

import (
	"net/http"
	"time"

	"github.com/maventa-go/maventa/maventatest"
)

// state is GET /state.json: everything that is so, whatever an ERP got as answer.
type state struct {
	Today      string         `json:"today"`
	Connection connection     `json:"connection"`
	Companies  []companyState `json:"companies"`
	Faults     []faultState   `json:"faults"` // that wait
	Chaos      bool           `json:"chaos"`
	Requests   int            `json:"requests"` // the number of the last one that the log holds
	Inferred   []string       `json:"inferred"` // what the answers so far leaned on, and no source confirms
}

type companyState struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	BID         string            `json:"bid"`
	UserAPIKey  string            `json:"user_api_key"`
	Services    map[string]string `json:"services"` // PENDING, ACTIVE, DISABLED; empty: never ordered
	Invoices    []invoiceState    `json:"invoices"`
	Assignments []assignmentState `json:"assignments"`
	BankLines   []bankLine        `json:"bank_lines"`
}

type invoiceState struct {
	ID         string         `json:"id"`
	Number     string         `json:"number"`
	Total      string         `json:"total"`
	Currency   string         `json:"currency"`
	DueDate    string         `json:"due_date"`
	Debtor     string         `json:"debtor"`
	Status     string         `json:"status"`
	Unrouted   bool           `json:"unrouted"` // uploaded, never sent
	Transfer   *transferState `json:"transfer"` // null: none
	Assignment string         `json:"assignment,omitzero"`
}

type transferState struct {
	Agency    string    `json:"agency"`
	Automatic bool      `json:"automatic"`
	Status    string    `json:"status"`
	Reason    string    `json:"reason"`
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
}

type assignmentState struct {
	ID               string       `json:"id"`
	InvoiceID        string       `json:"invoice_id"`
	InvoiceNumber    string       `json:"invoice_number"`
	Status           string       `json:"status"`
	CollectionStatus string       `json:"collection_status"`
	ServiceLevel     string       `json:"service_level"`
	DueDate          string       `json:"due_date"`
	TotalAmount      string       `json:"total_amount"`
	OpenAmount       string       `json:"open_amount"`
	PaidAmount       string       `json:"paid_amount"`
	CreditedAmount   string       `json:"credited_amount"`
	Events           []eventState `json:"events"`
	Withdrawn        []eventState `json:"withdrawn"`
}

type eventState struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Author    string    `json:"author"`
	Amount    string    `json:"amount,omitzero"`
	Date      string    `json:"date,omitzero"`
	Comment   string    `json:"comment,omitzero"`
	Invoice   string    `json:"invoice_number,omitzero"`
	DueDate   string    `json:"due_date,omitzero"`
	Until     string    `json:"until,omitzero"`
	Seen      bool      `json:"seen"`
	CreatedAt time.Time `json:"created_at"`
	EditedAt  time.Time `json:"edited_at,omitzero"`
}

type bankLine struct {
	Date      string `json:"date"`
	Amount    string `json:"amount"`
	Currency  string `json:"currency"`
	Payer     string `json:"payer"`
	Reference string `json:"reference"`
}

type faultState struct {
	Name string `json:"name"`
	On   string `json:"on"`   // empty: any call
	Pass int    `json:"pass"` // calls that pass first
	Left int    `json:"left"` // -1: always
}

func (a *app) stateJSON(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, a.state())
}

func (a *app) state() state {
	st := state{
		Today: a.srv.Today(), Connection: a.connection(), Chaos: a.srv.IsChaotic(), Inferred: orEmpty(a.srv.Inferred()),
		Faults: []faultState{},
	}
	for _, f := range a.srv.Faults() {
		st.Faults = append(st.Faults, faultState(f))
	}
	if log := a.srv.Requests(); len(log) > 0 {
		st.Requests = log[len(log)-1].Number
	}
	for _, co := range a.srv.Companies() {
		st.Companies = append(st.Companies, companyStateOf(co))
	}
	return st
}

func companyStateOf(co *maventatest.Company) companyState {
	st := companyState{
		ID: co.ID(), Name: co.Name(), BID: co.BID(), UserAPIKey: co.UserAPIKey(), Services: map[string]string{},
		Invoices: []invoiceState{}, Assignments: []assignmentState{}, BankLines: []bankLine{},
	}
	for _, agency := range agencies {
		st.Services[string(agency)] = co.ServiceState(agency)
	}
	for _, inv := range co.AX().Invoices() {
		one := invoiceState{
			inv.ID, inv.Number, inv.Total, inv.Currency, inv.DueDate, inv.DebtorName, inv.Status, inv.Unrouted, nil, inv.Transfer.AssignmentID,
		}
		if t := inv.Transfer; t.Agency != "" {
			one.Transfer = &transferState{string(t.Agency), t.Automatic, t.Status, t.Reason, t.StartedAt, t.EndedAt}
		}
		st.Invoices = append(st.Invoices, one)
	}
	for _, x := range co.Assignments() {
		st.Assignments = append(st.Assignments, assignmentStateOf(x))
	}
	for _, line := range co.BankLines() {
		st.BankLines = append(st.BankLines, bankLine(line))
	}
	return st
}

func assignmentStateOf(x maventatest.Assignment) assignmentState {
	return assignmentState{
		x.ID, x.InvoiceID, x.InvoiceNumber, x.Status, x.CollectionStatus, x.ServiceLevel, x.DueDate, x.TotalAmount, x.OpenAmount,
		x.PaidAmount, x.CreditedAmount, eventStates(x.Events), eventStates(x.Withdrawn),
	}
}

func eventStates(events []maventatest.Event) []eventState {
	all := []eventState{}
	for _, e := range events {
		all = append(all, eventState{
			e.ID, e.Type, e.Author, e.Amount, e.Date, e.Comment, e.InvoiceNumber, e.DueDate, e.Until, e.Seen, e.CreatedAt, e.EditedAt,
		})
	}
	return all
}

var agencies = []maventatest.Service{maventatest.Ropo, maventatest.Amili}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// actionsJSON is GET /actions.json: what POST /do/{action} takes.
func (a *app) actionsJSON(w http.ResponseWriter, _ *http.Request) {
	type shownField struct {
		Name     string   `json:"name"`
		Kind     string   `json:"kind"`
		Default  string   `json:"default"`
		Options  []string `json:"options,omitzero"`
		Optional bool     `json:"optional"`
	}
	type shown struct {
		Name   string       `json:"name"`
		Text   string       `json:"text"`
		Fields []shownField `json:"fields"`
	}
	var all []shown
	for _, act := range actions {
		one := shown{act.Name, act.Text, []shownField{}}
		for _, f := range act.Fields {
			one.Fields = append(one.Fields, shownField{f.Name, string(f.Kind), f.Value, f.Options, f.Optional})
		}
		all = append(all, one)
	}
	writeJSON(w, http.StatusOK, all)
}
