package ax_test

import (
	"context"
	"strings"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

func axCompanyCases() []ct.Case {
	return []ct.Case{
		{
			Name: "Auth.Status",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Auth.Status(ctx))
			},
			Want:   ct.Want{Path: "/status/authenticated"},
			Answer: `{"client_id":"c-1","expires_at":"2026-11-01T10:00:02Z"}`,
		},
		{
			Name: "Company.Settings",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Company.Settings(ctx, []ax.SettingsBlock{"details", "logos"}))
			},
			Want:   ct.Want{Path: "/v1/company/settings?fields=details,logos"},
			Answer: `{"details":{"name":"n","email":"e","website":"w","country":"FI","bid":"1","vat_number":"v"},"address":{"street_address":"s","post_code":"p","post_office":"o","city":"c","country":"FI"},"invoice_notifications":{"on_receiving":{"enabled":true,"how_to_send":"x","other_email":"y"},"on_send_errors":{"to_user":false,"to_emails":["z"]}},"send_invoice_email":{"enabled":true,"how_to_send":"WITH_LINK","reminder_frequency":7,"content_data":{"note_to_receiver":"n","contact":{"email":"e","name":"n","phone":"p"}}},"send_invoice_print":{"enabled":true,"letter_class":"ECONOMY","color_scheme":"c","attachment_print":false,"marketing_page":false,"use_own_pdf":true},"send_invoice_general":{"stop_duplicate_numbers":true,"hold_multiple_recipients":false},"logos":{"pdf":{"content":"AA=="},"email_header":{"content":"AA=="}},"email_reports":{"report_interval":"daily","email_reports":["r"]},"billing_details":{"electronic_invoicing_details":{"invoicing_eia":"a","invoicing_operator":"b"},"invoicing_email":"e","invoicing_street_address1":"1","invoicing_street_address2":"2","invoicing_post_code":"3","invoicing_post_office":"4","billing_company_id":"5"}}`,
		},
		{
			Name: "Company.UpdateSettings",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Done(ax.New(c).Company.UpdateSettings(ctx, ax.CompanySettings{
					Details:          ax.CompanyDetails{Website: maventa.Null[string](), Email: maventa.Some(ct.CanaryEmail)},
					SendInvoicePrint: ax.SendInvoicePrint{Enabled: maventa.Some(false)},
				}))
			},
			Want: ct.Want{Path: "/v1/company/settings", Body: `{"details":{"email":"maija+canary@example.fi","website":null},"send_invoice_print":{"enabled":false}}`},
		},
		{
			Name: "Company.Profiles",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Company.Profiles(ctx, ax.ProfileFilter{Networks: []ax.Network{ax.NetworkPeppol, ax.NetworkReceivables}, Status: []ax.ProfileStatus{ax.ProfileActive}}))
			},
			Want:   ct.Want{Path: "/v1/company/profiles?network=PEPPOL,RECEIVABLES&status=active"},
			Answer: `[{"id":"p-1","status":"pending","last_event":{"message":"m","created_at":"2026-11-01T10:00:02Z"},"profile":"INVOICE","profiles":["INVOICE"],"profile_version":"PEPPOLBIS30","endpoint_id":"1","scheme":"0216","network":"PEPPOL","profiles_with_extensions":[{"profile_name":"INVOICE","extensions":["GACCOUNT10"]}],"network_settings":{"a":1}}]`,
		},
		{
			Name: "Company.Profile",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Company.Profile(ctx, ids[0]))
			},
			IDs:    []string{"p-1"},
			Want:   ct.Want{Path: "/v1/company/profiles/p-1"},
			Answer: `{"id":"p-1","status":"pending","last_event":{"message":"m","created_at":"2026-11-01T10:00:02Z"},"profile":"INVOICE","profiles":["INVOICE"],"profile_version":"PEPPOLBIS30","endpoint_id":"1","scheme":"0216","network":"PEPPOL","profiles_with_extensions":[{"profile_name":"INVOICE","extensions":["GACCOUNT10"]}],"network_settings":{"a":1}}`,
		},
		{
			Name: "Company.CreateProfile",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Company.CreateProfile(ctx, ax.NewProfile{
					Profiles: []string{"INVOICE"}, ProfileVersion: "PEPPOLBIS30", EndpointID: ct.CanaryBID, Scheme: "0216", Network: ax.NetworkPeppol,
					ProfilesWithExtensions: []string{"x"}, NetworkSettings: []byte(`{"x":"` + ct.CanaryExtra + `"}`),
				}))
			},
			Want:         ct.Want{Path: "/v1/company/profiles", Body: `{"profiles":["INVOICE"],"profile_version":"PEPPOLBIS30","endpoint_id":"canary-1234567-1","scheme":"0216","network":"PEPPOL","profiles_with_extensions":["x"],"network_settings":{"x":"canary-extra"}}`},
			Answer:       `{"id":"p-1","status":"pending","last_event":{"message":"m","created_at":"2026-11-01T10:00:02Z"},"profile":"INVOICE","profiles":["INVOICE"],"profile_version":"PEPPOLBIS30","endpoint_id":"1","scheme":"0216","network":"PEPPOL","profiles_with_extensions":[{"profile_name":"INVOICE","extensions":["GACCOUNT10"]}],"network_settings":{"a":1}}`,
			RefusedTwice: true,
		},
		{
			Name: "Company.UpdateProfile",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Company.UpdateProfile(ctx, ids[0], []byte(`{"x":"`+ct.CanaryExtra+`"}`)))
			},
			IDs:     []string{"p-1"},
			Want:    ct.Want{Path: "/v1/company/profiles/p-1", Body: `{"network_settings":{"x":"canary-extra"}}`},
			Prepare: addedProfile,
		},
		{
			Name: "Company.DeleteProfile",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Company.DeleteProfile(ctx, ids[0]))
			},
			IDs:  []string{"p-1"},
			Want: ct.Want{Path: "/v1/company/profiles/p-1"},

			Prepare: addedProfile,
		},
		{
			Name: "Company.Authorization",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Company.Authorization(ctx))
			},
			Want:   ct.Want{Path: "/v1/company/authorization"},
			Answer: `{"auth_state":"SENT","auth_email":"a@b.example","company_state":"UNVERIFIED"}`,
		},
		{
			Name: "Company.Authorize",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Company.Authorize(ctx, ax.AuthorizationRequest{AuthEmail: ct.CanaryEmail, Locale: "FI", Options: `{"ssn":"` + ct.CanarySSN + `"}`}))
			},
			Want:   ct.Want{Path: "/v1/company/authorization", Body: `{"auth_email":"maija+canary@example.fi","locale":"FI","options":"{\"ssn\":\"131052-308T-canary\"}"}`},
			Answer: `{"status":"SENT","count":1}`,
		},
		{
			Name: "Company.VendorLink",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Company.VendorLink(ctx))
			},
			Want:   ct.Want{Path: "/v1/company/vendors"},
			Answer: `{"state":"LINKED"}`,
		},
		{
			Name: "Company.LinkVendor",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Company.LinkVendor(ctx))
			},
			Want:   ct.Want{Path: "/v1/company/vendors"},
			Answer: `{"state":"LINKED"}`,
		},
		{
			Name: "Company.UnlinkVendor",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Done(ax.New(c).Company.UnlinkVendor(ctx))
			},
			Want: ct.Want{Path: "/v1/company/vendors"},
		},
		{
			Name: "Company.KeepActive",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Done(ax.New(c).Company.KeepActive(ctx))
			},
			Want:    ct.Want{Path: "/v1/company/keep_active"},
			Effects: func(srv *maventatest.Server, _ string) int { return srv.Company().AX().KeptActive() },
		},
		{
			Name: "Company.Users",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Company.Users(ctx))
			},
			Want:   ct.Want{Path: "/v1/company/users"},
			Answer: `[{"id":"u-1","email":"a@b.example","notifications_disabled":true,"emails_disabled":true,"role":"ADMIN"}]`,
		},
		{
			Name: "Company.User",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Company.User(ctx, ids[0]))
			},
			IDs:    []string{ct.CanaryBID},
			Want:   ct.Want{Path: "/v1/company/users/canary-1234567-1"},
			Answer: `{"id":"u-1","email":"a@b.example","notifications_disabled":true,"emails_disabled":true,"role":"ADMIN"}`,
		},
		{
			Name: "Company.AddUser",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Company.AddUser(ctx, ax.AddedUser{
					Email: ct.CanaryEmail, FirstName: "Maija", LastName: ct.CanaryName, Phone: ct.CanaryPhone, Role: ax.RoleUser,
					NotificationsDisabled: maventa.Some(false), EmailsDisabled: maventa.Some(true),
				}))
			},
			Want:   ct.Want{Path: "/v1/company/users", Body: `{"email":"maija+canary@example.fi","first_name":"Maija","last_name":"Maija \"Canary\" Meikäläinen \u0026 Pojat","phone":"+358 40 CANARY 7","user_role":"USER","notifications_disabled":false,"emails_disabled":true}`},
			Answer: `{"id":"u-1","email":"a@b.example","notifications_disabled":true,"emails_disabled":true,"role":"ADMIN","api_key":"canary-new-key"}`,
			Status: 201,
		},
		{
			Name: "Company.UpdateUser",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Company.UpdateUser(ctx, ids[0], ax.UserUpdate{
					FirstName: maventa.Null[string](), LastName: maventa.Some(ct.CanaryName), Phone: maventa.Some(ct.CanaryPhone),
					NotificationsDisabled: maventa.Some(false), EmailsDisabled: maventa.Some(true),
				}))
			},
			IDs:     []string{ct.CanaryBID},
			Want:    ct.Want{Path: "/v1/company/users/canary-1234567-1", Body: `{"first_name":null,"last_name":"Maija \"Canary\" Meikäläinen \u0026 Pojat","phone":"+358 40 CANARY 7","notifications_disabled":false,"emails_disabled":true}`},
			Prepare: addedUser,
		},
		{
			Name: "Company.SetUserRole",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Company.SetUserRole(ctx, ids[0], ax.RoleAdmin))
			},
			IDs:     []string{ct.CanaryBID},
			Want:    ct.Want{Path: "/v1/company/users/canary-1234567-1/roles", Body: `{"user_role":"ADMIN"}`},
			Prepare: addedUser,
		},
		{
			Name: "Company.RemoveUser",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Company.RemoveUser(ctx, ids[0]))
			},
			IDs:  []string{ct.CanaryBID},
			Want: ct.Want{Path: "/v1/company/users/canary-1234567-1"},

			Prepare: addedUser,
		},
		{
			Name: "Company.Consumers",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ct.Collect(ax.New(c).Company.Consumers(ctx, ax.ConsumerFilter{Query: ct.CanaryName, Status: []ax.ConsumerStatus{"ACTIVE", "NEW"}})))
			},
			Want:   ct.Want{Path: "/v1/company/consumers?query=Maija+%22Canary%22+Meik%C3%A4l%C3%A4inen+%26+Pojat&page=1&per_page=100&status=ACTIVE,NEW"},
			Answer: `[{"name":"n","customer_number":"1","reference_number":"2","email":"e","phone":"p","status":"ACTIVE","updated_at":"2026-11-01T10:00:02Z"}]`,
		},
		{
			Name: "Companies.List",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Companies.List(ctx, ax.CompanyFilter{BID: ct.CanaryBID, Country: "FI"}))
			},
			Want:   ct.Want{Path: "/v1/companies?bid=canary-1234567-1&country=FI"},
			Answer: `[{"id":"c-1","name":"n","bid":"1234567-8"}]`,
		},
		{
			Name: "Companies.Create",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				own := strings.Fields(ids[0])
				return ct.Value(ax.New(c).Companies.Create(ctx, ax.NewCompany{
					VendorAPIKey: maventa.Secret(own[1]), UserAPIKey: maventa.Secret(own[2]),
					Name: ct.CanaryName, BID: own[0], Address1: ct.CanaryStreet, Address2: "A 2", PostCode: "00100", PostOffice: ct.CanaryCity,
					City: ct.CanaryCity, State: "S", Country: "FI", Email: ct.CanaryEmail,
				}))
			},
			// The number, and the keys that only the server knows: one text, for Prepare
			// returns one.
			IDs: []string{ct.CanaryBID + " " + ct.CanaryVendorKey + " " + ct.CanaryUserKey},
			Want: ct.Want{Path: "/v1/companies", Form: `
vendor_api_key=canary-vendor-key-88c2
user_api_key=canary-user-key-1f6b
name=Maija "Canary" Meikäläinen & Pojat
bid=canary-1234567-1
address1=Canarykuja <7> B	12
address2=A 2
post_code=00100
post_office=Canarylä
city=Canarylä
state=S
country=FI
email=maija+canary@example.fi
no_vat=false`},
			Answer: `{"id":"c-2"}`,
			Prepare: func(srv *maventatest.Server) string {
				return unused(srv) + " " + srv.VendorAPIKey() + " " + srv.UserAPIKey()
			},
			RefusedTwice: true,
		},
		{
			Name: "Companies.Authorize",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Companies.Authorize(ctx, ax.CompaniesAuthorization{
					AuthEmail: ct.CanaryEmail, CompanyIDs: []string{ids[0]}, Locale: "FI", Options: "{}",
				}))
			},
			IDs:     []string{"c-1"},
			Want:    ct.Want{Path: "/v1/companies/authorizations", Body: `{"auth_email":"maija+canary@example.fi","company_ids":["c-1"],"locale":"FI","options":"{}"}`},
			Answer:  `{"status":"SENT","count":2}`,
			Status:  202,
			Prepare: func(srv *maventatest.Server) string { return srv.CompanyID() },
		},
		{
			Name: "Companies.Status",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Companies.Status(ctx, ids[0]))
			},
			IDs:    []string{"c-1"},
			Want:   ct.Want{Path: "/v1/companies/c-1/status"},
			Answer: `{"auth_state":"SENT","auth_email":"a@b.example","company_state":"UNVERIFIED"}`,
		},
		{
			Name: "Users.Create",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Users.Create(ctx, ax.NewUser{VendorAPIKey: maventa.Secret(ids[0]), Email: ct.CanaryEmail, FirstName: "Maija", LastName: ct.CanaryName}))
			},
			IDs:          []string{ct.CanaryVendorKey},
			Prepare:      func(srv *maventatest.Server) string { return srv.VendorAPIKey() },
			Want:         ct.Want{Path: "/v1/users", Body: `{"email":"maija+canary@example.fi","first_name":"Maija","last_name":"Maija \"Canary\" Meikäläinen \u0026 Pojat","vendor_api_key":"canary-vendor-key-88c2"}`},
			Answer:       `{"user_api_key":"canary-new-key"}`,
			RefusedTwice: true,
		},
		{
			Name: "Notifications.List",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Notifications.List(ctx))
			},
			Want:   ct.Want{Path: "/v1/company/notifications"},
			Answer: `[{"id":"n-1","destination_type":"WEBHOOK","destination":"https://erp.example/x","vendor_key":"canary-vendor-key","events":["DOCUMENTS.INVOICE.DELIVERED"]}]`,
		},
		{
			Name: "Notifications.Create",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Value(ax.New(c).Notifications.Create(ctx, ax.NewNotification{
					DestinationType: ax.DestinationWebhook, Destination: "https://erp.example/" + ct.CanaryExtra, VendorKey: ct.CanaryVendorKey,
					Events: []ax.EventName{ax.NotifyInvoiceDelivered},
				}))
			},
			Want:   ct.Want{Path: "/v1/company/notifications", Body: `{"destination_type":"WEBHOOK","events":["DOCUMENTS.INVOICE.DELIVERED"],"destination":"https://erp.example/canary-extra","vendor_key":"canary-vendor-key-88c2"}`},
			Answer: `{"id":"n-1","destination_type":"WEBHOOK","destination":"https://erp.example/x","vendor_key":"canary-vendor-key","events":["DOCUMENTS.INVOICE.DELIVERED"]}`,
		},
		{
			Name: "Notifications.Get",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Value(ax.New(c).Notifications.Get(ctx, ids[0]))
			},
			IDs:    []string{"n-1"},
			Want:   ct.Want{Path: "/v1/company/notifications/n-1"},
			Answer: `{"id":"n-1","destination_type":"WEBHOOK","destination":"https://erp.example/x","vendor_key":"canary-vendor-key","events":["DOCUMENTS.INVOICE.DELIVERED"]}`,
		},
		{
			Name: "Notifications.Delete",
			Call: func(ctx context.Context, c *maventa.Client, ids ...string) (any, error) {
				return ct.Done(ax.New(c).Notifications.Delete(ctx, ids[0]))
			},
			IDs:  []string{"n-1"},
			Want: ct.Want{Path: "/v1/company/notifications/n-1"},
			Prepare: made(func(ctx context.Context, c *maventa.Client) (string, error) {
				n, err := ax.New(c).Notifications.Create(ctx, ax.NewNotification{DestinationType: ax.DestinationWebhook, Destination: "https://erp.example/", Events: []ax.EventName{ax.NotifyInvoiceDelivered}})
				if err != nil {
					return "", err
				}
				return n.ID, nil
			}),
		},
		{
			Name: "Notifications.ResendUnacknowledged",
			Call: func(ctx context.Context, c *maventa.Client, _ ...string) (any, error) {
				return ct.Done(ax.New(c).Notifications.ResendUnacknowledged(ctx))
			},
			Want: ct.Want{Path: "/v1/company/notifications_resend_unacknowledged"},
		},
	}
}
