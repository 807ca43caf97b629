package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/worker"
)

// TestParseCompanies: what is no list of companies is refused, and no error holds a key.
func TestParseCompanies(t *testing.T) {
	one := `{"company_id": "A", "user_api_key": "u-secret", "vendor_api_key": "v-secret"}`
	for name, c := range map[string]struct {
		text string
		want int // companies; 0: refused
	}{
		"one":           {"[" + one + "]\n", 1},
		"nothing":       {"", 0},
		"null":          {"null", 0},
		"none":          {"[]", 0},
		"half":          {"[" + one, 0},
		"two lists":     {"[" + one + "][" + one + "]", 0},
		"a second text": {"[" + one + "]u-secret", 0},
		"twice":         {"[" + one + `, {"company_id": " a", "user_api_key": "other-secret", "vendor_api_key": "v-secret"}]`, 0},
		"no key":        {`[{"company_id": "A", "user_api_key": "u-secret"}]`, 0},
		"a number":      {`[{"company_id": "A", "user_api_key": 12345678, "vendor_api_key": "v-secret"}]`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := parseCompanies("keys.json", []byte(c.text))
			assert.Len(t, list, c.want)
			if c.want == 0 {
				require.ErrorIs(t, err, worker.ErrConfig)
				assert.NotContains(t, err.Error(), "secret")
				assert.NotContains(t, err.Error(), "12345678")
			}
		})
	}
}

// TestCompaniesOutliveAFailure: a change of the file counts also if the database failed
// when it was read.
func TestCompaniesOutliveAFailure(t *testing.T) {
	const a = "6f1f7c5e-0000-4000-8000-000000000001"
	dir := t.TempDir()
	path, file := filepath.Join(dir, "keys.json"), filepath.Join(dir, "maventa.db")
	write := func(ids ...string) {
		var list []keysOf
		for _, id := range ids {
			list = append(list, keysOf{CompanyID: id, UserAPIKey: "u", VendorAPIKey: "v"})
		}
		text, err := json.Marshal(list)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path+".new", text, 0o600))
		require.NoError(t, os.Rename(path+".new", path))
	}
	write(a)
	keys := &companiesFile{path: path}
	list, err := keys.read()
	require.NoError(t, err)
	log := &bytes.Buffer{}
	config := worker.Config{
		Environment: maventa.Stage, Installation: "test", Marker: filepath.Join(dir, "marker"), Database: "sqlite:" + file,
		Companies: list, Log: slog.New(slog.NewJSONHandler(log, nil)),
	}
	w, err := worker.Open(t.Context(), config)
	require.NoError(t, err)
	defer w.Close()
	require.NoError(t, w.Migrate(t.Context()))
	require.NoError(t, w.SetCompanies(t.Context(), list))
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "ALTER TABLE maventa_company RENAME TO away")
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		keys.watch(ctx, w, config)
	}()
	write(a, "6f1f7c5e-0000-4000-8000-000000000002")
	time.Sleep(reloadEvery + reloadEvery/2)
	_, err = db.ExecContext(t.Context(), "ALTER TABLE away RENAME TO maventa_company")
	require.NoError(t, err)
	assert.Eventually(t, func() bool {
		states, err := w.Companies(t.Context())
		return err == nil && len(states) == 2
	}, 4*reloadEvery, 50*time.Millisecond)
	cancel()
	<-done
	assert.Contains(t, log.String(), "left as they were")
	assert.Contains(t, log.String(), "read again")
}
