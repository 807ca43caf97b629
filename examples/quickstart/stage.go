package main

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/examples/internal/setup"
)

// readStage is what can be done on stage without changing anything there.
func readStage(ctx context.Context, c *maventa.Client, out io.Writer) error {
	t := &timeline{out: out}
	me, err := setup.OnStage(ctx, c)
	if err != nil {
		return err
	}
	t.printf("environment  %s\ncompany      %s\nscopes       %v\n", me.Environment, c.CompanyID(), me.Granted)

	ropo, err := c.Ropo.Status(ctx)
	if errors.Is(err, maventa.ErrNotFound) {
		ropo, err = &maventa.RopoStatus{Status: maventa.ServiceDisabled}, nil // never activated
	}
	if err != nil {
		return err
	}
	amili, err := c.Amili.Status(ctx)
	if errors.Is(err, maventa.ErrNotFound) {
		amili, err = &maventa.AmiliStatus{Status: maventa.ServiceDisabled}, nil
	}
	if err != nil {
		return err
	}
	t.printf("Ropo         %s\nAmili        %s %s\n", ropo.Status, amili.Status, amili.ServiceType)

	overview, err := c.Assignments.Overview(ctx)
	if err != nil {
		return err
	}
	t.printf("assignments  %s open, %s soon due, %s overdue\n", count(overview.Open), count(overview.SoonDue), count(overview.Overdue))

	page, err := c.Assignments.List(ctx, maventa.AssignmentFilter{})
	if err != nil {
		return err
	}
	for _, a := range page.Items {
		t.printf("  %s  %-11s %11s %s  %s\n", a.ID, a.InvoiceNumber, optional(a.OpenAmount), a.Currency, a.Status)
	}
	if page.Next != 0 {
		t.printf("  and more: ask for page %d, or range over Assignments.All\n", page.Next)
	}
	return t.err
}

// count prints a number that the service may not have given.
func count(n maventa.Opt[int]) string {
	if n, ok := n.Get(); ok {
		return strconv.Itoa(n)
	}
	return "?"
}
