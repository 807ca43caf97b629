//go:build windows

package sqlstore

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

var lockFileEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")

// lockFile takes the lock on an open file that ends with the process. It is the
// file's own, whatever name it was opened by. The locked byte lies far behind the
// end: such a lock keeps others from reading what it covers, and a backup reads.
func lockFile(f *os.File) error {
	const (
		exclusive     = 2
		failAtOnce    = 1
		lockViolation = syscall.Errno(33)
	)
	at := &syscall.Overlapped{OffsetHigh: 0x7fffffff}
	ok, _, err := lockFileEx.Call(f.Fd(), exclusive|failAtOnce, 0, 1, 0, uintptr(unsafe.Pointer(at)))
	switch {
	case ok != 0:
		return nil
	case errors.Is(err, lockViolation), errors.Is(err, syscall.ERROR_IO_PENDING):
		return errLocked
	}
	return err
}
