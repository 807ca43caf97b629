package maventa_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func TestRopoRules(t *testing.T) {
	for _, c := range ropoRules {
		t.Run(c.name, func(t *testing.T) {
			m := ct.NewMock(t)
			r := ropoTransfer()
			c.change(&r)
			_, err := m.Client.Invoices.TransferToRopo(t.Context(), "in-1", r)
			e := ct.Refused(t, err, c.fields...)
			assert.Equal(t, "Invoices.TransferToRopo", e.Operation)
			m.NothingSent()

			m.On("POST", invoiceURL+"/ropo", ct.Reply{Status: 202})
			_, err = m.Client.Invoices.TransferToRopo(t.Context(), "in-1", r, maventa.WithoutPreflight())
			if c.always {
				require.ErrorIs(t, err, maventa.ErrValidation)
				m.NothingSent()
			} else {
				require.NoError(t, err)
				assert.Len(t, m.Sent, 1)
			}
		})
	}
}

func TestRopoAccepts(t *testing.T) {
	for name, change := range map[string]func(*maventa.RopoTransfer){
		"swedish":   func(r *maventa.RopoTransfer) { r.Currency = "SEK" },
		"norwegian": func(r *maventa.RopoTransfer) { r.Currency = "NOK" },
		"no costs, no summary": func(r *maventa.RopoTransfer) {
			r.AssignmentSummary, r.Amounts.InterestAmount = "", maventa.Opt[maventa.Amount]{}
		},
		"payer by other names": func(r *maventa.RopoTransfer) { r.Payers = []maventa.Payer{{Extra: extraOf(t, "debtor", "x")}} },
		"rent by other names": func(r *maventa.RopoTransfer) {
			*r = rentalTransfer()
			r.Rental, r.Payers[0].SSN = nil, ""
			r.Payers[0].Extra, r.Extra = extraOf(t, "hetu", ssn), extraOf(t, "rent", 1)
		},
		"business rent without number": func(r *maventa.RopoTransfer) {
			*r = rentalTransfer()
			r.ReceivablesType, r.Payers[0].SSN = maventa.ReceivablesB2BRental, ""
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("POST", invoiceURL+"/ropo", ct.Reply{Status: 202})
			r := ropoTransfer()
			change(&r)
			_, err := m.Client.Invoices.TransferToRopo(t.Context(), "in-1", r)
			require.NoError(t, err)
		})
	}
}

// Ropo takes business claims from 7 and consumer claims from 14 days after the
// due date, 1 November here. For rent that is inferred, so it is a warning.
func TestRopoWaitingDays(t *testing.T) {
	for _, c := range []struct {
		kind          maventa.ReceivablesType
		today         string
		refuse, warns bool
	}{
		{maventa.ReceivablesB2B, "2026-11-07", true, false},
		{maventa.ReceivablesB2B, "2026-11-08", false, false},
		{maventa.ReceivablesB2C, "2026-11-14", true, false},
		{maventa.ReceivablesB2C, "2026-11-15", false, false},
		{maventa.ReceivablesB2C, "2026-10-01", true, false},
		{maventa.ReceivablesB2BRental, "2026-11-07", false, true},
		{maventa.ReceivablesB2BRental, "2026-11-08", false, false},
		{maventa.ReceivablesB2CRental, "2026-11-14", false, true},
		{maventa.ReceivablesB2CRental, "2026-11-15", false, false},
	} {
		t.Run(string(c.kind)+" "+c.today, func(t *testing.T) {
			var log bytes.Buffer
			m := ct.NewMock(t, maventa.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			m.On("POST", invoiceURL+"/ropo", ct.Reply{Status: 202})
			r := rentalTransfer()
			r.ReceivablesType, r.Today = c.kind, date(c.today)
			_, err := m.Client.Invoices.TransferToRopo(t.Context(), "in-1", r)
			assert.Equal(t, c.warns, strings.Contains(log.String(), "field=due_date"))
			if !c.refuse {
				require.NoError(t, err)
				return
			}
			ct.Refused(t, err, "due_date")
			from := map[maventa.ReceivablesType]string{maventa.ReceivablesB2B: "2026-11-08", maventa.ReceivablesB2C: "2026-11-15"}
			assert.Contains(t, err.Error(), "from "+from[c.kind])
			m.NothingSent()
		})
	}
}

// Without a Today of the caller's the day is the one in UTC: the bubble's clock
// stands at midnight of 2000-01-01 there.
func TestRopoToday(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := ct.NewMock(t)
		m.On("POST", invoiceURL+"/ropo", ct.Reply{Status: 202})
		r := ropoTransfer()
		r.ReceivablesType, r.Today, r.DueDate = maventa.ReceivablesB2B, maventa.Date{}, date("1999-12-26")
		_, err := m.Client.Invoices.TransferToRopo(t.Context(), "in-1", r)
		ct.Refused(t, err, "due_date")
		time.Sleep(24*time.Hour - time.Nanosecond)
		_, err = m.Client.Invoices.TransferToRopo(t.Context(), "in-1", r)
		ct.Refused(t, err, "due_date")
		m.NothingSent()
		time.Sleep(time.Nanosecond)
		_, err = m.Client.Invoices.TransferToRopo(t.Context(), "in-1", r)
		require.NoError(t, err)
	})
}

// Amili documents no limits, so what is odd is a warning in the client's log.
func TestAmiliRules(t *testing.T) {
	for _, c := range []struct {
		name     string
		change   func(*maventa.AmiliTransfer)
		refused  []string
		warnings []string
	}{
		{"complete", func(*maventa.AmiliTransfer) {}, nil, nil},
		{"no types", func(a *maventa.AmiliTransfer) { a.CollectionType, a.ReceivablesType = "", "" }, []string{"collection_type", "receivables_type"}, nil},
		{"unknown type", func(a *maventa.AmiliTransfer) { a.ReceivablesType = "b2g" }, []string{"receivables_type"}, nil},
		{"no payer", func(a *maventa.AmiliTransfer) { a.Payers = nil }, []string{"payers"}, []string{"payers"}},
		{"negative capital", func(a *maventa.AmiliTransfer) { a.Amounts.CapitalAmount = amount("-1") }, []string{"amounts.capital_amount"}, nil},
		{"negative costs", func(a *maventa.AmiliTransfer) { a.Amounts.ReminderAmount = amount("-1") }, []string{"amounts.reminder_amount"}, nil},
		{"negative interest", func(a *maventa.AmiliTransfer) { a.Amounts.InterestAmount = someAmount("-1") }, []string{"amounts.interest_amount"}, nil},
		{"no capital", func(a *maventa.AmiliTransfer) { a.Amounts.CapitalAmount = amount("0.00") }, nil, []string{"amounts.capital_amount"}},
		{"payer without name", func(a *maventa.AmiliTransfer) { a.Payers[0].Name = "" }, nil, []string{"payers[0].name"}},
		{"payer without zip", func(a *maventa.AmiliTransfer) { a.Payers[0].Address.ZipCode = "" }, nil, []string{"payers[0].address.zip_code"}},
		{"long summary", func(a *maventa.AmiliTransfer) { a.AssignmentSummary = strings.Repeat("ö", 65) }, nil, []string{"assignment_summary"}},
		{"full summary", func(a *maventa.AmiliTransfer) { a.AssignmentSummary = strings.Repeat("ö", 64) }, nil, nil},
		{"short summary", func(a *maventa.AmiliTransfer) { a.AssignmentSummary = "ö" }, nil, []string{"assignment_summary"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log ct.Recorder
			m := ct.NewMock(t, maventa.WithLogger(slog.New(&log)))
			m.On("POST", invoiceURL+"/amili", ct.Reply{Status: 202}, ct.Reply{Status: 202})
			a := amiliTransfer()
			c.change(&a)
			_, err := m.Client.Invoices.TransferToAmili(t.Context(), "in-1", a)
			if c.refused != nil {
				ct.Refused(t, err, c.refused...)
				m.NothingSent()
			} else {
				require.NoError(t, err)
			}
			assert.Equal(t, c.warnings, log.Fields(t, "Invoices.TransferToAmili"))
			for _, personal := range []string{"Kuviteltu", "0000001-9", "Satukuja", "Huoltotyö", "300.10", "ööö"} {
				assert.NotContains(t, log.Text.String(), personal)
			}
		})
	}
	t.Run("without a logger", func(t *testing.T) {
		m := ct.NewMock(t)
		m.On("POST", invoiceURL+"/amili", ct.Reply{Status: 202})
		a := amiliTransfer()
		a.Payers[0].Name = ""
		_, err := m.Client.Invoices.TransferToAmili(t.Context(), "in-1", a)
		require.NoError(t, err)
	})
	t.Run("without preflight", func(t *testing.T) {
		var log ct.Recorder
		m := ct.NewMock(t, maventa.WithLogger(slog.New(&log)))
		m.On("POST", invoiceURL+"/amili", ct.Reply{Status: 202})
		_, err := m.Client.Invoices.TransferToAmili(t.Context(), "in-1", maventa.AmiliTransfer{
			CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B, Amounts: maventa.TransferAmounts{CapitalAmount: amount("-1")},
		}, maventa.WithoutPreflight())
		require.NoError(t, err)
		assert.Empty(t, log.Fields(t, "Invoices.TransferToAmili"))
	})
}

func TestAmiliV1Rules(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*maventa.AmiliTransferV1)
		fields []string
	}{
		{"no type", func(a *maventa.AmiliTransferV1) { a.CollectionType = "" }, []string{"collection_type"}},
		{"no amount", func(a *maventa.AmiliTransferV1) { a.Amounts = nil }, []string{"amounts"}},
		{"both amounts", func(a *maventa.AmiliTransferV1) { a.CollectableAmount = someAmount("1") }, []string{"amounts"}},
		{"zero", func(a *maventa.AmiliTransferV1) { a.Amounts, a.CollectableAmount = nil, someAmount("0.00") }, []string{"collectable_amount"}},
		{"negative", func(a *maventa.AmiliTransferV1) { a.Amounts, a.CollectableAmount = nil, someAmount("-1") }, []string{"collectable_amount"}},
		{"parts", func(a *maventa.AmiliTransferV1) { a.Amounts = &maventa.AmountsV1{} }, []string{
			"amounts.capital_amount", "amounts.reminder_amount", "amounts.interest_amount",
		}},
		{"one negative part", func(a *maventa.AmiliTransferV1) { a.Amounts.InterestAmount = amount("-1") }, []string{"amounts.interest_amount"}},
		{"short summary", func(a *maventa.AmiliTransferV1) { a.AssignmentSummary = "ä" }, []string{"assignment_summary"}},
		{"long summary", func(a *maventa.AmiliTransferV1) { a.AssignmentSummary = strings.Repeat("ä", 65) }, []string{"assignment_summary"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := ct.NewMock(t)
			a := amiliTransferV1()
			c.change(&a)
			_, err := m.Client.Invoices.TransferToAmiliV1(t.Context(), "in-1", a)
			ct.Refused(t, err, c.fields...)
			m.NothingSent()

			m.On("POST", invoiceURLV1, ct.Reply{Status: 202})
			_, err = m.Client.Invoices.TransferToAmiliV1(t.Context(), "in-1", a, maventa.WithoutPreflight())
			assert.Equal(t, a.CollectionType == "", err != nil)
		})
	}
}

// ropoRules break one rule of a transfer to Ropo each.
var ropoRules = []struct {
	name   string
	change func(*maventa.RopoTransfer)
	fields []string
	always bool // refused even without the preflight checks
}{
	{"no collection type", func(r *maventa.RopoTransfer) { r.CollectionType = "" }, []string{"collection_type"}, true},
	{"unknown collection type", func(r *maventa.RopoTransfer) { r.CollectionType = "legal" }, []string{"collection_type"}, true},
	{"no receivables type", func(r *maventa.RopoTransfer) { r.ReceivablesType = "" }, []string{"receivables_type"}, true},
	{"unknown receivables type", func(r *maventa.RopoTransfer) { r.ReceivablesType = "b2g" }, []string{"receivables_type"}, true},
	{"no payer", func(r *maventa.RopoTransfer) { r.Payers = nil }, []string{"payers"}, false},
	{"payer without name", func(r *maventa.RopoTransfer) { r.Payers[1].Name = " " }, []string{"payers[1].name"}, false},
	{"payer without address", func(r *maventa.RopoTransfer) { r.Payers[0].Address = maventa.Address{} }, []string{
		"payers[0].address.country", "payers[0].address.streets", "payers[0].address.city", "payers[0].address.zip_code",
	}, false},
	{"no capital", func(r *maventa.RopoTransfer) { r.Amounts.CapitalAmount = maventa.Amount{} }, []string{"amounts.capital_amount"}, false},
	{"negative capital", func(r *maventa.RopoTransfer) { r.Amounts.CapitalAmount = amount("-0.01") }, []string{"amounts.capital_amount"}, false},
	{"negative costs", func(r *maventa.RopoTransfer) { r.Amounts.ReminderAmount = amount("-5") }, []string{"amounts.reminder_amount"}, false},
	{"negative interest", func(r *maventa.RopoTransfer) { r.Amounts.InterestAmount = someAmount("-5") }, []string{"amounts.interest_amount"}, false},
	{"no due date", func(r *maventa.RopoTransfer) { r.DueDate = maventa.Date{} }, []string{"due_date"}, false},
	{"no currency", func(r *maventa.RopoTransfer) { r.Currency = "" }, []string{"currency"}, false},
	{"danish", func(r *maventa.RopoTransfer) { r.Currency = "DKK" }, []string{"currency"}, false},
	{"lower case", func(r *maventa.RopoTransfer) { r.Currency = "eur" }, []string{"currency"}, false},
	{"swedish rent", func(r *maventa.RopoTransfer) { *r = rentalTransfer(); r.Currency = "SEK" }, []string{"receivables_type"}, false},
	{"norwegian business rent", func(r *maventa.RopoTransfer) {
		*r = rentalTransfer()
		r.ReceivablesType, r.Currency = maventa.ReceivablesB2BRental, "NOK"
	}, []string{"receivables_type"}, false},
	{"rent without number", func(r *maventa.RopoTransfer) { *r = rentalTransfer(); r.Payers[0].SSN = "" }, []string{"payers[0].ssn"}, false},
	{"rent without details", func(r *maventa.RopoTransfer) { *r = rentalTransfer(); r.Rental = nil }, []string{"rental"}, false},
	{"several", func(r *maventa.RopoTransfer) {
		r.CollectionType, r.Payers, r.Amounts.CapitalAmount, r.Currency = "", nil, amount("-1"), "USD"
	}, []string{"collection_type", "payers", "amounts.capital_amount", "currency"}, true},
}
