package maventa_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

// What the chaos of TestChaos meets once in many thousand stories.

// TestEnsureSlowSender: one server is made to wait before it sends. By the time
// it may, another one has concluded that nothing arrived: it must not send.
func TestEnsureSlowSender(t *testing.T) {
	const settle = 10 * time.Second
	for name, fault := range map[string]maventatest.Fault{
		"throttled":    maventatest.RetryAfter(429, 20*time.Second).On("Assignments.AddEvent"),
		"a slow token": maventatest.Slow(25 * time.Second).On("Auth.Token"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger(t)
				opts := []maventa.ClientOption{maventa.WithJournal(l.journal), maventa.WithSettleTime(settle)}
				slow, other := l.srv.Client(t, opts...), l.srv.Client(t, opts...)
				_, err := slow.Assignments.Overview(t.Context())
				require.NoError(t, err)
				if name == "a slow token" { // the one there is is revoked, and no longer young
					time.Sleep(time.Minute)
					l.srv.Inject(maventatest.ExpireToken().On("Assignments.AddEvent"))
				}
				l.srv.Inject(fault)
				done := make(chan error)
				go func() {
					_, err := slow.Assignments.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
					done <- err
				}()
				for range 6 {
					time.Sleep(settle)
					_, _ = other.Assignments.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
				}
				<-done
				l.srv.AssertExactlyOnce(t, l.id, "paid", "40.00")
			})
		})
	}
}

// TestEnsureTransferSlowSender is the same for a transfer, where the caller's
// Post stands for the conclusion.
func TestEnsureTransferSlowSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t, withWire(t))
		srv.Company().Activate(maventatest.Ropo)
		invoice := srv.AddInvoice(overdue(srv))
		transfer := ropoTransfer()
		entry := maventa.TransferEntry{Key: "collect-1", Ropo: &transfer}
		opts := []maventa.ClientOption{maventa.WithJournal(maventa.NewMemoryJournal()), maventa.WithSettleTime(10 * time.Second)}
		slow, other := srv.Client(t, opts...), srv.Client(t, opts...)
		srv.Inject(maventatest.RetryAfter(429, 20*time.Second).On("Invoices.TransferToRopo"))
		done := make(chan error)
		go func() {
			_, err := slow.Invoices.EnsureTransfer(t.Context(), invoice, entry)
			done <- err
		}()
		decided := entry
		for range 6 {
			time.Sleep(10 * time.Second)
			_, err := other.Invoices.EnsureTransfer(t.Context(), invoice, decided)
			if failed := asFailure(err); failed != nil {
				decided.Post = failed.FirstSent
			}
		}
		<-done
		assert.Equal(t, 1, transfersOf(srv, invoice))
	})
}

// TestEnsureTransferPostTooSoon: before the settle time is over not even the
// caller can know that a transfer never arrived.
func TestEnsureTransferPostTooSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t, withWire(t), maventatest.WithManualTransfers()) // it stays pending
		srv.Company().Activate(maventatest.Ropo)
		invoice, transfer := srv.AddInvoice(overdue(srv)), ropoTransfer()
		c := srv.Client(t, maventa.WithJournal(maventa.NewMemoryJournal()))
		entry := maventa.TransferEntry{Key: "collect-1", Ropo: &transfer}
		srv.Inject(maventatest.CommitLate(5 * time.Minute).On("Invoices.TransferToRopo"))
		_, err := c.Invoices.EnsureTransfer(t.Context(), invoice, entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		entry.Post = asFailure(err).FirstSent
		_, err = c.Invoices.EnsureTransfer(t.Context(), invoice, entry)
		require.ErrorIs(t, err, maventa.ErrUnsettled)
		time.Sleep(15 * time.Minute)
		ensured, err := c.Invoices.EnsureTransfer(t.Context(), invoice, entry)
		require.NoError(t, err)
		assert.False(t, ensured.Sent)
		assert.Equal(t, 1, srv.Count("Invoices.TransferToRopo"))
	})
}

// TestAdoptOnce: an event that one entry stands for cannot be adopted by
// another: that payment would never be reported.
func TestAdoptOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		first, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		_, err = l.c.Assignments.AddEvent(t.Context(), l.id, payment("", "40.00").Event)
		require.NoError(t, err)
		foreign := l.lastEvent()
		second := payment("bank-2", "40.00")
		_, err = l.ensure(second)
		require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)

		second.Adopt = first.EventID
		_, err = l.ensure(second)
		require.Error(t, err, "two payments, one event")
		assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, err).Outcome)
		second.Adopt = foreign
		ensured, err := l.ensure(second)
		require.NoError(t, err)
		assert.Equal(t, foreign, ensured.EventID)
	})
}

// TestBlockedByAnother: an entry whose payment may be there twice blocks the
// others of its assignment. They are told to wait, not to adopt or to post: what
// is unclear is not theirs.
func TestBlockedByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		l.srv.Inject(maventatest.DeliverTwice().And(maventatest.DropAfterCommit()).On("Assignments.AddEvent"))
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(time.Hour)
		_, err = l.ensure(payment("bank-2", "7.00"))
		require.Error(t, err)
		assert.NotErrorIs(t, err, maventa.ErrPossibleDuplicate, "the duplicate is another entry's")
		assert.ErrorIs(t, err, maventa.ErrUnsettled)
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		assert.Len(t, ct.Failure(t, err).Details, 2)
	})
}

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
						l := newLedger(t)
						tripper := renamed{l.srv.HTTPClient().Transport, strings.NewReplacer(replace...)}
						l.c = l.srv.Client(t, maventa.WithHTTPClient(&http.Client{Transport: tripper}), maventa.WithJournal(l.journal))
						if agency == "before" {
							l.srv.Agency().Paid(l.id, "40.00", payday.String())
						}
						l.srv.Inject(fault.On("Assignments.AddEvent"))
						entry := payment("bank-1", "40.00")
						_, err := l.ensure(entry)
						if isDuplicate(err) { // the agency's, which cannot be told from ours: a person says so
							entry.Post = append(entry.Post, asFailure(err).Details...)
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
							assert.Equal(t, 1, n, "told that it is there")
						} else {
							assert.True(t, errors.Is(err, maventa.ErrPossibleDuplicate) || errors.Is(err, maventa.ErrUnsettled), "%v", err)
							assert.Equal(t, arrived, n)
						}
					})
				})
			}
		}
	}
}

// TestEnsureWithoutIDs: where events show no id, an equal one that was there
// before cannot be told from ours.
func TestEnsureWithoutIDs(t *testing.T) {
	for what, fault := range map[string]maventatest.Fault{"arrived": maventatest.DropAfterCommit(), "lost": maventatest.DropBeforeCommit()} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger(t)
				_, err := l.c.Assignments.AddEvent(t.Context(), l.id, payment("", "40.00").Event)
				require.NoError(t, err)
				tripper := renamed{l.srv.HTTPClient().Transport, strings.NewReplacer(`"id":`, `"event_no":`)}
				l.c = l.srv.Client(t, maventa.WithHTTPClient(&http.Client{Transport: tripper}), maventa.WithJournal(l.journal))
				l.srv.Inject(fault.On("Assignments.AddEvent"))
				entry := payment("bank-1", "40.00")
				_, err = l.ensure(entry)
				require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
				entry.Post = append(entry.Post, asFailure(err).Details...)
				_, err = l.ensure(entry)
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				time.Sleep(time.Hour)
				_, err = l.ensure(entry)
				require.ErrorIs(t, err, maventa.ErrPossibleDuplicate, "nobody can know")
			})
		})
	}
}

// TestEnsureAmongUnknownEvents: reminders and the like come under names that are
// not public. They hinder no payment.
func TestEnsureAmongUnknownEvents(t *testing.T) {
	for what, fault := range map[string]maventatest.Fault{"arrived": maventatest.DropAfterCommit(), "lost": maventatest.DropBeforeCommit()} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger(t)
				tripper := renamed{l.srv.HTTPClient().Transport, strings.NewReplacer(`"type":"reminder"`, `"type":"letter_1"`, `"author":`, `"side":`)}
				l.c = l.srv.Client(t, maventa.WithHTTPClient(&http.Client{Transport: tripper}), maventa.WithJournal(l.journal))
				l.srv.Agency().Reminder(l.id, "5.00")
				_, err := l.ensure(payment("bank-1", "40.00"))
				require.NoError(t, err)
				l.srv.Inject(fault.On("Assignments.AddEvent"))
				_, err = l.ensure(payment("bank-2", "41.00"))
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				l.srv.Agency().Reminder(l.id, "5.00")
				time.Sleep(time.Hour)
				_, err = l.ensure(payment("bank-2", "41.00"))
				require.NoError(t, err)
				l.srv.AssertExactlyOnce(t, l.id, "paid", "41.00")
			})
		})
	}
}

// slowJournal takes its time before it claims a key, as a database does.
type slowJournal struct{ maventa.Journal }

func (j slowJournal) Begin(ctx context.Context, entry maventa.JournalEntry) (maventa.JournalEntry, bool, error) {
	time.Sleep(time.Second)
	return j.Journal.Begin(ctx, entry)
}

// TestClaimDecides: two servers have both seen that nothing is there. Which one
// may send is decided by the journal's claim alone.
func TestClaimDecides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		l.srv.Company().Activate(maventatest.Ropo)
		invoice, transfer := l.srv.AddInvoice(overdue(l.srv)), ropoTransfer()
		var wg sync.WaitGroup
		for range 5 {
			c := l.srv.Client(t, maventa.WithJournal(slowJournal{l.journal}))
			wg.Go(func() {
				_, err := c.Assignments.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
				assert.True(t, err == nil || errors.Is(err, maventa.ErrUnsettled), "%v", err)
			})
			wg.Go(func() {
				_, err := c.Invoices.EnsureTransfer(t.Context(), invoice, maventa.TransferEntry{Key: "collect-1", Ropo: &transfer})
				assert.True(t, err == nil || errors.Is(err, maventa.ErrUnsettled), "%v", err)
			})
		}
		wg.Wait()
		assert.Equal(t, 1, l.posts())
		assert.Equal(t, 1, l.srv.Count("Invoices.TransferToRopo"))
	})
}

// TestTwoReads: an event that shows between the two reads is not taken for
// absent.
func TestTwoReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t, maventatest.WithLags(maventatest.Lags{Event: 15*time.Minute + 3*time.Second}))
		l.srv.Inject(maventatest.DropAfterCommit().On("Assignments.AddEvent"))
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(15 * time.Minute)
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrUnsettled)
		ensured, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.False(t, ensured.Sent)
		assert.Equal(t, 1, l.posts())
	})
}

// TestPostAgain: a batch is run again as it is, with the caller's Post in it. It
// was said about the event that was there before, not about ours.
func TestPostAgain(t *testing.T) {
	for what, fault := range map[string]maventatest.Fault{
		"arrived": maventatest.DropAfterCommit(), "lost": maventatest.DropBeforeCommit(), "well": maventatest.SlowAnswer(time.Second),
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger(t)
				_, err := l.c.Assignments.AddEvent(t.Context(), l.id, payment("", "40.00").Event) // another system's
				require.NoError(t, err)
				entry := payment("bank-1", "40.00")
				_, err = l.ensure(entry)
				require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
				entry.Post = append(entry.Post, asFailure(err).Details...)
				l.srv.Inject(fault.On("Assignments.AddEvent"))
				for range 4 {
					_, err = l.ensure(entry)
					time.Sleep(20 * time.Minute)
				}
				require.NoError(t, err)
				assert.Equal(t, 2, sentPayments(l.srv, l.id), "theirs and ours")
			})
		})
	}
}

// TestPostAfterAttempt: of an attempt that was lost, a person can say that the
// events which may be it are all somebody else's. It is sent then, once.
func TestPostAfterAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		entry := payment("bank-1", "40.00")
		l.srv.Inject(maventatest.DropBeforeCommit().On("Assignments.AddEvent"))
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		for range 2 { // another system's, in the same window
			_, err = l.c.Assignments.AddEvent(t.Context(), l.id, entry.Event)
			require.NoError(t, err)
		}
		time.Sleep(time.Hour)
		_, err = l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		require.Len(t, asFailure(err).Details, 2)
		entry.Post = asFailure(err).Details
		entry.Adopt = entry.Post[0]
		_, err = l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrValidation, "it is this one, and is not")
		entry.Adopt = ""
		ensured, err := l.ensure(entry)
		require.NoError(t, err)
		assert.True(t, ensured.Sent)
		again, err := l.ensure(entry)
		require.NoError(t, err)
		assert.Equal(t, ensured.EventID, again.EventID)
		assert.Equal(t, 3, sentPayments(l.srv, l.id), "theirs and ours")
	})
}
