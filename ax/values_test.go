package ax_test

import (
	"encoding/json"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func TestKnownValues(t *testing.T) {
	type enum interface{ Known() bool }
	for _, values := range [][]enum{
		{ax.InvoicePending, ax.InvoiceDelivered, ax.InvoiceFailed},
		{ax.ActionReceived, ax.ActionCreated, ax.ActionSent, ax.ActionDelivered, ax.ActionInfo, ax.ActionError},
		{ax.OriginalImage, ax.GeneratedImage, ax.OriginalOrGeneratedImage, ax.ExtendedDetails, ax.InvoiceFormat("FINVOICE30"), ax.InvoiceFormat("SEDI")},
		{ax.RecipientBusiness, ax.RecipientConsumer},
		{ax.RouteEInvoice, ax.RouteEmail, ax.RoutePrint, ax.RouteNetbank, ax.RouteVipps, ax.RouteDPI, ax.RouteSilentFailure},
		{ax.InvoiceEventCreated, ax.InvoiceEventHandled},
		{
			ax.NemhandelAcknowledged, ax.NemhandelInProcess, ax.NemhandelUnderQuery, ax.NemhandelConditionallyAccepted,
			ax.NemhandelRejected, ax.NemhandelAccepted, ax.NemhandelPartiallyPaid, ax.NemhandelFullyPaid,
		},
		{ax.ReportReason("UNKNOWN_COMPANY")},
		{ax.DocumentProcessing, ax.DocumentReserved, ax.DocumentDelivered, ax.DocumentConfirmedDelivery, ax.DocumentFailed},
		{ax.DocumentType("ORDER"), ax.DocumentType("ORDER_CANCELLATION")},
		{ax.PrimaryFile, ax.AttachmentFile, ax.OtherFile},
		{ax.DestinationWebhook, ax.DestinationVendorWebhook},
		{ax.NotifyInvoiceDelivered, ax.NotifyInvoiceDeliveryConfirmed, ax.NotifyInvoiceFailed},
		{ax.AuthorizationNone, ax.AuthorizationPending, ax.AuthorizationSent, ax.AuthorizationSigned, ax.AuthorizationCanceled},
		{ax.CompanyVerified, ax.CompanyUnverified, ax.CompanyUnknown},
		{
			ax.NetworkVisma, ax.NetworkPeppol, ax.NetworkNemhandel, ax.NetworkAisproom, ax.NetworkBank, ax.NetworkScan,
			ax.NetworkInexchange, ax.NetworkVismaScanner, ax.NetworkReceivables,
		},
		{ax.ProfileActive, ax.ProfilePending, ax.ProfileError},
		{ax.EmailDelivery("WITH_LINK")},
		{ax.SettingsBlock("details")},
		{ax.RoleAdmin, ax.RoleUser},
		{ax.CheckSupplierActivation, ax.CheckBankAccountChanged, ax.CheckSenderBIDStatus, ax.CheckSenderWarningList, ax.CheckVAT},
		{ax.ConsumerStatus("ACTIVE")},
		{ax.BankSenderInfo, ax.BankReceiverProposal},
	} {
		for _, v := range values {
			assert.True(t, v.Known(), "%T %s", v, v)
		}
	}
	for _, v := range []enum{
		ax.InvoiceStatus("x"), ax.InvoiceActionType("x"), ax.InvoiceFormat("FINVOICE30 SEDI"), ax.InvoiceFormat(""), ax.RecipientType("x"),
		ax.InvoiceRoute("x"), ax.InvoiceEventState("x"), ax.NemhandelResponse("x"), ax.ReportReason("x"), ax.DocumentStatus("x"),
		ax.DocumentType("x"), ax.DocumentFileType("x"), ax.DestinationType("x"), ax.EventName("x"), ax.AuthorizationState("x"),
		ax.CompanyState("x"), ax.Network("x"), ax.ProfileStatus("x"), ax.EmailDelivery("x"), ax.SettingsBlock("x"), ax.UserRole("x"),
		ax.DetectCheck("x"), ax.ConsumerStatus("x"), ax.BankMessageType("x"),
	} {
		assert.False(t, v.Known(), "%T", v)
	}
}

// Members that come in more than one form.
func TestTextsAndFlags(t *testing.T) {
	var v struct {
		Texts ax.Texts
		Flag  ax.Flag
	}
	for body, want := range map[string]ax.Texts{
		`{"Texts":"a"}`: {"a"}, `{"Texts":["a","b"]}`: {"a", "b"}, `{"Texts":[]}`: {}, `{"Texts":null}`: nil,
	} {
		require.NoError(t, json.Unmarshal([]byte(body), &v))
		assert.Equal(t, want, v.Texts, body)
	}
	for body, want := range map[string]ax.Flag{
		`{"Flag":true}`: true, `{"Flag":false}`: false, `{"Flag":null}`: false, `{"Flag":1}`: true, `{"Flag":0.0}`: false,
	} {
		v.Flag = !want
		require.NoError(t, json.Unmarshal([]byte(body), &v))
		assert.Equal(t, want, v.Flag, body)
	}
	for _, body := range []string{`{"Texts":1}`, `{"Texts":[1]}`, `{"Flag":"x"}`, `{"Flag":{}}`} {
		require.Error(t, json.Unmarshal([]byte(body), &v), body)
	}
}

func TestIdentity(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", ct.AX+"/oauth2/current", ct.Reply{Status: 200, Body: `{"user":{"id":"u-1"},"company":{"id":"c-1"},"scopes":["global"],"new":1}`})
	me, err := ax.New(m.Client).Auth.Current(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "u-1", me.User.ID)
	assert.Equal(t, "c-1", me.Company.ID)
	assert.Equal(t, []string{"global"}, me.Scopes)
	assert.Equal(t, 1, me.Extra.Len())
}

func TestDocuments(t *testing.T) {
	m := ct.NewMock(t)
	documents := ax.New(m.Client).Documents
	m.On("GET", ct.AX+"/v1/documents", ct.Reply{Status: 200, Body: `[{"id":"d-1"},{"id":"d-2","status":"FAILED"}]`}, ct.Reply{Status: 200, Body: `[{"id":"d-1"}]`})
	page, err := documents.List(t.Context(), ax.DocumentFilter{Status: []ax.DocumentStatus{ax.DocumentDelivered}})
	require.NoError(t, err)
	assert.Len(t, page.Items, 1)
	assert.Equal(t, maventa.FilterIgnored, page.Filter)
	page, err = documents.List(t.Context(), ax.DocumentFilter{Direction: "SENT", Query: "x"}) // no document shows these
	require.NoError(t, err)
	assert.Equal(t, maventa.FilterNotUsed, page.Filter)

	m.On("GET", ct.AX+"/v1/documents/d-1", ct.Reply{Status: 200, Body: "<Order/>", Header: map[string]string{"Content-Type": "application/xml"}})
	d, err := documents.GetAs(t.Context(), "d-1", []string{"PEPPOLBIS30"})
	require.NoError(t, err)
	content, err := io.ReadAll(d)
	require.NoError(t, err)
	require.NoError(t, d.Close())
	assert.Equal(t, "<Order/>", string(content))
	assert.Equal(t, ct.AX+"/v1/documents/d-1?return_format=PEPPOLBIS30", m.Sent[2].URL)
	ct.Refused(t, onlyErr(documents.GetAs(t.Context(), "d-1", nil)), "return_format")
}
