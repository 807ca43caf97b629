package dbtest_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
	"github.com/maventa-go/maventa/sqlstore"
)

// tables are those of the store.
var tables = []string{"maventa_store", "maventa_journal", "maventa_takeovers"}

// dump is a backup: the rows of each table.
type dump map[string][][]any

func backup(t *testing.T, db *sql.DB) dump {
	t.Helper()
	d := dump{}
	for _, table := range tables {
		rows, err := db.Query("SELECT * FROM " + table)
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		for rows.Next() {
			row, at := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				at[i] = &row[i]
			}
			require.NoError(t, rows.Scan(at...))
			d[table] = append(d[table], row)
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return d
}

// restore puts a backup over what is there, or into the empty tables of a copy.
func (s storage) restore(t *testing.T, db *sql.DB, d dump) {
	t.Helper()
	tx, err := db.Begin()
	require.NoError(t, err)
	for _, table := range tables {
		_, err := tx.Exec("DELETE FROM " + table)
		require.NoError(t, err)
		for _, row := range d[table] {
			marks := strings.TrimSuffix(strings.Repeat("?,", len(row)), ",")
			for i := range row {
				if s.Dialect == sqlstore.PostgreSQL {
					marks = strings.Replace(marks, "?", fmt.Sprint("$", i+1), 1)
				}
			}
			_, err := tx.Exec("INSERT INTO "+table+" VALUES ("+marks+")", row...)
			require.NoError(t, err)
		}
	}
	require.NoError(t, tx.Commit())
}

// books are what a company reports.
type books struct {
	srv      *maventatest.Server
	items    []ledger.Item
	invoices []string
}

func newBooks(t *testing.T, paid, transfers int) *books {
	t.Helper()
	b := &books{srv: maventatest.NewServer(t)}
	b.srv.Company().Activate(maventatest.Ropo)
	b.items = payments(b.srv.Company(), paid)
	for range transfers {
		b.invoices = append(b.invoices, b.srv.AddInvoice(maventatest.Invoice{Total: "100.00", DueDate: b.srv.Clock().Day(-20)}))
	}
	return b
}

// testSettle takes no time: these tests run in bubbles, over real databases.
const testSettle = 15 * time.Minute

func (b *books) ledger(t *testing.T, store *sqlstore.Store) *ledger.Ledger {
	t.Helper()
	return ledger.New(b.srv.Client(t), store.Journal(), ledger.SettleTime(testSettle), inDecember)
}

// transfer hands over some of the invoices and returns the errors.
func (b *books) transfer(t *testing.T, l *ledger.Ledger, invoices []string) (failures []error) {
	t.Helper()
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		slots = make(chan struct{}, 20)
	)
	for _, id := range invoices {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			_, err := l.EnsureTransfer(t.Context(), id, ledger.TransferEntry{Key: "collect/" + id, Ropo: &maventa.RopoTransfer{
				CollectionType: maventa.CollectionOnly, ReceivablesType: maventa.ReceivablesB2B, Currency: "EUR",
				DueDate: maventa.MustDate("2026-01-01"), Today: maventa.MustDate("2026-02-01"),
				Payers:  []maventa.Payer{{Name: "Oy Ab", Address: maventa.Address{Country: "FI", Streets: []string{"K 1"}, City: "H", ZipCode: "00100"}}},
				Amounts: maventa.TransferAmounts{CapitalAmount: maventa.MustAmount("100.00")},
			}})
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				failures = append(failures, err)
			}
		})
	}
	wg.Wait()
	return failures
}

func (b *books) sent() (events, transfers int) {
	return b.srv.Count("Assignments.AddEvent"), b.srv.Count("Invoices.TransferToRopo")
}

// finish reports all items, those that need time once more, and returns what failed.
func finish(t *testing.T, l *ledger.Ledger, items []ledger.Item) (failed []ledger.Result) {
	t.Helper()
	for range 10 {
		failed = failures(l.EnsureEvents(t.Context(), items))
		if !slices.ContainsFunc(failed, func(r ledger.Result) bool { return errors.Is(r.Err, ledger.ErrUnsettled) }) {
			break
		}
		time.Sleep(testSettle)
	}
	return failed
}

func failures(results []ledger.Result) (failed []ledger.Result) {
	return slices.DeleteFunc(results, func(r ledger.Result) bool { return r.Err == nil })
}

// TestRestore: a backup is restored over 400 of 500 payments and 40 of 50 transfers
// that it does not know. Nothing is sent from it, and after a person's word nothing
// is sent twice.
func TestRestore(t *testing.T) {
	onEachInBubble(t, func(t *testing.T, s storage) {
		b := newBooks(t, 500, 50)
		s.Environment = b.srv.Environment()
		store, db := s.open(t), s.connect(t)
		require.NoError(t, store.Check(t.Context()))
		l := b.ledger(t, store)
		require.Empty(t, finish(t, l, b.items[:100]))
		require.Empty(t, b.transfer(t, l, b.invoices[:10]))
		old := backup(t, db)
		require.Empty(t, finish(t, l, b.items))
		require.Empty(t, b.transfer(t, l, b.invoices))
		events, transfers := b.sent()
		require.Equal(t, []int{500, 50}, []int{events, transfers})

		s.restore(t, db, old)
		more := payment(b.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"}), "bank-new", "10.00")
		for name, running := range map[string]*sqlstore.Store{"the process that runs": store, "the next process": s.open(t)} {
			require.ErrorIs(t, running.Check(t.Context()), sqlstore.ErrMaybeCopy, name)
			l := b.ledger(t, running)
			refused := finish(t, l, append(slices.Clone(b.items), more))
			refusedTransfers := b.transfer(t, l, b.invoices)
			assert.Equal(t, 50, len(refusedTransfers), "%s: 10 are known, but where they stand cannot be stored", name) //nolint:testifylint // not all of it
			assert.Len(t, refused, 401, name)
			last := refused[len(refused)-1].Err
			require.ErrorIs(t, last, sqlstore.ErrMaybeCopy, name)
			require.ErrorIs(t, last, ledger.ErrJournal, name)
			assert.Equal(t, maventa.ActionAskPerson, maventa.Advise(last).Action)
		}
		unchanged(t, b, 500, 50)

		word := sqlstore.Takeover{Who: "M. Virtanen", Why: "restored after a disk failure", SettleTime: testSettle}
		require.NoError(t, store.Takeover(t.Context(), word))
		require.NoError(t, store.Takeover(t.Context(), word), "again, which changes nothing")
		waits := store.Check(t.Context())
		require.ErrorIs(t, waits, sqlstore.ErrTakenOver)
		_, err := l.EnsureEvent(t.Context(), more.AssignmentID, more.Entry)
		require.ErrorIs(t, err, sqlstore.ErrTakenOver)
		advice := maventa.Advise(err)
		assert.Equal(t, maventa.ActionRetry, advice.Action)
		assert.Positive(t, advice.After)
		time.Sleep(testSettle)
		require.NoError(t, store.Check(t.Context()))

		// What the backup does not know is found by reading: transfers by themselves,
		// payments by a person, who adopts them.
		require.Empty(t, b.transfer(t, l, b.invoices))
		asked := finish(t, l, append(slices.Clone(b.items), more))
		require.Len(t, asked, 400)
		adopted := b.items
		for _, r := range asked {
			require.ErrorIs(t, r.Err, ledger.ErrPossibleDuplicate)
			ids := maventa.Advise(r.Err).IDs
			require.Len(t, ids, 2, "the assignment and one event")
			i := slices.IndexFunc(adopted, func(item ledger.Item) bool { return item.Key == r.Item.Key })
			adopted[i].Adopt = ids[1]
		}
		require.Empty(t, finish(t, l, adopted))
		unchanged(t, b, 501, 50)
		booked, twice, missing := count(b.srv, append(b.items, more))
		t.Logf("500 payments and 50 transfers, a backup of 100 and 10 restored: %d payments booked, %d twice, %d missing; %d questions", booked, twice, missing, len(asked))
		assert.Zero(t, twice+missing)
	})
}

func unchanged(t *testing.T, b *books, events, transfers int) {
	t.Helper()
	sentEvents, sentTransfers := b.sent()
	assert.Equal(t, events, sentEvents, "events sent")
	assert.Equal(t, transfers, sentTransfers, "transfers sent")
}

// TestClone: a copy of production is started beside it, on another machine and on the
// same one, where both share the marker. Nothing is sent twice, and not both go on.
func TestClone(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, s *storage){
		"another installation": func(t *testing.T, s *storage) { s.Own, s.Marker = "acme-test", filepath.Join(t.TempDir(), "marker") },
		"another machine":      func(t *testing.T, s *storage) { s.Marker = filepath.Join(t.TempDir(), "marker") },
		"the same machine":     func(*testing.T, *storage) {},
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range kinds {
				t.Run(kind.name, func(t *testing.T) {
					s, copied := kind.make(t), kind.make(t)
					synctest.Test(t, func(t *testing.T) {
						b := newBooks(t, 200, 20)
						s.Environment, copied.Environment, copied.Marker = b.srv.Environment(), b.srv.Environment(), s.Marker
						change(t, &copied)
						original := s.open(t)
						require.NoError(t, original.Check(t.Context()))
						require.Empty(t, finish(t, b.ledger(t, original), b.items[:50]))
						clone := copied.open(t)
						copied.restore(t, copied.connect(t), backup(t, s.connect(t)))

						// The same books in both, from two ends.
						var wg sync.WaitGroup
						backwards := slices.Clone(b.items)
						slices.Reverse(backwards)
						var own, others []ledger.Result
						wg.Go(func() { own = finish(t, b.ledger(t, original), b.items) })
						wg.Go(func() { others = finish(t, b.ledger(t, clone), backwards) })
						wg.Wait()
						ownTransfers := b.transfer(t, b.ledger(t, original), b.invoices)
						otherTransfers := b.transfer(t, b.ledger(t, clone), b.invoices)
						t.Logf("200 payments and 20 transfers: the original left %d and %d, the copy %d and %d", len(own), len(ownTransfers), len(others), len(otherTransfers))
						_, twice, missing := count(b.srv, b.items)
						assert.Zero(t, twice)
						if len(own) == 0 || len(others) == 0 {
							assert.Zero(t, missing)
						}
						require.ErrorIs(t, errors.Join(original.Check(t.Context()), clone.Check(t.Context())), sqlstore.ErrMaybeCopy, "not both go on")
						assert.LessOrEqual(t, b.srv.Count("Invoices.TransferToRopo"), 20)
					})
				})
			}
		})
	}
}

// TestMachines: machines with a marker each use one database. One that has seen what
// the database does not know any more stops the others too.
func TestMachines(t *testing.T) {
	onEach(t, func(t *testing.T, s storage) {
		other := s
		other.Marker = filepath.Join(t.TempDir(), "marker")
		one, db := s.open(t), s.connect(t)
		require.NoError(t, one.Check(t.Context()))
		begin(t, one, "a")
		require.ErrorIs(t, other.open(t).Check(t.Context()), sqlstore.ErrMaybeCopy, "a machine without a marker")
		text, err := os.ReadFile(s.Marker)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(other.Marker, text, 0o600))
		two := other.open(t)
		require.NoError(t, two.Check(t.Context()), "with a copy of the other one's")
		old := backup(t, db)
		begin(t, one, "b")
		begin(t, one, "c")
		s.restore(t, db, old)
		require.NoError(t, other.open(t).Check(t.Context()), "its marker is no further than the backup")
		require.ErrorIs(t, s.open(t).Check(t.Context()), sqlstore.ErrMaybeCopy)
		require.ErrorIs(t, two.Check(t.Context()), sqlstore.ErrMaybeCopy, "what the first has seen, the second sees")
		require.NoError(t, two.Takeover(t.Context(), sqlstore.Takeover{Who: "w", Why: "y", SettleTime: time.Nanosecond}))
		begin(t, two, "b")
		begin(t, one, "c")
	})
}

// begin begins an entry.
func begin(t *testing.T, store *sqlstore.Store, key string) {
	t.Helper()
	_, claimed, err := store.Journal().Begin(t.Context(), record(key))
	require.NoError(t, err)
	require.True(t, claimed)
}

func record(key string) ledger.Record {
	return ledger.Record{
		JournalKey: ledger.JournalKey{Environment: "stage", CompanyID: "c", Key: key}, Operation: "Assignments.AddEvent",
		AssignmentID: "as-" + key, Claim: "assignment/as-" + key, Attempt: key, BegunAt: time.Now().UTC().Truncate(time.Microsecond),
	}
}
