//go:build !race

// The race detector makes sync.Pool drop things at random, which costs a call one
// allocation now and then.

package maventa_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

// canned answers everything with one body. It allocates three objects: the
// response, its body and the reader in it.
type canned struct {
	status int
	header http.Header
	body   []byte
}

func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := c.status, c.body
	if strings.HasSuffix(r.URL.Path, "/oauth2/token") {
		status, body = http.StatusOK, []byte(`{"access_token":"token","token_type":"bearer","expires_in":3600}`)
	}
	return &http.Response{
		StatusCode: status, Header: c.header, Body: io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)), Request: r,
	}, nil
}

// TestAllocations pins how many objects a call allocates, the three of the stub
// included. The ceilings are the numbers of Go 1.26 without options, observers
// and the race detector. If one is passed on purpose, write the new number here
// and the reason into docs/performance.md; if a call got cheaper, lower it. With
// GOEXPERIMENT=jsonv2 and on newer releases the numbers are lower.
func TestAllocations(t *testing.T) {
	one := `{"id":"as-%d","invoice_id":"in-%d","reference_ids":["in-%d"],"invoice_number":"2026-%d",` +
		`"invoice_date":"2026-10-01","due_date":"2026-10-15","status":"open","collection_status":"monitored",` +
		`"service_level":"default","debtor_name":"Debtor Ltd","currency":"EUR","total_amount":124.00,"open_amount":24.50,` +
		`"created_at":"2026-11-01T10:00:00Z","unknown":{"a":[1]},"unknown_too":"x"}`
	var page strings.Builder
	for i := range 100 {
		page.WriteByte("[,"[min(i, 1)])
		fmt.Fprintf(&page, one, i, i, i, i)
	}
	page.WriteByte(']')
	event := maventa.DirectPayment(amount("10.50"), date("2026-11-20"))

	for _, c := range []struct {
		name    string
		status  int
		body    string
		ceiling float64
		call    func(c *maventa.Client) error
	}{
		{"GET", http.StatusOK, fmt.Sprintf(one, 1, 1, 1, 1), 25, func(c *maventa.Client) error {
			return onlyErr(c.Assignments.Get(t.Context(), "as-1"))
		}},
		{"POST", http.StatusCreated, `{"id":"ev-1","type":"paid","amount":10.50,"date":"2026-11-20"}`, 27, func(c *maventa.Client) error {
			return onlyErr(c.Assignments.AddEvent(t.Context(), "as-1", event))
		}},
		{"page of 100", http.StatusOK, page.String(), 547, func(c *maventa.Client) error {
			return onlyErr(c.Assignments.List(t.Context(), maventa.AssignmentFilter{}))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			transport := &canned{status: c.status, header: http.Header{"Content-Type": {"application/json"}}, body: []byte(c.body)}
			client, err := maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.WithHTTPClient(&http.Client{Transport: transport}))
			require.NoError(t, err)
			require.NoError(t, c.call(client)) // fetches the token
			got := math.Inf(1)
			for range 3 { // what goroutines of other tests allocate is counted, too
				got = min(got, testing.AllocsPerRun(100, func() {
					if err := c.call(client); err != nil {
						t.Error(err)
					}
				}))
			}
			assert.LessOrEqual(t, got, c.ceiling)
		})
	}
}
