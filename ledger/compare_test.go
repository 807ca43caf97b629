package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// renamed changes the answers to the events calls, as if a guess at a wire name
// or value were wrong.
type renamed struct {
	next     http.RoundTripper
	replacer *strings.Replacer
}

func (r renamed) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err != nil || !strings.HasSuffix(req.URL.Path, "/events") {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	body = []byte(r.replacer.Replace(string(body)))
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Del("Content-Length")
	return resp, nil
}

// TestEnsureWithWrongGuesses: the names and values of events are inferred. If
// one is wrong, an entry may stay open for a person to decide, but a payment is
// neither sent twice nor thought to be there when it is not.
func TestEnsureWithWrongGuesses(t *testing.T) {
	for name, replace := range map[string][]string{
		"nothing is wrong": {"\x00", ""},
		"no id":            {`"id":`, `"event_no":`},
		"another type":     {`"type":"paid"`, `"type":"payment"`},
		"no type":          {`"type":`, `"kind":`},
		"no amount":        {`"amount":`, `"sum":`},
		"no date":          {`"date":`, `"booked_on":`},
		"no author":        {`"author":`, `"side":`},
		"another author":   {`"author":"sender"`, `"author":"creditor"`, `"author":"agency"`, `"author":"collector"`},
		"no names at all":  {`"id":`, `"a":`, `"type":`, `"b":`, `"amount":`, `"c":`, `"date":`, `"d":`, `"author":`, `"e":`},
	} {
		for what, fault := range map[string]maventatest.Fault{"arrived": maventatest.DropAfterCommit(), "lost": maventatest.DropBeforeCommit()} {
			for _, agency := range []string{"", "before", "after"} {
				if strings.HasSuffix(name, "author") && what == "lost" && agency == "after" {
					// What no client can tell apart, and is documented: an equal payment of
					// another party, in the same window, of which nothing shows whose it is.
					continue
				}
				t.Run(name+", "+what+", agency "+agency, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						l := newBooks(t)
						tripper := renamed{l.srv.HTTPClient().Transport, strings.NewReplacer(replace...)}
						l.use(l.srv.Client(t, maventa.WithHTTPClient(&http.Client{Transport: tripper})), l.journal)
						if agency == "before" {
							l.srv.Agency().Paid(l.id, "40.00", payday.String())
						}
						l.srv.Inject(fault.On("Assignments.AddEvent"))
						entry := payment("bank-1", "40.00")
						_, err := l.ensure(entry)
						if isDuplicate(err) { // the agency's, which cannot be distinguished from ours: a person says so
							entry.NotMine = append(entry.NotMine, asFailure(err).Details...)
							_, err = l.ensure(entry)
						}
						require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
						arrived := sentPayments(l.srv, l.id)
						if agency == "after" {
							l.srv.Agency().Paid(l.id, "40.00", payday.String())
						}
						for range 3 {
							time.Sleep(time.Hour)
							_, err = l.ensure(entry)
						}
						n := sentPayments(l.srv, l.id)
						assert.LessOrEqual(t, n, 1, "sent twice")
						if err == nil {
							assert.Equal(t, 1, n, "success says that it is there")
						} else {
							assert.True(t, errors.Is(err, ledger.ErrPossibleDuplicate) || errors.Is(err, ledger.ErrUnsettled), "%v", err)
							assert.Equal(t, arrived, n)
						}
					})
				})
			}
		}
	}
}

// TestEnsureWithoutIDs: where events show no id, an equal one that was there
// before cannot be distinguished from ours.
func TestEnsureWithoutIDs(t *testing.T) {
	for what, fault := range map[string]maventatest.Fault{"arrived": maventatest.DropAfterCommit(), "lost": maventatest.DropBeforeCommit()} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t)
				_, err := l.c.Assignments.AddEvent(t.Context(), l.id, payment("", "40.00").Event)
				require.NoError(t, err)
				tripper := renamed{l.srv.HTTPClient().Transport, strings.NewReplacer(`"id":`, `"event_no":`)}
				l.use(l.srv.Client(t, maventa.WithHTTPClient(&http.Client{Transport: tripper})), l.journal)
				l.srv.Inject(fault.On("Assignments.AddEvent"))
				entry := payment("bank-1", "40.00")
				_, err = l.ensure(entry)
				require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
				entry.NotMine = append(entry.NotMine, asFailure(err).Details...)
				_, err = l.ensure(entry)
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				time.Sleep(time.Hour)
				_, err = l.ensure(entry)
				require.ErrorIs(t, err, ledger.ErrPossibleDuplicate, "nobody can know")
			})
		})
	}
}

// TestEnsureAmongUnknownEvents: reminders and the like come under names that are
// not public. They hinder no payment, unless one came after it was lost: it may be
// the payment under another name.
func TestEnsureAmongUnknownEvents(t *testing.T) {
	for what, fault := range map[string]maventatest.Fault{"arrived": maventatest.DropAfterCommit(), "lost": maventatest.DropBeforeCommit()} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t)
				tripper := renamed{l.srv.HTTPClient().Transport, strings.NewReplacer(`"type":"reminder"`, `"type":"letter_1"`, `"author":`, `"side":`)}
				l.use(l.srv.Client(t, maventa.WithHTTPClient(&http.Client{Transport: tripper})), l.journal)
				l.srv.Agency().Reminder(l.id, "5.00")
				_, err := l.ensure(payment("bank-1", "40.00"))
				require.NoError(t, err)
				l.srv.Inject(fault.On("Assignments.AddEvent"))
				_, err = l.ensure(payment("bank-2", "41.00"))
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				l.srv.Agency().Reminder(l.id, "5.00")
				time.Sleep(time.Hour)
				entry := payment("bank-2", "41.00")
				_, err = l.ensure(entry)
				if what == "lost" {
					require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
					entry.NotMine = asFailure(err).Details
					_, err = l.ensure(entry)
				} else if isDuplicate(err) {
					entry.Adopt = asFailure(err).Details[0]
					_, err = l.ensure(entry)
				}
				require.NoError(t, err)
				l.srv.AssertExactlyOnce(t, l.id, "paid", "41.00")
			})
		})
	}
}

// The service spells date or amount otherwise: nothing may be concluded.
func TestOtherSpelling(t *testing.T) {
	for name, shown := range map[string]func(e map[string]any){
		"timestamp in UTC": func(e map[string]any) { e["date"] = "2026-11-19T22:00:00Z" },
		"negative amount":  func(e map[string]any) { e["amount"] = json.Number("-40.00") },
		"cents":            func(e map[string]any) { e["amount"] = json.Number("4000") },
		"booking day":      func(e map[string]any) { e["date"] = "2026-11-23" },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newRaw(t)
				l.shown = func(e map[string]any) map[string]any { c := minus(e); shown(c); return c }
				l.answer = dropAfter
				_, err := l.ensure(payment("bank-1", "40.00"))
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				time.Sleep(20 * time.Minute)
				_, err = l.ensure(payment("bank-1", "40.00"))
				assert.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
				assert.Equal(t, 1, l.posts, "booked twice: %v", l.events)
			})
		})
	}
}

// Ours is read out under another type, and the amount under another name.
func TestOwnEventOfUnknownType(t *testing.T) {
	for name, shown := range map[string]func(e map[string]any){
		"other type, amount elsewhere": func(e map[string]any) { e["type"] = "direct_payment"; e["paid_sum"] = e["amount"]; delete(e, "amount") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newRaw(t)
				fee := l.add(map[string]any{"type": "reminder", "amount": json.Number("5.00"), "date": payday.String(), "author": "agency"})
				l.shown = func(e map[string]any) map[string]any {
					c := minus(e)
					if e["id"] != fee {
						shown(c)
					}
					return c
				}
				l.answer = dropAfter
				_, err := l.ensure(payment("bank-1", "40.00"))
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				time.Sleep(20 * time.Minute)
				_, err = l.ensure(payment("bank-1", "40.00"))
				assert.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
				assert.Equal(t, 1, l.posts, "booked twice: %v", l.events)
			})
		})
	}
}

// Same type, amount under another name, date as UTC timestamp.
func TestHiddenAmountInOtherSpelling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.shown = func(e map[string]any) map[string]any {
			c := minus(e, "amount")
			c["date"] = "2026-11-19T22:00:00Z"
			return c
		}
		l.answer = dropAfter
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(20 * time.Minute)
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "booked twice")
	})
}
