//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package sqlstore

import (
	"errors"
	"os"
)

// lockFile cannot lock here, so a marker in a file is refused.
func lockFile(*os.File) error { return errors.ErrUnsupported }
