package ledger_test

import (
	"encoding/json"
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
	"github.com/maventa-go/maventa/maventatest"
)

// One thing has one name, however a database prints its id.

// TestAssignmentInTwoSpellings: of two equal payments the first one's answer is
// lost, and the second one comes from a program that writes ids in capitals.
func TestAssignmentInTwoSpellings(t *testing.T) {
	for name, spell := range map[string][2]func(string) string{
		"capitals, then small": {strings.ToUpper, strings.ToLower},
		"small, then capitals": {strings.ToLower, strings.ToUpper},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newBooks(t)
				ensure := func(i int, key string) (*ledger.Ensured, error) {
					return l.EnsureEvent(t.Context(), spell[i](l.id), payment(key, "40.00"))
				}
				l.srv.Inject(maventatest.DropBeforeCommit().On("Assignments.AddEvent"))
				_, err := ensure(0, "bank-1")
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				_, err = ensure(1, "bank-2")
				require.ErrorIs(t, err, ledger.ErrUnsettled)
				_, err = ensure(1, "bank-1")
				require.ErrorIs(t, err, ledger.ErrUnsettled, "the same payment")
				time.Sleep(time.Hour)
				for i, key := range []string{"bank-1", "bank-2", "bank-1", "bank-2"} {
					ensured, err := ensure(i%2, key)
					require.NoError(t, err)
					assert.Equal(t, l.id, ensured.AssignmentID)
				}
				assert.Equal(t, 2, sentPayments(l.srv, l.id))
				assert.Equal(t, l.id, l.entry("bank-1").AssignmentID)
				for _, r := range l.srv.RequestsTo("Assignments.AddEvent") {
					assert.Contains(t, r.Path, l.id, "the path has the id in another spelling")
				}
			})
		})
	}
}

// TestCompanyInTwoSpellings: two programs of one company share a journal.
func TestCompanyInTwoSpellings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		l.srv.Company().Activate(maventatest.Ropo)
		credentials := l.srv.Credentials()
		credentials.CompanyID = strings.ToUpper(credentials.CompanyID)
		c, err := maventa.NewClient(l.srv.Environment(), credentials, maventa.WithHTTPClient(l.srv.HTTPClient()))
		require.NoError(t, err)
		assert.Equal(t, l.srv.CompanyID(), c.CompanyID())
		derived, err := l.c.ForCompany(credentials)
		require.NoError(t, err)
		assert.Equal(t, l.srv.CompanyID(), derived.CompanyID())

		capitals := ledger.New(c, l.journal)
		ensured, err := capitals.EnsureEvent(t.Context(), l.id, payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.True(t, ensured.Sent)
		ensured, err = l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.False(t, ensured.Sent)
		assert.Equal(t, 1, l.posts())

		invoice, transfer := l.srv.AddInvoice(overdue(l.srv)), ropoTransfer()
		for i, server := range []*ledger.Ledger{capitals, l.Ledger} {
			spelled := []string{strings.ToUpper(invoice), invoice}[i]
			stands, err := server.EnsureTransfer(t.Context(), spelled, ledger.TransferEntry{Key: "collect", Ropo: &transfer})
			require.NoError(t, err)
			assert.Equal(t, i == 0, stands.Sent)
			assert.Equal(t, invoice, stands.InvoiceID)
		}
	})
}

// TestEventsInTwoSpellings: the service's list has ids in capitals, or the caller's
// decision has.
func TestEventsInTwoSpellings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const small, other = "e9622e30-0000-4000-8000-00000000000a", "e9622e30-0000-4000-8000-00000000000b"
		l := newRaw(t)
		l.paid("40.00")
		l.paid("40.00")
		l.events[0]["id"], l.events[1]["id"] = strings.ToUpper(small), other
		entry := payment("bank-1", "40.00")
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		assert.Equal(t, []string{small, other}, asFailure(err).Details)

		// The baseline was read in capitals, and is read in small letters now.
		entry.NotMine = []string{small, strings.ToUpper(other)}
		given := entry.NotMine[1]
		l.lost = true
		_, err = l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		assert.Equal(t, given, entry.NotMine[1], "the caller's own list was changed")
		l.events[0]["id"], l.events[1]["id"] = small, strings.ToUpper(other)
		time.Sleep(time.Hour)
		ensured, err := l.ensure(entry)
		require.NoError(t, err)
		assert.True(t, ensured.Sent)

		adopt := payment("bank-2", "40.00")
		adopt.Adopt = strings.ToUpper(small)
		ensured, err = l.ensure(adopt)
		require.NoError(t, err)
		assert.Equal(t, small, ensured.EventID)
		adopt.Key, adopt.Adopt = "bank-3", small
		_, err = l.ensure(adopt)
		require.ErrorContains(t, err, `another journal entry, "bank-2"`)
	})
}

// TestOtherIDsAreExact: what is not a UUID is compared byte by byte, and so is a key
// that looks like one.
func TestOtherIDsAreExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newBooks(t)
		for _, key := range []string{"E9622E30-0000-4000-8000-00000000000A", "e9622e30-0000-4000-8000-00000000000a", "k", "K", "k "} {
			ensured, err := l.ensure(payment(key, "10.00"))
			require.NoError(t, err)
			assert.True(t, ensured.Sent, key)
		}
		assert.Equal(t, 5, l.posts())
	})
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.On(http.MethodGet, ct.Receivables+"/v1/assignments/a1/events", noTransfer)
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		_, err = l.EnsureEvent(t.Context(), strings.ToLower(rawID), payment("bank-2", "40.00"))
		require.ErrorIs(t, err, maventa.ErrNotFound)
	})
}

// TestContentsByValue: one key with the same content in another spelling is the
// same payment, and any other content is not.
func TestContentsByValue(t *testing.T) {
	at := func(amount string, extra ...any) maventa.NewEvent {
		e := maventa.DirectPayment(maventa.MustAmount(amount), payday)
		e.Extra = extraOf(t, extra...)
		return e
	}
	raw := func(text string) maventa.NewEvent { return at("50", "note", json.RawMessage(text)) }
	for name, c := range map[string]struct {
		first, second maventa.NewEvent
		same          bool
	}{
		"decimals":           {at("50.00"), at("50"), true},
		"one decimal":        {at("50.0"), at("50.000"), true},
		"another amount":     {at("50.00"), at("50.01"), false},
		"ten times":          {at("50"), at("500"), false},
		"a number in Extra":  {raw("100"), raw("1.0e2"), true},
		"a negative one":     {raw("-0.50"), raw("-5e-1"), true},
		"a zero":             {raw("0"), raw("-0.00"), true},
		"another number":     {raw("100"), raw("-100"), false},
		"a number as text":   {raw("100"), raw(`"100"`), false},
		"members sorted":     {raw(`{"a":1,"b":[2]}`), raw(` { "b" : [ 2.0 ] , "a" : 1 } `), true},
		"another order":      {raw(`[1,2]`), raw(`[2,1]`), false},
		"escapes":            {raw(`"\ufffd\u00e4/"`), raw("\"\ufffdä\\/\""), true},
		"another text":       {raw(`"a"`), raw(`"A"`), false},
		"null and nothing":   {raw("null"), at("50"), false},
		"split otherwise":    {raw(`["ab","c"]`), raw(`["a","bc"]`), false},
		"nested otherwise":   {raw(`[["a"],"b"]`), raw(`[["a","b"]]`), false},
		"a date with a time": {at("50", "date", "2026-11-20"), at("50", "date", "2026-11-20T23:59:59+02:00"), true},
		"the typed date":     {at("50"), at("50", "date", "2026-11-20T00:00:00Z"), true},
		"another date":       {at("50", "due_date", "2026-11-20"), at("50", "due_date", "2026-11-21"), false},
		"no date":            {at("50", "date", "soon"), at("50", "date", "later"), false},
		"a text with a day":  {at("50", "note", "2026-11-20"), at("50", "note", "2026-11-20T10:00:00Z"), false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newRaw(t)
				_, err := l.ensure(ledger.Entry{Key: "bank-1", Event: c.first})
				require.NoError(t, err)
				ensured, err := l.ensure(ledger.Entry{Key: "bank-1", Event: c.second})
				if c.same {
					require.NoError(t, err)
					assert.False(t, ensured.Sent)
				} else {
					require.ErrorIs(t, err, ledger.ErrKeyReused)
				}
				assert.Equal(t, 1, l.posts)
			})
		})
	}
}
