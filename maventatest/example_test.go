package maventatest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/maventa-go/maventa/maventatest"
)

// A program reports a payment, and the connection breaks after Maventa has
// booked it. The state shows what the program cannot know.
func Example() {
	srv, err := maventatest.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Number: "2001", Total: "124.00"})
	srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent"))

	err = reportPayment(srv, id, "100.00")
	fmt.Println("the program got an error:", err != nil)

	assignment, _ := srv.Assignment(id)
	fmt.Println("still open:", assignment.OpenAmount, assignment.Events)
	// Output:
	// the program got an error: true
	// still open: 24.00 [sender paid 100.00]
}

// A story from the activation of a service to the end of an assignment.
func ExampleServer_Agency() {
	srv, err := maventatest.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	company := srv.Company()
	company.ActivateKassavirta("company") // debtors pay the company, which reports it
	invoice := company.AddInvoice(maventatest.Invoice{Total: "124.00", DebtorName: "Velallinen Oy"})
	id := srv.AssignmentOf(invoice)

	srv.Clock().AdvanceDays(30)
	srv.Agency().Reminder(id, "5.00")
	srv.Debtor().Pay(id, "124.00")
	fmt.Println(company.BankLines())
	if err := reportPayment(srv, id, "124.00"); err != nil {
		fmt.Println(err)
	}
	assignment, _ := srv.Assignment(id)
	fmt.Println(assignment.Status, assignment.OpenAmount, assignment.Events)
	// Output:
	// [{2026-12-02 124.00 EUR Velallinen Oy 1001}]
	// partially_closed 5.00 [agency reminder sender paid 124.00]
}

// reportPayment stands for the program under test.
func reportPayment(srv *maventatest.Server, assignmentID, amount string) error {
	client := srv.HTTPClient()
	resp, err := client.PostForm(srv.AutoXChangeURL()+"/oauth2/token", url.Values{
		"grant_type":     {"client_credentials"},
		"client_id":      {srv.CompanyID()},
		"client_secret":  {srv.UserAPIKey()},
		"vendor_api_key": {srv.VendorAPIKey()},
		"scope":          {"receivables:assignments"},
	})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&token); err != nil {
		return err
	}
	body := strings.NewReader(`{"type":"paid","amount":` + amount + `}`)
	req, err := http.NewRequest(http.MethodPost, srv.ReceivablesURL()+"/v1/assignments/"+assignmentID+"/events", body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	req.Header.Set("Content-Type", "application/json")
	resp, err = client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
