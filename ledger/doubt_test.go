package ledger_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// An answer to a status call that is not the service's, or not about this invoice,
// neither lets a transfer go nor ends one. Of v1 and v2, the one that shows a
// transfer counts.
func TestTransferStatusThatProvesNothing(t *testing.T) {
	page := ct.Reply{Status: 404, Body: "<html>nope</html>", Header: map[string]string{"Content-Type": "text/html"}}
	json200 := func(body string) ct.Reply { return ct.Reply{Status: 200, Body: body} }
	for name, c := range map[string]struct{ v2, v1 ct.Reply }{
		"v2 error, v1 sent":           {refusedNow, json200(`{"status":"sent"}`)},
		"v2 error, v1 pending":        {refusedNow, json200(`{"status":"pending"}`)},
		"v2 error, v1 unknown":        {refusedNow, json200(`{"status":"queued"}`)},
		"404 of a firewall":           {page, page},
		"404 without a word":          {ct.Reply{Status: 404}, ct.Reply{Status: 404}},
		"404 of a gateway":            {ct.Reply{Status: 404, Body: `{"message":"no Route matched"}`}, noTransfer},
		"410 of a firewall, v1 sent":  {ct.Reply{Status: 410, Body: "<html>"}, json200(`{"status":"sent"}`)},
		"404 and 500 of a firewall":   {page, ct.Reply{Status: 500, Body: "<html>"}},
		"error for a blank reason":    {json200(`{"status":"error","error_reason":" "}`), noTransfer},
		"error at another host":       {json200(`{"status":"error","url":"https://gw.example/x"}`), noTransfer},
		"error of another invoice":    {json200(`{"status":"error","error_reason":"x","invoice_id":"I2"}`), noTransfer},
		"transfer of another invoice": {json200(`{"status":"sent","invoice_id":"I2"}`), noTransfer},
		"an old error":                {ct.Reply{Status: 200, Body: `{"status":"error","error_reason":"x"}`, Header: map[string]string{"Age": "900"}}, noTransfer},
		"a list":                      {json200(`[{"status":"sent"}]`), noTransfer},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t)
			d.v2, d.v1 = c.v2, c.v1
			_ = d.ensure(t, ropoEntry())
			assert.Zero(t, d.posts, "%s: a fresh transfer left", name)
		})
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t)
			d.lose(t)
			d.v2, d.v1 = c.v2, c.v1
			for range 3 {
				time.Sleep(20 * time.Minute)
				err := d.ensure(t, ropoEntry())
				assert.NotErrorIs(t, err, maventa.ErrTransferFailed, name)
			}
			assert.Equal(t, 1, d.posts, "%s: a lost transfer left again", name)
		})
	}
}

// A type that Extra gives is no reason to take nothing for ours.
func TestTypeFromExtra(t *testing.T) {
	for how, between := range map[string]func(*testing.T, *rawLedger){
		"recover":   func(t *testing.T, l *rawLedger) { _, _ = l.Recover(t.Context()) },
		"other key": func(_ *testing.T, l *rawLedger) { _, _ = l.ensure(payment("bank-2", "1.00")) },
		"nothing":   func(*testing.T, *rawLedger) {},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newRaw(t)
			e := payment("bank-1", "64.10")
			e.Event.Extra = extraOf(t, "type", "paid")
			l.shown = func(m map[string]any) map[string]any {
				c := minus(m)
				c["type"] = "paid"
				if fmt.Sprint(c["amount"]) == "64.10" {
					c["amount"] = 64.12
				}
				return c
			}
			l.answer = dropAfter
			_, err := l.ensure(e)
			require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
			time.Sleep(20 * time.Minute)
			between(t, l)
			_, err = l.ensure(e)
			require.Error(t, err)
			assert.Equal(t, 1, l.posts, how)
		})
	}
}

// An equal event of somebody unknown, or about another assignment, may be ours, and
// nobody but a person says so. One of the agency's is not, in any case.
func TestEqualEventOfOthers(t *testing.T) {
	for name, c := range map[string]struct {
		event map[string]any
		posts int
	}{
		"unknown author":     {map[string]any{"author": "collector"}, 1},
		"another assignment": {map[string]any{"author": "sender", "assignment_id": "B2"}, 1},
		"agency in capitals": {map[string]any{"author": "AGENCY"}, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newRaw(t)
			l.lost = true
			_, err := l.ensure(payment("bank-1", "64.10"))
			require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
			l.lost = false
			c.event["type"], c.event["amount"], c.event["date"] = "paid", json.Number("64.10"), payday.String()
			l.add(c.event)
			time.Sleep(20 * time.Minute)
			_, err = l.ensure(payment("bank-1", "64.10"))
			if c.posts == 1 {
				require.ErrorIs(t, err, ledger.ErrPossibleDuplicate, name)
			} else {
				require.NoError(t, err, name)
			}
			assert.Equal(t, c.posts, l.posts, name)
		})
	}
}

// busyJournal does something before it begins an entry.
type busyJournal struct {
	ledger.Journal

	meanwhile func()
}

func (j busyJournal) Begin(ctx context.Context, r ledger.Record) (ledger.Record, bool, error) {
	j.meanwhile()
	return j.Journal.Begin(ctx, r)
}

// Between the look and the claim another server's attempt was refused by the agency:
// its error is not taken for the end of ours. (Found by the model, seed 205253.)
func TestTransferRefusedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		isFirst := true
		slow := ledger.New(d.Client, busyJournal{d.journal, func() {
			if isFirst {
				isFirst, d.v2 = false, refusedNow
			}
		}})
		err := onlyErr(slow.EnsureTransfer(t.Context(), "I1", ropoEntry()))
		require.ErrorIs(t, err, ledger.ErrUnsettled)
		assert.Zero(t, d.posts)
		d.answer = dropped
		require.ErrorIs(t, onlyErr(slow.EnsureTransfer(t.Context(), "I1", ropoEntry())), maventa.ErrOutcomeUnknown)
		time.Sleep(time.Minute)
		require.ErrorIs(t, onlyErr(slow.EnsureTransfer(t.Context(), "I1", ropoEntry())), ledger.ErrUnsettled, "the error is the one of before")
		assert.Equal(t, 1, d.posts)
	})
}
