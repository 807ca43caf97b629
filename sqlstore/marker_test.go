package sqlstore_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/sqlstore"
)

func TestFileMarker(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "marker")
	marker, again := sqlstore.FileMarker(path), sqlstore.FileMarker(path)
	none, err := marker.Load(ctx)
	require.NoError(t, err)
	assert.Zero(t, none)
	begun := sqlstore.Mark{Environment: `pro "d"`, Installation: "acme % 1", Begun: 7, BegunBy: strings.Repeat("A", 26)}
	require.NoError(t, marker.Replace(ctx, none, begun))
	require.ErrorIs(t, again.Replace(ctx, none, begun), sqlstore.ErrMarkerMoved)
	committed := begun
	committed.Committed, committed.CommittedBy = 7, begun.BegunBy
	require.NoError(t, again.Replace(ctx, begun, committed))
	got, err := marker.Load(ctx)
	require.NoError(t, err)
	assert.Equal(t, committed, got)

	// Written in its place: as long as before.
	next := committed
	next.Committed, next.CommittedBy = 8, strings.Repeat("B", 26)
	require.NoError(t, marker.Replace(ctx, committed, next))
	got, err = again.Load(ctx)
	require.NoError(t, err)
	assert.Equal(t, next, got)
}

// TestFileMarkerAtOnce: of many who replace one mark, one does.
func TestFileMarkerAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "marker")
	var won atomic.Int32
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			err := sqlstore.FileMarker(path).Replace(t.Context(), sqlstore.Mark{}, sqlstore.Mark{Begun: int64(i) + 1})
			if err == nil {
				won.Add(1)
				return
			}
			assert.ErrorIs(t, err, sqlstore.ErrMarkerMoved)
		})
	}
	wg.Wait()
	assert.Equal(t, int32(1), won.Load())
}

// TestFileMarkerDamaged: a file that is cut off or another one is an error, not a new
// marker.
func TestFileMarkerDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "marker")
	require.NoError(t, sqlstore.FileMarker(path).Replace(t.Context(), sqlstore.Mark{}, sqlstore.Mark{Environment: "e", Installation: "i", Begun: 12}))
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for n := range len(whole) {
		require.NoError(t, os.WriteFile(path, whole[:n], 0o600))
		_, err := sqlstore.FileMarker(path).Load(t.Context())
		require.Error(t, err, n)
		require.Error(t, sqlstore.FileMarker(path).Replace(t.Context(), sqlstore.Mark{}, sqlstore.Mark{Begun: 1}), n)
	}
	_, err = sqlstore.FileMarker(filepath.Join(t.TempDir(), "none", "marker")).Load(t.Context())
	require.Error(t, err, "a folder that is not there")
}
