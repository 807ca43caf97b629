//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package ledger

import (
	"errors"
	"os"
)

const renamesOpenFiles = false

// lockFile cannot lock here, so the file journal refuses to open.
func lockFile(*os.File) error { return errors.ErrUnsupported }

func names(os.FileInfo) int { return 1 }
