package worker_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/sqlstore"
	"github.com/maventa-go/maventa/worker"
)

func TestCheck(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		wk, err := worker.Open(t.Context(), w.config)
		require.NoError(t, err)
		defer wk.Close()
		err = wk.Run(t.Context())
		require.ErrorIs(t, err, worker.ErrConfig)
		require.ErrorIs(t, err, sqlstore.ErrSchema)
		assert.Contains(t, err.Error(), "maventa-worker migrate")

		require.NoError(t, wk.Migrate(t.Context()))
		require.NoError(t, wk.Migrate(t.Context())) // again
		require.NoError(t, wk.Check(t.Context()))
		assert.Error(t, wk.Ready(t.Context()), "nobody looks")

		beside, err := worker.OpenBeside(t.Context(), w.config)
		require.NoError(t, err)
		defer beside.Close()
		require.NoError(t, beside.Check(t.Context()))
		assert.ErrorContains(t, beside.Run(t.Context()), "OpenBeside")
	})
}

func TestDatabaseThatIsNotThere(t *testing.T) {
	address := onPostgres(t)
	for _, test := range []struct {
		database string
		want     error
	}{
		{"postgres://nobody:sesame@127.0.0.1:1/x", worker.ErrUnreachable},
		{address + "&dbname=nowhere", worker.ErrConfig},
		{"mysql://x", worker.ErrConfig},
		{"sqlite:", worker.ErrConfig},
	} {
		w := newWorld(t, test.database, 1)
		wk, err := worker.Open(t.Context(), w.config)
		if err == nil {
			err = wk.Check(t.Context())
			assert.NoError(t, wk.Close())
		}
		require.ErrorIs(t, err, test.want)
		assert.NotContains(t, err.Error(), "sesame")
	}
}

// TestLookingFails: a database that fails for a while is one line of the log, not two a
// second, and so is its end.
func TestLookingFails(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		w := newWorld(t, database, 1)
		var log bytes.Buffer
		w.config.Log = slog.New(slog.NewTextHandler(&log, nil))
		wk := w.open(t)
		stop := run(t, wk)
		soon(t, func() bool { return wk.Ready(t.Context()) == nil })
		w.exec(t, "ALTER TABLE maventa_intake RENAME TO away")
		time.Sleep(2 * time.Second)
		w.exec(t, "ALTER TABLE away RENAME TO maventa_intake")
		time.Sleep(2 * time.Second)
		stop()
		assert.Equal(t, 1, strings.Count(log.String(), "looking for what is due failed"), &log)
		assert.Equal(t, 1, strings.Count(log.String(), "looking for what is due works again"), &log)
	})
}

// TestLockedDatabase: a database that another program has locked, such as an ERP in a
// long transaction, is no fault of the set-up: a service manager tries again.
func TestLockedDatabase(t *testing.T) {
	t.Parallel() // it waits for the lock
	w := newWorld(t, kinds[0].make(t), 1)
	wk := w.open(t)
	db := look(t, w.config.Database)
	db.SetMaxOpenConns(1)
	_, err := db.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)
	require.ErrorIs(t, wk.Run(t.Context()), worker.ErrUnreachable)
	_, err = db.ExecContext(t.Context(), "ROLLBACK")
	require.NoError(t, err)
	require.NoError(t, wk.Check(t.Context()))
}

// TestServerThatEnds: so is a server that is stopped between two calls.
func TestServerThatEnds(t *testing.T) {
	w := newWorld(t, onPostgres(t), 1)
	wk := w.open(t)
	db := look(t, w.config.Database)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 100 {
			_, _ = db.ExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE datname = current_database() AND pid <> pg_backend_pid()`)
			time.Sleep(20 * time.Millisecond)
		}
	}()
	failed := 0
	for isOver := false; !isOver; {
		if err := wk.Check(t.Context()); err != nil {
			failed++
			require.ErrorIs(t, err, worker.ErrUnreachable)
			require.NotErrorIs(t, err, worker.ErrConfig)
		}
		select {
		case <-done:
			isOver = true
		default:
		}
	}
	assert.Positive(t, failed)
}

// TestUserWithoutRights: a user of PostgreSQL who may not read the tables is a mistake of
// the setup, and no tables are missing.
func TestUserWithoutRights(t *testing.T) {
	address := onPostgres(t)
	w := newWorld(t, address, 1)
	wk := w.open(t)
	db := foreign(t, address)
	name := fmt.Sprintf("poor_%d", os.Getpid())
	_, err := db.ExecContext(t.Context(), "CREATE ROLE "+name+" LOGIN PASSWORD 'sesame'")
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.ExecContext(context.WithoutCancel(t.Context()), "DROP OWNED BY "+name)
		require.NoError(t, err)
		_, err = db.ExecContext(context.WithoutCancel(t.Context()), "DROP ROLE "+name)
		assert.NoError(t, err)
	})
	require.NoError(t, wk.Close())

	u, err := url.Parse(address)
	require.NoError(t, err)
	u.User = url.UserPassword(name, "sesame")
	w.config.Database = u.String()
	poor, err := worker.Open(t.Context(), w.config)
	require.NoError(t, err)
	defer poor.Close()
	for _, grant := range []string{"", "GRANT SELECT ON river_migration TO " + name} {
		_, err := db.ExecContext(t.Context(), grant)
		require.NoError(t, err)
		err = poor.Check(t.Context())
		require.ErrorIs(t, err, worker.ErrConfig)
		require.NotErrorIs(t, err, sqlstore.ErrSchema)
		assert.Contains(t, err.Error(), "permission denied")
	}

	// Those of README are enough.
	for _, grant := range []string{
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ", "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ",
	} {
		_, err := db.ExecContext(t.Context(), grant+name)
		require.NoError(t, err)
	}
	require.NoError(t, poor.Check(t.Context()))
	stop := run(t, poor)
	defer stop()
	soon(t, func() bool { return poor.Ready(t.Context()) == nil })
	w.payments(t, poor, w.companies[0], 1)
	w.ends(t, poor, w.companies[0].ID(), "bank/0", sqlstore.OutboxDone)
}

// TestErrorsSayWhat: an error of the database says what was to be done.
func TestErrorsSayWhat(t *testing.T) {
	w := newWorld(t, kinds[0].make(t), 1)
	wk, id := w.open(t), w.companies[0].ID()
	require.NoError(t, wk.Close())
	ctx := t.Context()
	second := func(_ any, err error) error { return err }
	for name, do := range map[string]func() error{
		"Put":           func() error { return second(wk.Put(ctx, id, "k", paymentOf("i", "1.00"))) },
		"Find":          func() error { return second(wk.Find(ctx, id, "k")) },
		"Withdraw":      func() error { return second(wk.Withdraw(ctx, id, "k", "w", "y")) },
		"Work":          func() error { return second(wk.Work(ctx, id, 1)) },
		"Decide":        func() error { return wk.Decide(ctx, id, "k", sqlstore.Decision{}) },
		"Assign":        func() error { return wk.Assign(ctx, id, "k", "w") },
		"Pause":         func() error { return wk.Pause(ctx, "w", "y") },
		"Companies":     func() error { return second(wk.Companies(ctx)) },
		"Services":      func() error { return second(wk.Services(ctx, id)) },
		"Backlog":       func() error { return second(wk.Backlog(ctx)) },
		"Settled":       func() error { return second(wk.Settled(ctx)) },
		"RefusedRows":   func() error { return second(wk.RefusedRows(ctx, 1)) },
		"SetKnownUntil": func() error { return wk.SetKnownUntil(ctx, id, today()) },
		"SetStanding":   func() error { return wk.SetStanding(ctx, id, "i", worker.Standing{}) },
		"Export":        func() error { return wk.Export(ctx, id, io.Discard) },
		"Offboard":      func() error { return second(wk.Offboard(ctx, id, "w", "y", nil)) },
		"Revive":        func() error { return wk.Revive(ctx, id) },
		"SetCompanies":  func() error { return wk.SetCompanies(ctx, w.config.Companies) },
		"Migrate":       func() error { return wk.Migrate(ctx) },
		"Check":         func() error { return wk.Check(ctx) },
	} {
		err := do()
		require.Error(t, err, name)
		assert.Regexp(t, "worker: |sqlstore\\.", err.Error(), name)
	}
}
