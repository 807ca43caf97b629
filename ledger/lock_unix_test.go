//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package ledger

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLockInterrupted: a signal while the file is locked is no failure.
func TestLockInterrupted(t *testing.T) {
	calls := 0
	err := uninterrupted(func() error {
		if calls++; calls < 3 {
			return syscall.EINTR
		}
		return syscall.EWOULDBLOCK
	})
	require.ErrorIs(t, err, syscall.EWOULDBLOCK)
	assert.Equal(t, 3, calls)
}
