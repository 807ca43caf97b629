package fleet_test

import (
	"context"
	"fmt"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/fleet"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/maventatest"
)

// One look per company, a few at a time. What was done when a pass was cut off is not
// done again.
func ExampleFleet_Resume() {
	srv, err := maventatest.Start(maventatest.WithToday("2026-11-22"))
	if err != nil {
		panic(err) // an example has no test to fail
	}
	defer srv.Close()
	c, err := srv.NewClient()
	if err != nil {
		panic(err) // an example has no test to fail
	}
	var companies []maventa.Credentials // from your database
	for i := range 3 {
		company := srv.AddCompany(fmt.Sprintf("Asiakas %d Oy", i+1), fmt.Sprintf("%07d-0", i+1))
		srv.Agency().Paid(company.AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "124.00"}), "24.00", "")
		companies = append(companies, company.Credentials())
	}

	night, end := context.WithCancel(context.Background())
	defer end()
	look := func(ctx context.Context, c *maventa.Client) error {
		var checkpoint follow.Checkpoint // from your database, by c.CompanyID()
		for page, err := range follow.New(c, checkpoint).Look(ctx) {
			if err != nil {
				return err
			}
			for _, i := range page.Items { // store them with page.Checkpoint
				fmt.Println(i.Kind, i.Event.Type, i.Event.Amount)
			}
		}
		end() // the process is asked to stop after the first company
		return nil
	}
	each := &fleet.Fleet{Client: c, Workers: 1}
	report, err := each.Run(night, companies, look)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("done:", report.Succeeded, "left:", report.CutOff)

	report, err = each.Resume(context.Background(), companies, report, look)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("done:", report.Succeeded, "left:", report.CutOff)
	// Output:
	// new paid 24.00
	// done: 1 left: 2
	// new paid 24.00
	// new paid 24.00
	// done: 3 left: 0
}
