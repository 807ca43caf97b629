package maventa

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/internal/operation"
)

// script is a server of one connection per answer, spoken to through the real
// http.Transport over in-memory connections. An answer is "STATUS [header=value]
// [body]", or one of: refused, drop, half status, hang. "STATUS half" breaks off
// within the body, "401 old" answers a token that was fetched an hour ago.
type script struct {
	mu       sync.Mutex
	answers  []string
	requests int // of the call itself, attempts without a connection included
	tokens   int
	seen     []string // method, path and body of each request
}

func (s *script) next() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if s.requests > len(s.answers) {
		return "599 unexpected request"
	}
	return s.answers[s.requests-1]
}

// dial is the transport's. The token endpoint has port 1, the rest port 2.
func (s *script) dial(_ context.Context, _, addr string) (net.Conn, error) {
	if strings.HasSuffix(addr, ":1") {
		client, server := net.Pipe()
		go s.serve(server, func(*http.Request) string {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.tokens++
			return `200 {"access_token":"t` + strconv.Itoa(s.tokens) + `","token_type":"bearer","expires_in":36000}`
		})
		return client, nil
	}
	answer := s.next()
	if answer == "refused" {
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	}
	client, server := net.Pipe()
	go s.serve(server, func(*http.Request) string { return answer })
	return client, nil
}

func (s *script) serve(conn net.Conn, answer func(*http.Request) string) {
	defer conn.Close()
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	body, _ := io.ReadAll(req.Body)
	s.mu.Lock()
	s.seen = append(s.seen, req.Method+" "+req.URL.Path+" "+string(body))
	s.mu.Unlock()
	text := answer(req)
	switch text {
	case "drop":
		return
	case "half status":
		_, _ = io.WriteString(conn, "HTTP/1.1 20")
		return
	case "hang":
		_, _ = io.Copy(io.Discard, conn) // until the client gives up
		return
	}
	status, rest, _ := strings.Cut(text, " ")
	var header string
	if name, after, ok := strings.Cut(rest, "="); ok && !strings.ContainsAny(name, `<{"`) {
		var value string
		value, rest, _ = strings.Cut(after, " ")
		header = name + ": " + value + "\r\n"
	}
	length := len(rest)
	switch rest {
	case "half":
		rest, length = `{"id":"`, 500
	case "old":
		rest, length = "", 0
	}
	if status != "204" {
		header += "Content-Length: " + strconv.Itoa(length) + "\r\n"
	}
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 %s x\r\nContent-Type: application/json\r\nConnection: close\r\n%s\r\n%s", status, header, rest)
}

// client speaks to the script. Call it inside a synctest bubble.
func (s *script) client(t *testing.T, opts ...ClientOption) *Client {
	t.Helper()
	transport := &http.Transport{DialContext: s.dial}
	t.Cleanup(transport.CloseIdleConnections)
	env := Environment{Name: "script", AutoXChangeURL: "http://127.0.0.1:2", ReceivablesURL: "http://127.0.0.1:2"}
	c, err := NewClient(env, Credentials{CompanyID: "6f1f7c5e-0000-4000-8000-000000000001", UserAPIKey: "k"}, append([]ClientOption{WithHTTPClient(&http.Client{Transport: transport})}, opts...)...)
	require.NoError(t, err)
	c.token.fetch = func(ctx context.Context, _ Secret) (Token, *Error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.tokens++
		return Token{Value: Secret("t" + strconv.Itoa(s.tokens)), Expiry: time.Now().Add(10 * time.Hour)}, nil
	}
	return c
}

// calls makes one call of each operation that the vectors name.
var calls = map[string]func(ctx context.Context, c *Client) error{
	"Assignments.AddEvent": func(ctx context.Context, c *Client) error {
		e, err := c.Assignments.AddEvent(ctx, "a", DirectPayment(MustAmount("10.00"), MustDate("2026-11-20")))
		return notNil(e, err)
	},
	"Assignments.Get": func(ctx context.Context, c *Client) error {
		a, err := c.Assignments.Get(ctx, "a")
		return notNil(a, err)
	},
	"Invoices.RerouteEmail": func(ctx context.Context, c *Client) error {
		r := request{op: operation.InvoicesRerouteEmail, ids: []string{"in-1"}, write: asJSON, body: map[string]string{"recipient_email": "a@b.example"}}
		return c.call(ctx, r, nil)
	},
	"Company.AddUser": func(ctx context.Context, c *Client) error {
		_, err := one[addedUser](ctx, c, request{op: operation.CompanyAddUser, write: asJSON, body: map[string]string{"email": "a@b.example"}}, nil)
		return err
	},
	"Amili.Activate": func(ctx context.Context, c *Client) error {
		s, err := c.Amili.Activate(ctx, validAmili())
		return notNil(s, err)
	},
	"Amili.Update": func(ctx context.Context, c *Client) error {
		return c.Amili.Update(ctx, AmiliUpdate{AccountableParty: AccountablePartyAgency})
	},
	"Amili.Close": func(ctx context.Context, c *Client) error { return c.Amili.Close(ctx) },
	"Invoices.TransferToAmiliV1": func(ctx context.Context, c *Client) error {
		tr, err := c.Invoices.TransferToAmiliV1(ctx, "i", AmiliTransferV1{CollectionType: CollectionOnly, CollectableAmount: Some(MustAmount("10"))})
		return notNil(tr, err)
	},
	"Invoices.TransferToRopo": func(ctx context.Context, c *Client) error {
		tr, err := c.Invoices.TransferToRopo(ctx, "i", RopoTransfer{CollectionType: CollectionOnly, ReceivablesType: ReceivablesB2B}, WithoutPreflight())
		return notNil(tr, err)
	},
	"Events.MarkSeen": func(ctx context.Context, c *Client) error { return c.Events.MarkSeen(ctx, "a", "e") },
	"Ropo.Close":      func(ctx context.Context, c *Client) error { return c.Ropo.Close(ctx) },
	"Ropo.Activate": func(ctx context.Context, c *Client) error {
		s, err := c.Ropo.Activate(ctx, RopoActivation{AgreementContactEmail: "o@example.com", Again: true})
		return notNil(s, err)
	},
	"ServiceLevels.Set": func(ctx context.Context, c *Client) error { return c.ServiceLevels.Set(ctx, "b", ServiceLevelVIP) },
}

// addedUser is an answer that proves itself, as package ax has it.
type addedUser struct {
	ID    string `json:"id"`
	Email string `json:"email"`
}

func (u *addedUser) proven() bool { return u.ID != "" || u.Email != "" }

// notNil turns the forbidden nil, nil into an error.
func notNil[T any](v *T, err error) error {
	if v == nil && err == nil {
		return errors.New("nil, nil")
	}
	return err
}

func validAmili() AmiliActivation {
	return AmiliActivation{
		IBAN: "FI2112345600000785", BIC: "NDEAFIHH", Bank: "Nordea", ContactPerson: "P", ContactEmail: "p@example.fi",
		ContactPhoneNumber: "1", CustomerServiceEmail: "s@example.fi", AccountableParty: AccountablePartyAgency, ServiceType: ServiceTypeExpress,
		BillingAddress: Address{Country: "FI", Streets: []string{"S 1"}, City: "H", ZipCode: "00100"}, Again: true,
	}
}

// outcomeVector is one line of testdata/outcomes.json.
type outcomeVector struct {
	Why, Operation string
	Answers        []string
	Requests       int
	Result         string // ok, or an Outcome
	Phase          Phase
}

// TestOutcomeVectors runs the hand-written rules for what each answer means and
// how often each call is sent.
func TestOutcomeVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/outcomes.json")
	require.NoError(t, err)
	var vectors []outcomeVector
	require.NoError(t, json.Unmarshal(data, &vectors))
	require.NotEmpty(t, vectors)
	for i, v := range vectors {
		t.Run(fmt.Sprintf("%02d %s %s", i, v.Operation, strings.Join(v.Answers, ", ")), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: v.Answers}
				c := s.client(t)
				if strings.HasSuffix(v.Answers[0], " old") {
					_, err := c.token.get(t.Context())
					require.Nil(t, err)
					time.Sleep(time.Hour)
				}
				call := calls[v.Operation]
				require.NotNil(t, call, "no call for %s", v.Operation)
				err := call(t.Context(), c)
				assert.Equal(t, v.Requests, s.requests, "requests (%s)", v.Why)
				if v.Result == "ok" {
					require.NoError(t, err, v.Why)
					return
				}
				var e *Error
				require.ErrorAs(t, err, &e, v.Why)
				assert.Equal(t, v.Result, e.Outcome.String(), "%s: %v", v.Why, err)
				assert.Equal(t, v.Phase, e.Phase, "%s: %v", v.Why, err)
				assert.Equal(t, v.Operation, e.Operation)
				assert.Equal(t, v.Requests, e.Attempts)
			})
		})
	}
}
