package maventatest

import "time"

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
