//go:build windows

package sqlstore

import (
	"os"
	"syscall"
	"unsafe"
)

var lockFileEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")

// lockFile waits for the lock on an open file, which ends with the process. Nobody
// holds it for longer than it takes to write a line.
func lockFile(f *os.File) error {
	const exclusive = 2
	var at syscall.Overlapped
	ok, _, err := lockFileEx.Call(f.Fd(), exclusive, 0, 1, 0, uintptr(unsafe.Pointer(&at)))
	if ok != 0 {
		return nil
	}
	return err
}
