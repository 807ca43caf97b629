package maventa_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func TestWaitForTransfer(t *testing.T) {
	pending := ct.Reply{Status: 200, Body: `{"status":"pending"}`}
	sent := ct.Reply{Status: 200, Body: `{"status":"sent","url":"` + assignmentsURL + `/as-1"}`}
	one := ct.Reply{Status: 200, Body: `{"id":"as-1"}`}
	absent := ct.Reply{Status: 404}
	for _, c := range []struct {
		name       string
		transfers  []ct.Reply
		assignment []ct.Reply
		list       []ct.Reply
		took       time.Duration
		state      maventa.TransferState
		kind       error
		message    string
	}{
		{name: "sent at once", state: maventa.TransferInCollection, transfers: []ct.Reply{sent}, assignment: []ct.Reply{one}},
		{name: "pending first", state: maventa.TransferInCollection, transfers: []ct.Reply{pending, pending, pending, sent}, assignment: []ct.Reply{one}, took: (2 + 4 + 8) * time.Second},
		{name: "not there yet", state: maventa.TransferInCollection, transfers: []ct.Reply{absent, absent, absent, sent}, assignment: []ct.Reply{one}, took: 14 * time.Second},
		{name: "never there", state: maventa.TransferInDoubt, transfers: []ct.Reply{absent, absent, absent, absent}, took: 14 * time.Second, kind: maventa.ErrNotFound},
		{name: "assignment appears later", state: maventa.TransferInCollection, transfers: []ct.Reply{pending, sent}, assignment: []ct.Reply{absent, absent, one}, took: (2 + 4 + 8) * time.Second},
		{
			name: "assignment is listed later", state: maventa.TransferInCollection, transfers: []ct.Reply{{Status: 200, Body: `{"status":"sent"}`}}, took: 2 * time.Second,
			list: []ct.Reply{{Status: 200, Body: `[]`}, {Status: 200, Body: `[{"id":"as-1","invoice_id":"in-1"}]`}, {Status: 200, Body: `[]`}},
		},
		{
			name: "in error", state: maventa.TransferRefused, transfers: []ct.Reply{pending, {Status: 200, Body: `{"status":"error","error_reason":"Maksajaa ei tunneta"}`}},
			took: 2 * time.Second, kind: maventa.ErrTransferFailed, message: "Maksajaa ei tunneta",
		},
		{name: "stalled", state: maventa.TransferStalled, transfers: []ct.Reply{{Status: 200, File: "transfer_pending"}}, kind: maventa.ErrTransferStalled, message: "Osoite puuttuu"},
		{name: "refused", transfers: []ct.Reply{{Status: 403}}, kind: maventa.ErrForbidden},
		{name: "assignment refused", transfers: []ct.Reply{sent}, assignment: []ct.Reply{{Status: 403}}, kind: maventa.ErrForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := ct.NewMock(t)
				m.On("GET", invoiceURL, c.transfers...)
				m.On("GET", assignmentsURL+"/as-1", c.assignment...)
				m.On("GET", assignmentsURL, c.list...)
				start := time.Now()
				a, err := m.Client.Invoices.WaitForTransfer(t.Context(), "in-1")
				assert.Equal(t, c.took, time.Since(start))
				assert.Equal(t, c.state, maventa.TransferStateOf(err))
				if c.kind == nil {
					require.NoError(t, err)
					assert.Equal(t, "as-1", a.ID)
					return
				}
				require.ErrorIs(t, err, c.kind)
				e := ct.Failure(t, err)
				assert.Equal(t, c.message, e.Message)
				if c.assignment == nil {
					assert.Equal(t, "in-1", e.Target)
				}
			})
		})
	}
}

func TestWaitForTransferGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
		defer cancel()
		m := ct.NewMock(t)
		var looks []time.Duration
		start := time.Now()
		m.OnFunc("GET", invoiceURL, func(*http.Request) ct.Reply {
			looks = append(looks, time.Since(start))
			return ct.Reply{Status: 200, Body: `{"status":"pending"}`}
		})
		_, err := m.Client.Invoices.WaitForTransfer(ctx, "in-1")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		e := ct.Failure(t, err)
		assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
		assert.Equal(t, "in-1", e.Target)
		require.ErrorIs(t, err, maventa.ErrTransferUnderWay)
		assert.Equal(t, maventa.TransferHandedOver, maventa.TransferStateOf(err))
		assert.Equal(t, maventa.ActionRetry, maventa.Advise(err).Action)
		assert.Equal(t, 30*time.Minute, time.Since(start))
		for i := 1; i < len(looks); i++ {
			assert.Equal(t, min(time.Duration(2)<<(i-1)*time.Second, time.Minute), looks[i]-looks[i-1], "wait %d", i)
		}
		assert.Len(t, looks, 34)
	})
}

// TestWaitForTransferCutOff: the context ends during a read. What was seen before
// says where the transfer stands.
func TestWaitForTransferCutOff(t *testing.T) {
	pending, absent := ct.Reply{Status: 200, Body: `{"status":"pending"}`}, ct.Reply{Status: 404}
	for name, c := range map[string]struct {
		before ct.Reply
		kind   error
		state  maventa.TransferState
	}{
		"pending": {pending, maventa.ErrTransferUnderWay, maventa.TransferHandedOver},
		"absent":  {absent, maventa.ErrNotFound, maventa.TransferInDoubt},
		"nothing": {ct.Reply{}, context.Canceled, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				m, reads := ct.NewMock(t), 0
				m.OnFunc("GET", invoiceURL, func(*http.Request) ct.Reply {
					if reads++; reads == 1 && c.before.Status != 0 {
						return c.before
					}
					cancel()
					return ct.Reply{Err: context.Canceled}
				})
				_, err := m.Client.Invoices.WaitForTransfer(ctx, "in-1")
				require.ErrorIs(t, err, c.kind)
				require.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, c.state, maventa.TransferStateOf(err))
				assert.Equal(t, maventa.ActionRetry, maventa.Advise(err).Action)
			})
		})
	}
}

func TestTransferStatus(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", invoiceURL, ct.Reply{Status: 200, File: "transfer_sent"})
	got, err := m.Client.Invoices.TransferStatus(t.Context(), "in-1")
	require.NoError(t, err)
	takeExtra(t, &got.Extra, map[string]string{"agency": `{"name": "ropo"}`})
	assert.Equal(t, &maventa.Transfer{
		InvoiceID: "in-1", Status: maventa.TransferSent, URL: ct.Receivables + "/v1/assignments/as-1", CollectableAmount: someAmount("1244.50"),
	}, got)
	m.LastSent("GET", invoiceURL, "")
}

func TestTransferStatusV1(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", invoiceURLV1, ct.Reply{Status: 200, File: "transfer_pending"})
	got, err := m.Client.Invoices.TransferStatusV1(t.Context(), "in-1")
	require.NoError(t, err)
	assertPending(t, got)
	m.LastSent("GET", invoiceURLV1, "")
}

func assertPending(t *testing.T, got *maventa.Transfer) {
	t.Helper()
	takeExtra(t, &got.Extra, map[string]string{"queue": "7"})
	assert.Equal(t, &maventa.Transfer{
		InvoiceID: "in-1", Status: maventa.TransferPending, ErrorReason: "Osoite puuttuu", CollectableAmount: someAmount("1244.50"),
	}, got)
}

// TestTransferAbsent: 404 alone may mean "no access".
func TestTransferAbsent(t *testing.T) {
	const invoice, v2, v1 = ct.AX + "/v1/invoices/0a3bd8ae-7cf5-4d05-9b7a-4b2f2b2e0f11", ct.AX + "/v2/invoices/0a3bd8ae-7cf5-4d05-9b7a-4b2f2b2e0f11/assignment", ct.AX + "/v1/invoices/0a3bd8ae-7cf5-4d05-9b7a-4b2f2b2e0f11/assignment"
	absent, there := ct.Reply{Status: 404, Body: `{"code":"not_found"}`}, ct.Reply{Status: 200, Body: `{"id":"0A3BD8AE-7CF5-4D05-9B7A-4B2F2B2E0F11"}`}
	old := absent
	old.Header = map[string]string{"Age": "600"}
	for _, c := range []struct {
		name            string
		v2, v1, invoice ct.Reply
		want, fails     bool
	}{
		{"absent", absent, absent, there, true, false},
		{"absent, v1 is shut down", absent, ct.Reply{Status: 410}, there, true, false},
		{"absent, v1 is gone", absent, ct.Reply{Status: 404}, there, true, false},
		{"shown", ct.Reply{Status: 200, Body: `{"status":"pending"}`}, absent, there, false, false},
		{"shown by v1", absent, ct.Reply{Status: 200, Body: `{"status":"sent"}`}, there, false, false},
		{"no access to the invoice", absent, absent, absent, false, false},
		{"another spelling of no UUID", absent, absent, ct.Reply{Status: 200, Body: `{"id":"IN-1"}`}, false, false},
		{"another invoice", absent, absent, ct.Reply{Status: 200, Body: `{"id":"in-2"}`}, false, false},
		{"a gateway's 404", ct.Reply{Status: 404, Body: "<html>"}, absent, there, false, true},
		{"a gateway's 404 of v1", absent, ct.Reply{Status: 404, Body: "no such page"}, there, false, true},
		{"status is down", ct.Reply{Status: 503}, absent, there, false, true},
		{"v1 is down", absent, ct.Reply{Status: 503}, there, false, true},
		{"v1 refuses", absent, ct.Reply{Status: 403, Body: `{"code":"forbidden"}`}, there, false, true},
		{"invoice is down", absent, absent, ct.Reply{Status: 503}, false, true},
		{"invoice refused", absent, absent, ct.Reply{Status: 403, Body: `{"code":"forbidden"}`}, false, true},
		{"an old 404", old, absent, there, false, true},
		{"an old 404 of v1", absent, old, there, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("GET", v2, c.v2)
			m.On("GET", v1, c.v1)
			m.On("GET", invoice, c.invoice)
			got, err := m.Client.Invoices.TransferAbsent(t.Context(), "0A3BD8AE-7CF5-4D05-9B7A-4B2F2B2E0F11", maventa.WithRetry(maventa.RetryPolicy{MaxAttempts: 1}))
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.fails, err != nil, "%v", err)
		})
	}

	m := ct.NewMock(t)
	_, err := m.Client.Invoices.TransferAbsent(t.Context(), "..")
	ct.Refused(t, err, "id")
	_, err = maventa.InvoiceService{}.TransferAbsent(t.Context(), "in-1")
	require.Error(t, err)
	m.NothingSent()
}

// Absence is proven with one token: another one may see less.
func TestTransferAbsentWithAnotherToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := ct.NewMock(t)
		m.On("GET", ct.AX+"/v2/invoices/in-1/assignment", ct.Reply{Status: 404, Body: `{"code":"not_found"}`})
		m.OnFunc("GET", ct.AX+"/v1/invoices/in-1/assignment", func(*http.Request) ct.Reply {
			time.Sleep(2 * time.Hour) // longer than a token lives
			return ct.Reply{Status: 404}
		})
		m.On("GET", ct.AX+"/v1/invoices/in-1", ct.Reply{Status: 200, Body: `{"id":"in-1"}`})
		got, err := m.Client.Invoices.TransferAbsent(t.Context(), "in-1", maventa.WithTimeout(5*time.Hour))
		assert.False(t, got)
		require.ErrorContains(t, err, "the token changed")
		assert.Equal(t, maventa.ActionRetry, maventa.Advise(err).Action)
	})
}
