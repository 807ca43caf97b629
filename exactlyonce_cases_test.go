// Scenarios that a review found, and that went wrong before. The comment above a
// test says what happens in it, the assertion what must come of it.

package maventa_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
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

// rawLedger is one assignment whose every answer the test decides.
type rawLedger struct {
	*ct.Mock
	t       *testing.T
	journal maventa.Journal
	events  []map[string]any
	shown   func(map[string]any) map[string]any // nil: hidden
	answer  func(id string) ct.Reply            // to a POST, after the commit
	lost    bool                                // the next POST never arrives
	header  map[string]string
	posts   int
	listing func(r *http.Request) *ct.Reply
}

const rawID = "A1"

func newRaw(t *testing.T) *rawLedger {
	l := &rawLedger{t: t, journal: maventa.NewMemoryJournal()}
	l.shown = func(e map[string]any) map[string]any { return e }
	l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
	l.Mock = ct.NewMock(t, maventa.WithJournal(l.journal))
	url := maventa.Stage.ReceivablesURL + "/v1/assignments/" + rawID + "/events"
	l.OnFunc(http.MethodGet, url, l.list)
	l.OnFunc(http.MethodPost, url, l.take)
	return l
}

// list answers with the events.
func (l *rawLedger) list(r *http.Request) ct.Reply {
	if l.listing != nil {
		if a := l.listing(r); a != nil {
			return *a
		}
	}
	if p := r.URL.Query().Get("page"); p != "" && p != "1" {
		return ct.Reply{Status: 200, Body: "[]"}
	}
	list := []map[string]any{}
	for _, e := range l.events {
		if s := l.shown(e); s != nil {
			list = append(list, s)
		}
	}
	b, _ := json.Marshal(list)
	return ct.Reply{Status: 200, Body: string(b), Header: l.header}
}

// take adds an event and answers.
func (l *rawLedger) take(*http.Request) ct.Reply {
	l.posts++
	if l.lost {
		l.lost = false
		return ct.Reply{Err: errors.New("drop")}
	}
	body := l.Mock.Sent[len(l.Mock.Sent)-1].Body
	var e map[string]any
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	_ = d.Decode(&e)
	return l.answer(l.add(e))
}

func (l *rawLedger) add(e map[string]any) string {
	id := fmt.Sprintf("e%d", len(l.events)+1)
	e["id"] = id
	if _, ok := e["author"]; !ok {
		e["author"] = "sender"
	}
	l.events = append(l.events, e)
	return id
}

func (l *rawLedger) paid(amount string) string {
	return l.add(map[string]any{"type": "paid", "amount": json.Number(amount), "date": payday.String()})
}

func (l *rawLedger) ensure(e maventa.LedgerEntry) (*maventa.Ensured, error) {
	return l.Client.Assignments.EnsureEvent(l.t.Context(), rawID, e)
}

func dropAfter(string) ct.Reply { return ct.Reply{Err: errors.New("drop")} }

func minus(m map[string]any, names ...string) map[string]any {
	c := map[string]any{}
	for k, v := range m {
		if !slices.Contains(names, k) {
			c[k] = v
		}
	}
	return c
}

// One key, two invoices, equal events: the second must not pass for done.
func TestKeyOfAnotherInvoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		other := l.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
		a, _ := l.srv.Assignment(l.id)
		b, _ := l.srv.Assignment(other)
		require.NotEqual(t, a.InvoiceID, b.InvoiceID)
		require.NotEmpty(t, b.InvoiceID)
		r := l.c.Assignments.EnsureEvents(t.Context(), []maventa.LedgerItem{
			{InvoiceID: a.InvoiceID, LedgerEntry: payment("bank-1", "40.00")},
		})
		require.NoError(t, r[0].Err)
		r = l.c.Assignments.EnsureEvents(t.Context(), []maventa.LedgerItem{
			{InvoiceID: b.InvoiceID, LedgerEntry: payment("bank-1", "40.00")},
		})
		assert.ErrorIs(t, r[0].Err, maventa.ErrKeyReused, "ensured: %+v, posts %d", r[0].Ensured, l.posts())
	})
}

// A nameless credit note explains another credit note, by its number.
func TestNamelessCreditNote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		// CN2 was reported by hand before.
		l.add(map[string]any{"type": "credit_note", "amount": json.Number("40.00"), "date": payday.String(), "invoice_number": "CN2"})
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		listed := false
		l.shown = func(e map[string]any) map[string]any { // a new event is listed a little later
			if e["id"] == "e2" && !listed {
				return nil
			}
			return e
		}
		cn := func(key, number string) maventa.LedgerEntry {
			return maventa.LedgerEntry{Key: key, Event: maventa.CreditNote(maventa.MustAmount("40.00"), payday, number)}
		}
		_, err := l.ensure(cn("cn-1", "CN1"))
		require.NoError(t, err)
		listed = true
		time.Sleep(time.Hour)
		_, err = l.ensure(cn("cn-2", "CN2"))
		assert.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "CN2 is booked twice: %v", l.events)
	})
}

// A nameless payment explains an event that was there before it was sent.
func TestNamelessBaseline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		byHand := l.paid("40.00") // bank-2, reported by hand
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		listed := false
		l.shown = func(e map[string]any) map[string]any {
			if e["id"] == "e2" && !listed {
				return nil
			}
			return e
		}
		one := payment("bank-1", "40.00")
		_, err := l.ensure(one)
		require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		one.Post = []string{byHand} // right: e1 is bank-2's
		_, err = l.ensure(one)
		require.NoError(t, err)
		listed = true
		time.Sleep(24 * time.Hour)
		two := payment("bank-2", "40.00")
		_, err = l.ensure(two)
		require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		failed, _ := errors.AsType[*maventa.Error](err)
		assert.Contains(t, failed.Details, byHand, "the event in question is not shown")
		two.Adopt = byHand
		_, err = l.ensure(two)
		require.NoError(t, err)
		assert.Equal(t, 1, l.posts, "bank-2 is booked twice: %v", l.events)
	})
}

// The same, with the next payment of the same batch: no question at all.
func TestNamelessBaselineSameBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		byHand := l.paid("40.00")
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		l.shown = func(e map[string]any) map[string]any {
			if e["id"] == "e2" {
				return nil // listed in a minute
			}
			return e
		}
		one := payment("bank-1", "40.00")
		one.Post = []string{byHand}
		_, err := l.ensure(one)
		require.NoError(t, err)
		_, err = l.ensure(payment("bank-2", "40.00"))
		assert.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "bank-2 is booked twice: %v", l.events)
	})
}

// A field mended by Extra, as NewEvent's doc says; a lost answer; sent again.
func TestExtraMendsAmount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		entry := payment("bank-1", "100.00")
		entry.Event.Extra = extraOf(t, "amount", 10000) // the service wants cents
		l.answer = dropAfter
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		require.Len(t, l.events, 1)
		time.Sleep(20 * time.Minute)
		_, err = l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "booked twice: %v", l.events)
	})
}

// Without a typed amount, another payment of another amount is taken for it.
func TestExtraRecover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		e := maventa.NewEvent{Type: maventa.EventPaid, Date: payday, Extra: extraOf(t, "amount", 100)}
		entry := maventa.LedgerEntry{Key: "bank-1", Event: e}
		l.lost = true
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		l.paid("37.50") // somebody else's, another amount
		time.Sleep(20 * time.Minute)
		_, err = l.Client.Recover(t.Context())
		require.NoError(t, err)
		stored, _, _ := l.journal.Find(t.Context(), maventa.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: "bank-1"})
		assert.False(t, stored.Done(), "100 is taken for reported by event %s of 37.50", stored.EventID)
	})
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
				assert.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
				assert.Equal(t, 1, l.posts, "booked twice: %v", l.events)
			})
		})
	}
}

// The list has lost what was in the baseline (an index that is being rebuilt):
// its silence proves nothing.
func TestBaselineVanished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.paid("1.00")
		l.answer = dropAfter
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		l.shown = func(map[string]any) map[string]any { return nil }
		time.Sleep(20 * time.Minute)
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrUnsettled)
		assert.Equal(t, []string{"e1"}, asFailure(err).Details)
		assert.Equal(t, 1, l.posts, "booked twice: %v", l.events)
	})
}

// Two servers, one assignment, two payments. Server 2 pauses between its
// look and its claim.
type pausing struct {
	maventa.Journal
	pause time.Duration
}

func (p *pausing) ForAssignment(ctx context.Context, a, b, c string) ([]maventa.JournalEntry, error) {
	list, err := p.Journal.ForAssignment(ctx, a, b, c)
	d := p.pause
	p.pause = 0
	time.Sleep(d)
	return list, err
}

func TestTwoServersOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		second := l.srv.Client(t, maventa.WithJournal(&pausing{l.journal, time.Second}))
		done := make(chan error)
		go func() {
			_, err := second.Assignments.EnsureEvent(t.Context(), l.id, payment("bank-2", "40.00"))
			done <- err
		}()
		time.Sleep(500 * time.Millisecond)
		l.srv.Inject(maventatest.DropBeforeCommit().On("Assignments.AddEvent"))
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		err = <-done
		assert.ErrorIs(t, err, maventa.ErrUnsettled, "bank-2 was sent while bank-1 is open")
	})
}

func TestTwoServersLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		second := l.srv.Client(t, maventa.WithJournal(&pausing{l.journal, 15*time.Minute - 8*time.Second}))
		done := make(chan error)
		go func() {
			_, err := second.Assignments.EnsureEvent(t.Context(), l.id, payment("bank-2", "40.00"))
			done <- err
		}()
		time.Sleep(time.Second)
		l.srv.Inject(maventatest.DropBeforeCommit().On("Assignments.AddEvent"))
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		l.srv.Inject(maventatest.SlowAnswer(20 * time.Second).On("Assignments.AddEvent"))
		time.Sleep(15*time.Minute + 100*time.Millisecond)
		_, _ = l.ensure(payment("bank-1", "40.00"))
		<-done // whatever the two are told now
		time.Sleep(20 * time.Minute)
		for _, key := range []string{"bank-1", "bank-2"} {
			_, err = l.ensure(payment(key, "40.00"))
			require.NoError(t, err)
		}
		a, _ := l.srv.Assignment(l.id)
		assert.Len(t, a.Events, 2, "two payments are done, entries: %q and %q", l.entry("bank-1").EventID, l.entry("bank-2").EventID)
	})
}

// A transfer in a state that this package does not know.
func rawTransfer(t *testing.T, v2, v1 ct.Reply, entry maventa.TransferEntry) (posts int, err error) {
	m := ct.NewMock(t, maventa.WithJournal(maventa.NewMemoryJournal()))
	m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return v2 })
	m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return v1 })
	for _, agency := range []string{"ropo", "amili"} {
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/"+agency, func(*http.Request) ct.Reply {
			posts++
			return ct.Reply{Status: 202, Body: `{"status":"pending"}`}
		})
	}
	_, err = m.Client.Invoices.EnsureTransfer(t.Context(), "I1", entry)
	return posts, err
}

func ropoEntry() maventa.TransferEntry {
	return maventa.TransferEntry{Key: "collect/1", Ropo: &maventa.RopoTransfer{
		CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B, Currency: "EUR",
		DueDate: maventa.MustDate("2026-01-01"), Today: maventa.MustDate("2026-02-01"),
		Payers:  []maventa.Payer{{Name: "Oy Ab", Address: maventa.Address{Country: "FI", Streets: []string{"K 1"}, City: "H", ZipCode: "00100"}}},
		Amounts: maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("100.00")},
	}}
}

func TestTransferUnknownState(t *testing.T) {
	for _, body := range []string{`{"status":"processing"}`, `{"status":"SENT"}`, `{"state":"sent","url":"https://x/v1/assignments/as-1"}`} {
		t.Run(body, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				posts, err := rawTransfer(t, ct.Reply{Status: 200, Body: body}, ct.Reply{Status: 404}, ropoEntry())
				require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
				assert.Zero(t, posts, "the service shows a transfer, and it is transferred again")
			})
		})
	}
}

func TestTransferV1ThenRopo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		posts, err := rawTransfer(t, ct.Reply{Status: 404}, ct.Reply{Status: 200, Body: `{"status":"sent"}`}, ropoEntry())
		require.NoError(t, err)
		assert.Zero(t, posts, "the invoice is at Amili (v1) and goes to Ropo too")
	})
}

// TransferEntry.Post stays in the caller's list.
func TestTransferPostStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		posts := 0
		m := ct.NewMock(t, maventa.WithJournal(maventa.NewMemoryJournal()))
		m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 404} }) // no access to the status
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
			posts++
			return ct.Reply{Err: errors.New("drop")}
		})
		e := ropoEntry()
		for range 4 {
			_, err := m.Client.Invoices.EnsureTransfer(t.Context(), "I1", e)
			require.Error(t, err)
			if e.Post.IsZero() {
				e.Post = asFailure(err).FirstSent // decided once, for the first attempt
			}
			time.Sleep(20 * time.Minute)
		}
		assert.Equal(t, 2, posts, "one word of the caller, several hand-overs")
	})
}

// Corrected as docs/oncall.md says: "the right names can be given in Extra".
func TestMendedAfterRejection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = func(string) ct.Reply {
			l.events = nil
			return ct.Reply{Status: 422, Body: `{"code":"invalid_parameters","details":["sum is missing"]}`}
		}
		entry := payment("bank-1", "40.00")
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrValidation)
		l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
		entry.Event.Extra = extraOf(t, "sum", 40)
		_, err = l.ensure(entry)
		assert.NoError(t, err)
	})
}

// Recover takes another credit note for the one that never arrived.
func TestRecoverCreditNote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.lost = true
		_, err := l.ensure(maventa.LedgerEntry{Key: "cn-1", Event: maventa.CreditNote(maventa.MustAmount("40.00"), payday, "CN1")})
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		l.add(map[string]any{"type": "credit_note", "amount": json.Number("40.00"), "date": payday.String(), "invoice_number": "CN2"})
		time.Sleep(20 * time.Minute)
		_, err = l.Client.Recover(t.Context())
		require.NoError(t, err)
		stored, _, _ := l.journal.Find(t.Context(), maventa.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: "cn-1"})
		assert.False(t, stored.Done(), "CN1 is taken for reported by the event of CN2")
	})
}

// The clock was wrong when the entry began.
func TestBegunInTheFuture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.lost = true
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		key := maventa.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: "bank-1"}
		stored, _, _ := l.journal.Find(t.Context(), key)
		j := maventa.NewMemoryJournal() // the same entry, written under a clock that was years ahead
		stored.BegunAt = stored.BegunAt.AddDate(50, 0, 0)
		_, _, err = j.Begin(t.Context(), stored)
		require.NoError(t, err)
		l.journal = j
		m := ct.NewMock(t, maventa.WithJournal(j))
		m.OnFunc("GET", ct.Receivables+"/v1/assignments/A1/events", func(*http.Request) ct.Reply { return page("[]") })
		time.Sleep(24 * time.Hour)
		_, err = m.Client.Assignments.EnsureEvent(t.Context(), "A1", payment("bank-1", "40.00"), maventa.WithSettleTime(0))
		require.ErrorIs(t, err, maventa.ErrUnsettled)
		assert.ErrorContains(t, err, "began in the future")
		assert.Zero(t, asFailure(err).RetryAfter, "running again does not help")
	})
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
				assert.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
				assert.Equal(t, 1, l.posts, "booked twice: %v", l.events)
			})
		})
	}
}

// A 202 that says error.
func TestTransferAnsweredError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := ct.NewMock(t, maventa.WithJournal(maventa.NewMemoryJournal()))
		m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 404} })
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
			return ct.Reply{Status: 202, Body: `{"status":"error","error_reason":"no agreement"}`}
		})
		for range 2 {
			e, err := m.Client.Invoices.EnsureTransfer(t.Context(), "I1", ropoEntry())
			assert.ErrorIs(t, err, maventa.ErrTransferFailed, "%+v", e)
		}
	})
}

// Adopt is taken at once, though the request that was sent may still arrive.
func TestAdoptBeforeSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		e0 := l.paid("40.00")
		entry := payment("bank-1", "40.00")
		entry.Post = []string{e0}
		l.lost = true // still under way
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		entry.Post, entry.Adopt = nil, e0 // another person decides otherwise
		_, err = l.ensure(entry)
		assert.ErrorIs(t, err, maventa.ErrUnsettled)
	})
}

// TestSettledByHand: where events show no ids, nothing can be adopted or told
// apart. A person settles the entry in the journal, as docs/ledger.md says, and
// the assignment is free again.
func TestSettledByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.shown = func(e map[string]any) map[string]any { return minus(e, "id") }
		l.answer = dropAfter
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(20 * time.Minute)
		for _, key := range []string{"bank-1", "bank-2"} {
			_, err = l.ensure(payment(key, "40.00"))
			require.Error(t, err)
			assert.Zero(t, asFailure(err).RetryAfter, "running again does not help")
		}
		open, err := l.Client.Recover(t.Context())
		require.NoError(t, err)
		require.Len(t, open, 1)
		entry := open[0]
		entry.Outcome, entry.EndedAt = maventa.OutcomeApplied, time.Now().UTC().Truncate(time.Microsecond)
		require.NoError(t, l.journal.End(t.Context(), entry))
		ensured, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.False(t, ensured.Sent)
		l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
		_, err = l.ensure(payment("bank-2", "7.00"))
		require.NoError(t, err)
		assert.Equal(t, 2, l.posts)
	})
}

// TestTransferStatusOfAnother: a 200 that is not the service's says neither that
// there is a transfer nor that there is none.
func TestTransferStatusOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		posts, err := rawTransfer(t, ct.Reply{Status: 200, Body: `{"portal":{"login":true}}`}, ct.Reply{Status: 404}, ropoEntry())
		assert.Equal(t, maventa.OutcomeNotSent, ct.Failure(t, err).Outcome)
		assert.Zero(t, posts)
	})
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
		require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "booked twice")
	})
}

// Amount through Extra only, date as UTC timestamp.
func TestExtraAmountInOtherSpelling(t *testing.T) {
	for name, run := range map[string]bool{"recover": true, "again": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newRaw(t)
				l.shown = func(e map[string]any) map[string]any {
					c := minus(e)
					c["date"] = "2026-11-19T22:00:00Z"
					return c
				}
				l.answer = dropAfter
				entry := payment("bank-1", "100.00")
				if !run {
					entry.Event = maventa.NewEvent{Type: maventa.EventPaid, Date: payday}
				}
				entry.Event.Extra = extraOf(t, "amount", 10000)
				_, err := l.ensure(entry)
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				time.Sleep(20 * time.Minute)
				if run {
					open, err := l.Client.Recover(t.Context())
					require.NoError(t, err)
					assert.Len(t, open, 1)
				}
				_, err = l.ensure(entry)
				require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
				assert.Equal(t, 1, l.posts, "booked twice")
			})
		})
	}
}

// Type mended to a known one.
func TestExtraMendsType(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = dropAfter
		entry := payment("bank-1", "100.00")
		entry.Event.Extra = extraOf(t, "type", "credit_note")
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(20 * time.Minute)
		open, err := l.Client.Recover(t.Context())
		require.NoError(t, err)
		assert.Len(t, open, 1)
		_, err = l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "booked twice")
	})
}

// Nameless CN1, then CN2 by hand, then CN2 by the program.
func TestNamelessCreditNoteAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		listed := false
		l.shown = func(e map[string]any) map[string]any {
			if e["id"] == "e1" && !listed {
				return nil
			}
			return e
		}
		cn := func(key, number string) maventa.LedgerEntry {
			return maventa.LedgerEntry{Key: key, Event: maventa.CreditNote(maventa.MustAmount("40.00"), payday, number)}
		}
		_, err := l.ensure(cn("cn-1", "CN1"))
		require.NoError(t, err)
		listed = true
		time.Sleep(time.Hour)
		l.add(map[string]any{"type": "credit_note", "amount": json.Number("40.00"), "date": payday.String(), "invoice_number": "CN2"})
		time.Sleep(time.Hour)
		_, err = l.ensure(cn("cn-2", "CN2"))
		assert.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "CN2 is booked twice: %v", l.events)
	})
}

// Nameless with mended amount excuses an event of another amount.
func TestNamelessMended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		one := payment("bank-1", "100.00")
		one.Event.Extra = extraOf(t, "amount", 100)
		_, err := l.ensure(one)
		require.NoError(t, err)
		l.paid("40.00") // bank-2, by hand
		time.Sleep(time.Hour)
		_, err = l.ensure(payment("bank-2", "40.00"))
		assert.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "bank-2 is booked twice: %v", l.events)
	})
}

// The same where events show no ids.
func TestNamelessMendedWithoutIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.shown = func(e map[string]any) map[string]any { return minus(e, "id") }
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 204} }
		one := payment("bank-1", "100.00")
		one.Event.Extra = extraOf(t, "amount", 100)
		_, err := l.ensure(one)
		require.NoError(t, err)
		l.paid("40.00") // bank-2, by hand
		time.Sleep(time.Hour)
		_, err = l.ensure(payment("bank-2", "40.00"))
		assert.ErrorIs(t, err, maventa.ErrPossibleDuplicate)
		assert.Equal(t, 1, l.posts, "bank-2 is booked twice: %v", l.events)
	})
}

// 50 ms of clock skew between two servers.
func TestClocksApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		_, _, err := l.journal.Begin(t.Context(), maventa.JournalEntry{
			JournalKey: maventa.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: "bank-1"},
			Operation:  "Assignments.AddEvent", AssignmentID: rawID, EventType: maventa.EventPaid, Digest: "x", Baseline: []string{},
			BegunAt: time.Now().UTC().Add(50 * time.Millisecond), // server 1's clock
		})
		require.NoError(t, err)
		_, err = l.ensure(payment("bank-2", "1.00"))
		require.ErrorIs(t, err, maventa.ErrUnsettled)
		assert.NotZero(t, asFailure(err).RetryAfter, "a person is sent to settle by hand what is just being sent")
	})
}

// The answer's id is not the one of the list.
func TestOtherIDInAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"req-` + id + `","type":"paid"}`} }
		_, err := l.ensure(payment("bank-1", "1.00"))
		require.NoError(t, err)
		l.lost = true
		_, err = l.ensure(payment("bank-2", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		for range 3 {
			time.Sleep(20 * time.Minute)
			_, err = l.ensure(payment("bank-2", "40.00"))
		}
		require.NoError(t, err)
		_, err = l.ensure(payment("bank-3", "7.00"))
		require.NoError(t, err)
		open, err := l.Client.Recover(t.Context())
		require.NoError(t, err)
		assert.Empty(t, open)
	})
}

// An unknown state, and the decision that the error asks for.
func TestTransferUnknownStateDecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		posts := 0
		status := ct.Reply{Status: 404}
		m := ct.NewMock(t, maventa.WithJournal(maventa.NewMemoryJournal()))
		m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return status })
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
			posts++
			if posts == 1 {
				return ct.Reply{Err: errors.New("drop")}
			}
			return ct.Reply{Status: 202, Body: `{"status":"pending"}`}
		})
		e := ropoEntry()
		_, err := m.Client.Invoices.EnsureTransfer(t.Context(), "I1", e)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		status = ct.Reply{Status: 200, Body: `{"status":"withdrawn"}`}
		time.Sleep(20 * time.Minute)
		_, err = m.Client.Invoices.EnsureTransfer(t.Context(), "I1", e)
		require.ErrorIs(t, err, maventa.ErrUnsettled)
		e.Post = asFailure(err).FirstSent
		for range 2 {
			_, err = m.Client.Invoices.EnsureTransfer(t.Context(), "I1", e)
		}
		assert.NoError(t, err, "the decision that was asked for has no effect")
	})
}

func TestRopoWithoutV1(t *testing.T) {
	for name, r := range map[string]ct.Reply{
		"dns":      {Err: errors.New("no such host")},
		"503":      {Status: 503},
		"500":      {Status: 500},
		"301":      {Status: 301},
		"html":     {Status: 200, Body: "<html>gone</html>"},
		"empty ok": {Status: 200, Body: "{}"},
		"405":      {Status: 405}, "401": {Status: 401}, "403": {Status: 403}, "410": {Status: 410},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				posts, err := rawTransfer(t, ct.Reply{Status: 404, Body: `{"code":"not_found"}`}, r, ropoEntry())
				require.NoError(t, err)
				assert.Equal(t, 1, posts)
			})
		})
	}
}

// Settle time of 10 s: the rerun that settles cannot send.
func TestShortSettleTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.lost = true
		e := payment("bank-1", "40.00")
		_, err := l.Client.Assignments.EnsureEvent(t.Context(), rawID, e, maventa.WithSettleTime(8*time.Second))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		time.Sleep(time.Minute)
		_, err = l.Client.Assignments.EnsureEvent(t.Context(), rawID, e, maventa.WithSettleTime(8*time.Second))
		assert.NoError(t, err)
	})
}

// Credit notes in a batch, the lost one is not first.
func TestCreditNotesBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		cn := func(number string) maventa.LedgerItem {
			return maventa.LedgerItem{AssignmentID: rawID, LedgerEntry: maventa.LedgerEntry{Key: number, Event: maventa.CreditNote(maventa.MustAmount("40.00"), payday, number)}}
		}
		ok := l.answer
		l.answer = dropAfter
		r := l.Client.Assignments.EnsureEvents(t.Context(), []maventa.LedgerItem{cn("CN1")})
		require.Error(t, r[0].Err)
		l.answer = ok
		time.Sleep(20 * time.Minute)
		r = l.Client.Assignments.EnsureEvents(t.Context(), []maventa.LedgerItem{cn("CN2"), cn("CN1"), cn("CN3")})
		assert.NotZero(t, asFailure(r[0].Err).RetryAfter, "running again does help")
		r = l.Client.Assignments.EnsureEvents(t.Context(), []maventa.LedgerItem{cn("CN2"), cn("CN1"), cn("CN3")})
		for _, x := range r {
			assert.NoError(t, x.Err)
		}
	})
}

// By assignment first, by invoice later: the assignment is gone from the list.
func TestKeyFirstByAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		_, err := l.ensure(payment("bank-1", "1.00"))
		require.NoError(t, err)
		for _, v := range []string{"v1", "v2"} {
			l.OnFunc(http.MethodGet, ct.AX+"/"+v+"/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 404} })
		}
		l.OnFunc(http.MethodGet, maventa.Stage.ReceivablesURL+"/v1/assignments", func(*http.Request) ct.Reply { return ct.Reply{Status: 200, Body: "[]"} })
		r := l.Client.Assignments.EnsureEvents(t.Context(), []maventa.LedgerItem{{InvoiceID: "I1", LedgerEntry: payment("bank-1", "1.00")}})
		assert.NoError(t, r[0].Err)
	})
}

type tardyJournal struct{ maventa.Journal }

func (s tardyJournal) Begin(ctx context.Context, e maventa.JournalEntry) (maventa.JournalEntry, bool, error) {
	x, ok, err := s.Journal.Begin(ctx, e)
	time.Sleep(10 * time.Millisecond) // the way back of the answer
	return x, ok, err
}

// Two servers in step, each with its own payment of one assignment, each waiting
// as long as the error says.
func TestTwoServersInStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(t)
		var wg sync.WaitGroup
		for _, key := range []string{"bank-1", "bank-2"} {
			c := l.srv.Client(t, maventa.WithJournal(tardyJournal{l.journal}))
			wg.Go(func() {
				var err error
				for range 50 {
					if _, err = c.Assignments.EnsureEvent(t.Context(), l.id, payment(key, "40.00")); err == nil {
						return
					}
					time.Sleep(asFailure(err).RetryAfter)
				}
				t.Error(key, err)
			})
		}
		wg.Wait()
		assert.Equal(t, 2, sentPayments(l.srv, l.id))
	})
}

// The on-call person copies FirstSent in whole seconds or milliseconds.
func TestTransferPostPrecision(t *testing.T) {
	for _, precision := range []time.Duration{time.Second, time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(1234567 * time.Microsecond)
			time.Sleep(123 * time.Microsecond)
			m := ct.NewMock(t, maventa.WithJournal(maventa.NewMemoryJournal()))
			m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 404} })
			m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
			posts := 0
			m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
				if posts++; posts == 1 {
					return ct.Reply{Err: errors.New("drop")}
				}
				return ct.Reply{Status: 202, Body: `{"status":"pending"}`}
			})
			e := ropoEntry()
			_, err := m.Client.Invoices.EnsureTransfer(t.Context(), "I1", e)
			require.Error(t, err)
			time.Sleep(20 * time.Minute)
			_, err = m.Client.Invoices.EnsureTransfer(t.Context(), "I1", e)
			assert.Contains(t, err.Error(), asFailure(err).FirstSent.Format("15:04:05"), "the text does not tell FirstSent")
			e.Post = asFailure(err).FirstSent.Truncate(precision)
			_, err = m.Client.Invoices.EnsureTransfer(t.Context(), "I1", e)
			assert.NoError(t, err, precision)
		})
	}
}

// Settle time 0: the first error's FirstSent is not taken.
func TestTransferPostSettleZero(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := ct.NewMock(t, maventa.WithJournal(tardyJournal{maventa.NewMemoryJournal()}), maventa.WithSettleTime(0))
		m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 404} })
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
		posts := 0
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
			if posts++; posts == 1 {
				return ct.Reply{Err: errors.New("drop")}
			}
			return ct.Reply{Status: 202, Body: `{"status":"pending"}`}
		})
		e := ropoEntry()
		_, err := m.Client.Invoices.EnsureTransfer(t.Context(), "I1", e)
		require.Error(t, err)
		e.Post = asFailure(err).FirstSent
		_, err = m.Client.Invoices.EnsureTransfer(t.Context(), "I1", e)
		assert.NoError(t, err)
	})
}

// A lost transfer that the status shows as failed frees its key; the error of that
// one says nothing about the next.
func TestTransferErrorAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		posts := 0
		m := ct.NewMock(t, maventa.WithJournal(maventa.NewMemoryJournal()))
		m.OnFunc("GET", ct.AX+"/v2/invoices/I1/assignment", func(*http.Request) ct.Reply {
			if posts == 0 {
				return ct.Reply{Status: 404}
			}
			return ct.Reply{Status: 200, Body: `{"status":"error"}`}
		})
		m.OnFunc("GET", ct.AX+"/v1/invoices/I1/assignment", func(*http.Request) ct.Reply { return ct.Reply{Status: 410} })
		m.OnFunc("POST", ct.AX+"/v2/invoices/I1/assignment/ropo", func(*http.Request) ct.Reply {
			posts++
			return ct.Reply{Err: errors.New("drop")}
		})
		for i, want := range []error{maventa.ErrOutcomeUnknown, maventa.ErrTransferFailed, maventa.ErrOutcomeUnknown, maventa.ErrUnsettled} {
			_, err := m.Client.Invoices.EnsureTransfer(t.Context(), "I1", ropoEntry())
			require.ErrorIs(t, err, want, "run %d", i)
			if i == 3 { // of this attempt the status says nothing
				assert.ErrorContains(t, err, "still the error of an earlier transfer")
				assert.Zero(t, asFailure(err).RetryAfter)
			}
			time.Sleep(20 * time.Minute)
		}
		assert.Equal(t, 2, posts)
	})
}
