// Package ax is what AutoXChange (AX) offers beyond receivables: sending and
// receiving invoices and documents, the company with its users and settings,
// subscriptions to notifications, lookups, Maventa's services for single
// countries.
//
//	c, err := maventa.NewClientFromEnv()
//	…
//	invoice, err := ax.New(c).Invoices.Send(ctx, ax.InvoiceUpload{File: file, LedgerID: "2026-1001"})
//
// A call works like those of package maventa: with the client's token, transport
// and retry rules, and every failure is a *[maventa.Error] that says whether
// anything changed. Models hold personal data: log their ids.
package ax

import (
	"encoding/json"

	"github.com/maventa-go/maventa"
)

// Client makes the calls for one company. It is safe for any number of
// goroutines.
type Client struct {
	Invoices        InvoiceService
	Documents       DocumentService
	Files           FileService
	Notifications   NotificationService
	Lookups         LookupService
	Auth            AuthService
	Company         CompanyService
	Companies       CompaniesService
	Users           UsersService
	Partner         PartnerService
	Definitions     DefinitionService
	Analysis        AnalysisService
	Detect          DetectService
	OPInvoiceCredit OPInvoiceCreditService
	BankMessages    BankMessageService
	ATG             ATGService
	B2CNO           B2CNOService
	ODP             ODPService
}

// New returns the services of AX for the company of c. It costs nothing and makes
// no request.
func New(c *maventa.Client) *Client {
	return &Client{
		Invoices:        InvoiceService{c},
		Documents:       DocumentService{c},
		Files:           FileService{c},
		Notifications:   NotificationService{c},
		Lookups:         LookupService{c},
		Auth:            AuthService{c},
		Company:         CompanyService{c},
		Companies:       CompaniesService{c},
		Users:           UsersService{c},
		Partner:         PartnerService{c},
		Definitions:     DefinitionService{c},
		Analysis:        AnalysisService{c},
		Detect:          DetectService{c},
		OPInvoiceCredit: OPInvoiceCreditService{c},
		BankMessages:    BankMessageService{c},
		ATG:             ATGService{c},
		B2CNO:           B2CNOService{c},
		ODP:             ODPService{c},
	}
}

// Texts is a list of texts that the service may also give as a single one: its
// Swagger file and its examples differ on some.
type Texts []string

// UnmarshalJSON reads a list of texts, one text, or null.
func (t *Texts) UnmarshalJSON(data []byte) error {
	var list []string
	if data[0] == '"' {
		list = make([]string, 1)
		if err := json.Unmarshal(data, &list[0]); err != nil {
			return err
		}
	} else if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*t = list
	return nil
}

// Flag is a bool that the service also gives as 0 or 1.
type Flag bool

// UnmarshalJSON reads true, false, a number (0 is false) or null, which is
// false.
func (f *Flag) UnmarshalJSON(data []byte) error {
	var a maventa.Amount
	switch s := string(data); s {
	case "true", "false", "null":
		*f = s == "true"
		return nil
	default:
		if err := a.UnmarshalJSON(data); err != nil {
			return err
		}
	}
	*f = a.Sign() != 0
	return nil
}
