package ledger_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// at is a clock that stands still.
func at(text string) ledger.Option {
	now, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return ledger.Clock(func() time.Time { return now })
}

// requireField checks that nothing was sent since a field is wrong.
func requireField(t *testing.T, err error, field string) {
	t.Helper()
	require.ErrorIs(t, err, maventa.ErrValidation)
	assert.Equal(t, maventa.OutcomeNotSent, maventa.OutcomeOf(err))
	advice := maventa.Advise(err)
	assert.Equal(t, maventa.ActionFixInput, advice.Action)
	require.Len(t, advice.Fields, 1)
	assert.Equal(t, field, advice.Fields[0].Field)
}

// TestFuturePayment: a payment dated after tomorrow is refused with its field, and one
// of tomorrow is sent: somewhere it is tomorrow already.
func TestFuturePayment(t *testing.T) {
	for clock, isSent := range map[string]bool{
		"2026-11-20T00:00:00Z": true, "2026-11-19T00:00:00Z": true, "2026-11-18T23:59:59Z": false,
		"2026-11-19T01:00:00+02:00": false, "2036-01-01T00:00:00Z": true,
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newBooks(t)
			l.use(l.c, l.journal, at(clock))
			_, err := l.ensure(payment("k", "10.00"))
			if isSent {
				require.NoError(t, err, clock)
				return
			}
			requireField(t, err, "date")
			assert.Zero(t, l.posts())
			_, err = l.EnsureEvent(t.Context(), l.id, ledger.Entry{Key: "d", Event: maventa.DueDateChange(payday)})
			require.NoError(t, err, "what is no payment may be of the future")

			l.use(l.c, l.journal, at("2026-11-20T00:00:00Z"))
			_, err = l.ensure(payment("k", "10.00"))
			require.NoError(t, err, "the key is free")
			l.use(l.c, l.journal, at(clock))
			ensured, err := l.ensure(payment("k", "10.00"))
			require.NoError(t, err, "what was sent is not judged again")
			assert.False(t, ensured.Sent)
		})
	}
	l := ledger.New(nil, nil, ledger.Clock(nil))
	require.Error(t, onlyErr(l.EnsureEvent(t.Context(), "a", payment("k", "1.00"))))
}

// TestValidate: an entry is refused before it is stored with the fields that the ledger
// would name when it reports it.
func TestValidate(t *testing.T) {
	day := payday.AddDays(-1)
	now, err := time.Parse(time.DateOnly, day.String())
	require.NoError(t, err)
	line := func(id string) *ledger.BankLine { return &ledger.BankLine{ID: id, Amount: maventa.MustAmount("10.00")} }
	for name, c := range map[string]struct {
		change func(*ledger.Entry)
		fields []string
	}{
		"fine":                {func(*ledger.Entry) {}, nil},
		"a bank line":         {func(e *ledger.Entry) { e.Bank = line("b") }, nil},
		"no key":              {func(e *ledger.Entry) { e.Key = "" }, []string{"key"}},
		"the day after":       {func(e *ledger.Entry) { e.Event.Date = payday.AddDays(1) }, []string{"date"}},
		"no day":              {func(e *ledger.Entry) { e.Event.Date = maventa.Date{} }, []string{"date"}},
		"a bank line without": {func(e *ledger.Entry) { e.Bank = line("") }, []string{"bank.id"}},
		"all": {func(e *ledger.Entry) {
			*e = ledger.Entry{Event: maventa.DirectPayment(maventa.Amount{}, payday.AddDays(1)), Bank: line("")}
		}, []string{"key", "amount", "date", "bank.id"}},
		"no payment, next year": {func(e *ledger.Entry) { e.Event, e.Bank = maventa.DueDateChange(payday.AddDays(300)), line("") }, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			entry := payment("k", "10.00")
			c.change(&entry)
			err := entry.Validate(now)
			l := newBooks(t)
			l.use(l.c, l.journal, ledger.Clock(func() time.Time { return now }))
			_, refused := l.ensure(entry)
			if c.fields == nil {
				require.NoError(t, err, name)
				require.NoError(t, refused, name)
				return
			}
			require.ErrorIs(t, err, maventa.ErrValidation, name)
			require.ErrorIs(t, refused, maventa.ErrValidation, name)
			var fields []string
			for _, f := range maventa.Advise(err).Fields {
				fields = append(fields, f.Field)
			}
			assert.Equal(t, c.fields, fields, name)
			assert.Subset(t, maventa.Advise(err).Fields, maventa.Advise(refused).Fields, name)
		})
	}
}

// TestCurrency: an amount in another currency than the assignment's is refused.
func TestCurrency(t *testing.T) {
	for currency, isSent := range map[string]bool{"": true, "EUR": true, "eur": true, " EUR": true, "SEK": false, "E": false} {
		synctest.Test(t, func(t *testing.T) {
			l := newBooks(t)
			l.id = l.srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00", Currency: "EUR"})
			entry := payment("k", "10.00")
			entry.Currency = currency
			_, err := l.ensure(entry)
			reads := 0
			if currency != "" {
				reads = 1
			}
			assert.Equal(t, reads, l.srv.Count("Assignments.Get"), "read once, and only if it is asked for")
			if isSent {
				require.NoError(t, err)
				_, err = l.ensure(entry)
				require.NoError(t, err)
				assert.Equal(t, reads, l.srv.Count("Assignments.Get"), "what is done is not read")
				return
			}
			requireField(t, err, "currency")
			assert.Zero(t, l.posts())
		})
	}
	synctest.Test(t, func(t *testing.T) { // nobody knows
		l := newBooks(t)
		l.srv.Inject(maventatest.Status(503).On("Assignments.Get").Times(9))
		entry := payment("k", "10.00")
		entry.Currency = "EUR"
		_, err := l.ensure(entry)
		require.ErrorIs(t, err, maventa.ErrUnavailable)
		assert.Equal(t, maventa.OutcomeNotSent, maventa.OutcomeOf(err))
		assert.Zero(t, l.posts())
	})
}
