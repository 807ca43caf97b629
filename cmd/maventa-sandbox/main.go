// Command maventa-sandbox is the stateful fake of maventatest as a server with a
// page, for integrators in any language: the AutoXChange API with its token
// endpoint, the Receivables API, and a page on which the agency and the debtor act
// and networks fail. It listens on loopback alone and keeps everything in memory.
//
//	go run github.com/maventa-go/maventa/cmd/maventa-sandbox@latest
//
// docs/sandbox.md says what programs can ask of it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/maventa-go/maventa/maventatest"
)

func main() { os.Exit(start()) }

func start() (status int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		fmt.Fprintln(os.Stderr, "maventa-sandbox:", err)
		return 1
	}
	return 0
}

// run serves until ctx ends. What it prints says where.
func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parseFlags(args)
	if err != nil {
		return err
	}
	srv, err := maventatest.Start(o.fake...)
	if err != nil {
		return err
	}
	a := newApp(srv, o)
	defer func() { _ = srv.Close() }() // misuses were answered to whoever made them
	if err := a.plant(o.seed); err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.page)
	if err != nil {
		return err
	}
	if err := a.announce(out, l.Addr().String(), o.json); err != nil {
		return errors.Join(err, l.Close())
	}
	return a.serve(ctx, l)
}

// serve runs the page until ctx ends.
func (a *app) serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: a.handler(), ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	a.news.close() // ends the streams, which Shutdown would wait for
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(wait); err != nil {
		return server.Close()
	}
	return nil
}

// connection is what an ERP needs, as -json and /state.json have it.
type connection struct {
	Page           string `json:"page,omitzero"`
	AutoXChangeURL string `json:"autoxchange_url"`
	ReceivablesURL string `json:"receivables_url"`
	CompanyID      string `json:"company_id"`
	UserAPIKey     string `json:"user_api_key"`
	VendorAPIKey   string `json:"vendor_api_key"`
}

func (a *app) connection() connection {
	s := a.srv
	return connection{"", s.AutoXChangeURL(), s.ReceivablesURL(), s.CompanyID(), s.UserAPIKey(), s.VendorAPIKey()}
}

// scopes are those that the calls of the receivables services need.
const scopes = "global company invoice:send receivables:assignments"

// announce prints where the sandbox is and how to call it. The keys are made up
// and good for nothing else.
func (a *app) announce(out io.Writer, address string, asJSON bool) error {
	c := a.connection()
	c.Page = "http://" + address
	if asJSON {
		return json.NewEncoder(out).Encode(c)
	}
	_, err := fmt.Fprintf(out, `The Maventa sandbox runs. Nothing here is Maventa's, and nothing is kept.

Page            %s
AutoXChange     %s
Receivables     %s
Company id      %s
User API key    %s
Vendor API key  %s

Try it:

%s

Ctrl-C ends it.
`, c.Page, c.AutoXChangeURL, c.ReceivablesURL, c.CompanyID, c.UserAPIKey, c.VendorAPIKey, c.curl())
	return err
}

// curl is a token call that works as it is.
func (c connection) curl() string {
	return fmt.Sprintf(`curl -s %s/oauth2/token -d grant_type=client_credentials \
  -d client_id=%s -d client_secret=%s -d vendor_api_key=%s \
  --data-urlencode 'scope=%s'`, c.AutoXChangeURL, c.CompanyID, c.UserAPIKey, c.VendorAPIKey, scopes)
}
