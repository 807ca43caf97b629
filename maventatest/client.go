package maventatest

import (
	"testing"

	"github.com/maventa-go/maventa"
)

// Environment is the server as the SDK names one.
func (s *Server) Environment() maventa.Environment {
	return maventa.Environment{Name: "maventatest", AutoXChangeURL: s.AutoXChangeURL(), ReceivablesURL: s.ReceivablesURL()}
}

// Credentials are those of the default company.
func (s *Server) Credentials() maventa.Credentials { return s.Company().Credentials() }

// Credentials are the company's.
func (co *Company) Credentials() maventa.Credentials {
	return maventa.Credentials{
		CompanyID:    co.ID(),
		UserAPIKey:   maventa.Secret(co.UserAPIKey()),
		VendorAPIKey: maventa.Secret(co.VendorAPIKey()),
	}
}

// Client returns a client for the default company. It ends the test if an
// option is wrong.
func (s *Server) Client(tb testing.TB, opts ...maventa.ClientOption) *maventa.Client {
	tb.Helper()
	c, err := s.NewClient(opts...)
	if err != nil {
		tb.Fatalf("maventatest: %v", err)
	}
	return c
}

// NewClient is [Server.Client] for use without a test.
func (s *Server) NewClient(opts ...maventa.ClientOption) (*maventa.Client, error) {
	opts = append([]maventa.ClientOption{maventa.WithHTTPClient(s.HTTPClient())}, opts...)
	return maventa.NewClient(s.Environment(), s.Credentials(), opts...)
}
