package maventa_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/maventatest"
)

const otherCompany = "6f1f7c5e-0000-4000-8000-000000000002"

// TestLocalEnvironment: two variables lead to a server on this machine, and nowhere
// else.
func TestLocalEnvironment(t *testing.T) {
	for _, c := range []struct{ name, ax, receivables, field string }{
		{"a fake", "http://127.0.0.1:1", "https://localhost:2/r", ""},
		{"IPv6", "http://[::1]:1", "http://[::1]:2", ""},
		{"no AX", "", "http://127.0.0.1:2", "MAVENTA_AX_URL"},
		{"no receivables", "http://127.0.0.1:1", "", "MAVENTA_RECEIVABLES_URL"},
		{"production", maventa.Production.AutoXChangeURL, maventa.Production.ReceivablesURL, "MAVENTA_AX_URL"},
		{"one is the real service", "http://127.0.0.1:1", maventa.Stage.ReceivablesURL, "MAVENTA_RECEIVABLES_URL"},
		{"another machine", "http://127.0.0.1:1", "http://10.0.0.1", "MAVENTA_RECEIVABLES_URL"},
		{"almost this one", "https://localhost.example", "http://127.0.0.1", "MAVENTA_AX_URL"},
	} {
		t.Setenv("MAVENTA_ENVIRONMENT", "local")
		t.Setenv("MAVENTA_AX_URL", c.ax)
		t.Setenv("MAVENTA_RECEIVABLES_URL", c.receivables)
		t.Setenv("MAVENTA_COMPANY_ID", ct.CompanyID)
		t.Setenv("MAVENTA_USER_API_KEY", "key")
		client, err := maventa.NewClientFromEnv()
		if c.field == "" {
			require.NoError(t, err, c.name)
			assert.Equal(t, maventa.Environment{Name: "local", AutoXChangeURL: c.ax, ReceivablesURL: c.receivables}, client.Environment())
			continue
		}
		e := ct.Misconfigured(t, err, c.field)
		assert.Equal(t, "NewClientFromEnv", e.Operation, c.name)
	}
}

// TestRootOfAFleet: a client of which only ForCompany is needed has no company, and
// makes no call.
func TestRootOfAFleet(t *testing.T) {
	m := ct.NewMock(t)
	root, err := maventa.NewClient(maventa.Stage, maventa.Credentials{}, maventa.WithHTTPClient(&http.Client{Transport: m.Transport}))
	require.NoError(t, err)
	assert.Empty(t, root.CompanyID())
	for name, call := range map[string]func() error{
		"a read":   func() error { return onlyErr(root.Assignments.Get(t.Context(), "a")) },
		"a write":  func() error { return onlyErr(root.Assignments.AddEvent(t.Context(), "a", maventa.Comment("x"))) },
		"a list":   func() error { return onlyErr(root.Events.List(t.Context(), maventa.EventFilter{})) },
		"Check":    func() error { return onlyErr(root.Check(t.Context())) },
		"activate": func() error { return onlyErr(root.Ropo.Activate(t.Context(), ropoActivation())) },
		"absent":   func() error { return onlyErr(root.Invoices.TransferAbsent(t.Context(), "a")) },
		"Do":       func() error { return root.Do(t.Context(), maventa.Request{Method: "GET", Path: "/things"}, nil) },
	} {
		err := call()
		require.ErrorContains(t, err, "the client has no company: take one of Client.ForCompany", name)
		assert.Equal(t, maventa.OutcomeNotSent, maventa.OutcomeOf(err), name)
		assert.Equal(t, maventa.ActionFixSetup, maventa.Advise(err).Action, name)
	}
	assert.Empty(t, m.Sent)
	_, err = root.ForCompany(maventa.Credentials{})
	ct.Misconfigured(t, err, "credentials.company_id")
	c, err := root.ForCompany(ct.Credentials())
	require.NoError(t, err)
	m.OnFunc("POST", ct.TokenURL, func(*http.Request) ct.Reply { return ct.Reply{Status: 200, File: "token"} })
	m.On("DELETE", amiliURL, ct.Reply{Status: 204})
	require.NoError(t, c.Amili.Close(t.Context()))

	t.Setenv("MAVENTA_ENVIRONMENT", "stage")
	root, err = maventa.NewClientFromEnv(maventa.WithKeys(func(context.Context, string) (maventa.Keys, error) {
		return maventa.Keys{UserAPIKey: "k"}, nil
	}))
	require.NoError(t, err, "with keys from a function no other variable is needed")
	assert.Empty(t, root.CompanyID())
}

// TestCompanyOptions: what a company may vary is its own.
func TestCompanyOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
		root := srv.Client(t)
		c, err := root.ForCompany(srv.Credentials(), maventa.WithTimeout(time.Second), maventa.ReadOnly(), maventa.WithRetry(maventa.NoRetry), maventa.WithScopes("receivables:assignments"))
		require.NoError(t, err)
		srv.Inject(maventatest.Hang())
		start := time.Now()
		_, err = c.Assignments.Get(t.Context(), id)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Second, time.Since(start))
		_, err = c.Assignments.AddEvent(t.Context(), id, maventa.Comment("x"))
		require.ErrorIs(t, err, maventa.ErrReadOnly)
		me, err := c.Check(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{"receivables:assignments"}, me.Needed)
		_, err = root.Assignments.AddEvent(t.Context(), id, maventa.Comment("x"))
		require.NoError(t, err, "the first client is as it was")

		_, err = root.ForCompany(srv.Credentials(), nil)
		require.ErrorContains(t, err, "nil option")
		_, err = root.ForCompany(srv.Credentials(), maventa.WithTimeout(-1))
		ct.Misconfigured(t, err, "timeout")
	})
}

// TestReadOnly: nothing is written, and what would be refused has its own error.
func TestReadOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		srv.Company().Activate(maventatest.Ropo)
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
		c := srv.Client(t, maventa.ReadOnly())
		_, err := c.Assignments.Get(t.Context(), id)
		require.NoError(t, err)
		before := len(srv.Requests())
		writes := map[string]error{
			"event":    onlyErr(c.Assignments.AddEvent(t.Context(), id, maventa.Comment("x"))),
			"level":    c.ServiceLevels.Set(t.Context(), "1", maventa.ServiceLevelVIP),
			"delete":   c.Amili.Close(t.Context()),
			"seen":     c.Events.MarkSeen(t.Context(), id, "e"),
			"of users": c.Do(t.Context(), maventa.Request{Method: "POST", Path: "/things"}, nil),
		}
		for name, err := range writes {
			require.ErrorIs(t, err, maventa.ErrReadOnly, name)
			assert.Equal(t, maventa.OutcomeNotSent, maventa.OutcomeOf(err), name)
			assert.Equal(t, maventa.ActionFixSetup, maventa.Advise(err).Action, name)
			assert.ErrorContains(t, err, "read only", name)
		}
		_, err = c.Assignments.AddEvent(t.Context(), id, maventa.Comment(""))
		require.ErrorIs(t, err, maventa.ErrValidation, "it would be refused")
		assert.Len(t, srv.Requests(), before, "no request at all")
		_, err = c.Ropo.Activate(t.Context(), ropoActivation())
		require.ErrorIs(t, err, maventa.ErrAlreadyActivated, "so would this, as reading shows")
	})
}

// TestAllowInferredWrites: what is not named is refused on Production, and Check says
// so anywhere.
func TestAllowInferredWrites(t *testing.T) {
	m := ct.NewMockFor(t, maventa.Production, maventa.AllowInferredWrites(maventa.EventPaid, maventa.WriteServiceLevel), maventa.AllowInferredWrites(maventa.EventComment))
	m.OnAny()
	pay := func(c *maventa.Client) error {
		return onlyErr(c.Assignments.AddEvent(t.Context(), "a", maventa.DirectPayment(amount("1.00"), date("2026-11-20"))))
	}
	require.NoError(t, pay(m.Client))
	require.NoError(t, onlyErr(m.Client.Assignments.AddEvent(t.Context(), "a", maventa.Comment("x"))))
	require.NoError(t, m.Client.ServiceLevels.Set(t.Context(), "1", maventa.ServiceLevelVIP))
	loss := onlyErr(m.Client.Assignments.AddEvent(t.Context(), "a", maventa.CreditLoss(date("2026-11-20"))))
	require.ErrorIs(t, loss, maventa.ErrInferredWrite)
	require.ErrorContains(t, loss, `name "credit_loss" in maventa.AllowInferredWrites`)
	transfer := onlyErr(m.Client.Invoices.TransferToAmili(t.Context(), "in-1", amiliTransfer()))
	require.ErrorContains(t, transfer, `name "Invoices.TransferToAmili" in maventa.AllowInferredWrites`)

	more, err := m.Client.ForCompany(maventa.Credentials{CompanyID: otherCompany, UserAPIKey: "k"}, maventa.AllowInferredWrites(maventa.EventCreditLoss))
	require.NoError(t, err)
	require.NoError(t, onlyErr(more.Assignments.AddEvent(t.Context(), "a", maventa.CreditLoss(date("2026-11-20")))))
	require.NoError(t, pay(more), "what the client may, its companies may")
	require.ErrorIs(t, onlyErr(m.Client.Assignments.AddEvent(t.Context(), "a", maventa.CreditLoss(date("2026-11-20")))), maventa.ErrInferredWrite)

	for name, writes := range map[string][]maventa.InferredWrite{"none": {}, "nil": {nil}, "empty": {maventa.EventType("")}} {
		_, err := maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.AllowInferredWrites(writes...))
		e := ct.Misconfigured(t, err, "writes")
		assert.Equal(t, "AllowInferredWrites", e.Operation, name)
	}

	stage := ct.NewMock(t, maventa.AllowInferredWrites(maventa.EventPaid))
	stage.On("GET", currentURL, ct.Reply{Status: 200, File: "current"})
	stage.On("GET", overviewURL, ct.Reply{Status: 200, File: "overview"})
	me, err := stage.Client.Check(t.Context())
	require.NoError(t, err)
	assert.False(t, slices.Contains(me.Refused, maventa.InferredWrite(maventa.EventPaid)))
	assert.True(t, slices.Contains(me.Refused, maventa.InferredWrite(maventa.EventCreditLoss)))
}

// TestInferredOperations: every row that rests on inferred names can be allowed.
func TestInferredOperations(t *testing.T) {
	var rows []string
	for _, op := range operation.All() {
		if op.InferredWrite && op != operation.AssignmentsAddEvent {
			rows = append(rows, op.Name)
		}
	}
	assert.ElementsMatch(t, rows, []string{
		string(maventa.WriteTransferToRopo), string(maventa.WriteTransferToAmili), string(maventa.WriteServiceLevel),
	})
}
