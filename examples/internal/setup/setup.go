// Package setup starts the Maventa that the examples run on when nothing is
// configured. Your own program has no need of it: its client comes from
// maventa.NewClientFromEnv or maventa.NewClient.
package setup

import (
	"context"
	"errors"
	"fmt"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

// Embedded starts a Maventa in memory and makes a client for its first company.
// The caller closes the server.
func Embedded(opts ...maventatest.Option) (*maventatest.Server, *maventa.Client, error) {
	srv, err := maventatest.Start(opts...)
	if err != nil {
		return nil, nil, fmt.Errorf("start the embedded Maventa: %w", err)
	}
	client, err := Client(srv, "embedded")
	if err != nil {
		return nil, nil, errors.Join(err, srv.Close())
	}
	return srv, client, nil
}

// Client makes a client for the first company of a server, under a name for the
// environment.
func Client(srv *maventatest.Server, environment string) (*maventa.Client, error) {
	return maventa.NewClient(
		maventa.Environment{
			Name:           environment,
			AutoXChangeURL: srv.AutoXChangeURL(),
			ReceivablesURL: srv.ReceivablesURL(),
		},
		maventa.Credentials{
			CompanyID:    srv.CompanyID(),
			UserAPIKey:   maventa.Secret(srv.UserAPIKey()),
			VendorAPIKey: maventa.Secret(srv.VendorAPIKey()),
		},
		maventa.WithHTTPClient(srv.HTTPClient()), // the only way in: nothing leaves the process
	)
}

// OnStage checks the client of an example that was started with -stage. It
// refuses production, which MAVENTA_ENVIRONMENT may name as well.
func OnStage(ctx context.Context, c *maventa.Client) (*maventa.Identity, error) {
	me, err := c.Check(ctx)
	if err != nil {
		return nil, err
	}
	if me.Environment != maventa.Stage.Name {
		return nil, fmt.Errorf("-stage was given, but MAVENTA_ENVIRONMENT is %s: an example never runs there", me.Environment)
	}
	return me, nil
}
