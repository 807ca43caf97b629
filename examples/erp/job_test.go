package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

func TestReadJob(t *testing.T) {
	text, err := os.ReadFile("job.example.json")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("data", 0o700))
	j, err := readJob(strings.NewReader(string(text)))
	require.NoError(t, err)
	assert.Equal(t, maventa.Stage, j.Environment.Environment)
	for name, c := range map[string]struct{ old, new, says string }{
		"misspelt limit":          {`"Transfers"`, `"Transfer"`, `unknown field "Transfer"`},
		"no limit":                {`"Transfers": 2`, `"Transfers": 0`, "Transfers is missing or not positive"},
		"a limit below 0":         {`"Transfers": 2`, `"Transfers": -1`, "Transfers is missing or not positive"},
		"no folder":               {`"data"`, `""`, "Folder is empty"},
		"a folder to be made":     {`"data"`, `"date"`, "Folder is not there"},
		"no marker":               {`"marker/acme-stage"`, `""`, "Marker is empty"},
		"no installation":         {`"acme-stage"`, `""`, "Installation is empty"},
		"no agency":               {`"ropo"`, `"visma"`, "the agency must be ropo or amili"},
		"no environment":          {`"stage"`, `{}`, "Environment is empty"},
		"a name that is not ours": {`"stage"`, `"staging"`, `the environment "staging" is not known`},
		"misspelt address":        {`"stage"`, `{"Name": "x", "AxURL": ""}`, `unknown field "AxURL"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readJob(strings.NewReader(strings.Replace(string(text), c.old, c.new, 1)))
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, "nothing was done")
		})
	}
	made, err := filepath.Glob("*/*")
	require.NoError(t, err)
	assert.Empty(t, made)
}

// A dry run comes before the first night, too, and leaves nothing.
func TestDryRunOfANewInstallation(t *testing.T) {
	w := newWorld(t, agencyRopo)
	w.job.Folder, w.job.Marker = t.TempDir(), filepath.Join(t.TempDir(), "marker")
	w.bank("2026-11-02", "L1,5.00,Keksitty Oy,4711")
	w.job.Now, w.job.opts = time.Date(2026, 11, 3, 3, 0, 0, 0, time.UTC), []maventa.ClientOption{maventa.WithHTTPClient(&w.client)}
	w.job.DryRun = true
	require.NoError(t, nightOf(t.Context(), &w.job, &w.out))
	assert.Contains(t, w.out.String(), "for a person: bank/L1: no_invoice")
	for _, path := range []string{w.job.database(), w.job.Marker} {
		assert.NoFileExists(t, path)
	}
	for _, w.job.DryRun = range []bool{false, true} {
		require.NoError(t, nightOf(t.Context(), &w.job, &w.out))
	}
}

// On production nothing leaves until it is allowed: an error says so, not only the log.
func TestAllow(t *testing.T) {
	w := newWorld(t, agencyRopo)
	w.job.Environment.Name, w.job.Folder, w.job.Marker = maventa.Production.Name, t.TempDir(), filepath.Join(t.TempDir(), "marker")
	w.exec("INSERT INTO debtors VALUES ('17', 'Keksitty Oy', '1234567-1', 'Keksitty katu 1', '00100', 'Helsinki')")
	w.bank("2026-11-02")
	w.sell(0, "1001", "2026-10-20")
	err := w.night("2026-11-03")
	require.ErrorIs(t, err, maventa.ErrInferredWrite)
	require.ErrorContains(t, err, "transfer cannot leave until the set-up is right")
	assert.Zero(t, w.writes())
	w.job.Allow = []string{"Invoices.TransferToRopo"}
	w.mustNight("2026-11-03")
	assert.Equal(t, 1, w.writes())
}

func TestFlags(t *testing.T) {
	w := newWorld(t, agencyRopo)
	for args, says := range map[string]string{
		"-dry-run":                       "give one of",
		"-work -dry-run":                 "-dry-run is for -night alone",
		"-night -work":                   "give one of",
		"-as again":                      "give one of",
		"-night now":                     `"now" is no flag`,
		"now":                            `"now" is no flag`,
		"-export 99":                     "debtor 99: not found; nothing was changed",
		"-forget 99 -who Maija -why old": "debtor 99: not found; nothing was changed",
	} {
		_, err := w.command(strings.Fields(args)...)
		require.ErrorContains(t, err, says, args)
	}
	_, err := w.command("-h")
	require.NoError(t, err)
	count := -1
	w.books(func(e *erp) error {
		return e.tx.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM forgotten").Scan(&count)
	})
	assert.Zero(t, count)
}

func TestAgencyIsChosen(t *testing.T) {
	w := newWorld(t, agencyRopo)
	w.job.Companies[1].Agency = ""
	require.ErrorContains(t, nightOf(t.Context(), &w.job, &w.out), "the agency must be ropo or amili")
}

func TestCopyOfProduction(t *testing.T) {
	w := newWorld(t, agencyRopo)
	w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	require.Equal(t, 1, w.writes())
	w.sell(0, "1002", "2026-10-20")
	for name, change := range map[string]func(*job){
		"without the marker":   func(j *job) { j.Marker = filepath.Join(t.TempDir(), "marker") },
		"another installation": func(j *job) { j.Installation, j.Marker = "acme-test", filepath.Join(t.TempDir(), "marker") },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			require.NoError(t, os.CopyFS(folder, os.DirFS(w.job.Folder)))
			twin := w.job
			twin.Folder = folder
			change(&twin)
			err := nightOf(t.Context(), &twin, &w.out)
			require.ErrorIs(t, err, sqlstore.ErrMaybeCopy)
			assert.Equal(t, 1, w.writes())
		})
	}
}
