package ledger_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// TestListThatProvesNothing: the report arrived and its answer was lost. An answer
// to the reading that may be an error, a part or an old one does not show that it
// never arrived; and nothing is sent before such an answer either.
func TestListThatProvesNothing(t *testing.T) {
	header := func(name, value string) ct.Reply {
		return ct.Reply{Status: 200, Body: "[]", Header: map[string]string{name: value}}
	}
	answers := map[string]ct.Reply{
		"total": header("X-Total", "1"), "total count": header("X-Total-Count", "1"), "pages": header("X-Total-Pages", "2"),
		"age": header("Age", "4000"), "warning": header("Warning", `110 cache "Response is Stale"`),
		"203": {Status: 203, Body: "[]"}, "206": {Status: 206, Body: "[]"}, "202": {Status: 202, Body: "[]"}, "204": {Status: 204},
	}
	for _, body := range []string{
		`{"errors":[]}`, `{"code":"unauthorized","message":"no access","details":[]}`, `{"data":{"items":[{"id":"x"}]},"errors":[]}`,
		`{"events":null,"messages":[]}`, `{"events":[],"events":[]}`, `{"events":[],"partial":true}`, `{"events":[],"total":1}`,
		`{"messages":[]}`, `{"data":{"events":[]}}`, `{"events":[],"next_cursor":"x"}`, `{"Events":[],"events":[]}`, `null`, `{}`, `"none"`,
		`{"title":"Service unavailable","status":503,"events":[]}`,
	} {
		answers[body] = ct.Reply{Status: 200, Body: body}
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newRaw(t)
				l.listing = func(*http.Request) *ct.Reply { return &answer }
				_, err := l.ensure(payment("bank-1", "40.00"))
				require.Error(t, err)
				assert.Equal(t, maventa.OutcomeNotSent, asFailure(err).Outcome)
				assert.Zero(t, l.posts, "sent over a list that was not read")

				l.listing, l.answer = nil, dropAfter
				_, err = l.ensure(payment("bank-1", "40.00"))
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				l.listing = func(*http.Request) *ct.Reply { return &answer }
				for range 2 {
					time.Sleep(20 * time.Minute)
					_, err = l.ensure(payment("bank-1", "40.00"))
					require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				}
				assert.Equal(t, 1, l.posts, "sent twice")
				l.listing = nil
				_, err = l.ensure(payment("bank-1", "40.00"))
				require.NoError(t, err)
				assert.Equal(t, 1, l.posts)
			})
		})
	}
}

// The reads that conclude ask caches to stand aside, and no other call does.
func TestReadsAreConclusive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		for _, s := range l.Sent {
			isRead := s.Method == http.MethodGet && strings.Contains(s.URL, "/events")
			assert.Equal(t, isRead, s.Header.Get("Cache-Control") == "no-cache", "%s %s", s.Method, s.URL)
		}
	})
}

// TestEndOfPages: a service that answers 404 or 204 behind its last page.
func TestEndOfPages(t *testing.T) {
	for name, end := range map[string]ct.Reply{
		"404": {Status: 404, Body: `{"code":"not_found"}`}, "204": {Status: 204},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newRaw(t)
				l.paid("1.00")
				l.listing = func(r *http.Request) *ct.Reply {
					if r.URL.Query().Get("page") == "1" {
						return nil
					}
					return &end
				}
				for _, lost := range []bool{true, false} {
					l.lost, l.answer = lost, dropAfter
					key := map[bool]string{true: "lost", false: "arrived"}[lost]
					_, err := l.ensure(payment(key, "40.00"))
					for isDuplicate(err) {
						e := payment(key, "40.00")
						e.NotMine = asFailure(err).Details
						_, err = l.ensure(e)
					}
					require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
					time.Sleep(20 * time.Minute)
					l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
					_, err = l.ensure(payment(key, "40.00"))
					require.NoError(t, err)
				}
				assert.Equal(t, 3, l.posts)
				l.events = nil
				l.listing = func(*http.Request) *ct.Reply { return &end }
				_, err := l.ensure(payment("bank-3", "3.00"))
				require.Error(t, err, "on the first page it is no end")
				assert.NotErrorIs(t, err, ledger.ErrUnsettled)
				assert.Equal(t, 3, l.posts)
			})
		})
	}
}
