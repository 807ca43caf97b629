package maventa_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

const (
	invoiceURL   = ct.AX + "/v2/invoices/in-1/assignment"
	invoiceURLV1 = ct.AX + "/v1/invoices/in-1/assignment"

	ssn = "010190-900X" // of nobody: such numbers are never given out
)

func person() maventa.Payer {
	return maventa.Payer{
		Name:           "Aino Olematon",
		SSN:            ssn,
		CustomerNumber: "A-1001",
		Email:          "aino@olematon.example",
		PhoneNumber:    "+358000000010",
		Address:        maventa.Address{Country: "FI", Streets: []string{"Satukuja 4"}, City: "Mallila", ZipCode: "00003"},
	}
}

func business() maventa.Payer {
	return maventa.Payer{
		Name:       "Kuviteltu Kiinteistö Oy",
		BusinessID: "0000001-9",
		Address:    maventa.Address{Country: "FI", Streets: []string{"Satukuja 5"}, City: "Mallila", ZipCode: "00003"},
	}
}

// ropoTransfer is complete and passes every check on its day.
func ropoTransfer() maventa.RopoTransfer {
	return maventa.RopoTransfer{
		CollectionType:    maventa.CollectionReminderAndCollection,
		ReceivablesType:   maventa.ReceivablesB2C,
		Payers:            []maventa.Payer{person(), business()},
		AssignmentSummary: "Sähkö, lokakuu 2026",
		Amounts: maventa.TransferAmounts{
			CapitalAmount:           amount("1240.00"),
			InterestAmount:          someAmount("4.5"),
			InterestCalculationDate: date("2026-11-02"),
		},
		DueDate:  date("2026-11-01"),
		Currency: "EUR",
		Today:    date("2026-11-22"),
	}
}

func rentalTransfer() maventa.RopoTransfer {
	payer := person()
	payer.CustomerNumber, payer.Email, payer.PhoneNumber = "", "", ""
	return maventa.RopoTransfer{
		CollectionType:  maventa.CollectionOnly,
		ReceivablesType: maventa.ReceivablesB2CRental,
		Payers:          []maventa.Payer{payer},
		Amounts:         maventa.TransferAmounts{CapitalAmount: amount("850.00"), ReminderAmount: amount("5.00")},
		Rental: &maventa.RentalDetails{
			Address:             "Satukuja 4 A 7",
			CurrentTargetAmount: someAmount("850.00"),
			ContractType:        "temporary",
			ContractExpiryDate:  date("2027-05-31"),
		},
		DueDate:  date("2026-11-01"),
		Currency: "EUR",
		Today:    date("2026-11-22"),
	}
}

func amiliTransfer() maventa.AmiliTransfer {
	return maventa.AmiliTransfer{
		CollectionType:    maventa.CollectionOnly,
		ReceivablesType:   maventa.ReceivablesB2B,
		Payers:            []maventa.Payer{business()},
		AssignmentSummary: "Huoltotyö",
		Amounts:           maventa.TransferAmounts{CapitalAmount: amount("300.10"), ReminderAmount: amount("5.00")},
		ReminderDate:      date("2026-10-15"),
	}
}

func amiliTransferV1() maventa.AmiliTransferV1 {
	return maventa.AmiliTransferV1{
		CollectionType: maventa.CollectionReminderAndCollection,
		Amounts: &maventa.AmountsV1{
			CapitalAmount: amount("300.10"), ReminderAmount: amount("5.00"), InterestAmount: amount("1.20"),
			InterestCalculationDate: date("2026-10-01"),
		},
		PayerIdentifiers:  []string{"A-1001", "A-1002"},
		PayerSSNs:         []maventa.Secret{ssn},
		AssignmentSummary: "Huoltotyö",
	}
}

func TestTransferToRopo(t *testing.T) {
	m := ct.NewMock(t)
	m.On("POST", invoiceURL+"/ropo", ct.Reply{Status: 200, File: "transfer_pending"})
	got, err := m.Client.Invoices.TransferToRopo(t.Context(), "in-1", ropoTransfer())
	require.NoError(t, err)
	assertPending(t, got)
	m.LastSent("POST", invoiceURL+"/ropo", "transfer_ropo")
}

func TestTransferToAmili(t *testing.T) {
	m := ct.NewMock(t)
	m.On("POST", invoiceURL+"/amili", ct.Reply{Status: 202})
	got, err := m.Client.Invoices.TransferToAmili(t.Context(), "in-1", amiliTransfer())
	require.NoError(t, err)
	assert.Equal(t, &maventa.Transfer{InvoiceID: "in-1"}, got)
	m.LastSent("POST", invoiceURL+"/amili", "transfer_amili")
}

func TestTransferToAmiliV1(t *testing.T) {
	m := ct.NewMock(t)
	m.On("POST", invoiceURLV1, ct.Reply{Status: 202})
	got, err := m.Client.Invoices.TransferToAmiliV1(t.Context(), "in-1", amiliTransferV1())
	require.NoError(t, err)
	assert.Equal(t, &maventa.Transfer{InvoiceID: "in-1"}, got)
	m.LastSent("POST", invoiceURLV1, "transfer_amili_v1_amounts")
}

func TestTransferBodies(t *testing.T) {
	m := ct.NewMock(t)
	m.On("POST", invoiceURL+"/ropo", ct.Reply{Status: 202}, ct.Reply{Status: 202})
	m.On("POST", invoiceURLV1, ct.Reply{Status: 202})

	_, err := m.Client.Invoices.TransferToRopo(t.Context(), "in-1", rentalTransfer())
	require.NoError(t, err)
	m.LastSent("POST", invoiceURL+"/ropo", "transfer_ropo_rental")

	_, err = m.Client.Invoices.TransferToAmiliV1(t.Context(), "in-1", maventa.AmiliTransferV1{
		CollectionType: maventa.CollectionOnly, CollectableAmount: someAmount("99.95"),
	})
	require.NoError(t, err)
	m.LastSent("POST", invoiceURLV1, "transfer_amili_v1_single")

	// A wrong guess at a name can be corrected by the caller.
	corrected := ropoTransfer()
	payer := person()
	payer.Extra = extraOf(t, "name", map[string]string{"first": "Aino", "last": "Olematon"}, "ssn", "other")
	corrected.Payers = []maventa.Payer{payer}
	corrected.Extra = extraOf(t, "receivables_type", "b2x", "added", []int{1, 2})
	_, err = m.Client.Invoices.TransferToRopo(t.Context(), "in-1", corrected)
	require.NoError(t, err)
	m.LastSent("POST", invoiceURL+"/ropo", "transfer_ropo_extra")

	amili := amiliTransfer()
	amili.Extra = extraOf(t, "reminder_date", nil)
	m.On("POST", invoiceURL+"/amili", ct.Reply{Status: 202})
	_, err = m.Client.Invoices.TransferToAmili(t.Context(), "in-1", amili)
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(m.Sent[len(m.Sent)-1].Body, `,"reminder_date":null}`))
}

func TestTransferUnchecked(t *testing.T) {
	m := ct.NewMock(t)
	m.On("POST", invoiceURL+"/ropo", ct.Reply{Status: 202})
	r := ropoTransfer()
	r.CollectionType, r.ReceivablesType = "legal", "b2g"
	_, err := m.Client.Invoices.TransferToRopo(t.Context(), "in-1", r, maventa.Unchecked())
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(m.Sent[0].Body, `{"collection_type":"legal","receivables_type":"b2g",`))

	r.CollectionType = ""
	_, err = m.Client.Invoices.TransferToRopo(t.Context(), "in-1", r, maventa.Unchecked(), maventa.WithoutPreflight())
	ct.Refused(t, err, "collection_type")
}

// A personal identity number goes over the wire and nowhere else.
func TestSSNIsHidden(t *testing.T) {
	v1, ropo, payer := amiliTransferV1(), ropoTransfer(), person()
	for _, v := range []any{v1, &v1, ropo, &ropo, payer, &payer, ropo.Payers} {
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", v, v, v), ssn) // their JSON is what is sent
	}
	ct.AssertHides(t, payer.SSN, ssn)
	ct.AssertHides(t, v1.PayerSSNs, ssn)
	var log ct.Recorder
	m := ct.NewMock(t, maventa.WithLogger(slog.New(&log)))
	m.On("POST", invoiceURL+"/ropo", ct.Reply{Status: 422, Body: `{"code":"invalid","message":"` + ssn + ` is not valid","details":["ssn ` + ssn + `"]}`})
	m.On("POST", invoiceURLV1, ct.Reply{Status: 400, Body: `{"code":"invalid","message":"` + ssn + ` is not valid"}`})
	_, err := m.Client.Invoices.TransferToRopo(t.Context(), "in-1", ropo)
	ct.AssertHides(t, ct.Failure(t, err), ssn)
	assert.Contains(t, m.Sent[0].Body, `"ssn":"`+ssn+`"`)
	assert.Contains(t, err.Error(), "[redacted] is not valid")
	assert.Contains(t, err.Error(), "payers[].ssn", "a refusal names every inferred field that was used")
	_, err = m.Client.Invoices.TransferToAmiliV1(t.Context(), "in-1", v1)
	ct.AssertHides(t, ct.Failure(t, err), ssn)
	assert.Contains(t, m.Sent[1].Body, `"payer_ssns":["`+ssn+`"]`)
	assert.NotContains(t, log.Text.String(), ssn)
}

// Once the v1 calls are shut down, their errors say so.
func TestV1Shutdown(t *testing.T) {
	for _, status := range []int{404, 410} {
		m := ct.NewMock(t)
		m.On("POST", invoiceURLV1, ct.Reply{Status: status})
		m.On("GET", invoiceURLV1, ct.Reply{Status: status})
		m.On("GET", invoiceURL, ct.Reply{Status: status})
		_, err := m.Client.Invoices.TransferToAmiliV1(t.Context(), "in-1", amiliTransferV1())
		assert.ErrorContains(t, err, "Invoices.TransferToAmiliV1")
		assert.ErrorContains(t, err, "shut down in summer 2027: use Invoices.TransferToAmili")
		_, err = m.Client.Invoices.TransferStatusV1(t.Context(), "in-1")
		assert.ErrorContains(t, err, "shut down in summer 2027")
		_, err = m.Client.Invoices.TransferStatus(t.Context(), "in-1")
		assert.NotContains(t, err.Error(), "shut down")
	}
}

func TestInferredNamesInRefusal(t *testing.T) {
	m := ct.NewMock(t)
	m.On("POST", invoiceURL+"/ropo", ct.Reply{Status: 400})
	m.On("POST", invoiceURLV1, ct.Reply{Status: 400})
	_, err := m.Client.Invoices.TransferToRopo(t.Context(), "in-1", ropoTransfer())
	for _, name := range []string{"payers[].name", "payers[].bid", "payers[].address", "amounts", "amounts.interest_amount", "amounts.interest_calculation_date"} {
		assert.ErrorContains(t, err, name)
	}
	for _, name := range []string{"collection_type", "capital_amount", "rental"} {
		assert.NotContains(t, err.Error(), name)
	}
	_, err = m.Client.Invoices.TransferToAmiliV1(t.Context(), "in-1", amiliTransferV1())
	assert.NotContains(t, err.Error(), "inferred", "the v1 body is documented")
}
