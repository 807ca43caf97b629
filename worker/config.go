package worker

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// ErrConfig says that the configuration is wrong. Nothing was done.
var ErrConfig = errors.New("worker: the configuration")

// Config says what a worker works on. Environment, Installation, Marker and Database
// are required.
type Config struct {
	// Environment is Maventa's: production, or one to test on.
	Environment maventa.Environment
	// Installation names this installation, such as "acme-production". All processes
	// that share the database have the same; a copy for tests needs another one.
	Installation string
	// Marker is the path of a small file that remembers how far the database was. It
	// must not be backed up, copied or restored together with it: see
	// sqlstore.FileMarker.
	Marker string
	// Database is "sqlite:" and a path, or the address of a PostgreSQL database,
	// "postgres://…". A file of SQLite is used by one worker at a time.
	Database string
	// Companies are those that are worked for. See also [Worker.SetCompanies].
	Companies []Company

	// Workers is how many companies are sent for at a time, 16 if zero.
	Workers int
	// Rate bounds the requests per second of this process, those for tokens included, 0:
	// no bound. A maventa.WithHTTPClient among Options takes its place. Maventa's own
	// limit is not documented.
	Rate float64
	// Follow is how often events are looked for, per company: 15 minutes if zero.
	Follow time.Duration
	// Watch is how often the activation of a service is looked at that waits for a
	// signature: 1 hour if zero. The others are looked at once in 24 times that.
	Watch time.Duration
	// Settle is how long a request may arrive after it was sent, see
	// ledger.SettleTime: 15 minutes if zero, and no less on production.
	Settle time.Duration
	// Limits bound what cannot be taken back, per company and banking day. All zero:
	// [DefaultLimits].
	Limits ledger.Limits
	// ReadOnly lets nothing leave: it follows, and takes entries in.
	ReadOnly bool
	// Log takes what happens, with ids alone; nil: nothing is logged.
	Log *slog.Logger
	// OnEntry takes how each try of an entry ended, nil: it took effect; OnJob takes how
	// each job did. They are for metrics, and must be quick.
	OnEntry func(kind Kind, err error)                       `json:"-"`
	OnJob   func(name string, took time.Duration, err error) `json:"-"`
	// Options are those of the clients, such as an observer of otelmaventa.
	Options []maventa.ClientOption
}

// Company is one that is worked for.
type Company struct {
	maventa.Credentials
	// BusinessID is the company's, such as "1234567-8". Two companies with one are a
	// question to a person before anything is sent for the second.
	BusinessID string
}

// DefaultLimits are meant to stop a bad night early. Raise what is less than your
// usual one.
func DefaultLimits() ledger.Limits {
	return ledger.Limits{
		Transfers:     ledger.Limit{Count: 100},
		CreditNotes:   ledger.Limit{Count: 50},
		Cancellations: ledger.Limit{Count: 10},
		CreditLosses:  ledger.Limit{Count: 10},
	}
}

const (
	defaultWorkers = 16
	defaultFollow  = 15 * time.Minute
	defaultWatch   = time.Hour
	defaultSettle  = 15 * time.Minute
)

// complete checks a configuration and fills in what is left out.
func (c *Config) complete() error {
	var wrong []error
	for _, must := range []struct{ name, value string }{
		{"Environment", c.Environment.Name},
		{"Installation", c.Installation},
		{"Marker", c.Marker},
		{"Database", c.Database},
	} {
		if must.value == "" {
			wrong = append(wrong, fmt.Errorf("%w: %s is required", ErrConfig, must.name))
		}
	}
	if c.Workers < 0 || c.Rate < 0 || c.Follow < 0 || c.Watch < 0 || c.Settle < 0 {
		wrong = append(wrong, fmt.Errorf("%w: Workers, Rate, Follow, Watch and Settle must not be negative", ErrConfig))
	}
	c.Workers = cmp.Or(c.Workers, defaultWorkers)
	c.Follow = cmp.Or(c.Follow, defaultFollow)
	c.Watch = cmp.Or(c.Watch, defaultWatch)
	c.Settle = cmp.Or(c.Settle, defaultSettle)
	if c.Environment.Name == maventa.Production.Name && c.Settle < defaultSettle { // a payment might be reported twice
		wrong = append(wrong, fmt.Errorf("%w: Settle must not be shorter than %v on production", ErrConfig, defaultSettle))
	}
	if c.Limits == (ledger.Limits{}) {
		c.Limits = DefaultLimits()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.OnEntry == nil {
		c.OnEntry = func(Kind, error) {}
	}
	if c.OnJob == nil {
		c.OnJob = func(string, time.Duration, error) {}
	}
	return errors.Join(wrong...)
}

// canonical is how ids of companies are compared.
func canonical(id string) string { return strings.ToLower(strings.TrimSpace(id)) }
