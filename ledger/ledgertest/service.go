package ledgertest

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
)

// service is a Maventa without any event, to which no report arrives.
type service struct {
	mu    sync.Mutex
	posts int
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := "[]"
	switch {
	case strings.HasSuffix(r.URL.Path, "/events") && r.Method == http.MethodPost:
		s.mu.Lock()
		s.posts++
		s.mu.Unlock()
		return nil, errors.New("the connection was lost")
	case !strings.HasSuffix(r.URL.Path, "/events"):
		answer = `{"access_token":"token","token_type":"bearer","expires_in":3600}`
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer)),
	}, nil
}

// twoSpellings: two servers, one of which writes ids in capitals, are one company
// and one assignment to the journal. The second one has no settle time, and keeps
// the first one's.
func (j *journalTest) twoSpellings() {
	s := &service{}
	server := func(journal ledger.Journal, spell func(string) string, opts ...ledger.Option) func(key string) error {
		c, err := maventa.NewClient(maventa.Stage, maventa.Credentials{
			CompanyID: spell("6f1f7c5e-0000-4000-8000-00000000000a"), UserAPIKey: "user", VendorAPIKey: "vendor",
		}, maventa.WithHTTPClient(&http.Client{Transport: s}))
		if err != nil {
			j.Fatal(err)
		}
		l := ledger.New(c, journal, opts...)
		return func(key string) error {
			event := maventa.DirectPayment(maventa.MustAmount("40.00"), maventa.MustDate("1999-12-31"))
			_, err := l.EnsureEvent(j.Context(), spell("e9622e30-0000-4000-8000-00000000000b"), ledger.Entry{Key: key, Event: event})
			return err
		}
	}
	one, two := server(j.Journal, strings.ToUpper), server(j.other, strings.ToLower, ledger.SettleTime(0))
	if err := one("bank-1"); !errors.Is(err, maventa.ErrOutcomeUnknown) || errors.Is(err, ledger.ErrUnsettled) {
		j.Fatalf("a report that is lost: %v", err)
	}
	for _, key := range []string{"bank-1", "bank-2"} {
		if err := two(key); !errors.Is(err, ledger.ErrUnsettled) {
			j.Errorf("the other server reports %s: %v, want that it waits for the first", key, err)
		}
	}
	if s.posts != 1 {
		j.Errorf("%d reports were sent, want 1", s.posts)
	}
	open, err := j.other.Pending(j.Context(), maventa.Stage.Name, "6f1f7c5e-0000-4000-8000-00000000000a")
	if err != nil || keysOf(open) != "bank-1" {
		j.Errorf("Pending: %q, %v", keysOf(open), err)
	}
}
