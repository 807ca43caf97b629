package ax_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
)

// unread fails when it is read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the file was read")
	return 0, nil
}

// TestValidate: each body says without a client what its call would refuse.
func TestValidate(t *testing.T) {
	latin1 := maventa.Some("L\xe4mp\xf6")
	for name, c := range map[string]struct {
		body interface {
			Validate(...maventa.CallOption) error
		}
		field string // empty: nothing is wrong
	}{
		"ATG":                  {ax.ATGTerms{KIDLength: 2, ReferencePosition: "1", SignerEmail: "s"}, "account_number"},
		"company":              {ax.NewCompany{}, "name"},
		"several companies":    {ax.CompaniesAuthorization{AuthEmail: "a", Locale: "FI"}, "company_ids"},
		"authorization":        {ax.AuthorizationRequest{AuthEmail: "a", Locale: "DE"}, "locale"},
		"good authorization":   {ax.AuthorizationRequest{AuthEmail: "a", Locale: "FI"}, ""},
		"profile":              {ax.NewProfile{Network: "x"}, "network"},
		"settings":             {ax.CompanySettings{SendInvoiceEmail: ax.SendInvoiceEmail{HowToSend: "x"}}, "send_invoice_email.how_to_send"},
		"added user":           {ax.AddedUser{FirstName: "f"}, "email"},
		"good user":            {ax.AddedUser{Email: "e", FirstName: "f"}, ""},
		"user of Windows-1252": {ax.UserUpdate{FirstName: latin1}, "first_name"},
		"document":             {ax.DocumentUpload{}, "file"},
		"invoice":              {ax.InvoiceUpload{}, "file"},
		"good invoice":         {ax.InvoiceUpload{File: unread{t}, LedgerID: "1"}, ""},
		"report":               {ax.InvoiceReport{ContactEmail: "c"}, "reason"},
		"e-invoice":            {ax.RerouteEInvoice{RecipientEIA: "1"}, "recipient_operator"},
		"e-mail":               {ax.RerouteEmail{}, "recipient_email"},
		"print":                {ax.ReroutePrint{RecipientName: "n"}, "recipient_country"},
		"notification":         {ax.NewNotification{}, "destination_type"},
		"user":                 {ax.NewUser{}, "email"},
		"OP":                   {ax.OPActivation{ContactEmail: "c", IBAN: "i", BIC: "b"}, "bank"},
		"good OP terms":        {ax.OPCreditTerms{}, ""},
	} {
		err := c.body.Validate()
		if c.field == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, maventa.ErrValidation, name)
		var fields []string
		for _, f := range maventa.Advise(err).Fields {
			fields = append(fields, f.Field)
		}
		assert.Contains(t, fields, c.field, name)
	}
}
