package worker_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/worker"
)

// TestOneWorkerPerFile: a second process on a file of SQLite is refused, and hears whom
// to stop. The file is free as soon as the first one is gone, however it ended.
func TestOneWorkerPerFile(t *testing.T) {
	w := newWorld(t, kinds[0].make(t), 1)
	first := w.child(t)
	_, err := worker.Open(t.Context(), w.config)
	require.ErrorIs(t, err, worker.ErrInUse)
	require.ErrorContains(t, err, strings.TrimPrefix(w.config.Database, "sqlite:"))
	require.ErrorContains(t, err, "process "+strconv.Itoa(first.cmd.Process.Pid))
	first.kill(t)

	wk := w.open(t)
	_, err = worker.Open(t.Context(), w.config)
	require.ErrorIs(t, err, worker.ErrInUse, "the same process")
	require.NoError(t, wk.Close())
	require.NoError(t, w.open(t).Close())
}

// TestOneWorkerPerFileByAnyName: a link to a file is that file.
func TestOneWorkerPerFileByAnyName(t *testing.T) {
	w := newWorld(t, kinds[0].make(t), 1)
	w.open(t)
	link := filepath.Join(t.TempDir(), "link.db")
	require.NoError(t, os.Symlink(strings.TrimPrefix(w.config.Database, "sqlite:"), link))
	w.config.Database = "sqlite:" + link
	_, err := worker.Open(t.Context(), w.config)
	require.ErrorIs(t, err, worker.ErrInUse)
}

// TestRunsOnce: Run that is called again gives nothing back that the first one has taken,
// and does not end the process.
func TestRunsOnce(t *testing.T) {
	wk := newWorld(t, kinds[0].make(t), 1).open(t)
	stop := run(t, wk)
	soon(t, func() bool { return wk.Ready(t.Context()) == nil })
	require.ErrorContains(t, wk.Run(t.Context()), "called before")
	require.NoError(t, wk.Ready(t.Context()))
	stop()
	require.ErrorContains(t, wk.Run(t.Context()), "called before")
}
