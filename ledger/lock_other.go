//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package ledger

import (
	"errors"
	"os"
)

// lockFile cannot lock here, so the file journal refuses to open.
func lockFile(string) (*os.File, error) { return nil, errors.ErrUnsupported }
