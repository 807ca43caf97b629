package operation

// axRows are the calls of AX that the Swagger file specifies, except tokens, the
// two agencies and transfers. A PATCH is as unsafe as a POST here: only Amili's
// is known to change nothing when it is sent again.
var (
	// Auth.
	AuthStatus = &Op{Name: "Auth.Status", Method: "GET", Path: "/status/authenticated", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "global", Source: sourceSwagger}

	// Invoices.
	InvoicesList              = &Op{Name: "Invoices.List", Method: "GET", Path: "/v1/invoices", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "invoice:send invoice:receive", Paged: Paged, Source: sourceSwagger}
	InvoicesSend              = &Op{Name: "Invoices.Send", Method: "POST", Path: "/v1/invoices", API: AutoXChange, Success: []int{201}, Scope: "invoice:send", Verify: "Invoices.Get", Source: sourceSwagger}
	InvoicesGet               = &Op{Name: "Invoices.Get", Method: "GET", Path: "/v1/invoices/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "invoice:send invoice:receive", Siblings: siblingsOfInvoices, Source: sourceSwagger}
	InvoicesActions           = &Op{Name: "Invoices.Actions", Method: "GET", Path: "/v1/invoices/{id}/actions", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "invoice:send invoice:receive", Siblings: siblingsOfInvoices, Source: sourceSwagger}
	InvoicesMarkHandled       = &Op{Name: "Invoices.MarkHandled", Method: "PATCH", Path: "/v1/invoices/{id}/invoice_events", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "invoice:send invoice:receive", Siblings: siblingsOfInvoices, Verify: "Partner.ReceivedInvoices", Source: sourceSwagger}
	InvoicesDownloadFile      = &Op{Name: "Invoices.DownloadFile", Method: "GET", Path: "/v1/invoices/{id}/files/{file_id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "invoice:send invoice:receive", Siblings: siblingsOfInvoices, Source: sourceSwagger}
	InvoicesDetectResults     = &Op{Name: "Invoices.DetectResults", Method: "GET", Path: "/v1/invoices/{id}/detect_results", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "invoice:receive", Siblings: siblingsOfInvoices, Source: sourceSwagger}
	InvoicesRerouteEInvoice   = &Op{Name: "Invoices.RerouteEInvoice", Method: "PUT", Path: "/v1/invoices/{id}/reroute/einvoice", API: AutoXChange, Success: []int{200}, NoBody: true, Scope: "invoice:send", Siblings: siblingsOfInvoices, Verify: "Invoices.Actions", Source: sourceSwagger}
	InvoicesRerouteEmail      = &Op{Name: "Invoices.RerouteEmail", Method: "PUT", Path: "/v1/invoices/{id}/reroute/email", API: AutoXChange, Success: []int{200}, NoBody: true, Scope: "invoice:send", Siblings: siblingsOfInvoices, Verify: "Invoices.Actions", Source: sourceSwagger}
	InvoicesReroutePrint      = &Op{Name: "Invoices.ReroutePrint", Method: "PUT", Path: "/v1/invoices/{id}/reroute/print", API: AutoXChange, Success: []int{200}, NoBody: true, Scope: "invoice:send", Siblings: siblingsOfInvoices, Verify: "Invoices.Actions", Source: sourceSwagger}
	InvoicesReports           = &Op{Name: "Invoices.Reports", Method: "GET", Path: "/v1/invoices/{id}/reports", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "invoice:receive", Siblings: siblingsOfInvoices, Source: sourceSwagger}
	InvoicesReport            = &Op{Name: "Invoices.Report", Method: "POST", Path: "/v1/invoices/{id}/reports", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "invoice:receive", Siblings: siblingsOfInvoices, Verify: "Invoices.Reports", Source: sourceSwagger}
	InvoicesDeleteReport      = &Op{Name: "Invoices.DeleteReport", Method: "DELETE", Path: "/v1/invoices/{id}/reports/{report_id}", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "invoice:receive", Siblings: siblingsOfInvoices, Verify: "Invoices.Reports", Source: sourceSwagger}
	InvoicesReportDefinitions = &Op{Name: "Invoices.ReportDefinitions", Method: "GET", Path: "/v1/invoices/reports/definitions", API: AutoXChange, Safety: Safe, Success: []int{200}, NoAuth: true, Source: sourceSwagger}
	InvoicesRespondNemhandel  = &Op{Name: "Invoices.RespondNemhandel", Method: "POST", Path: "/v1/invoices/{id}/responses/nemhandel", API: AutoXChange, Success: []int{200}, Scope: "invoice:receive", Siblings: siblingsOfInvoices, Verify: "Invoices.Actions", Source: sourceSwagger}

	// Company.
	CompanySettings       = &Op{Name: "Company.Settings", Method: "GET", Path: "/v1/company/settings", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	CompanyUpdateSettings = &Op{Name: "Company.UpdateSettings", Method: "PATCH", Path: "/v1/company/settings", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Company.Settings", Source: sourceSwagger}
	CompanyProfiles       = &Op{Name: "Company.Profiles", Method: "GET", Path: "/v1/company/profiles", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	CompanyCreateProfile  = &Op{Name: "Company.CreateProfile", Method: "POST", Path: "/v1/company/profiles", API: AutoXChange, Success: []int{201}, Scope: "company:write", Verify: "Company.Profiles", Source: sourceSwagger}
	CompanyProfile        = &Op{Name: "Company.Profile", Method: "GET", Path: "/v1/company/profiles/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	CompanyUpdateProfile  = &Op{Name: "Company.UpdateProfile", Method: "PATCH", Path: "/v1/company/profiles/{id}", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Company.Profile", Source: sourceSwagger}
	CompanyDeleteProfile  = &Op{Name: "Company.DeleteProfile", Method: "DELETE", Path: "/v1/company/profiles/{id}", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Company.Profiles", Source: sourceSwagger}
	CompanyAuthorization  = &Op{Name: "Company.Authorization", Method: "GET", Path: "/v1/company/authorization", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	CompanyAuthorize      = &Op{Name: "Company.Authorize", Method: "POST", Path: "/v1/company/authorization", API: AutoXChange, Success: []int{200}, Scope: "company:write", Verify: "Company.Authorization", Source: sourceSwagger}
	CompanyVendorLink     = &Op{Name: "Company.VendorLink", Method: "GET", Path: "/v1/company/vendors", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:write", Source: sourceSwagger}
	CompanyLinkVendor     = &Op{Name: "Company.LinkVendor", Method: "POST", Path: "/v1/company/vendors", API: AutoXChange, Success: []int{201}, Scope: "company:write", Verify: "Company.VendorLink", Source: sourceSwagger}
	CompanyUnlinkVendor   = &Op{Name: "Company.UnlinkVendor", Method: "DELETE", Path: "/v1/company/vendors", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Company.VendorLink", Source: sourceSwagger}
	CompanyUsers          = &Op{Name: "Company.Users", Method: "GET", Path: "/v1/company/users", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	CompanyAddUser        = &Op{Name: "Company.AddUser", Method: "POST", Path: "/v1/company/users", API: AutoXChange, Success: []int{200, 201}, Scope: "company:write", Verify: "Company.Users", Source: sourceSwagger}
	CompanyUser           = &Op{Name: "Company.User", Method: "GET", Path: "/v1/company/users/{user_id}", API: AutoXChange, Safety: Safe, Success: []int{200}, PersonalTarget: true, Scope: "company:read", Source: sourceSwagger}
	CompanyUpdateUser     = &Op{Name: "Company.UpdateUser", Method: "PATCH", Path: "/v1/company/users/{user_id}", API: AutoXChange, Success: []int{204}, NoBody: true, PersonalTarget: true, Scope: "company:write", Verify: "Company.User", Source: sourceSwagger}
	CompanyRemoveUser     = &Op{Name: "Company.RemoveUser", Method: "DELETE", Path: "/v1/company/users/{user_id}", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, PersonalTarget: true, Scope: "company:write", Verify: "Company.Users", Source: sourceSwagger}
	CompanySetUserRole    = &Op{Name: "Company.SetUserRole", Method: "POST", Path: "/v1/company/users/{user_id}/roles", API: AutoXChange, Success: []int{204}, NoBody: true, PersonalTarget: true, Scope: "company:write", Verify: "Company.User", Source: sourceSwagger}
	CompanyKeepActive     = &Op{Name: "Company.KeepActive", Method: "POST", Path: "/v1/company/keep_active", API: AutoXChange, Success: []int{201}, NoBody: true, Scope: "company:write", Source: sourceSwagger}
	CompanyConsumers      = &Op{Name: "Company.Consumers", Method: "GET", Path: "/v1/company/consumers", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Paged: Paged, Source: sourceSwagger}

	// Companies and users.
	CompaniesList      = &Op{Name: "Companies.List", Method: "GET", Path: "/v1/companies", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	CompaniesCreate    = &Op{Name: "Companies.Create", Method: "POST", Path: "/v1/companies", API: AutoXChange, Success: []int{201}, NoAuth: true, Source: sourceSwagger}
	CompaniesAuthorize = &Op{Name: "Companies.Authorize", Method: "POST", Path: "/v1/companies/authorizations", API: AutoXChange, Success: []int{200, 202}, Scope: "company:write", Verify: "Companies.Status", Source: sourceSwagger}
	CompaniesStatus    = &Op{Name: "Companies.Status", Method: "GET", Path: "/v1/companies/{id}/status", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Siblings: []string{"authorizations"}, Source: sourceSwagger}
	UsersCreate        = &Op{Name: "Users.Create", Method: "POST", Path: "/v1/users", API: AutoXChange, Success: []int{201}, NoAuth: true, Source: sourceSwagger}

	// Notifications.
	NotificationsList                 = &Op{Name: "Notifications.List", Method: "GET", Path: "/v1/company/notifications", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	NotificationsCreate               = &Op{Name: "Notifications.Create", Method: "POST", Path: "/v1/company/notifications", API: AutoXChange, Success: []int{201}, Scope: "company:write", Verify: "Notifications.List", Source: sourceSwagger}
	NotificationsGet                  = &Op{Name: "Notifications.Get", Method: "GET", Path: "/v1/company/notifications/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	NotificationsDelete               = &Op{Name: "Notifications.Delete", Method: "DELETE", Path: "/v1/company/notifications/{id}", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Notifications.List", Source: sourceSwagger}
	NotificationsResendUnacknowledged = &Op{Name: "Notifications.ResendUnacknowledged", Method: "POST", Path: "/v1/company/notifications_resend_unacknowledged", API: AutoXChange, Success: []int{200}, NoBody: true, Experimental: true, Scope: "company:write", Source: sourceSwagger}

	// Partner.
	PartnerReceivedInvoices = &Op{Name: "Partner.ReceivedInvoices", Method: "GET", Path: "/v1/partner/invoice_events/received", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "partner:invoice_delivery_actions", Paged: Paged, Source: sourceSwagger}
	PartnerSentErrors       = &Op{Name: "Partner.SentErrors", Method: "GET", Path: "/v1/partner/invoice_events/sent_errors", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "partner:invoice_delivery_actions", Paged: Paged, Source: sourceSwagger}
	PartnerInboundActions   = &Op{Name: "Partner.InboundActions", Method: "GET", Path: "/v1/partner/invoice_delivery_actions/inbound", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "partner:invoice_delivery_actions", Paged: Paged, Source: sourceSwagger}
	PartnerOutboundErrors   = &Op{Name: "Partner.OutboundErrors", Method: "GET", Path: "/v1/partner/invoice_delivery_actions/outbound_errors", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "partner:invoice_delivery_actions", Paged: Paged, Source: sourceSwagger}
	PartnerLookupCompanies  = &Op{Name: "Partner.LookupCompanies", Method: "GET", Path: "/v1/partner/lookups/companies", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "partner:lookups", Source: sourceSwagger}

	// Lookups.
	LookupsEndpoints = &Op{Name: "Lookups.Endpoints", Method: "GET", Path: "/v1/lookup/endpoints", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "lookup", Source: sourceSwagger}
	LookupsConsumers = &Op{Name: "Lookups.Consumers", Method: "GET", Path: "/v1/lookup/consumers", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "lookup", Source: sourceSwagger}
	LookupsReceivers = &Op{Name: "Lookups.Receivers", Method: "GET", Path: "/v1/lookup/receivers", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "lookup", Paged: Paged, Source: sourceSwagger}

	// Documents and files.
	DocumentsList   = &Op{Name: "Documents.List", Method: "GET", Path: "/v1/documents", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "document:send document:receive", Paged: Paged, Source: sourceSwagger}
	DocumentsCreate = &Op{Name: "Documents.Create", Method: "POST", Path: "/v1/documents", API: AutoXChange, Success: []int{201}, Scope: "document:send", Verify: "Documents.List", Source: sourceSwagger}
	DocumentsGet    = &Op{Name: "Documents.Get", Method: "GET", Path: "/v1/documents/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "document:send document:receive", Source: sourceSwagger}
	DocumentsUpdate = &Op{Name: "Documents.Update", Method: "PATCH", Path: "/v1/documents/{id}", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "document:send document:receive", Verify: "Documents.Get", Source: sourceSwagger}
	DocumentsEvents = &Op{Name: "Documents.Events", Method: "GET", Path: "/v1/documents/{id}/events", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "document:send document:receive", Source: sourceSwagger}
	FilesList       = &Op{Name: "Files.List", Method: "GET", Path: "/v1/files", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "document:send document:receive", Source: sourceSwagger}
	FilesDownload   = &Op{Name: "Files.Download", Method: "GET", Path: "/v1/files/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "document:send document:receive", Source: sourceSwagger}

	// Definitions, keys, analysis.
	DefinitionsOperators    = &Op{Name: "Definitions.Operators", Method: "GET", Path: "/v1/definitions/operators", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "lookup", Source: sourceSwagger}
	DefinitionsDetectChecks = &Op{Name: "Definitions.DetectChecks", Method: "GET", Path: "/v1/definitions/detect/checks", API: AutoXChange, Safety: Safe, Success: []int{200}, NoAuth: true, Source: sourceSwagger}
	DefinitionsKeys         = &Op{Name: "Definitions.Keys", Method: "GET", Path: "/v1/jwk", API: AutoXChange, Safety: Safe, Success: []int{200}, NoAuth: true, Source: sourceSwagger}
	AnalysisDefinitions     = &Op{Name: "Analysis.Definitions", Method: "GET", Path: "/v1/analysis/definitions", API: AutoXChange, Safety: Safe, Success: []int{200}, NoAuth: true, Source: sourceSwagger}
	AnalysisStart           = &Op{Name: "Analysis.Start", Method: "POST", Path: "/v1/analysis", API: AutoXChange, Success: []int{201}, Scope: "analysis", Source: sourceSwagger}
	AnalysisGet             = &Op{Name: "Analysis.Get", Method: "GET", Path: "/v1/analysis/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "analysis", Siblings: []string{"definitions"}, Source: sourceSwagger}

	// Services.
	OPInvoiceCreditOffer            = &Op{Name: "OPInvoiceCredit.Offer", Method: "GET", Path: "/v1/services/op_invoice_credit/offer", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	OPInvoiceCreditStatus           = &Op{Name: "OPInvoiceCredit.Status", Method: "GET", Path: "/v1/services/op_invoice_credit", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	OPInvoiceCreditActivate         = &Op{Name: "OPInvoiceCredit.Activate", Method: "PUT", Path: "/v1/services/op_invoice_credit", API: AutoXChange, Success: []int{200}, Scope: "company:write", Verify: "OPInvoiceCredit.Status", Source: sourceSwagger}
	OPInvoiceCreditSettings         = &Op{Name: "OPInvoiceCredit.Settings", Method: "GET", Path: "/v1/services/op_invoice_credit/settings", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	OPInvoiceCreditUpdateSettings   = &Op{Name: "OPInvoiceCredit.UpdateSettings", Method: "POST", Path: "/v1/services/op_invoice_credit/settings", API: AutoXChange, Success: []int{201}, NoBody: true, Scope: "company:write", Verify: "OPInvoiceCredit.Settings", Source: sourceSwagger}
	OPInvoiceCreditAvailableCredit  = &Op{Name: "OPInvoiceCredit.AvailableCredit", Method: "GET", Path: "/v1/services/op_invoice_credit/available_credit", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	OPInvoiceCreditWithdraw         = &Op{Name: "OPInvoiceCredit.Withdraw", Method: "POST", Path: "/v1/services/op_invoice_credit/withdrawal", API: AutoXChange, Success: []int{201}, NoBody: true, Scope: "company:write", Verify: "OPInvoiceCredit.AvailableCredit", Source: sourceSwagger}
	OPInvoiceCreditDirectPayment    = &Op{Name: "OPInvoiceCredit.DirectPayment", Method: "POST", Path: "/v1/services/op_invoice_credit/direct_payment", API: AutoXChange, Success: []int{201}, NoBody: true, Scope: "company:write", Verify: "OPInvoiceCredit.AccountStatement", Source: sourceSwagger}
	OPInvoiceCreditAccountStatement = &Op{Name: "OPInvoiceCredit.AccountStatement", Method: "GET", Path: "/v1/services/op_invoice_credit/account_statement", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	ATGList                         = &Op{Name: "ATG.List", Method: "GET", Path: "/v1/services/atg", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	ATGCreate                       = &Op{Name: "ATG.Create", Method: "POST", Path: "/v1/services/atg", API: AutoXChange, Success: []int{201}, Scope: "company:write", Verify: "ATG.List", Source: sourceSwagger}
	ATGGet                          = &Op{Name: "ATG.Get", Method: "GET", Path: "/v1/services/atg/{account_number}", API: AutoXChange, Safety: Safe, Success: []int{200}, PersonalTarget: true, Scope: "company:read", Siblings: []string{"mandates"}, Source: sourceSwagger}
	ATGUpdate                       = &Op{Name: "ATG.Update", Method: "PATCH", Path: "/v1/services/atg/{account_number}", API: AutoXChange, Success: []int{204}, NoBody: true, PersonalTarget: true, Scope: "company:write", Siblings: []string{"mandates"}, Verify: "ATG.Get", Source: sourceSwagger}
	ATGMandates                     = &Op{Name: "ATG.Mandates", Method: "GET", Path: "/v1/services/atg/mandates", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Paged: Paged, Source: sourceSwagger}
	B2CNOStatus                     = &Op{Name: "B2CNO.Status", Method: "GET", Path: "/v1/services/b2cno", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	B2CNOConsumers                  = &Op{Name: "B2CNO.Consumers", Method: "GET", Path: "/v1/services/b2cno/consumers", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Paged: Paged, Source: sourceSwagger}
	DetectChecks                    = &Op{Name: "Detect.Checks", Method: "GET", Path: "/v1/services/detect/checks", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "company:read", Source: sourceSwagger}
	DetectUpdateChecks              = &Op{Name: "Detect.UpdateChecks", Method: "PATCH", Path: "/v1/services/detect/checks", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "company:write", Verify: "Detect.Checks", Source: sourceSwagger}

	// Finnish bank messages.
	BankMessagesSend            = &Op{Name: "BankMessages.Send", Method: "POST", Path: "/v1/fi_bank_messages", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "fi_bank_message:send", Verify: "BankMessages.SentMessages", Source: sourceSwagger}
	BankMessagesStatus          = &Op{Name: "BankMessages.Status", Method: "GET", Path: "/v1/fi_bank_messages/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:send", Siblings: []string{"ri_messages", "sent_messages", "error_messages"}, Source: sourceSwagger}
	BankMessagesRIMessages      = &Op{Name: "BankMessages.RIMessages", Method: "GET", Path: "/v1/fi_bank_messages/ri_messages", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:receive", Source: sourceSwagger}
	BankMessagesRIMessage       = &Op{Name: "BankMessages.RIMessage", Method: "GET", Path: "/v1/fi_bank_messages/ri_messages/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:receive", Source: sourceSwagger}
	BankMessagesDeleteRIMessage = &Op{Name: "BankMessages.DeleteRIMessage", Method: "DELETE", Path: "/v1/fi_bank_messages/ri_messages/{id}", API: AutoXChange, Safety: Idempotent, Success: []int{204}, NoBody: true, Scope: "fi_bank_message:receive", Verify: "BankMessages.RIMessages", Source: sourceSwagger}
	BankMessagesSentMessages    = &Op{Name: "BankMessages.SentMessages", Method: "GET", Path: "/v1/fi_bank_messages/sent_messages", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:send", Source: sourceSwagger}
	BankMessagesSentMessage     = &Op{Name: "BankMessages.SentMessage", Method: "GET", Path: "/v1/fi_bank_messages/sent_messages/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:send", Source: sourceSwagger}
	BankMessagesErrorMessages   = &Op{Name: "BankMessages.ErrorMessages", Method: "GET", Path: "/v1/fi_bank_messages/error_messages", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:receive", Source: sourceSwagger}
	BankMessagesErrorMessage    = &Op{Name: "BankMessages.ErrorMessage", Method: "GET", Path: "/v1/fi_bank_messages/error_messages/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "fi_bank_message:receive", Source: sourceSwagger}

	// ODP companies.
	ODPCompany       = &Op{Name: "ODP.Company", Method: "GET", Path: "/odp/companies/{id}", API: AutoXChange, Safety: Safe, Success: []int{200}, Scope: "global", Source: sourceSwagger}
	ODPUpdateCompany = &Op{Name: "ODP.UpdateCompany", Method: "PATCH", Path: "/odp/companies/{id}", API: AutoXChange, Success: []int{204}, NoBody: true, Scope: "global", Verify: "ODP.Company", Source: sourceSwagger}
)

// AX returns the rows of this file.
func AX() []*Op {
	return []*Op{
		AuthStatus,
		InvoicesList,
		InvoicesSend,
		InvoicesGet,
		InvoicesActions,
		InvoicesMarkHandled,
		InvoicesDownloadFile,
		InvoicesDetectResults,
		InvoicesRerouteEInvoice,
		InvoicesRerouteEmail,
		InvoicesReroutePrint,
		InvoicesReports,
		InvoicesReport,
		InvoicesDeleteReport,
		InvoicesReportDefinitions,
		InvoicesRespondNemhandel,
		CompanySettings,
		CompanyUpdateSettings,
		CompanyProfiles,
		CompanyCreateProfile,
		CompanyProfile,
		CompanyUpdateProfile,
		CompanyDeleteProfile,
		CompanyAuthorization,
		CompanyAuthorize,
		CompanyVendorLink,
		CompanyLinkVendor,
		CompanyUnlinkVendor,
		CompanyUsers,
		CompanyAddUser,
		CompanyUser,
		CompanyUpdateUser,
		CompanyRemoveUser,
		CompanySetUserRole,
		CompanyKeepActive,
		CompanyConsumers,
		CompaniesList,
		CompaniesCreate,
		CompaniesAuthorize,
		CompaniesStatus,
		UsersCreate,
		NotificationsList,
		NotificationsCreate,
		NotificationsGet,
		NotificationsDelete,
		NotificationsResendUnacknowledged,
		PartnerReceivedInvoices,
		PartnerSentErrors,
		PartnerInboundActions,
		PartnerOutboundErrors,
		PartnerLookupCompanies,
		LookupsEndpoints,
		LookupsConsumers,
		LookupsReceivers,
		DocumentsList,
		DocumentsCreate,
		DocumentsGet,
		DocumentsUpdate,
		DocumentsEvents,
		FilesList,
		FilesDownload,
		DefinitionsOperators,
		DefinitionsDetectChecks,
		DefinitionsKeys,
		AnalysisDefinitions,
		AnalysisStart,
		AnalysisGet,
		OPInvoiceCreditOffer,
		OPInvoiceCreditStatus,
		OPInvoiceCreditActivate,
		OPInvoiceCreditSettings,
		OPInvoiceCreditUpdateSettings,
		OPInvoiceCreditAvailableCredit,
		OPInvoiceCreditWithdraw,
		OPInvoiceCreditDirectPayment,
		OPInvoiceCreditAccountStatement,
		ATGList,
		ATGCreate,
		ATGGet,
		ATGUpdate,
		ATGMandates,
		B2CNOStatus,
		B2CNOConsumers,
		DetectChecks,
		DetectUpdateChecks,
		BankMessagesSend,
		BankMessagesStatus,
		BankMessagesRIMessages,
		BankMessagesRIMessage,
		BankMessagesDeleteRIMessage,
		BankMessagesSentMessages,
		BankMessagesSentMessage,
		BankMessagesErrorMessages,
		BankMessagesErrorMessage,
		ODPCompany,
		ODPUpdateCompany,
	}
}
