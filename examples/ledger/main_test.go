package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
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

// In the demonstration the program runs itself, which is this test then.
func TestMain(m *testing.M) {
	if slices.Equal(os.Args[1:], []string{child}) {
		main()
		return
	}
	os.Exit(m.Run())
}

// The expected output is what `go run ./examples/ledger` prints.
func TestDemo(t *testing.T) {
	t.Setenv("GORACE", "atexit_sleep_ms=0") // with -race each run would take a second to end
	want, err := os.ReadFile("testdata/output.txt")
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, demonstrate(t.Context(), &out))
	assert.Equal(t, string(want), out.String())
}

// However Maventa speaks where that is not known, and whatever goes wrong, each
// payment is booked once.
func TestAllWires(t *testing.T) {
	for _, wire := range maventatest.Wires() {
		t.Run(wire.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				afterThePayments()
				srv, cfg := world(t, maventatest.WithWire(wire), maventatest.WithLags(maventatest.Lags{Event: time.Minute}))
				srv.Inject(
					maventatest.DropAfterCommit().On(addEvent),
					maventatest.DropBeforeCommit().On(addEvent),
					maventatest.StatusAfterCommit(500).On(addEvent),
					maventatest.CommitLate(5*time.Minute).On(addEvent),
				)
				var out bytes.Buffer
				for range 4 {
					out.Reset()
					require.NoError(t, run(t.Context(), cfg, &out))
					time.Sleep(cfg.settle)
				}
				assert.True(t, strings.HasSuffix(out.String(), balances(t)), out.String())
				assert.Equal(t, map[string][]string{
					"1001": {"200.00", "50.00"}, "1002": {"100.00"}, "1003": {"250.00", "250.00"}, "1004": {"30.00"},
				}, reported(srv))
			})
		})
	}
}

// balances is the end of the expected output.
func balances(t *testing.T) string {
	t.Helper()
	want, err := os.ReadFile("testdata/output.txt")
	require.NoError(t, err)
	var b strings.Builder
	for text := range strings.Lines(string(want[bytes.LastIndex(want, []byte("    invoice  agency")):])) {
		if text, indented := strings.CutPrefix(text, "    "); indented {
			b.WriteString(text)
		}
	}
	return b.String()
}

// reported are the amounts that we reported, by invoice.
func reported(srv *maventatest.Server) map[string][]string {
	amounts := map[string][]string{}
	for _, a := range srv.Company().Assignments() {
		for _, e := range a.Events {
			if e.Author == "sender" {
				amounts[a.InvoiceNumber] = append(amounts[a.InvoiceNumber], e.Amount)
			}
		}
	}
	return amounts
}

// afterThePayments lets a bubble's time, which begins in 2000, come to a day on which
// the payments of the bank are of the past.
func afterThePayments() { time.Sleep(time.Until(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))) }

// world is the demonstration's, in memory, for a run that writes.
func world(t *testing.T, opts ...maventatest.Option) (*maventatest.Server, config) {
	t.Helper()
	srv := maventatest.NewServer(t, opts...)
	claims, _, err := read(config{})
	require.NoError(t, err)
	play(srv, claims)
	return srv, config{
		write: true, connect: srv.NewClient, settle: usual,
		journal: filepath.Join(t.TempDir(), "journal.jsonl"),
	}
}

// An equal event that the journal does not know is for a person.
func TestPossibleDuplicate(t *testing.T) {
	srv, cfg := world(t)
	id := srv.Company().Assignments()[0].ID
	c := srv.Client(t)
	byHand, err := c.Assignments.AddEvent(t.Context(), id, maventa.DirectPayment(maventa.MustAmount("50"), maventa.MustDate("2026-11-03")))
	require.NoError(t, err)

	var out bytes.Buffer
	require.NoError(t, run(t.Context(), cfg, &out))
	assert.Contains(t, out.String(), `bank/B-03    50.00  for a person: is it one of the events ["`+byHand.ID+`"]?`)
	assert.Contains(t, out.String(), "bank/B-01   200.00  reported\n")
	assert.NotContains(t, out.String(), "open there", "books are compared when nothing is left")
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		fault maventatest.Fault
		want  string
	}{
		{maventatest.Status(422).On(addEvent), "for a person: maventa: Assignments.AddEvent"},
		{maventatest.Status(503).On("Auth.Token").Times(maventatest.Always), "not sent: for the next run"},
		{maventatest.Status(404).On("Invoices.TransferStatus").Times(maventatest.Always), "reported"},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				afterThePayments()
				srv, cfg := world(t)
				cfg.until = maventa.MustDate("2026-11-02")
				srv.Inject(c.fault)
				var out bytes.Buffer
				require.NoError(t, run(t.Context(), cfg, &out))
				assert.Contains(t, out.String(), "bank/B-01   200.00  "+c.want)
			})
		})
	}
	t.Run("no assignment", func(t *testing.T) {
		cfg := config{write: true, connect: maventatest.NewServer(t).NewClient, journal: filepath.Join(t.TempDir(), "journal.jsonl")}
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), cfg, &out))
		assert.Contains(t, out.String(), "not sent: for the next run")
	})
}

// What the statement says of direct payments and payouts is what the bank of the
// story says.
func TestStatementIsTheBanks(t *testing.T) {
	srv := maventatest.NewServer(t, maventatest.WithToday("2026-11-02"))
	claims, lines, err := read(config{})
	require.NoError(t, err)
	play(srv, claims)
	var got []maventatest.BankLine
	for _, l := range lines {
		got = append(got, maventatest.BankLine{
			Date: l.date.String(), Amount: l.amount.String(), Currency: l.currency, Payer: l.payer, Reference: l.reference,
		})
	}
	got[2].Payer = "Lumikello Oy" // in capitals there
	assert.Subset(t, got, srv.Company().BankLines())
	assert.Len(t, srv.Company().BankLines(), 8)
}

func TestClassify(t *testing.T) {
	claims := []claim{{invoiceID: "i", reference: "1001", debtor: "Lumikello Oy", total: maventa.MustAmount("500.00"), currency: "EUR"}}
	good := line{amount: maventa.MustAmount("500"), currency: "EUR", payer: "Lumikello Oy", reference: "1001"}
	for name, c := range map[string]struct {
		change func(*line)
		want   kind
		why    string
	}{
		"direct":                 {func(*line) {}, direct, ""},
		"capitals":               {func(l *line) { l.payer = "LUMIKELLO OY" }, direct, ""},
		"payout":                 {func(l *line) { l.payer = "VISMA FINANC" }, settlement, ""},
		"payout, spaced":         {func(l *line) { l.payer = " Visma  Financial Solutions Oy" }, settlement, ""},
		"payout, new name":       {func(l *line) { l.payer = "Visma Amili Oy" }, settlement, ""},
		"payout of a sum":        {func(l *line) { l.payer, l.reference = "VISMA AMILI", "" }, settlement, ""},
		"unknown agency":         {func(l *line) { l.payer = "Somebody Oy" }, unclear, "the payer is not the debtor"},
		"no reference":           {func(l *line) { l.reference = "" }, unclear, "none of our invoices'"},
		"another reference":      {func(l *line) { l.reference = "10011" }, unclear, "none of our invoices'"},
		"another currency":       {func(l *line) { l.currency = "SEK" }, unclear, "the currency"},
		"too much":               {func(l *line) { l.amount = maventa.MustAmount("500.01") }, unclear, "more than the invoice"},
		"out of the account":     {func(l *line) { l.amount = maventa.MustAmount("-1") }, unclear, "no money came in"},
		"nothing":                {func(l *line) { l.amount = maventa.Amount{} }, unclear, "no money came in"},
		"payer and case of none": {func(l *line) { l.payer = "" }, unclear, "the payer is not the debtor"},
	} {
		t.Run(name, func(t *testing.T) {
			l := good
			c.change(&l)
			l.classify(claims)
			assert.Equal(t, c.want, l.kind)
			assert.Contains(t, l.why, c.why)
			assert.Equal(t, c.want == direct, l.claim != nil)
			assert.Equal(t, c.want == direct, len(items([]line{l})) == 1)
		})
	}
}

// TestStatementOnce: a key counts once, however often, in how many statements and with
// whatever spaces its row is given, and no invoice is paid twice without a person.
func TestStatementOnce(t *testing.T) {
	const header = "archive_id,date,amount,currency,payer,reference\n"
	const row = "B-1,2026-11-02,500.00,EUR,Lumikello Oy,1001\n"
	part := strings.Replace(row, "500", "200", 1)
	for name, c := range map[string]struct {
		statements []string
		want       string // reported
		person     string // is for a person
	}{
		"once":              {[]string{row}, "500.00", ""},
		"twice":             {[]string{row + row}, "500.00", ""},
		"in two files":      {[]string{row, row}, "500.00", ""},
		"spaces":            {[]string{row + strings.ReplaceAll(row, ",", " , ")}, "500.00", ""},
		"byte order mark":   {[]string{"\ufeff" + header + row}, "500.00", ""},
		"paid twice":        {[]string{row + strings.Replace(row, "B-1", "B-2", 1)}, "500.00", "bank/B-2"},
		"twice, two files":  {[]string{row, strings.Replace(row, "B-1", "B-2", 1)}, "500.00", "bank/B-2"},
		"paid in two parts": {[]string{part + "B-2,2026-11-03,300.01,EUR,Lumikello Oy,1001\n", row[:0]}, "200.00", "bank/B-2"},
		"all of it":         {[]string{part, "B-2,2026-11-03,300.00,EUR,Lumikello Oy,1001\n"}, "200.00 300.00", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				afterThePayments()
				srv := maventatest.NewServer(t)
				claims, _, err := read(config{})
				require.NoError(t, err)
				srv.Company().AddAssignment(maventatest.Amili, maventatest.Invoice{ID: claims[0].invoiceID, Number: "1001", Total: "500.00"})
				cfg := config{write: true, connect: srv.NewClient, settle: usual, journal: filepath.Join(t.TempDir(), "journal.jsonl")}
				cfg.statement, cfg.invoices = filepath.Join(t.TempDir(), "statement.csv"), filepath.Join(t.TempDir(), "invoices.csv")
				invoice := "invoice_id,reference,agency,debtor,total,currency\n" + strings.Repeat(claims[0].invoiceID+",1001,Amili,Lumikello Oy,500.00,EUR\n", 2)
				require.NoError(t, os.WriteFile(cfg.invoices, []byte(invoice), 0o600))
				said := ""
				for _, text := range c.statements {
					if !strings.HasPrefix(text, "\ufeff") {
						text = header + text
					}
					require.NoError(t, os.WriteFile(cfg.statement, []byte(text), 0o600))
					var out bytes.Buffer
					require.NoError(t, run(t.Context(), cfg, &out))
					said += out.String()
				}
				assert.NotContains(t, said, "the two sides differ")
				assert.Equal(t, c.want, strings.Join(reported(srv)["1001"], " "))
				if c.person != "" {
					assert.Regexp(t, c.person+".*for a person: with the payments before it, it is more than the invoice", said)
				} else {
					assert.NotContains(t, said, "for a person")
				}
			})
		})
	}
}

func TestBadStatement(t *testing.T) {
	const header = "archive_id,date,amount,currency,payer,reference\n"
	for name, c := range map[string]struct{ text, want string }{
		"nothing":          {"", "EOF"},
		"another file":     {"a,b\n", "the columns are not archive_id,date"},
		"a column short":   {header + "B-1,2026-11-02\n", "wrong number of fields"},
		"no archive id":    {header + ",2026-11-02,1.00,EUR,A,1001\n", "line 2: archive_id is empty"},
		"two of one id":    {header + "B-1,2026-11-02,1.00,EUR,A,1001\nB-1,2026-11-02,2.00,EUR,A,1001\n", "line 3: archive_id B-1 is that of another row, too"},
		"a semicolon":      {strings.ReplaceAll(header, ",", ";"), "with commas between"},
		"UTF-16":           {"\xff\xfea\x00r\x00", "zero bytes, as UTF-16 does"},
		"Windows-1252":     {header + "B-1,2026-11-02,1.00,EUR,Perint\xf6 Oy,1001\n", "not UTF-8, but perhaps Windows-1252"},
		"no date":          {header + "B-1,2.11.2026,1.00,EUR,A,1001\n", "date"},
		"a comma too many": {header + `B-1,2026-11-02,"1,00",EUR,A,1001` + "\n", "amount"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readStatement(strings.NewReader(c.text), nil)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestStage(t *testing.T) {
	srv, cfg := world(t)
	environment := srv.Environment()
	cfg.connect = func(opts ...maventa.ClientOption) (*maventa.Client, error) {
		return maventa.NewClient(environment, srv.Credentials(), append(opts, maventa.WithHTTPClient(srv.HTTPClient()))...)
	}
	cfg.stage, cfg.write = true, false
	cfg.until = maventa.MustDate("2026-11-03")
	environment.Name = maventa.Stage.Name

	var out bytes.Buffer
	require.NoError(t, run(t.Context(), cfg, &out))
	assert.Contains(t, out.String(), "B-02  2026-11-03   150.00  VISMA FINANC       1001  an agency's payout: never to report\n")
	assert.Contains(t, out.String(), "the journal: 0 reported, 0 begun and not known, 2 new\n")
	assert.Empty(t, reported(srv), "-write was not given")

	cfg.write = true
	require.NoError(t, run(t.Context(), cfg, &out))
	assert.Equal(t, map[string][]string{"1001": {"200.00", "50.00"}}, reported(srv))

	changed := filepath.Join(t.TempDir(), "statement.csv")
	require.NoError(t, os.WriteFile(changed, []byte("archive_id,date,amount,currency,payer,reference\nB-01,2026-11-02,20.00,EUR,Lumikello Oy,1001\n"), 0o600))
	cfg.statement = changed
	out.Reset()
	require.NoError(t, run(t.Context(), cfg, &out))
	assert.Contains(t, out.String(), "bank/B-01    20.00  for a person: ")
	cfg.statement = ""

	environment.Name = maventa.Production.Name
	assert.ErrorContains(t, run(t.Context(), cfg, &out), "MAVENTA_ENVIRONMENT is production")

	assert.ErrorContains(t, start(t.Context(), []string{"-stage"}), "-stage needs")
}

// The journal is for one run at a time.
func TestBusy(t *testing.T) {
	srv, cfg := world(t)
	journal, err := ledger.OpenFile(cfg.journal)
	require.NoError(t, err)
	require.ErrorIs(t, run(t.Context(), cfg, &bytes.Buffer{}), errBusy)
	assert.Empty(t, srv.Requests())
	require.NoError(t, journal.Close())
	require.NoError(t, run(t.Context(), cfg, &bytes.Buffer{}))

	cfg.journal = filepath.Join(t.TempDir(), "journal.jsonl")
	cfg.statement = "nowhere.csv"
	require.ErrorIs(t, run(t.Context(), cfg, &bytes.Buffer{}), os.ErrNotExist)
}
