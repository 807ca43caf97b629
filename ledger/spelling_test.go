package ledger_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// TestMayBeOursInAnotherSpelling: the answer to a report of 64.10 was lost, and
// something new is there. What may be it goes to a person, by its id.
func TestMayBeOursInAnotherSpelling(t *testing.T) {
	event := func(pairs ...any) map[string]any {
		e := map[string]any{"type": "paid", "amount": json.Number("64.10"), "date": payday.String()}
		for i := 0; i < len(pairs); i += 2 {
			name, _ := pairs[i].(string)
			if e[name] = pairs[i+1]; pairs[i+1] == nil {
				delete(e, name)
			}
		}
		return e
	}
	for name, shown := range map[string][]map[string]any{
		"noise of a float":            {event("amount", json.Number("64.10000000000001"))},
		"noise below":                 {event("amount", json.Number("64.09999999995"))},
		"more decimals than money":    {event("amount", json.Number("64.099999999999994315658"))},
		"a cent off":                  {event("amount", json.Number("64.11"))},
		"0.1 % off":                   {event("amount", json.Number("64.1641"))},
		"eight days later":            {event("date", "2026-11-28")},
		"a year later":                {event("date", "2027-11-20")},
		"before we sent it":           {event("date", "2020-01-01")},
		"no date":                     {event("date", nil)},
		"negative":                    {event("amount", json.Number("-64.10"))},
		"cents":                       {event("amount", json.Number("6410"))},
		"a hundredth":                 {event("amount", json.Number("0.641"))},
		"amount as an object":         {event("amount", map[string]any{"value": "64.10"})},
		"no amount":                   {event("amount", nil)},
		"another type":                {event("type", "payment")},
		"no type":                     {event("type", nil)},
		"another type, no amount":     {event("type", "payment", "amount", nil)},
		"no id":                       {event("id", nil)},
		"in two parts":                {event("amount", json.Number("60.00")), event("amount", json.Number("4.10"), "date", "2026-12-01")},
		"in three parts, among other": {event("amount", json.Number("50")), event("amount", json.Number("700.00")), event("amount", json.Number("10")), event("amount", json.Number("4.10"))},
		"in parts of unknown type":    {event("amount", json.Number("60.00"), "type", "capital"), event("amount", json.Number("4.10"), "type", "interest_part")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newRaw(t)
				l.lost = true // so that nothing else is there
				_, err := l.ensure(payment("bank-1", "64.10"))
				require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				for _, e := range shown {
					_, hasID := e["id"]
					l.add(e)
					if name == "no id" && !hasID {
						delete(e, "id")
					}
					delete(e, "author")
				}
				for range 3 {
					time.Sleep(time.Hour)
					_, err = l.ensure(payment("bank-1", "64.10"))
					require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
					require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
				}
				assert.NotEmpty(t, asFailure(err).Details)
				assert.Equal(t, 1, l.posts, "sent again")
				if name == "no id" {
					return
				}
				mine := payment("bank-1", "64.10")
				mine.NotMine = asFailure(err).Details
				l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
				ensured, err := l.ensure(mine)
				require.NoError(t, err, "a person has decided")
				assert.True(t, ensured.Sent)
				assert.Equal(t, 2, l.posts)
			})
		})
	}
}

// TestCautionIsBounded: what is clearly another event does not hold a lost report up.
func TestCautionIsBounded(t *testing.T) {
	for name, other := range map[string]map[string]any{
		"another amount":         {"type": "paid", "amount": json.Number("65.00")},
		"a larger one":           {"type": "paid", "amount": json.Number("640.00")},
		"a cent of interest":     {"type": "paid", "amount": json.Number("0.05")},
		"an unknown type":        {"type": "fee", "amount": json.Number("5.00")},
		"another known type":     {"type": "reminder"},
		"an equal credit note":   {"type": "credit_note", "amount": json.Number("64.10")},
		"the agency's, equal":    {"type": "paid", "amount": json.Number("64.10"), "author": "agency"},
		"the agency's, no sum":   {"type": "paid", "author": "agency"},
		"two that add up beyond": {"type": "paid", "amount": json.Number("60.00")},
	} {
		for _, lost := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					l := newRaw(t)
					l.lost, l.answer = lost, dropAfter
					_, err := l.ensure(payment("bank-1", "64.10"))
					require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
					l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
					if other["author"] == nil {
						other["author"] = ""
					}
					other["date"] = payday.String()
					l.add(minus(other))
					if name == "two that add up beyond" {
						l.add(minus(other))
					}
					time.Sleep(20 * time.Minute)
					_, err = l.ensure(payment("bank-1", "64.10"))
					require.NoError(t, err)
					assert.Equal(t, map[bool]int{true: 2, false: 1}[lost], l.posts)
				})
			})
		}
	}
}

// TestPresentAtOnce: an event that is there ends the entry before the settle time,
// if two reads show it, and what is only alike does not speak against it.
func TestPresentAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = dropAfter
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		l.add(map[string]any{"type": "paid", "amount": json.Number("40.01"), "date": "2026-12-01", "author": ""})
		start := time.Now()
		ensured, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.Equal(t, "e1", ensured.EventID)
		assert.InDelta(t, 5*time.Second, time.Since(start), float64(time.Second), "two reads")

		// It vanishes between the two reads: nothing is concluded.
		l = newRaw(t)
		l.answer = dropAfter
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		reads := 0
		l.listing = func(r *http.Request) *ct.Reply {
			if r.URL.Query().Get("page") == "1" {
				reads++
			}
			if reads > 1 {
				return &ct.Reply{Status: 200, Body: "[]"}
			}
			return nil
		}
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, ledger.ErrUnsettled)
		assert.Equal(t, 2, reads)

		// Two are there: which is ours nobody knows yet, or later.
		l.listing = nil
		l.paid("40.00")
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, ledger.ErrUnsettled)
		require.NotErrorIs(t, err, ledger.ErrPossibleDuplicate, "one may still be booked back, or be somebody else's")
		time.Sleep(time.Hour)
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		assert.Equal(t, []string{"e1", "e2"}, asFailure(err).Details)
		assert.Equal(t, 1, l.posts)
	})
}

// TestNumericIDs: ids that come as JSON numbers are ids.
func TestNumericIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		number := func(id string) json.Number { return json.Number("9007199254740993" + id[1:]) }
		l.shown = func(e map[string]any) map[string]any {
			c := minus(e)
			id, _ := e["id"].(string)
			c["id"] = number(id)
			delete(c, "assignment_id")
			return c
		}
		l.paid("40.00")
		entry := payment("bank-1", "40.00")
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, ledger.ErrPossibleDuplicate)
		assert.Equal(t, []string{"90071992547409931"}, asFailure(err).Details)
		entry.NotMine = asFailure(err).Details
		l.answer = dropAfter
		_, err = l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		ensured, err := l.ensure(entry)
		require.NoError(t, err)
		assert.Equal(t, "90071992547409932", ensured.EventID)

		l.answer = func(id string) ct.Reply {
			return ct.Reply{Status: 201, Body: `{"id":` + string(number(id)) + `,"type":"paid"}`}
		}
		ensured, err = l.ensure(payment("bank-2", "7.00"))
		require.NoError(t, err)
		assert.Equal(t, "90071992547409933", ensured.EventID)
		assert.Equal(t, 2, l.posts)
	})
}
