package main

import (
	"context"
	"time"

	"github.com/maventa-go/maventa/internal/bench/ogen"
)

// ogenClient is the client that ogen generates, with a JSON decoder of its own
// (go-faster/jx). It keeps no member that its models do not have.
type ogenClient struct{ c *ogen.Client }

func (o *ogenClient) get(ctx context.Context, id string) (any, error) {
	return o.c.GetAssignment(ctx, ogen.GetAssignmentParams{AssignmentID: id})
}

func (o *ogenClient) post(ctx context.Context, id string) (any, error) {
	date, err := time.Parse(time.DateOnly, eventDate)
	if err != nil {
		return nil, err
	}
	e := ogen.NewEvent{Type: "paid", Amount: ogen.NewOptFloat64(100.50), Date: ogen.NewOptDate(date)}
	return o.c.AddEvent(ctx, &e, ogen.AddEventParams{AssignmentID: id})
}

func (o *ogenClient) list(ctx context.Context, each func()) error {
	for number := 1; ; number++ {
		page, err := o.c.ListAssignments(ctx, ogen.ListAssignmentsParams{Page: ogen.NewOptInt(number), PerPage: ogen.NewOptInt(perPage)})
		if err != nil {
			return err
		}
		for range page.Response {
			each()
		}
		if page.XNextPage.Value == "" {
			return nil
		}
	}
}
