package dbtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/follow"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
)

// agency is a fake with one assignment, whose list of events can be edited.
type agency struct {
	*maventatest.Server

	assignment string
	edit       func(event map[string]any) (isLeft bool)
	gone       int // how many it leaves out
	requests   atomic.Int64
}

func newAgency(t *testing.T) *agency {
	t.Helper()
	srv, err := maventatest.Start(maventatest.WithToday("2026-11-22"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = srv.Close() })
	return &agency{Server: srv, assignment: srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "5000.00"})}
}

// withAgency runs a test on each database, with a fake of its own.
func withAgency(t *testing.T, test func(t *testing.T, s storage, a *agency)) {
	t.Helper()
	onEach(t, func(t *testing.T, s storage) {
		a := newAgency(t)
		s.Environment = a.Environment()
		test(t, s, a)
	})
}

func (a *agency) client(t *testing.T) *maventa.Client {
	t.Helper()
	c, err := a.NewClient(maventa.WithHTTPClient(&http.Client{Transport: a}))
	require.NoError(t, err)
	return c
}

func (a *agency) pays(amount string) {
	a.Debtor().PayAgency(a.assignment, amount)
	a.Advance(time.Second)
}

// RoundTrip implements [http.RoundTripper].
func (a *agency) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != "/v1/events" {
		return a.HTTPClient().Transport.RoundTrip(r)
	}
	a.requests.Add(1)
	resp, err := a.HTTPClient().Transport.RoundTrip(r)
	if err != nil || a.edit == nil {
		return resp, err
	}
	defer resp.Body.Close()
	var events, left []map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&events); err != nil {
		return nil, err
	}
	for _, e := range events {
		if a.edit(e) {
			left = append(left, e)
		}
	}
	body, err := json.Marshal(left)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Del("Content-Length")
	total, _ := strconv.Atoi(resp.Header.Get("X-Total"))
	resp.Header.Set("X-Total", strconv.Itoa(total-a.gone))
	return resp, err
}

// inbox opens a store, as a process of its own would, with an inbox.
func (a *agency) inbox(t *testing.T, s storage) *sqlstore.Inbox {
	t.Helper()
	return s.open(t).Inbox(a.client(t))
}

func after(t *testing.T, inbox *sqlstore.Inbox, position int64, states ...sqlstore.AckState) []sqlstore.InboxItem {
	t.Helper()
	list, err := inbox.After(t.Context(), position, 1000, states...)
	require.NoError(t, err)
	return list
}

func shown(list []sqlstore.InboxItem) (lines []string) {
	for _, i := range list {
		amount, _ := i.Event.Amount.Get()
		lines = append(lines, fmt.Sprint(i.Position, " ", i.Revises, " ", i.Kind, " ", i.Event.Type, " ", amount, " ", i.Ack.State))
	}
	return lines
}

// TestInbox: what is stored comes once, in its order, and is acknowledged row by row.
func TestInbox(t *testing.T) {
	withAgency(t, func(t *testing.T, s storage, a *agency) {
		inbox := a.inbox(t, s)
		assert.Empty(t, after(t, inbox, 0))
		a.pays("100.00")
		a.pays("20.5")
		report, err := inbox.Look(t.Context())
		require.NoError(t, err)
		assert.Equal(t, sqlstore.LookReport{New: 2, Last: 2}, report)
		for range 2 {
			report, err = a.inbox(t, s).Look(t.Context())
			require.NoError(t, err)
			assert.Equal(t, sqlstore.LookReport{Last: 2}, report)
		}
		list := after(t, inbox, 0)
		assert.Equal(t, []string{"1 0 new paid 100.00 open", "2 0 new paid 20.50 open"}, shown(list))
		assert.Equal(t, a.assignment, list[0].AssignmentID)
		assert.Equal(t, list[0].Event.Key(), list[0].Key)
		assert.Equal(t, list[0].AssignmentID, list[0].Event.AssignmentID)
		assert.WithinDuration(t, time.Now(), list[0].ReceivedAt, time.Minute)
		assert.Equal(t, shown(list[1:]), shown(after(t, inbox, 1)))

		// One that is blocked stops no other.
		blocked := sqlstore.Ack{State: sqlstore.AckBlocked, By: "night", Why: "the period is closed"}
		booked := sqlstore.Ack{State: sqlstore.AckBooked, By: "night", Voucher: "V-1"}
		require.NoError(t, inbox.Acknowledge(t.Context(), 1, blocked))
		assert.Equal(t, []string{"2 0 new paid 20.50 open"}, shown(after(t, inbox, 0, sqlstore.AckOpen)))
		require.NoError(t, inbox.Acknowledge(t.Context(), 2, booked))
		require.NoError(t, inbox.Acknowledge(t.Context(), 2, booked), "once more")
		assert.Empty(t, after(t, inbox, 0, sqlstore.AckOpen))
		assert.Len(t, after(t, inbox, 0, sqlstore.AckBlocked, sqlstore.AckBooked), 2)
		require.ErrorIs(t, inbox.Acknowledge(t.Context(), 2, sqlstore.Ack{State: sqlstore.AckBooked, By: "day", Voucher: "V-2"}), sqlstore.ErrBooked)
		require.ErrorIs(t, inbox.Acknowledge(t.Context(), 2, blocked), sqlstore.ErrBooked)
		require.ErrorIs(t, inbox.Acknowledge(t.Context(), 3, booked), maventa.ErrNotFound)
		for _, bad := range []sqlstore.Ack{
			{By: "x"}, {State: sqlstore.AckBooked, By: "x"}, {State: sqlstore.AckBlocked, By: "x"}, {State: sqlstore.AckIgnored},
		} {
			require.ErrorIs(t, inbox.Acknowledge(t.Context(), 1, bad), maventa.ErrValidation)
		}

		// In the program's own transaction.
		db := s.connect(t)
		voucher := func(commit bool) error {
			tx, err := db.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			defer func() { _ = tx.Rollback() }() // does nothing after Commit
			require.NoError(t, inbox.In(tx).Acknowledge(t.Context(), 1, sqlstore.Ack{State: sqlstore.AckBooked, By: "day", Voucher: "V-3"}))
			if commit {
				return tx.Commit()
			}
			return errRolledBack
		}
		require.ErrorIs(t, voucher(false), errRolledBack)
		got := after(t, inbox, 0)[0].Ack
		got.At = time.Time{}
		assert.Equal(t, blocked, got)
		require.NoError(t, voucher(true))
		assert.Equal(t, "V-3", after(t, inbox, 0)[0].Ack.Voucher)
	})
}

// TestInboxRevisions: a payment of 100 that becomes 10 after it was booked, and one
// that is withdrawn, arrive as rows of their own.
func TestInboxRevisions(t *testing.T) {
	withAgency(t, func(t *testing.T, s storage, a *agency) {
		inbox := a.inbox(t, s)
		a.pays("100.00")
		a.pays("7.00")
		_, err := inbox.Look(t.Context())
		require.NoError(t, err)
		booked := sqlstore.Ack{State: sqlstore.AckBooked, By: "night", Voucher: "V-1"}
		require.NoError(t, inbox.Acknowledge(t.Context(), 1, booked))
		before := after(t, inbox, 0)

		a.edit = func(e map[string]any) bool {
			if e["amount"] == 100.0 {
				e["amount"] = 10.0
			}
			return true
		}
		for range 2 {
			_, err = inbox.Look(t.Context())
			require.NoError(t, err)
			list := after(t, inbox, 0)
			assert.Equal(t, before, list[:2], "what was booked stays as it is")
			assert.Equal(t, []string{"3 1 changed paid 10 open"}, shown(list[2:]))
		}
		a.edit, a.gone = func(e map[string]any) bool { return e["amount"] != 100.0 }, 1
		report, err := inbox.Look(t.Context())
		require.NoError(t, err)
		assert.Equal(t, sqlstore.LookReport{Missing: 1, Last: 4}, report)
		history, err := inbox.History(t.Context(), before[0].AssignmentID, before[0].Key)
		require.NoError(t, err)
		require.Len(t, history, 3)
		assert.Equal(t, "V-1", history[0].Ack.Voucher)
		assert.Equal(t, follow.KindMissing, history[2].Kind)
		assert.Equal(t, int64(3), history[2].Revises)
		a.edit = nil
		report, err = inbox.Look(t.Context())
		require.NoError(t, err)
		assert.Equal(t, sqlstore.LookReport{Changed: 1, Last: 5}, report, "it is back")
	})
}

// TestInboxDaily: what the agency withdraws of older events is found once a day, with
// the rows of the inbox: the checkpoint names the newest hundred only.
func TestInboxDaily(t *testing.T) {
	withAgency(t, func(t *testing.T, s storage, a *agency) {
		inbox := a.inbox(t, s)
		for n := range 120 {
			a.pays(fmt.Sprintf("%d.00", 1+n%5))
		}
		a.pays("6.00")
		report, err := inbox.Look(t.Context())
		require.NoError(t, err)
		require.Equal(t, sqlstore.LookReport{New: 121, Last: 121}, report)
		first := after(t, inbox, 0)[0]
		a.edit, a.gone = func(e map[string]any) bool { return e["id"] != first.Event.ID }, 1
		report, err = inbox.Look(t.Context())
		require.NoError(t, err)
		require.Equal(t, sqlstore.LookReport{Last: 121}, report)

		db := s.connect(t)
		tomorrow := func() {
			var text string
			require.NoError(t, db.QueryRow("SELECT checkpoint FROM maventa_inbox_companies").Scan(&text))
			var stored map[string]any
			require.NoError(t, json.Unmarshal([]byte(text), &stored))
			require.Contains(t, stored, "next_scan")
			delete(stored, "next_scan")
			changed, err := json.Marshal(stored)
			require.NoError(t, err)
			_, err = db.Exec("UPDATE maventa_inbox_companies SET checkpoint = '" + string(changed) + "'")
			require.NoError(t, err)
		}
		for n := range 2 {
			tomorrow()
			report, err = inbox.Look(t.Context())
			require.NoError(t, err)
			require.Equal(t, sqlstore.LookReport{Missing: 1 - n, Last: 122}, report)
		}
		assert.Equal(t, first.Key, after(t, inbox, 121)[0].Key)
	})
}

// TestInboxPositions: a reader that goes on behind the last position it has seen
// misses nothing, though one of two writers commits late.
func TestInboxPositions(t *testing.T) {
	withAgency(t, func(t *testing.T, s storage, a *agency) {
		reader := a.inbox(t, s)
		require.NoError(t, reader.StartFrom(t.Context(), time.Unix(0, 0)))
		var read []sqlstore.InboxItem
		last := int64(0)
		readOn := func() {
			for _, i := range after(t, reader, last) {
				assert.Greater(t, i.Position, last)
				read, last = append(read, i), i.Position
			}
		}
		waits, goOn := make(chan struct{}), make(chan struct{})
		var commits atomic.Int64
		store := s.over(t, s.slowly(t, func() {
			if commits.Add(1) == 2 { // the first one loads the checkpoint
				close(waits)
				<-goOn
			}
		}))
		a.pays("1.00")
		var wg sync.WaitGroup
		look := func(inbox *sqlstore.Inbox) {
			wg.Go(func() {
				_, err := inbox.Look(t.Context())
				assert.NoError(t, err)
			})
		}
		look(store.Inbox(a.client(t)))
		select {
		case <-waits:
		case <-time.After(time.Minute):
			require.Fail(t, "the first look stores nothing")
		}
		a.pays("2.00")
		second := a.inbox2(t, s)
		look(second)
		for range 20 {
			readOn()
			time.Sleep(10 * time.Millisecond)
		}
		close(goOn)
		wg.Wait()
		readOn()
		assert.Equal(t, []string{"1 0 new paid 1.00 open", "2 0 new paid 2.00 open"}, shown(read))
	})
}

// inbox2 is inbox over tables that are there: migrating would wait for the others.
func (a *agency) inbox2(t *testing.T, s storage) *sqlstore.Inbox {
	t.Helper()
	return s.over(t, s.connect(t)).Inbox(a.client(t))
}

// TestInboxTogether: several processes look at the same time, again and again.
func TestInboxTogether(t *testing.T) {
	withAgency(t, func(t *testing.T, s storage, a *agency) {
		inboxes := []*sqlstore.Inbox{a.inbox(t, s), a.inbox2(t, s), a.inbox2(t, s)}
		const rounds = 10
		for n := range rounds {
			a.pays(fmt.Sprintf("%d.00", 1+n))
			var wg sync.WaitGroup
			for _, inbox := range inboxes {
				wg.Go(func() {
					_, err := inbox.Look(t.Context())
					assert.NoError(t, err)
				})
			}
			wg.Wait()
		}
		list := after(t, inboxes[0], 0)
		require.Len(t, list, rounds)
		for n, i := range list {
			amount, _ := i.Event.Amount.Get()
			assert.Equal(t, fmt.Sprintf("%d.00", 1+n), amount.String())
			assert.Equal(t, int64(n+1), i.Position)
		}
	})
}

// TestInboxReadOnly: a copy of the database is read, and asks for nothing. After a
// takeover positions go on behind all that were given.
func TestInboxReadOnly(t *testing.T) {
	withAgency(t, func(t *testing.T, s storage, a *agency) {
		inbox := a.inbox(t, s)
		a.pays("1.00")
		_, err := inbox.Look(t.Context())
		require.NoError(t, err)
		a.pays("2.00")

		copied := s
		copied.Own, copied.Marker = "test system", s.Marker+".copy"
		store := copied.over(t, copied.connect(t))
		inbox = store.Inbox(a.client(t))
		asked := a.requests.Load()
		_, err = inbox.Look(t.Context())
		require.ErrorIs(t, err, sqlstore.ErrMaybeCopy)
		require.ErrorIs(t, inbox.Acknowledge(t.Context(), 1, sqlstore.Ack{State: sqlstore.AckIgnored, By: "x"}), sqlstore.ErrMaybeCopy)
		require.ErrorIs(t, inbox.StartFrom(t.Context(), time.Now()), sqlstore.ErrMaybeCopy)
		assert.Equal(t, asked, a.requests.Load())
		assert.Len(t, after(t, inbox, 0), 1)

		require.NoError(t, store.Takeover(t.Context(), sqlstore.Takeover{Who: "Ann", Why: "moved"}))
		report, err := inbox.Look(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, report.New)
		assert.Greater(t, report.Last, int64(1_000_000))
	})
}

// TestInboxElsewhere: a client of another environment, and an inbox that begins later.
func TestInboxElsewhere(t *testing.T) {
	s, a := onSQLite(t), newAgency(t)
	s.Environment = a.Environment()
	inbox := a.inbox(t, s)
	a.pays("1.00")
	require.NoError(t, inbox.StartFrom(t.Context(), time.Now().AddDate(100, 0, 0)))
	require.NoError(t, inbox.StartFrom(t.Context(), time.Unix(0, 0)), "it began")
	report, err := inbox.Look(t.Context())
	require.NoError(t, err)
	assert.Zero(t, report)

	s.Environment = maventa.Production
	other := s.over(t, s.connect(t)).Inbox(a.client(t))
	_, err = other.Look(t.Context())
	require.ErrorIs(t, err, sqlstore.ErrOtherEnvironment)
	_, err = other.After(t.Context(), 0, 0)
	require.ErrorIs(t, err, sqlstore.ErrOtherEnvironment)
}
