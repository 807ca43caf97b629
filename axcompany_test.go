package maventa_test

import (
	"context"

	"github.com/maventa-go/maventa"
)

var axCompanyCalls = map[string]axCall{
	"Auth.Status": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Auth.Status(ctx))
		},
		path:   "/status/authenticated",
		answer: `{"client_id":"c-1","expires_at":"2026-11-01T10:00:02Z"}`,
	},
	"Company.Settings": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Company.Settings(ctx, []maventa.SettingsBlock{"details", "logos"}))
		},
		path:   "/v1/company/settings?fields=details,logos",
		answer: `{"details":{"name":"n","email":"e","website":"w","country":"FI","bid":"1","vat_number":"v"},"address":{"street_address":"s","post_code":"p","post_office":"o","city":"c","country":"FI"},"invoice_notifications":{"on_receiving":{"enabled":true,"how_to_send":"x","other_email":"y"},"on_send_errors":{"to_user":false,"to_emails":["z"]}},"send_invoice_email":{"enabled":true,"how_to_send":"WITH_LINK","reminder_frequency":7,"content_data":{"note_to_receiver":"n","contact":{"email":"e","name":"n","phone":"p"}}},"send_invoice_print":{"enabled":true,"letter_class":"ECONOMY","color_scheme":"c","attachment_print":false,"marketing_page":false,"use_own_pdf":true},"send_invoice_general":{"stop_duplicate_numbers":true,"hold_multiple_recipients":false},"logos":{"pdf":{"content":"AA=="},"email_header":{"content":"AA=="}},"email_reports":{"report_interval":"daily","email_reports":["r"]},"billing_details":{"electronic_invoicing_details":{"invoicing_eia":"a","invoicing_operator":"b"},"invoicing_email":"e","invoicing_street_address1":"1","invoicing_street_address2":"2","invoicing_post_code":"3","invoicing_post_office":"4","billing_company_id":"5"}}`,
	},
	"Company.UpdateSettings": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Company.UpdateSettings(ctx, maventa.CompanySettings{Details: maventa.CompanyDetails{Website: maventa.Null[string]()}, SendInvoicePrint: maventa.SendInvoicePrint{Enabled: maventa.Some(false)}}))
		},
		path: "/v1/company/settings",
		body: `{"details":{"website":null},"send_invoice_print":{"enabled":false}}`,
	},
	"Company.Profiles": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Company.Profiles(ctx, maventa.ProfileFilter{Networks: []maventa.Network{maventa.NetworkPeppol, maventa.NetworkReceivables}, Status: []maventa.ProfileStatus{maventa.ProfileActive}}))
		},
		path:   "/v1/company/profiles?network=PEPPOL,RECEIVABLES&status=active",
		answer: `[{"id":"p-1","status":"pending","last_event":{"message":"m","created_at":"2026-11-01T10:00:02Z"},"profile":"INVOICE","profiles":["INVOICE"],"profile_version":"PEPPOLBIS30","endpoint_id":"1","scheme":"0216","network":"PEPPOL","profiles_with_extensions":[{"profile_name":"INVOICE","extensions":["GACCOUNT10"]}],"network_settings":{"a":1}}]`,
	},
	"Company.Profile": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Company.Profile(ctx, "p-1"))
		},
		path:   "/v1/company/profiles/p-1",
		answer: `{"id":"p-1","status":"pending","last_event":{"message":"m","created_at":"2026-11-01T10:00:02Z"},"profile":"INVOICE","profiles":["INVOICE"],"profile_version":"PEPPOLBIS30","endpoint_id":"1","scheme":"0216","network":"PEPPOL","profiles_with_extensions":[{"profile_name":"INVOICE","extensions":["GACCOUNT10"]}],"network_settings":{"a":1}}`,
	},
	"Company.CreateProfile": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Company.CreateProfile(ctx, maventa.NewProfile{Profiles: []string{"INVOICE"}, ProfileVersion: "PEPPOLBIS30", EndpointID: "1", Scheme: "0216", Network: maventa.NetworkPeppol, ProfilesWithExtensions: []string{"x"}, NetworkSettings: []byte(`{"a":1}`)}))
		},
		path:   "/v1/company/profiles",
		body:   `{"profiles":["INVOICE"],"profile_version":"PEPPOLBIS30","endpoint_id":"1","scheme":"0216","network":"PEPPOL","profiles_with_extensions":["x"],"network_settings":{"a":1}}`,
		answer: `{"id":"p-1","status":"pending","last_event":{"message":"m","created_at":"2026-11-01T10:00:02Z"},"profile":"INVOICE","profiles":["INVOICE"],"profile_version":"PEPPOLBIS30","endpoint_id":"1","scheme":"0216","network":"PEPPOL","profiles_with_extensions":[{"profile_name":"INVOICE","extensions":["GACCOUNT10"]}],"network_settings":{"a":1}}`,
	},
	"Company.UpdateProfile": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Company.UpdateProfile(ctx, "p-1", []byte(`{"a":1}`)))
		},
		path: "/v1/company/profiles/p-1",
		body: `{"network_settings":{"a":1}}`,
	},
	"Company.DeleteProfile": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Company.DeleteProfile(ctx, "p-1"))
		},
		path: "/v1/company/profiles/p-1",
	},
	"Company.Authorization": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Company.Authorization(ctx))
		},
		path:   "/v1/company/authorization",
		answer: `{"auth_state":"SENT","auth_email":"a@b.example","company_state":"UNVERIFIED"}`,
	},
	"Company.Authorize": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Company.Authorize(ctx, maventa.AuthorizationRequest{AuthEmail: "a@b.example", Locale: "FI", Options: "{}"}))
		},
		path:   "/v1/company/authorization",
		body:   `{"auth_email":"a@b.example","locale":"FI","options":"{}"}`,
		answer: `{"status":"SENT","count":1}`,
	},
	"Company.VendorLink": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Company.VendorLink(ctx))
		},
		path:   "/v1/company/vendors",
		answer: `{"state":"LINKED"}`,
	},
	"Company.LinkVendor": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Company.LinkVendor(ctx))
		},
		path:   "/v1/company/vendors",
		answer: `{"state":"LINKED"}`,
	},
	"Company.UnlinkVendor": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Company.UnlinkVendor(ctx))
		},
		path: "/v1/company/vendors",
	},
	"Company.KeepActive": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Company.KeepActive(ctx))
		},
		path: "/v1/company/keep_active",
	},
	"Company.Users": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Company.Users(ctx))
		},
		path:   "/v1/company/users",
		answer: `[{"id":"u-1","email":"a@b.example","notifications_disabled":true,"emails_disabled":true,"role":"ADMIN"}]`,
	},
	"Company.User": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Company.User(ctx, "u-1"))
		},
		path:   "/v1/company/users/u-1",
		answer: `{"id":"u-1","email":"a@b.example","notifications_disabled":true,"emails_disabled":true,"role":"ADMIN"}`,
	},
	"Company.AddUser": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Company.AddUser(ctx, maventa.AddedUser{Email: "a@b.example", FirstName: "A", LastName: "B", Phone: "1", Role: maventa.RoleUser, NotificationsDisabled: maventa.Some(false), EmailsDisabled: maventa.Some(true)}))
		},
		path:   "/v1/company/users",
		body:   `{"email":"a@b.example","first_name":"A","last_name":"B","phone":"1","user_role":"USER","notifications_disabled":false,"emails_disabled":true}`,
		answer: `{"id":"u-1","email":"a@b.example","notifications_disabled":true,"emails_disabled":true,"role":"ADMIN","api_key":"canary-new-key"}`,
		status: 201,
	},
	"Company.UpdateUser": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Company.UpdateUser(ctx, "u-1", maventa.UserUpdate{FirstName: maventa.Some("A"), LastName: maventa.Null[string](), Phone: maventa.Some(""), NotificationsDisabled: maventa.Some(false), EmailsDisabled: maventa.Some(true)}))
		},
		path: "/v1/company/users/u-1",
		body: `{"first_name":"A","last_name":null,"phone":"","notifications_disabled":false,"emails_disabled":true}`,
	},
	"Company.SetUserRole": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Company.SetUserRole(ctx, "u-1", maventa.RoleAdmin))
		},
		path: "/v1/company/users/u-1/roles",
		body: `{"user_role":"ADMIN"}`,
	},
	"Company.RemoveUser": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Company.RemoveUser(ctx, "u-1"))
		},
		path: "/v1/company/users/u-1",
	},
	"Company.Consumers": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(collect(c.Company.Consumers(ctx, maventa.ConsumerFilter{Query: "q", Status: []maventa.ConsumerStatus{"ACTIVE", "NEW"}})))
		},
		path:   "/v1/company/consumers?query=q&page=1&per_page=100&status=ACTIVE,NEW",
		answer: `[{"name":"n","customer_number":"1","reference_number":"2","email":"e","phone":"p","status":"ACTIVE","updated_at":"2026-11-01T10:00:02Z"}]`,
	},
	"Companies.List": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Companies.List(ctx, maventa.CompanyFilter{BID: "1234567-8", Country: "FI"}))
		},
		path:   "/v1/companies?bid=1234567-8&country=FI",
		answer: `[{"id":"c-1","name":"n","bid":"1234567-8"}]`,
	},
	"Companies.Create": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Companies.Create(ctx, newCompany()))
		},
		path: "/v1/companies",
		form: `
vendor_api_key=canary-vendor-key
user_api_key=canary-user-key
name=New Oy
bid=1234567-8
address1=Katu 1
address2=A 2
post_code=00100
post_office=Helsinki
city=Helsinki
state=S
country=FI
email=a@b.example
no_vat=false`,
		answer: `{"id":"c-2"}`,
	},
	"Companies.Authorize": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Companies.Authorize(ctx, maventa.CompaniesAuthorization{AuthEmail: "a@b.example", CompanyIDs: []string{"c-1", "c-2"}, Locale: "FI", Options: "{}"}))
		},
		path:   "/v1/companies/authorizations",
		body:   `{"auth_email":"a@b.example","company_ids":["c-1","c-2"],"locale":"FI","options":"{}"}`,
		answer: `{"status":"SENT","count":2}`,
		status: 202,
	},
	"Companies.Status": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Companies.Status(ctx, "c-1"))
		},
		path:   "/v1/companies/c-1/status",
		answer: `{"auth_state":"SENT","auth_email":"a@b.example","company_state":"UNVERIFIED"}`,
	},
	"Users.Create": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Users.Create(ctx, maventa.NewUser{Email: "a@b.example", FirstName: "A", LastName: "B"}))
		},
		path:   "/v1/users",
		body:   `{"vendor_api_key":"canary-vendor-key","email":"a@b.example","first_name":"A","last_name":"B"}`,
		answer: `{"user_api_key":"canary-new-key"}`,
	},
	"Notifications.List": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Notifications.List(ctx))
		},
		path:   "/v1/company/notifications",
		answer: `[{"id":"n-1","destination_type":"WEBHOOK","destination":"https://erp.example/x","vendor_key":"canary-vendor-key","events":["DOCUMENTS.INVOICE.DELIVERED"]}]`,
	},
	"Notifications.Create": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Notifications.Create(ctx, maventa.NewNotification{DestinationType: maventa.DestinationWebhook, Destination: "https://erp.example/x", VendorKey: "v", Events: []maventa.EventName{maventa.NotifyInvoiceDelivered}}))
		},
		path:   "/v1/company/notifications",
		body:   `{"destination_type":"WEBHOOK","destination":"https://erp.example/x","vendor_key":"v","events":["DOCUMENTS.INVOICE.DELIVERED"]}`,
		answer: `{"id":"n-1","destination_type":"WEBHOOK","destination":"https://erp.example/x","vendor_key":"canary-vendor-key","events":["DOCUMENTS.INVOICE.DELIVERED"]}`,
	},
	"Notifications.Get": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return value(c.Notifications.Get(ctx, "n-1"))
		},
		path:   "/v1/company/notifications/n-1",
		answer: `{"id":"n-1","destination_type":"WEBHOOK","destination":"https://erp.example/x","vendor_key":"canary-vendor-key","events":["DOCUMENTS.INVOICE.DELIVERED"]}`,
	},
	"Notifications.Delete": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Notifications.Delete(ctx, "n-1"))
		},
		path: "/v1/company/notifications/n-1",
	},
	"Notifications.ResendUnacknowledged": {
		call: func(ctx context.Context, c *maventa.Client) (any, error) {
			return done(c.Notifications.ResendUnacknowledged(ctx))
		},
		path: "/v1/company/notifications_resend_unacknowledged",
	},
}

func newCompany() maventa.NewCompany {
	return maventa.NewCompany{
		Name: "New Oy", BID: "1234567-8", Address1: "Katu 1", Address2: "A 2", PostCode: "00100", PostOffice: "Helsinki",
		City: "Helsinki", State: "S", Country: "FI", Email: "a@b.example",
	}
}
