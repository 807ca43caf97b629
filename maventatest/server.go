package maventatest

import (
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/maventa-go/maventa/internal/facts"
	"github.com/maventa-go/maventa/internal/operation"
)

// The company that every server starts with.
const (
	firstName = "Testi Oy"
	firstBID  = "1234567-1"
)

// Server is a Maventa in memory: one token endpoint, the AutoXChange API and the
// Receivables API on two hosts, and behind them companies, services, invoices,
// assignments and events. Make one with [NewServer] or [Start]. It may be used
// by any number of goroutines and clients.
type Server struct {
	tb      testing.TB
	options options
	router  router
	clock   *Clock

	listeners [2]net.Listener // by operation.API
	hosts     [2]string
	servers   [2]*http.Server
	client    *http.Client
	done      chan struct{} // closed by Close
	inflight  sync.WaitGroup

	mu       sync.Mutex // guards all below; never held while anything waits
	closed   bool
	hijacked map[net.Conn]bool
	world
	webhooks webhooks
	dials    int
	refuse   int
	strays   []string
	onChange func() // nil: none

	misuse misuses // has a lock of its own: controls report with the other one held, or without
}

// world is what [Server.Reset] makes anew.
type world struct {
	vendorKey   string // of the software of all companies
	companies   []*Company
	users       []*user
	tokens      map[string]*token
	invoices    map[string]*invoice    // of all companies, sent and received, by the folded id
	assignments map[string]*assignment // of all companies, by the folded id
	onboarding  []*service             // that wait for a person
	pending     dueQueue[*transfer]
	sending     dueQueue[*invoice]
	requestLog  requestLog
	faults      []*injected
	chaos       *chaos          // nil: none
	leaned      map[string]bool // subjects of facts
	sequence    int
	lastEvent   time.Time // by the story clock
}

func newWorld(o options) world {
	return world{
		tokens:      make(map[string]*token),
		leaned:      make(map[string]bool),
		invoices:    make(map[string]*invoice),
		assignments: make(map[string]*assignment),
		requestLog:  requestLog{limit: o.requestLog},
	}
}

// NewServer starts a server that ends with the test. In a testing/synctest
// bubble call it inside the bubble.
//
// A control that is misused, for example with an unknown id or an amount that is
// none, is a mistake in the test and ends it.
func NewServer(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	s, err := start(tb, opts)
	if err != nil {
		tb.Fatalf("maventatest: %v", err)
		return nil
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// Start starts a server without a test, for demonstrations and programs. The
// caller closes it. A control that is misused does nothing and returns zero
// values; [Server.Try] and Close report it.
func Start(opts ...Option) (*Server, error) {
	quiet := &noTest{}
	s, err := start(quiet, opts)
	if err != nil {
		return nil, err
	}
	quiet.report = s.misuse.add
	return s, nil
}

func start(tb testing.TB, opts []Option) (*Server, error) {
	s := &Server{
		tb:       tb,
		options:  newOptions(opts),
		router:   newRouter(),
		done:     make(chan struct{}),
		hijacked: make(map[net.Conn]bool),
	}
	s.world = newWorld(s.options)
	var err error
	if s.clock, err = newClock(s.options.today); err != nil {
		return nil, err
	}
	if err := s.listen(); err != nil {
		return nil, err
	}
	s.client = &http.Client{Transport: s.newTransport()}
	s.AddCompany(firstName, firstBID)
	for api, l := range s.listeners {
		s.servers[api] = &http.Server{
			Handler:           s.handler(operation.API(api)),
			ErrorLog:          log.New(io.Discard, "", 0), // a broken connection is no news here
			ReadHeaderTimeout: time.Minute,
		}
		go func() { _ = s.servers[api].Serve(l) }()
	}
	return s, nil
}

// Close stops the server: connections are cut, calls that hang are ended, and
// nothing of it runs on. It reports the misuses of a server made with [Start].
func (s *Server) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	cut := s.hijacked
	s.hijacked = make(map[net.Conn]bool)
	s.mu.Unlock()

	if first {
		close(s.done)
		s.closeListeners()
		for _, server := range s.servers {
			_ = server.Close()
		}
		for conn := range cut {
			_ = conn.Close()
		}
		s.client.CloseIdleConnections()
	}
	s.inflight.Wait()

	return s.misuse.all()
}

// Reset begins the story anew: as the server was after its start, with the same
// first company, keys and day, and nothing of what came since. Tokens are
// worthless, requests that are under way act on nothing, and what a test holds of
// before (a *Company, an id) is of no use. Options, addresses and where webhooks
// go stay.
func (s *Server) Reset() {
	s.mu.Lock()
	s.world = newWorld(s.options)
	s.webhooks.all, s.webhooks.queue = nil, nil
	s.refuse, s.dials, s.strays = 0, 0, nil
	s.clock.reset()
	s.mu.Unlock()
	s.AddCompany(firstName, firstBID)
	s.changed()
}

// OnChange sets what is called after a request has arrived, after it has ended,
// and when the network delivers one later (see [CommitLate]), for whoever shows
// what happens. It is called by the goroutine of the request, without a lock: it
// may call the server, and should be quick. Nil takes it back. What a control
// does is not reported: whoever uses it knows.
func (s *Server) OnChange(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange = f
}

func (s *Server) changed() {
	s.mu.Lock()
	f := s.onChange
	s.mu.Unlock()
	if f != nil {
		f()
	}
}

// AutoXChangeURL is the base URL of the AutoXChange API, which also gives out
// the tokens.
func (s *Server) AutoXChangeURL() string { return s.baseURL(operation.AutoXChange) }

// ReceivablesURL is the base URL of the Receivables API, another host.
func (s *Server) ReceivablesURL() string { return s.baseURL(operation.Receivables) }

func (s *Server) baseURL(api operation.API) string { return "http://" + s.hosts[api] }

// HTTPClient is a client that reaches the server, and only the server. In memory
// there is no other way; over TCP any client will do. It is the same one each
// time, and its transport is an *http.Transport.
func (s *Server) HTTPClient() *http.Client { return s.client }

// Clock is the calendar of the story.
func (s *Server) Clock() *Clock { return s.clock }

// Today is the story's date as YYYY-MM-DD.
func (s *Server) Today() string { return s.clock.Today() }

// Advance moves the story on; see [Clock].
func (s *Server) Advance(d time.Duration) { s.clock.Advance(d) }

// Inferred lists, sorted, the inferred facts that appeared on the wire so far,
// sent or received: names, values, statuses and rules that no public source of
// Maventa confirms. The subjects are those of the SDK's fidelity page.
func (s *Server) Inferred() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(sortedKeys(s.leaned), func(subject string) bool {
		fact, _ := facts.Lookup(subject)
		return fact.Mark == facts.Documented || fact.Mark == facts.Observed
	})
}

// lean notes that a fact was used which may be inferred: the table of facts
// knows. The lock is held.
func (s *Server) lean(subject string) { s.leaned[subject] = true }
