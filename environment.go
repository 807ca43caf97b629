package maventa

import (
	"net/url"
	"os"
	"strings"

	"github.com/maventa-go/maventa/internal/call"
)

// Environment says which Maventa a client talks to. [Production] and [Stage]
// are the service's own; another value serves a test server or a proxy. There
// is no default: a mix-up costs money.
type Environment struct {
	// Name appears in errors and logs, and is a part of every journal entry and
	// checkpoint: never change it once something was reported, or the journal
	// knows nothing of it any more.
	Name string
	// AutoXChangeURL is the base URL of the AX API: services, invoices,
	// transfers and tokens. HTTPS, or plain HTTP on loopback.
	AutoXChangeURL string
	// ReceivablesURL is the base URL of the Receivables API: assignments,
	// events and service levels. HTTPS, or plain HTTP on loopback.
	ReceivablesURL string
}

// Maventa's environments. They have separate accounts and keys.
var (
	// Production is the real service. Every write on it may move money.
	//
	// Inferred: the host of the Receivables API, from Maventa's naming of the
	// other hosts.
	Production = Environment{
		Name:           "production",
		AutoXChangeURL: "https://ax.maventa.com",
		ReceivablesURL: "https://receivables.maventa.com",
	}
	// Stage is Maventa's test environment.
	Stage = Environment{
		Name:           "stage",
		AutoXChangeURL: "https://ax-stage.maventa.com",
		ReceivablesURL: "https://receivables-stage.maventa.com",
	}
)

// endpoint is one parsed base URL.
type endpoint struct {
	scheme, host, path string // host as call.Host spells it, path without a trailing slash
}

// parse checks both URLs and that they belong together.
func (e Environment) parse() (ax, receivables endpoint, err *Error) {
	const op = "NewClient"
	if strings.TrimSpace(e.Name) == "" {
		return ax, receivables, misconfigured(op, "environment.name", "is empty: choose maventa.Production, maventa.Stage or an Environment of your own")
	}
	if ax, err = parseEndpoint(op, "environment.autoxchange_url", e.AutoXChangeURL); err != nil {
		return ax, receivables, err
	}
	if receivables, err = parseEndpoint(op, "environment.receivables_url", e.ReceivablesURL); err != nil {
		return ax, receivables, err
	}
	if a, b := call.MaventaKind(ax.host), call.MaventaKind(receivables.host); a != b && a != "" && b != "" {
		err = misconfigured(op, "environment", "mixes "+a+" and "+b+" hosts")
		err.Kind = ErrWrongEnvironment
		return ax, receivables, err
	}
	return ax, receivables, nil
}

func parseEndpoint(op, field, raw string) (endpoint, *Error) {
	if raw == "" {
		return endpoint{}, misconfigured(op, field, "is empty")
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return endpoint{}, misconfigured(op, field, "is not an absolute URL")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery {
		return endpoint{}, misconfigured(op, field, "must hold no user, query or fragment")
	}
	if strings.ContainsFunc(u.Host, func(r rune) bool { return r > '~' }) { // net/http reads some of these as letters
		return endpoint{}, misconfigured(op, field, "must have a host in ASCII")
	}
	host := call.Host(u)
	if u.Scheme != "https" && (u.Scheme != "http" || !call.IsLoopback((&endpoint{host: host}).name())) {
		return endpoint{}, misconfigured(op, field, "must use https (plain http is for loopback only)")
	}
	return endpoint{scheme: u.Scheme, host: host, path: strings.TrimRight(u.Path, "/")}, nil
}

// NewClientFromEnv is [NewClient] with the environment and credentials from
// MAVENTA_ENVIRONMENT (stage or production), MAVENTA_COMPANY_ID,
// MAVENTA_USER_API_KEY and MAVENTA_VENDOR_API_KEY. The environment local is a server
// on this machine, such as a fake, at MAVENTA_AX_URL and MAVENTA_RECEIVABLES_URL.
// Nothing else in this package reads the process environment.
//
// The error names the variable that is missing or wrong. With [WithKeys] or
// [WithTokenSource] only MAVENTA_ENVIRONMENT is needed.
func NewClientFromEnv(opts ...ClientOption) (*Client, error) {
	const operation = "NewClientFromEnv"
	var env Environment
	switch name := os.Getenv("MAVENTA_ENVIRONMENT"); name {
	case Stage.Name:
		env = Stage
	case Production.Name:
		env = Production
	case "local":
		env = Environment{Name: name, AutoXChangeURL: os.Getenv("MAVENTA_AX_URL"), ReceivablesURL: os.Getenv("MAVENTA_RECEIVABLES_URL")}
	case "":
		return nil, misconfigured(operation, "MAVENTA_ENVIRONMENT", "is not set: use stage, production or local")
	default:
		return nil, misconfigured(operation, "MAVENTA_ENVIRONMENT", "must be stage, production or local, not "+call.QuoteCut(name, 32))
	}
	c, err := NewClient(env, Credentials{
		CompanyID:    os.Getenv("MAVENTA_COMPANY_ID"),
		UserAPIKey:   Secret(os.Getenv("MAVENTA_USER_API_KEY")),
		VendorAPIKey: Secret(os.Getenv("MAVENTA_VENDOR_API_KEY")),
	}, opts...)
	if err != nil {
		return nil, namedByVariable(operation, err)
	}
	r := c.root
	switch {
	case env.Name == "local" && !call.IsLoopback(r.ax.name()):
		return nil, misconfigured(operation, "MAVENTA_AX_URL", notLoopback)
	case env.Name == "local" && !call.IsLoopback(r.receivables.name()):
		return nil, misconfigured(operation, "MAVENTA_RECEIVABLES_URL", notLoopback)
	case c.company == "" && r.keys == nil && r.tokenSource == nil:
		return nil, misconfigured(operation, "MAVENTA_COMPANY_ID", "is not set")
	}
	return c, nil
}

const notLoopback = "must lead to this machine: 127.0.0.1, [::1] or localhost"

// namedByVariable names the variable that holds what NewClient refused.
func namedByVariable(operation string, err error) error {
	e := asError(err)
	for i, f := range e.Fields {
		for field, variable := range map[string]string{ //nolint:gosec // names
			"environment.autoxchange_url": "MAVENTA_AX_URL", "environment.receivables_url": "MAVENTA_RECEIVABLES_URL",
			"credentials.company_id": "MAVENTA_COMPANY_ID", "credentials.user_api_key": "MAVENTA_USER_API_KEY",
			"credentials.vendor_api_key": "MAVENTA_VENDOR_API_KEY",
		} {
			if f.Field == field {
				e.Operation, e.Fields[i].Field = operation, variable
			}
		}
	}
	return err
}

// name is the host without its port.
func (e *endpoint) name() string { return (&url.URL{Host: e.host}).Hostname() }
