// Command fleet looks after many companies at once: it makes one look at the events of
// each, and notes the payments that the agencies reported. The part to copy is in
// fleet.go.
//
//	go run ./examples/fleet           # 500 companies, on a Maventa of its own
//	go run ./examples/fleet -stage    # counts the companies of the user on stage, writes nothing
//
// With -stage it reads MAVENTA_ENVIRONMENT=stage, MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/examples/internal/setup"
	"github.com/maventa-go/maventa/fleet"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/maventatest"
)

func main() { setup.Main(demo, onStage) }

// onStage counts the companies that the user may work for.
func onStage(ctx context.Context, c *maventa.Client, say *log.Logger) error {
	companies, err := ax.New(c).Companies.List(ctx, ax.CompanyFilter{})
	if err != nil {
		return err
	}
	say.Printf("The user may work for %d companies.", len(companies))
	return nil
}

const companies = 500

// demo visits 500 companies on the embedded Maventa, one of which has deleted its
// user.
func demo(ctx context.Context, say *log.Logger) (err error) {
	srv, c, err := setup.Embedded()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()

	var all []maventa.Credentials // from your database
	for i := range companies {
		company := srv.AddCompany(fmt.Sprintf("Asiakas %d Oy", i+1), fmt.Sprintf("%07d-0", i+1))
		id := company.AddAssignment(maventatest.Amili, maventatest.Invoice{Total: "124.00"})
		if i%5 == 0 {
			srv.Agency().Paid(id, "124.00", srv.Today())
		}
		if i == 42 {
			company.DeleteUser()
		}
		all = append(all, company.Credentials())
	}

	found := &books{checkpoints: map[string]follow.Checkpoint{}, payments: map[string]bool{}}
	each := &fleet.Fleet{Client: c, Workers: 8, Progress: func(p fleet.Progress) {
		if p.Done%250 == 0 {
			say.Printf("%d of %d", p.Done, p.Total)
		}
	}}
	for range 2 { // the second round finds nothing new, and does not ask the dead one again
		if err := visit(ctx, each, all, found, say); err != nil {
			return err
		}
	}
	say.Printf("%d payments", len(found.payments))
	return nil
}
