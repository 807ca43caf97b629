package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"github.com/maventa-go/maventa/internal/bench/ogen"
)

// ogenClient is the client that ogen generates, with a JSON decoder of its own
// (go-faster/jx). It keeps no member that its models do not have.
type ogenClient struct{ c *ogen.Client }

// ogenTokens gives each request its token, which ogen writes itself.
type ogenTokens struct{ source oauth2.TokenSource }

func (t ogenTokens) OAuth2(context.Context, ogen.OperationName) (ogen.OAuth2, error) {
	token, err := t.source.Token()
	if err != nil {
		return ogen.OAuth2{}, err
	}
	return ogen.OAuth2{Token: token.AccessToken}, nil
}

func newOgen(base string, rt http.RoundTripper) (*ogenClient, error) {
	cfg, ctx := credentials(base, rt)
	c, err := ogen.NewClient(base, ogenTokens{cfg.TokenSource(ctx)}, ogen.WithClient(&http.Client{Transport: rt}))
	return &ogenClient{c}, err
}

func (o *ogenClient) get(ctx context.Context, id string) (any, error) {
	return o.c.AssignmentsGet(ctx, ogen.AssignmentsGetParams{AssignmentID: id})
}

func (o *ogenClient) post(ctx context.Context, id string) (any, error) {
	date, err := time.Parse(time.DateOnly, eventDate)
	if err != nil {
		return nil, err
	}
	e := ogen.NewEvent{Type: "paid", Amount: ogen.NewOptFloat64(100.50), Date: ogen.NewOptDate(date)}
	added, err := o.c.AssignmentsAddEvent(ctx, &e, ogen.AssignmentsAddEventParams{AssignmentID: id})
	if err != nil {
		return nil, err
	}
	if _, ok := added.(*ogen.AssignmentsAddEventCreated); !ok {
		return nil, fmt.Errorf("ogen: the answer is a %T", added)
	}
	return added, nil
}

func (o *ogenClient) list(ctx context.Context, each func()) error {
	for number := 1; ; number++ {
		page, err := o.c.AssignmentsList(ctx, ogen.AssignmentsListParams{Page: ogen.NewOptInt(number), PerPage: ogen.NewOptInt(perPage)})
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
