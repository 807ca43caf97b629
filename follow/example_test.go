package follow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/maventatest"
)

func embedded() (*maventatest.Server, *maventa.Client) {
	srv, err := maventatest.Start(maventatest.WithToday("2026-11-22"))
	if err != nil {
		panic(err) // an example has no test to fail
	}
	c, err := srv.NewClient()
	if err != nil {
		panic(err) // an example has no test to fail
	}
	return srv, c
}

// A program looks once, and stores each page with its checkpoint. The next look, of this
// process or another, goes on there.
func ExampleFollower_Look() {
	ctx := context.Background()
	srv, c := embedded()
	defer srv.Close()
	assignmentID := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "124.00"})
	srv.Agency().Reminder(assignmentID, "5.00")

	var checkpoint follow.Checkpoint // from your database
	look := func() {
		for page, err := range follow.New(c, checkpoint).Look(ctx) {
			if err != nil {
				fmt.Println(err) // it was cut off
				return
			}
			for _, i := range page.Items {
				fmt.Println(i.Kind, i.Event.Author, i.Event.Type)
			}
			checkpoint = page.Checkpoint // in one transaction with the items
		}
		fmt.Println("that was all")
	}
	look()
	look()
	srv.Debtor().PayAgency(assignmentID, "24.00")
	look()
	// Output:
	// new agency reminder
	// that was all
	// that was all
	// new agency paid
	// that was all
}

// An agency edits a payment after it was booked, and withdraws another one.
func ExampleItem() {
	ctx := context.Background()
	srv, c := embedded()
	defer srv.Close()
	assignmentID := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "1240.00"})
	srv.Agency().Paid(assignmentID, "100.00", "")
	srv.Advance(time.Minute)
	srv.Agency().Paid(assignmentID, "200.00", "")

	booked := map[string]string{} // your table: amounts by key
	f := follow.New(c, follow.Checkpoint{})
	look := func() {
		for page, err := range f.Look(ctx) {
			if err != nil {
				fmt.Println(err)
				return
			}
			for _, i := range page.Items {
				now := fmt.Sprint(i.Event.Amount)
				switch i.Kind {
				case follow.KindNew:
					booked[i.Key] = now
				case follow.KindChanged:
					fmt.Println("for a person: booked", booked[i.Key], "and now it is", now)
				case follow.KindMissing:
					fmt.Println("for a person: booked", booked[i.Key], "and it was withdrawn")
				}
			}
		}
	}
	look()
	a, _ := srv.Assignment(assignmentID)
	srv.Agency().EditEvent(a.Events[0].ID, maventatest.Event{Amount: "10.00"})
	srv.Agency().WithdrawEvent(a.Events[1].ID)
	look()
	// Output:
	// for a person: booked 100.00 and now it is 10.00
	// for a person: booked 200.00 and it was withdrawn
}

// A program books events as they appear. It stops at a payment that it could not
// book; the next one goes on at the stored checkpoint and meets it again.
func ExampleFollower_All() {
	ctx := context.Background()
	srv, c := embedded()
	defer srv.Close()
	assignmentID := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "124.00"})
	srv.Agency().Reminder(assignmentID, "5.00")
	srv.Advance(time.Minute)
	srv.Debtor().PayAgency(assignmentID, "24.00")

	f := follow.New(c, follow.Checkpoint{}) // from the beginning
	for e, err := range f.All(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e.Event.Author, e.Event.Type)
		if e.Event.Type == maventa.EventPaid {
			break // leaving the loop does not accept the event
		}
	}
	stored, err := json.Marshal(f.Checkpoint())
	if err != nil {
		fmt.Println(err)
		return
	}

	var checkpoint follow.Checkpoint
	if err := json.Unmarshal(stored, &checkpoint); err != nil {
		fmt.Println(err)
		return
	}
	for e, err := range follow.New(c, checkpoint).All(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("again:", e.Event.Author, e.Event.Type)
		break // All would wait for more
	}
	// Output:
	// agency reminder
	// agency paid
	// again: agency paid
}

func ExampleOpenQuestions() {
	ctx := context.Background()
	srv, c := embedded()
	defer srv.Close()
	assignmentID := srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{})
	srv.Agency().Comment(assignmentID, "Is there a signed receipt?")

	questions, err := follow.OpenQuestions(ctx, c)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, q := range questions {
		fmt.Println(q.Comment)
	}
	// Output:
	// Is there a signed receipt?
}
