package ax

import (
	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
)

// Each Validate returns what the call with these options would refuse in the body
// before anything is sent: an error that matches [maventa.ErrValidation] and names the
// fields. It needs no client, and reads no file.

// anyID stands for an id that a body knows nothing of.
const anyID = "id"

// Validate returns what [ATGService.Create] would refuse before sending.
func (a ATGTerms) Validate(opts ...maventa.CallOption) error {
	return a.request().Validate(opts...)
}

// Validate returns what [CompaniesService.Create] would refuse before sending.
func (c NewCompany) Validate(opts ...maventa.CallOption) error {
	return c.request().Validate(opts...)
}

// Validate returns what [CompaniesService.Authorize] would refuse before sending.
func (a CompaniesAuthorization) Validate(opts ...maventa.CallOption) error {
	return withBody(operation.CompaniesAuthorize, &a).Validate(opts...)
}

// Validate returns what [CompanyService.Authorize] would refuse before sending.
func (a AuthorizationRequest) Validate(opts ...maventa.CallOption) error {
	return withBody(operation.CompanyAuthorize, &a).Validate(opts...)
}

// Validate returns what [CompanyService.CreateProfile] would refuse before sending.
func (p NewProfile) Validate(opts ...maventa.CallOption) error {
	return withBody(operation.CompanyCreateProfile, &p).Validate(opts...)
}

// Validate returns what [CompanyService.UpdateSettings] would refuse before sending.
func (s CompanySettings) Validate(opts ...maventa.CallOption) error {
	return withBody(operation.CompanyUpdateSettings, &s).Validate(opts...)
}

// Validate returns what [CompanyService.AddUser] would refuse before sending.
func (u AddedUser) Validate(opts ...maventa.CallOption) error {
	return withBody(operation.CompanyAddUser, &u).Validate(opts...)
}

// Validate returns what [CompanyService.UpdateUser] would refuse before sending.
func (u UserUpdate) Validate(opts ...maventa.CallOption) error {
	return withBody(operation.CompanyUpdateUser, &u, anyID).Validate(opts...)
}

// Validate returns what [DocumentService.Create] would refuse before sending.
func (u DocumentUpload) Validate(opts ...maventa.CallOption) error {
	return u.request().Validate(opts...)
}

// Validate returns what [InvoiceService.Send] would refuse before sending.
func (u InvoiceUpload) Validate(opts ...maventa.CallOption) error {
	if u.UUID == "" && u.LedgerID != "" {
		u.UUID = InvoiceUUID(anyID, u.LedgerID)
	}
	return u.request().Validate(opts...)
}

// Validate returns what [InvoiceService.Report] would refuse before sending.
func (r InvoiceReport) Validate(opts ...maventa.CallOption) error {
	return withBody(operation.InvoicesReport, &r, anyID).Validate(opts...)
}

// Validate returns what [InvoiceService.RerouteEInvoice] would refuse before sending.
func (r RerouteEInvoice) Validate(opts ...maventa.CallOption) error {
	return withBody(operation.InvoicesRerouteEInvoice, &r, anyID).Validate(opts...)
}

// Validate returns what [InvoiceService.RerouteEmail] would refuse before sending.
func (r RerouteEmail) Validate(opts ...maventa.CallOption) error {
	return withBody(operation.InvoicesRerouteEmail, &r, anyID).Validate(opts...)
}

// Validate returns what [InvoiceService.ReroutePrint] would refuse before sending.
func (r ReroutePrint) Validate(opts ...maventa.CallOption) error {
	return withBody(operation.InvoicesReroutePrint, &r, anyID).Validate(opts...)
}

// Validate returns what [NotificationService.Create] would refuse before sending.
func (n NewNotification) Validate(opts ...maventa.CallOption) error {
	return n.request().Validate(opts...)
}

// Validate returns what [UsersService.Create] would refuse before sending.
func (u NewUser) Validate(opts ...maventa.CallOption) error {
	return u.request().Validate(opts...)
}

// Validate returns what [OPInvoiceCreditService.Activate] would refuse before sending.
func (a OPActivation) Validate(opts ...maventa.CallOption) error {
	return withBody(operation.OPInvoiceCreditActivate, &a).Validate(opts...)
}

// Validate returns what [OPInvoiceCreditService.UpdateSettings] would refuse before sending.
func (t OPCreditTerms) Validate(opts ...maventa.CallOption) error {
	return withBody(operation.OPInvoiceCreditUpdateSettings, &t).Validate(opts...)
}
