package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// TestWhatFreesAKey: an answer to a report that did not arrive, and whether the
// same contents are sent again once that is known.
func TestWhatFreesAKey(t *testing.T) {
	own, html := `{"code":"no","message":"not so"}`, "<html>blocked</html>"
	for _, c := range []struct {
		status int
		body   string
		kept   bool
	}{
		{400, own, true},
		{409, own, true},
		{413, own, true},
		{415, own, true},
		{422, own, true},
		{405, own, true},
		{410, own, true},
		{401, own, false},
		{403, own, false},
		{404, own, false},
		{429, own, false},
		{400, html, true},
		{422, "", true},
		{409, html, true},
		{413, html, true},
		{418, own, true},
		{451, html, true},
		{499, "", true},
		{403, html, false},
		{404, "", false},
		{408, "", false},
		{425, own, false}, // access and time
		{500, own, false},
		{502, html, false},
		{503, "", false},
		{302, "", false},
		{206, own, false},
	} {
		t.Run(fmt.Sprintf("%d %.9s", c.status, c.body), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newRaw(t)
				l.Ledger = ledger.New(l.Client, l.journal, ledger.With(maventa.WithRetry(maventa.NoRetry)))
				l.answer = func(string) ct.Reply {
					l.events = nil
					return ct.Reply{Status: c.status, Body: c.body}
				}
				_, first := l.ensure(payment("bank-1", "40.00"))
				require.Error(t, first)
				time.Sleep(20 * time.Minute)
				l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
				for range 2 {
					_, err := l.ensure(payment("bank-1", "40.00"))
					if !c.kept {
						require.NoError(t, err)
						continue
					}
					failed := asFailure(err)
					require.NotNil(t, failed)
					assert.Equal(t, maventa.OutcomeRejected, failed.Outcome)
					assert.Equal(t, c.status, failed.Status)
					assert.Equal(t, maventa.ActionFixInput, maventa.Advise(err).Action)
					assert.ErrorContains(t, err, "on 2000-01-01T")
				}
				if !c.kept {
					assert.Equal(t, 2, l.posts)
					return
				}
				assert.Equal(t, 1, l.posts, "the same contents every night")
				stored, _, err := l.journal.Find(t.Context(), ledger.JournalKey{Environment: "stage", CompanyID: ct.CompanyID, Key: "bank-1"})
				require.NoError(t, err)
				assert.Equal(t, maventa.OutcomeRejected, stored.Outcome)
				assert.Equal(t, c.status, stored.Status)
				_, err = l.ensure(payment("bank-1", "40.50"))
				require.NoError(t, err, "other contents are a new attempt")
				_, err = l.ensure(payment("bank-2", "7.00"))
				require.NoError(t, err, "other keys go on")
			})
		})
	}
}

// A refusal of somebody else, after the report had arrived, is no refusal.
func TestRefusedAfterItArrived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		l.answer = func(string) ct.Reply { return ct.Reply{Status: 422, Body: "<html>blocked</html>"} }
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		ensured, err := l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.Equal(t, "e1", ensured.EventID)
		assert.Equal(t, 1, l.posts)
	})
}

// The status of a doubtful answer outlives the process, and a journal that does
// not take it loses nothing but the status.
func TestStatusOfADoubtfulAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ledger.journal")
		for _, recovers := range []bool{false, true} {
			key := fmt.Sprint("bank-", recovers)
			l := newRaw(t)
			l.answer = func(string) ct.Reply {
				l.events = nil
				return ct.Reply{Status: 400, Body: "bad request"}
			}
			file, err := ledger.OpenFile(path)
			require.NoError(t, err)
			l.Ledger = ledger.New(l.Client, file)
			_, err = l.ensure(payment(key, "40.00"))
			require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
			require.NoError(t, file.Close())
			time.Sleep(20 * time.Minute)
			file, err = ledger.OpenFile(path)
			require.NoError(t, err)
			l.Ledger = ledger.New(l.Client, file)
			if recovers {
				open, err := l.Recover(t.Context())
				require.NoError(t, err)
				assert.Empty(t, open)
			}
			_, err = l.ensure(payment(key, "40.00"))
			require.ErrorIs(t, err, maventa.ErrValidation)
			assert.Equal(t, 1, l.posts)
			require.NoError(t, file.Close())
		}

		l := newRaw(t)
		l.Ledger = ledger.New(l.Client, &deaf{l.journal})
		l.answer = func(string) ct.Reply {
			l.events = nil
			return ct.Reply{Status: 400, Body: "bad request"}
		}
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorContains(t, err, "the journal did not take the status")
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		l.Ledger = ledger.New(l.Client, l.journal)
		l.answer = func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
		time.Sleep(20 * time.Minute)
		_, err = l.ensure(payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.Equal(t, 2, l.posts)
	})
}

// deaf is a journal that ends nothing.
type deaf struct{ ledger.Journal }

func (*deaf) End(context.Context, ledger.Record) error { return errors.New("deaf") }

// TestChangedContents: the key comes back with other contents after a lost answer.
// What became of the first ones comes first.
func TestChangedContents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ok := func(id string) ct.Reply { return ct.Reply{Status: 201, Body: `{"id":"` + id + `","type":"paid"}`} }
		for _, arrived := range []bool{true, false} {
			l := newRaw(t)
			l.lost, l.answer = !arrived, dropAfter
			_, err := l.ensure(payment("bank-1", "40.00"))
			require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
			l.answer = ok
			l.listing = func(*http.Request) *ct.Reply { return &ct.Reply{Status: 503} }
			_, err = l.ensure(payment("bank-1", "41.00"))
			require.ErrorIs(t, err, maventa.ErrOutcomeUnknown, "it cannot be known")
			require.NotErrorIs(t, err, ledger.ErrKeyReused)
			l.listing = nil
			time.Sleep(20 * time.Minute)
			_, err = l.ensure(payment("bank-1", "41.00"))
			if !arrived {
				require.NoError(t, err, "the first one never arrived: the other one is sent")
				assert.Equal(t, 2, l.posts)
				continue
			}
			for range 2 {
				require.ErrorIs(t, err, ledger.ErrKeyReused)
				assert.Equal(t, maventa.OutcomeApplied, asFailure(err).Outcome)
				assert.NotContains(t, err.Error(), "nothing was sent")
				assert.ErrorContains(t, err, "took effect")
				assert.Equal(t, maventa.ActionAskPerson, maventa.Advise(err).Action, "which of the two is right, no program knows")
				_, err = l.ensure(payment("bank-1", "41.00"))
			}
			_, err = l.ensure(payment("bank-1", "40.00"))
			require.NoError(t, err)
			assert.Equal(t, 1, l.posts)
		}
	})
}

// The key comes back for another assignment after a lost answer: the first one is
// looked at, and blocks nothing any more.
func TestChangedAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newRaw(t)
		other := ct.Receivables + "/v1/assignments/A2/events"
		l.On("GET", other, ct.Reply{Status: 200, Body: "[]"})
		l.On("POST", other, ct.Reply{Status: 201, Body: `{"id":"x","type":"paid"}`})
		l.lost = true
		_, err := l.ensure(payment("bank-1", "40.00"))
		require.ErrorIs(t, err, maventa.ErrOutcomeUnknown)
		_, err = l.EnsureEvent(t.Context(), "A2", payment("bank-1", "40.00"))
		require.ErrorIs(t, err, ledger.ErrUnsettled)
		time.Sleep(20 * time.Minute)
		ensured, err := l.EnsureEvent(t.Context(), "A2", payment("bank-1", "40.00"))
		require.NoError(t, err)
		assert.Equal(t, "x", ensured.EventID)
		assert.Empty(t, l.events)
	})
}
