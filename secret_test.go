package maventa_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func TestClientHidesSecrets(t *testing.T) {
	creds := ct.Credentials()
	creds.LicenseData = &maventa.LicenseData{Key: "canary-license", Meta: maventa.LicenseMeta{ERPName: "Testi-ERP"}}
	m := ct.NewMock(t, maventa.WithKeys(func(context.Context, string) (maventa.Keys, error) {
		return maventa.Keys{UserAPIKey: "canary-user-key"}, nil
	}))
	m.OnAny()
	require.NoError(t, m.Client.Amili.Close(t.Context())) // now it holds a token
	c, err := m.Client.ForCompany(creds)
	require.NoError(t, err)
	type holder struct {
		Client *maventa.Client
		hidden *maventa.Client
	}
	for _, v := range []any{
		m.Client, c, *c, creds, &creds,
		[]maventa.Credentials{creds},
		creds.UserAPIKey, &creds.UserAPIKey, *creds.LicenseData,
		c.Ropo, c.Amili, c.Invoices, c.Assignments, c.Events, c.ServiceLevels,
		holder{c, c},
		map[string]maventa.Secret{"key": "canary"},
		maventa.Keys{UserAPIKey: "canary", VendorAPIKey: "canary"},
		maventa.Token{Value: "canary"},
		maventa.TokenRequest{Rejected: "canary"},
		maventa.Request{
			Path: "/v1/things/{id}", PathValues: []string{"canary-user-key"}, Query: url.Values{"x": {"canary-user-key"}}, Body: "canary-user-key",
		},
		ax.CompanyUser{APIKey: "canary-user-key"}, // a model
		&maventa.Page[ax.CompanyUser]{Items: []ax.CompanyUser{{APIKey: "canary-user-key"}}},
		maventa.Some(maventa.Secret("canary-user-key")),
		ax.NewUser{VendorAPIKey: "canary-vendor-key"},
		ax.NewNotification{Destination: "https://erp.example/canary-user-key", VendorKey: "canary-vendor-key"},
	} {
		ct.AssertHides(t, v, "canary-user-key", "canary-vendor-key", "canary-license", ct.AccessToken)
	}
	assert.Contains(t, fmt.Sprintf("%+v", c), "stage")
	assert.Contains(t, fmt.Sprintf("%+v", c), ct.CompanyID)
	assert.Contains(t, ct.Printed(creds), ct.CompanyID)
	assert.Equal(t, "maventa.Client(stage, company \""+ct.CompanyID+"\")", c.LogValue().String())

	b, err := json.Marshal(creds)
	require.NoError(t, err)
	assert.NotContains(t, string(b), "canary-user-key")
	assert.Equal(t, "[redacted]", maventa.Secret("x").String())
	assert.Empty(t, maventa.Secret("").String())
	assert.Equal(t, slog.StringValue("[redacted]"), maventa.Secret("x").LogValue())
}
