package operation

// The rows of AX beyond tokens, services and transfers.
const (
	AuthStatus ID = iota + ServiceLevelsSet + 1

	InvoicesList
	InvoicesSend
	InvoicesGet
	InvoicesActions
	InvoicesMarkHandled
	InvoicesDownloadFile
	InvoicesDetectResults
	InvoicesRerouteEInvoice
	InvoicesRerouteEmail
	InvoicesReroutePrint
	InvoicesReports
	InvoicesReport
	InvoicesDeleteReport
	InvoicesReportDefinitions
	InvoicesRespondNemhandel

	CompanySettings
	CompanyUpdateSettings
	CompanyProfiles
	CompanyCreateProfile
	CompanyProfile
	CompanyUpdateProfile
	CompanyDeleteProfile
	CompanyAuthorization
	CompanyAuthorize
	CompanyVendorLink
	CompanyLinkVendor
	CompanyUnlinkVendor
	CompanyUsers
	CompanyAddUser
	CompanyUser
	CompanyUpdateUser
	CompanyRemoveUser
	CompanySetUserRole
	CompanyKeepActive
	CompanyConsumers

	CompaniesList
	CompaniesCreate
	CompaniesAuthorize
	CompaniesStatus
	UsersCreate

	NotificationsList
	NotificationsCreate
	NotificationsGet
	NotificationsDelete
	NotificationsResendUnacknowledged

	PartnerReceivedInvoices
	PartnerSentErrors
	PartnerInboundActions
	PartnerOutboundErrors
	PartnerLookupCompanies

	LookupsEndpoints
	LookupsConsumers
	LookupsReceivers

	DocumentsList
	DocumentsCreate
	DocumentsGet
	DocumentsUpdate
	DocumentsEvents
	FilesList
	FilesDownload

	DefinitionsOperators
	DefinitionsDetectChecks
	DefinitionsKeys
	AnalysisDefinitions
	AnalysisStart
	AnalysisGet

	AmiliActivateV1
	AmiliStatusV1
	AmiliUpdateV1
	AmiliCloseV1
	OPInvoiceCreditOffer
	OPInvoiceCreditStatus
	OPInvoiceCreditActivate
	OPInvoiceCreditSettings
	OPInvoiceCreditUpdateSettings
	OPInvoiceCreditAvailableCredit
	OPInvoiceCreditWithdraw
	OPInvoiceCreditDirectPayment
	OPInvoiceCreditAccountStatement
	ATGList
	ATGCreate
	ATGGet
	ATGUpdate
	ATGMandates
	B2CNOStatus
	B2CNOConsumers
	DetectChecks
	DetectUpdateChecks

	BankMessagesSend
	BankMessagesStatus
	BankMessagesRIMessages
	BankMessagesRIMessage
	BankMessagesDeleteRIMessage
	BankMessagesSentMessages
	BankMessagesSentMessage
	BankMessagesErrorMessages
	BankMessagesErrorMessage

	ODPCompany
	ODPUpdateCompany
)

// axRows are the calls of AX that the Swagger file specifies, except tokens, the
// two agencies and transfers. A PATCH is as unsafe as a POST here: only Amili's
// is known to change nothing when it is sent again.
var axRows = [...]Op{
	// Auth.
	AuthStatus: {Name: "Auth.Status", Method: "GET", Path: "/status/authenticated", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "global", Source: sourceSwagger},

	// Invoices.
	InvoicesList:              {Name: "Invoices.List", Method: "GET", Path: "/v1/invoices", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "invoice:send invoice:receive", Paged: Paged, Source: sourceSwagger},
	InvoicesSend:              {Name: "Invoices.Send", Method: "POST", Path: "/v1/invoices", API: AutoXChange, Success: []int{201}, Scope: "invoice:send", Verify: "Invoices.Get", Source: sourceSwagger},
	InvoicesGet:               {Name: "Invoices.Get", Method: "GET", Path: "/v1/invoices/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "invoice:send invoice:receive", Siblings: siblingsOfInvoices, Source: sourceSwagger},
	InvoicesActions:           {Name: "Invoices.Actions", Method: "GET", Path: "/v1/invoices/{id}/actions", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "invoice:send invoice:receive", Siblings: siblingsOfInvoices, Source: sourceSwagger},
	InvoicesMarkHandled:       {Name: "Invoices.MarkHandled", Method: "PATCH", Path: "/v1/invoices/{id}/invoice_events", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "invoice:send invoice:receive", Siblings: siblingsOfInvoices, Verify: "Partner.ReceivedInvoices", Source: sourceSwagger},
	InvoicesDownloadFile:      {Name: "Invoices.DownloadFile", Method: "GET", Path: "/v1/invoices/{id}/files/{file_id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "invoice:send invoice:receive", Siblings: siblingsOfInvoices, Source: sourceSwagger},
	InvoicesDetectResults:     {Name: "Invoices.DetectResults", Method: "GET", Path: "/v1/invoices/{id}/detect_results", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "invoice:receive", Siblings: siblingsOfInvoices, Source: sourceSwagger},
	InvoicesRerouteEInvoice:   {Name: "Invoices.RerouteEInvoice", Method: "PUT", Path: "/v1/invoices/{id}/reroute/einvoice", API: AutoXChange, Success: []int{200}, NoBody: true, Scope: "invoice:send", Siblings: siblingsOfInvoices, Verify: "Invoices.Actions", Source: sourceSwagger},
	InvoicesRerouteEmail:      {Name: "Invoices.RerouteEmail", Method: "PUT", Path: "/v1/invoices/{id}/reroute/email", API: AutoXChange, Success: []int{200}, NoBody: true, Scope: "invoice:send", Siblings: siblingsOfInvoices, Verify: "Invoices.Actions", Source: sourceSwagger},
	InvoicesReroutePrint:      {Name: "Invoices.ReroutePrint", Method: "PUT", Path: "/v1/invoices/{id}/reroute/print", API: AutoXChange, Success: []int{200}, NoBody: true, Scope: "invoice:send", Siblings: siblingsOfInvoices, Verify: "Invoices.Actions", Source: sourceSwagger},
	InvoicesReports:           {Name: "Invoices.Reports", Method: "GET", Path: "/v1/invoices/{id}/reports", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "invoice:receive", Siblings: siblingsOfInvoices, Source: sourceSwagger},
	InvoicesReport:            {Name: "Invoices.Report", Method: "POST", Path: "/v1/invoices/{id}/reports", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "invoice:receive", Siblings: siblingsOfInvoices, Verify: "Invoices.Reports", Source: sourceSwagger},
	InvoicesDeleteReport:      {Name: "Invoices.DeleteReport", Method: "DELETE", Path: "/v1/invoices/{id}/reports/{report_id}", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "invoice:receive", Siblings: siblingsOfInvoices, Verify: "Invoices.Reports", Source: sourceSwagger},
	InvoicesReportDefinitions: {Name: "Invoices.ReportDefinitions", Method: "GET", Path: "/v1/invoices/reports/definitions", API: AutoXChange, Safety: Safe, Success: []int{200}, NoAuth: true, Source: sourceSwagger},
	InvoicesRespondNemhandel:  {Name: "Invoices.RespondNemhandel", Method: "POST", Path: "/v1/invoices/{id}/responses/nemhandel", API: AutoXChange, Success: []int{200}, Scope: "invoice:receive", Siblings: siblingsOfInvoices, Verify: "Invoices.Actions", Source: sourceSwagger},

	// Company.
	CompanySettings:       {Name: "Company.Settings", Method: "GET", Path: "/v1/company/settings", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	CompanyUpdateSettings: {Name: "Company.UpdateSettings", Method: "PATCH", Path: "/v1/company/settings", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Company.Settings", Source: sourceSwagger},
	CompanyProfiles:       {Name: "Company.Profiles", Method: "GET", Path: "/v1/company/profiles", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	CompanyCreateProfile:  {Name: "Company.CreateProfile", Method: "POST", Path: "/v1/company/profiles", API: AutoXChange, Success: []int{201}, Scope: "company:write", Verify: "Company.Profiles", Source: sourceSwagger},
	CompanyProfile:        {Name: "Company.Profile", Method: "GET", Path: "/v1/company/profiles/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	CompanyUpdateProfile:  {Name: "Company.UpdateProfile", Method: "PATCH", Path: "/v1/company/profiles/{id}", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Company.Profile", Source: sourceSwagger},
	CompanyDeleteProfile:  {Name: "Company.DeleteProfile", Method: "DELETE", Path: "/v1/company/profiles/{id}", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Company.Profiles", Source: sourceSwagger},
	CompanyAuthorization:  {Name: "Company.Authorization", Method: "GET", Path: "/v1/company/authorization", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	CompanyAuthorize:      {Name: "Company.Authorize", Method: "POST", Path: "/v1/company/authorization", API: AutoXChange, Success: []int{200}, Scope: "company:write", Verify: "Company.Authorization", Source: sourceSwagger},
	CompanyVendorLink:     {Name: "Company.VendorLink", Method: "GET", Path: "/v1/company/vendors", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:write", Source: sourceSwagger},
	CompanyLinkVendor:     {Name: "Company.LinkVendor", Method: "POST", Path: "/v1/company/vendors", API: AutoXChange, Success: []int{201}, Scope: "company:write", Verify: "Company.VendorLink", Source: sourceSwagger},
	CompanyUnlinkVendor:   {Name: "Company.UnlinkVendor", Method: "DELETE", Path: "/v1/company/vendors", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Company.VendorLink", Source: sourceSwagger},
	CompanyUsers:          {Name: "Company.Users", Method: "GET", Path: "/v1/company/users", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	CompanyAddUser:        {Name: "Company.AddUser", Method: "POST", Path: "/v1/company/users", API: AutoXChange, Success: []int{200, 201}, Scope: "company:write", Verify: "Company.Users", Source: sourceSwagger},
	CompanyUser:           {Name: "Company.User", Method: "GET", Path: "/v1/company/users/{user_id}", API: AutoXChange, Safety: Safe, Success: []int{200}, PersonalTarget: true, Scope: "company:read", Source: sourceSwagger},
	CompanyUpdateUser:     {Name: "Company.UpdateUser", Method: "PATCH", Path: "/v1/company/users/{user_id}", API: AutoXChange, Success: []int{204}, NoBody: true, PersonalTarget: true, Scope: "company:write", Verify: "Company.User", Source: sourceSwagger},
	CompanyRemoveUser:     {Name: "Company.RemoveUser", Method: "DELETE", Path: "/v1/company/users/{user_id}", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, PersonalTarget: true, Scope: "company:write", Verify: "Company.Users", Source: sourceSwagger},
	CompanySetUserRole:    {Name: "Company.SetUserRole", Method: "POST", Path: "/v1/company/users/{user_id}/roles", API: AutoXChange, Success: []int{204}, NoBody: true, PersonalTarget: true, Scope: "company:write", Verify: "Company.User", Source: sourceSwagger},
	CompanyKeepActive:     {Name: "Company.KeepActive", Method: "POST", Path: "/v1/company/keep_active", API: AutoXChange, Success: []int{201}, NoBody: true, Scope: "company:write", Source: sourceSwagger},
	CompanyConsumers:      {Name: "Company.Consumers", Method: "GET", Path: "/v1/company/consumers", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Paged: Paged, Source: sourceSwagger},

	// Companies and users.
	CompaniesList:      {Name: "Companies.List", Method: "GET", Path: "/v1/companies", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	CompaniesCreate:    {Name: "Companies.Create", Method: "POST", Path: "/v1/companies", API: AutoXChange, Success: []int{201}, NoAuth: true, Source: sourceSwagger},
	CompaniesAuthorize: {Name: "Companies.Authorize", Method: "POST", Path: "/v1/companies/authorizations", API: AutoXChange, Success: []int{200, 202}, Scope: "company:write", Verify: "Companies.Status", Source: sourceSwagger},
	CompaniesStatus:    {Name: "Companies.Status", Method: "GET", Path: "/v1/companies/{id}/status", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Siblings: []string{"authorizations"}, Source: sourceSwagger},
	UsersCreate:        {Name: "Users.Create", Method: "POST", Path: "/v1/users", API: AutoXChange, Success: []int{201}, NoAuth: true, Source: sourceSwagger},

	// Notifications.
	NotificationsList:                 {Name: "Notifications.List", Method: "GET", Path: "/v1/company/notifications", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	NotificationsCreate:               {Name: "Notifications.Create", Method: "POST", Path: "/v1/company/notifications", API: AutoXChange, Success: []int{201}, Scope: "company:write", Verify: "Notifications.List", Source: sourceSwagger},
	NotificationsGet:                  {Name: "Notifications.Get", Method: "GET", Path: "/v1/company/notifications/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	NotificationsDelete:               {Name: "Notifications.Delete", Method: "DELETE", Path: "/v1/company/notifications/{id}", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Notifications.List", Source: sourceSwagger},
	NotificationsResendUnacknowledged: {Name: "Notifications.ResendUnacknowledged", Method: "POST", Path: "/v1/company/notifications_resend_unacknowledged", API: AutoXChange, Success: []int{200}, NoBody: true, Experimental: true, Scope: "company:write", Source: sourceSwagger},

	// Partner.
	PartnerReceivedInvoices: {Name: "Partner.ReceivedInvoices", Method: "GET", Path: "/v1/partner/invoice_events/received", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "partner:invoice_delivery_actions", Paged: Paged, Source: sourceSwagger},
	PartnerSentErrors:       {Name: "Partner.SentErrors", Method: "GET", Path: "/v1/partner/invoice_events/sent_errors", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "partner:invoice_delivery_actions", Paged: Paged, Source: sourceSwagger},
	PartnerInboundActions:   {Name: "Partner.InboundActions", Method: "GET", Path: "/v1/partner/invoice_delivery_actions/inbound", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "partner:invoice_delivery_actions", Paged: Paged, Source: sourceSwagger},
	PartnerOutboundErrors:   {Name: "Partner.OutboundErrors", Method: "GET", Path: "/v1/partner/invoice_delivery_actions/outbound_errors", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "partner:invoice_delivery_actions", Paged: Paged, Source: sourceSwagger},
	PartnerLookupCompanies:  {Name: "Partner.LookupCompanies", Method: "GET", Path: "/v1/partner/lookups/companies", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "partner:lookups", Source: sourceSwagger},

	// Lookups.
	LookupsEndpoints: {Name: "Lookups.Endpoints", Method: "GET", Path: "/v1/lookup/endpoints", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "lookup", Source: sourceSwagger},
	LookupsConsumers: {Name: "Lookups.Consumers", Method: "GET", Path: "/v1/lookup/consumers", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "lookup", Source: sourceSwagger},
	LookupsReceivers: {Name: "Lookups.Receivers", Method: "GET", Path: "/v1/lookup/receivers", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "lookup", Paged: Paged, Source: sourceSwagger},

	// Documents and files.
	DocumentsList:   {Name: "Documents.List", Method: "GET", Path: "/v1/documents", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "document:send document:receive", Paged: Paged, Source: sourceSwagger},
	DocumentsCreate: {Name: "Documents.Create", Method: "POST", Path: "/v1/documents", API: AutoXChange, Success: []int{201}, Scope: "document:send", Verify: "Documents.List", Source: sourceSwagger},
	DocumentsGet:    {Name: "Documents.Get", Method: "GET", Path: "/v1/documents/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "document:send document:receive", Source: sourceSwagger},
	DocumentsUpdate: {Name: "Documents.Update", Method: "PATCH", Path: "/v1/documents/{id}", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "document:send document:receive", Verify: "Documents.Get", Source: sourceSwagger},
	DocumentsEvents: {Name: "Documents.Events", Method: "GET", Path: "/v1/documents/{id}/events", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "document:send document:receive", Source: sourceSwagger},
	FilesList:       {Name: "Files.List", Method: "GET", Path: "/v1/files", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "document:send document:receive", Source: sourceSwagger},
	FilesDownload:   {Name: "Files.Download", Method: "GET", Path: "/v1/files/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "document:send document:receive", Source: sourceSwagger},

	// Definitions, keys, analysis.
	DefinitionsOperators:    {Name: "Definitions.Operators", Method: "GET", Path: "/v1/definitions/operators", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "lookup", Source: sourceSwagger},
	DefinitionsDetectChecks: {Name: "Definitions.DetectChecks", Method: "GET", Path: "/v1/definitions/detect/checks", API: AutoXChange, Safety: Safe, Success: []int{200}, NoAuth: true, Source: sourceSwagger},
	DefinitionsKeys:         {Name: "Definitions.Keys", Method: "GET", Path: "/v1/jwk", API: AutoXChange, Safety: Safe, Success: []int{200}, NoAuth: true, Source: sourceSwagger},
	AnalysisDefinitions:     {Name: "Analysis.Definitions", Method: "GET", Path: "/v1/analysis/definitions", API: AutoXChange, Safety: Safe, Success: []int{200}, NoAuth: true, Source: sourceSwagger},
	AnalysisStart:           {Name: "Analysis.Start", Method: "POST", Path: "/v1/analysis", API: AutoXChange, Success: []int{201}, Scope: "analysis", Source: sourceSwagger},
	AnalysisGet:             {Name: "Analysis.Get", Method: "GET", Path: "/v1/analysis/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "analysis", Siblings: []string{"definitions"}, Source: sourceSwagger},

	// Services.
	AmiliActivateV1:                 {Name: "Amili.ActivateV1", Method: "PUT", Path: "/v1/services/receivables", API: AutoXChange, Success: []int{200}, Scope: "company:write", Verify: "Amili.StatusV1", Source: sourceSwagger},
	AmiliStatusV1:                   {Name: "Amili.StatusV1", Method: "GET", Path: "/v1/services/receivables", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	AmiliUpdateV1:                   {Name: "Amili.UpdateV1", Method: "PATCH", Path: "/v1/services/receivables", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Amili.StatusV1", Source: sourceSwagger},
	AmiliCloseV1:                    {Name: "Amili.CloseV1", Method: "DELETE", Path: "/v1/services/receivables", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Amili.StatusV1", Source: sourceSwagger},
	OPInvoiceCreditOffer:            {Name: "OPInvoiceCredit.Offer", Method: "GET", Path: "/v1/services/op_invoice_credit/offer", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	OPInvoiceCreditStatus:           {Name: "OPInvoiceCredit.Status", Method: "GET", Path: "/v1/services/op_invoice_credit", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	OPInvoiceCreditActivate:         {Name: "OPInvoiceCredit.Activate", Method: "PUT", Path: "/v1/services/op_invoice_credit", API: AutoXChange, Success: []int{200}, Scope: "company:write", Verify: "OPInvoiceCredit.Status", Source: sourceSwagger},
	OPInvoiceCreditSettings:         {Name: "OPInvoiceCredit.Settings", Method: "GET", Path: "/v1/services/op_invoice_credit/settings", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	OPInvoiceCreditUpdateSettings:   {Name: "OPInvoiceCredit.UpdateSettings", Method: "POST", Path: "/v1/services/op_invoice_credit/settings", API: AutoXChange, Success: []int{201}, NoBody: true, Scope: "company:write", Verify: "OPInvoiceCredit.Settings", Source: sourceSwagger},
	OPInvoiceCreditAvailableCredit:  {Name: "OPInvoiceCredit.AvailableCredit", Method: "GET", Path: "/v1/services/op_invoice_credit/available_credit", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	OPInvoiceCreditWithdraw:         {Name: "OPInvoiceCredit.Withdraw", Method: "POST", Path: "/v1/services/op_invoice_credit/withdrawal", API: AutoXChange, Success: []int{201}, NoBody: true, Scope: "company:write", Verify: "OPInvoiceCredit.AvailableCredit", Source: sourceSwagger},
	OPInvoiceCreditDirectPayment:    {Name: "OPInvoiceCredit.DirectPayment", Method: "POST", Path: "/v1/services/op_invoice_credit/direct_payment", API: AutoXChange, Success: []int{201}, NoBody: true, Scope: "company:write", Verify: "OPInvoiceCredit.AccountStatement", Source: sourceSwagger},
	OPInvoiceCreditAccountStatement: {Name: "OPInvoiceCredit.AccountStatement", Method: "GET", Path: "/v1/services/op_invoice_credit/account_statement", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	ATGList:                         {Name: "ATG.List", Method: "GET", Path: "/v1/services/atg", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	ATGCreate:                       {Name: "ATG.Create", Method: "POST", Path: "/v1/services/atg", API: AutoXChange, Success: []int{201}, Scope: "company:write", Verify: "ATG.List", Source: sourceSwagger},
	ATGGet:                          {Name: "ATG.Get", Method: "GET", Path: "/v1/services/atg/{account_number}", API: AutoXChange, Safety: Safe, Success: []int{200}, PersonalTarget: true, Scope: "company:read", Siblings: []string{"mandates"}, Source: sourceSwagger},
	ATGUpdate:                       {Name: "ATG.Update", Method: "PATCH", Path: "/v1/services/atg/{account_number}", API: AutoXChange, Success: []int{204}, NoBody: true, PersonalTarget: true, Scope: "company:write", Siblings: []string{"mandates"}, Verify: "ATG.Get", Source: sourceSwagger},
	ATGMandates:                     {Name: "ATG.Mandates", Method: "GET", Path: "/v1/services/atg/mandates", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Paged: Paged, Source: sourceSwagger},
	B2CNOStatus:                     {Name: "B2CNO.Status", Method: "GET", Path: "/v1/services/b2cno", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	B2CNOConsumers:                  {Name: "B2CNO.Consumers", Method: "GET", Path: "/v1/services/b2cno/consumers", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Paged: Paged, Source: sourceSwagger},
	DetectChecks:                    {Name: "Detect.Checks", Method: "GET", Path: "/v1/services/detect/checks", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger},
	DetectUpdateChecks:              {Name: "Detect.UpdateChecks", Method: "PATCH", Path: "/v1/services/detect/checks", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Detect.Checks", Source: sourceSwagger},

	// Finnish bank messages.
	BankMessagesSend:            {Name: "BankMessages.Send", Method: "POST", Path: "/v1/fi_bank_messages", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "fi_bank_message:send", Verify: "BankMessages.SentMessages", Source: sourceSwagger},
	BankMessagesStatus:          {Name: "BankMessages.Status", Method: "GET", Path: "/v1/fi_bank_messages/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:send", Siblings: []string{"ri_messages", "sent_messages", "error_messages"}, Source: sourceSwagger},
	BankMessagesRIMessages:      {Name: "BankMessages.RIMessages", Method: "GET", Path: "/v1/fi_bank_messages/ri_messages", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:receive", Source: sourceSwagger},
	BankMessagesRIMessage:       {Name: "BankMessages.RIMessage", Method: "GET", Path: "/v1/fi_bank_messages/ri_messages/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:receive", Source: sourceSwagger},
	BankMessagesDeleteRIMessage: {Name: "BankMessages.DeleteRIMessage", Method: "DELETE", Path: "/v1/fi_bank_messages/ri_messages/{id}", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "fi_bank_message:receive", Verify: "BankMessages.RIMessages", Source: sourceSwagger},
	BankMessagesSentMessages:    {Name: "BankMessages.SentMessages", Method: "GET", Path: "/v1/fi_bank_messages/sent_messages", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:send", Source: sourceSwagger},
	BankMessagesSentMessage:     {Name: "BankMessages.SentMessage", Method: "GET", Path: "/v1/fi_bank_messages/sent_messages/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:send", Source: sourceSwagger},
	BankMessagesErrorMessages:   {Name: "BankMessages.ErrorMessages", Method: "GET", Path: "/v1/fi_bank_messages/error_messages", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:receive", Source: sourceSwagger},
	BankMessagesErrorMessage:    {Name: "BankMessages.ErrorMessage", Method: "GET", Path: "/v1/fi_bank_messages/error_messages/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:receive", Source: sourceSwagger},

	// ODP companies.
	ODPCompany:       {Name: "ODP.Company", Method: "GET", Path: "/odp/companies/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "global", Source: sourceSwagger},
	ODPUpdateCompany: {Name: "ODP.UpdateCompany", Method: "PATCH", Path: "/odp/companies/{id}", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "global", Verify: "ODP.Company", Source: sourceSwagger},
}
