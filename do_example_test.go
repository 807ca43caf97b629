package maventa_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/maventa-go/maventa"
)

// order is what this program reads of a document.
type order struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// sendOrder uploads a file.
func sendOrder(ctx context.Context, c *maventa.Client, xml string) (*order, error) {
	form := &maventa.Form{}
	form.Add("type", "ORDER")
	form.AddFile("file", "order.xml", "application/xml", strings.NewReader(xml))
	var sent order
	err := c.Do(ctx, maventa.Request{
		Method: http.MethodPost,
		Path:   "/v1/documents",
		Body:   form,
		Proof:  func() bool { return sent.ID != "" }, // a proxy can answer 200 with JSON of its own
	}, &sent)
	if err != nil {
		return nil, err
	}
	return &sent, nil
}

// orders is a list in pages. The service ignores a filter that it does not know,
// so Match applies it once more.
var orders = maventa.List[order]{
	Request: maventa.Request{
		Method: http.MethodGet,
		Path:   "/v1/documents",
		Query:  url.Values{"direction": {"SENT"}},
		Arrays: url.Values{"type": {"ORDER", "ORDER_CHANGE"}},
	},
	Key: func(o *order) string { return o.ID },
	Match: func(o *order) maventa.FilterCheck {
		switch o.Type {
		case "ORDER", "ORDER_CHANGE":
			return maventa.FilterHonoured
		case "":
			return maventa.FilterUnverified
		}
		return maventa.FilterIgnored
	},
}

// An upload and a list without methods of their own.
func ExampleList() {
	srv, c := embedded(maventa.WithScopes("document:send"))
	defer srv.Close()
	ctx := context.Background()

	sent, err := sendOrder(ctx, c, "<Order/>")
	if err != nil {
		fmt.Println(err)
		return
	}
	for o, err := range orders.All(ctx, c) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(o.Type, o.ID == sent.ID)
	}
	// Output:
	// ORDER true
}
