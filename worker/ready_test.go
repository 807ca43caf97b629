package worker_test

import (
	"testing"

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
