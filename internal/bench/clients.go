package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/go-resty/resty/v2"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/bench/oapi"

	"github.com/oapi-codegen/runtime/types"
)

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config oapi/config.yaml ../../docs/openapi/receivables.yaml
//go:generate go run github.com/ogen-go/ogen/cmd/ogen@v1.25.0 --config ogen/config.yaml --target ogen --package ogen ../../docs/openapi/receivables.yaml

// client is one way to make the measured calls.
type client interface {
	get(ctx context.Context, id string) (any, error)
	post(ctx context.Context, id string) (any, error)
	list(ctx context.Context, each func()) error
}

// Names of the clients.
const (
	theSDK   = "sdk"
	theTwin  = "raw"
	theTuned = "tuned"
	theOgen  = "ogen"
	theOapi  = "oapi-codegen"
	theResty = "resty"
)

var everyClient = []string{theTwin, theSDK, theTuned, theOgen, theOapi, theResty}

// newClient returns a client for the service at base. A nil transport stands for
// what the client takes when nothing is said.
func newClient(name, base string, rt http.RoundTripper) (client, error) {
	switch name {
	case theSDK:
		return newSDK(base, rt)
	case theTwin:
		return newRaw(base, rt), nil
	case theTuned:
		return newTuned(base, rt)
	case theOgen:
		return newOgen(base, rt)
	case theOapi:
		c, err := oapi.NewClientWithResponses(base, oapi.WithHTTPClient(oauthClient(base, rt)))
		return &oapiClient{c}, err
	case theResty:
		return &restyClient{resty.NewWithClient(oauthClient(base, rt)).SetBaseURL(base)}, nil
	}
	return nil, fmt.Errorf("no client %q", name)
}

// sdk is the SDK.
type sdk struct{ c *maventa.Client }

func newSDK(base string, rt http.RoundTripper) (*sdk, error) {
	env := maventa.Environment{Name: "bench", AutoXChangeURL: base, ReceivablesURL: base}
	var opts []maventa.ClientOption
	if rt != nil {
		opts = append(opts, maventa.WithHTTPClient(&http.Client{Transport: rt}))
	}
	c, err := maventa.NewClient(env, maventa.Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000001", UserAPIKey: "key", VendorAPIKey: "key"}, opts...)
	return &sdk{c}, err
}

func (s *sdk) get(ctx context.Context, id string) (any, error) {
	return s.c.Assignments.Get(ctx, id)
}

var (
	paidAmount = maventa.MustAmount("100.50")
	paidDate   = maventa.MustDate(eventDate)
)

func (s *sdk) post(ctx context.Context, id string) (any, error) {
	return s.c.Assignments.AddEvent(ctx, id, maventa.DirectPayment(paidAmount, paidDate))
}

func (s *sdk) list(ctx context.Context, each func()) error {
	for _, err := range s.c.Assignments.All(ctx, maventa.AssignmentFilter{}) {
		if err != nil {
			return err
		}
		each()
	}
	return nil
}

// oapiClient is the generated client.
type oapiClient struct{ c *oapi.ClientWithResponses }

func (o *oapiClient) get(ctx context.Context, id string) (any, error) {
	resp, err := o.c.AssignmentsGetWithResponse(ctx, id)
	if err != nil {
		return nil, err
	}
	if resp.JSON200 == nil {
		return nil, fmt.Errorf("oapi-codegen: %s", resp.Status())
	}
	return resp.JSON200, nil
}

func (o *oapiClient) post(ctx context.Context, id string) (any, error) {
	amount, date := 100.50, types.Date{}
	if err := date.UnmarshalText([]byte(eventDate)); err != nil {
		return nil, err
	}
	resp, err := o.c.AssignmentsAddEventWithResponse(ctx, id, oapi.NewEvent{Type: "paid", Amount: &amount, Date: &date})
	if err != nil {
		return nil, err
	}
	if resp.JSON201 == nil {
		return nil, fmt.Errorf("oapi-codegen: %s", resp.Status())
	}
	return resp.JSON201, nil
}

func (o *oapiClient) list(ctx context.Context, each func()) error {
	size := perPage
	for number := 1; ; number++ {
		resp, err := o.c.AssignmentsListWithResponse(ctx, &oapi.AssignmentsListParams{Page: &number, PerPage: &size})
		if err != nil {
			return err
		}
		if resp.JSON200 == nil {
			return fmt.Errorf("oapi-codegen: %s", resp.Status())
		}
		for range *resp.JSON200 {
			each()
		}
		if resp.HTTPResponse.Header.Get("X-Next-Page") == "" {
			return nil
		}
	}
}

// restyClient uses the twin's models.
type restyClient struct{ c *resty.Client }

func (r *restyClient) get(ctx context.Context, id string) (any, error) {
	a := &rawAssignment{}
	resp, err := r.c.R().SetContext(ctx).SetPathParam("id", id).SetResult(a).Get("/v1/assignments/{id}")
	return a, restyError(resp, err)
}

func (r *restyClient) post(ctx context.Context, id string) (any, error) {
	e := &rawEvent{}
	resp, err := r.c.R().SetContext(ctx).SetPathParam("id", id).
		SetBody(rawNewEvent{Type: "paid", Amount: 100.50, Date: eventDate}).SetResult(e).Post("/v1/assignments/{id}/events")
	return e, restyError(resp, err)
}

func (r *restyClient) list(ctx context.Context, each func()) error {
	for next := "1"; next != ""; {
		var items []rawAssignment
		resp, err := r.c.R().SetContext(ctx).SetQueryParam("page", next).SetQueryParam("per_page", "100").SetResult(&items).Get("/v1/assignments")
		if err := restyError(resp, err); err != nil {
			return err
		}
		for range items {
			each()
		}
		next = resp.Header().Get("X-Next-Page")
	}
	return nil
}

func restyError(resp *resty.Response, err error) error {
	if err == nil && resp.IsError() {
		err = fmt.Errorf("resty: %s", resp.Status())
	}
	return err
}
