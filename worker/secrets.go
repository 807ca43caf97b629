package worker

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
)

// ErrReadable says that others can read a file with keys or tokens.
var ErrReadable = errors.New("worker: others can read the file")

// ReadSecret reads a file with keys or tokens, up to 64 MB. The error matches
// [ErrReadable] if others than its owner and his group can read it, or the group can
// write it: service managers hand files over by the group. Windows has no such modes;
// there the folder is to be protected.
func ReadSecret(path string) (text []byte, err error) {
	const most = 64 << 20
	f, err := os.Open(path) //nolint:gosec // the path is the operator's
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	const others = 0o027
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&others != 0 {
		return nil, fmt.Errorf("%w: %s has mode %#o: chmod 600 or 640 it", ErrReadable, path, mode)
	}
	return io.ReadAll(io.LimitReader(f, most))
}
