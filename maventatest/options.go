package maventatest

import (
	"strings"
	"time"
)

// Option changes a server before it starts.
type Option func(*options)

type options struct {
	overTCP         bool
	wire            Wire
	lags            Lags
	tokenLife       time.Duration
	today           string
	kycDays         int
	manualTransfers bool
	manualDelivery  bool
	imageSize       int64
	requestLog      int
	addresses       [2]string // by operation.API; empty: any free port
	hosts           []string  // that are answered beside loopback ones, in small letters
}

func newOptions(opts []Option) options {
	o := options{tokenLife: time.Hour, kycDays: -1}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// Lags says how long things take to show. They run on time.Now. All are zero
// unless set: over TCP a test would really wait for them.
type Lags struct {
	// Transfer is the time from an accepted transfer until its status is sent
	// or error.
	Transfer time.Duration
	// Listing is the time from there until the assignment can be found.
	Listing time.Duration
	// Delivery is the time from an accepted invoice until it is delivered.
	Delivery time.Duration
	// Event is the time from an event until a list shows it.
	Event time.Duration
}

// OverTCP serves on two loopback ports instead of in memory. Use it where
// another process or another HTTP client must reach the server; it does not work
// in a testing/synctest bubble.
func OverTCP() Option {
	return func(o *options) { o.overTCP = true }
}

// WithAddresses is [OverTCP] on addresses of one's own, such as 127.0.0.1:8701 and
// 127.0.0.1:8702, port 0 being any free one. Other hosts than loopback ones are
// refused by [Start]: the server gives out tokens, and invents money.
func WithAddresses(autoXChange, receivables string) Option {
	return func(o *options) { o.overTCP, o.addresses = true, [2]string{autoXChange, receivables} }
}

// WithHosts names hosts that requests may be addressed to, in their Host header,
// beside localhost and loopback addresses: the name under which a container
// reaches its host, for example. All other hosts are answered with 421, so that no
// web page can reach the server by a name of its own (DNS rebinding).
func WithHosts(hosts ...string) Option {
	return func(o *options) {
		for _, host := range hosts {
			o.hosts = append(o.hosts, strings.ToLower(host))
		}
	}
}

// WithRequestLog keeps the last n requests only, for servers that run long. It
// keeps their answers, too (see [Request]), of a body the first 16 kB, and nothing
// of what is in files.
func WithRequestLog(n int) Option {
	return func(o *options) { o.requestLog = max(n, 1) }
}

// WithWire sets how the server speaks where Maventa's way is not known.
func WithWire(w Wire) Option {
	return func(o *options) { o.wire = w }
}

// WithLag sets all lags to d.
func WithLag(d time.Duration) Option {
	return WithLags(Lags{Transfer: d, Listing: d, Event: d, Delivery: d})
}

// WithLags sets the lags one by one.
func WithLags(l Lags) Option {
	return func(o *options) { o.lags = l }
}

// WithTokenLife sets how long a token is good for; one hour unless set. It runs
// on time.Now.
func WithTokenLife(d time.Duration) Option {
	return func(o *options) { o.tokenLife = d }
}

// WithToday sets the day on which the story starts, YYYY-MM-DD. Without it that
// is 2026-11-02, and in a testing/synctest bubble 2000-01-01, where the bubble's
// own time begins.
//
// The Date header of answers is always time.Now's, whatever the story's day is. A
// story that plays weeks should begin weeks in the past: clients refuse payments
// that are dated after tomorrow by their own clock.
func WithToday(day string) Option {
	return func(o *options) { o.today = day }
}

// WithKYCDays lets the person who must sign do so by himself, n story days after
// the service was ordered. Without it the test calls [Company.CompleteKYC].
func WithKYCDays(n int) Option {
	return func(o *options) { o.kycDays = n }
}

// WithManualTransfers leaves every transfer pending until the test calls
// [Server.CompleteTransfer] or [Server.FailTransfer].
func WithManualTransfers() Option {
	return func(o *options) { o.manualTransfers = true }
}

// WithManualDelivery leaves every invoice that is sent pending until the test
// calls [AXAccount.DeliverInvoice] or [AXAccount.FailInvoice].
func WithManualDelivery() Option {
	return func(o *options) { o.manualDelivery = true }
}

// WithImageSize sets the size of the images that the server makes of invoices,
// in bytes. A large one shows whether a client streams: the server holds nothing
// of it in memory.
func WithImageSize(n int64) Option {
	return func(o *options) { o.imageSize = n }
}
