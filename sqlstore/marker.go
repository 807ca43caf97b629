package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Mark is what a [Marker] holds. Zero: nothing yet.
type Mark struct {
	Environment  string // the environment's name
	Installation string // its id
	// Begun is the generation that was about to be committed last, Committed the
	// highest that is known to be. The database must not be behind Committed. A
	// process that is killed between the two has sent nothing yet.
	Begun, Committed int64
	// BegunBy and CommittedBy are random names of what the generations were counted
	// for: a copy counts the same numbers for something else.
	BegunBy, CommittedBy string
}

// Marker remembers outside the database how far it was: a backup that was restored,
// or a copy that is used beside the original, is seen by that. Whatever holds it
// must not be restored or copied together with the database.
//
// A marker belongs to one installation. Processes of one machine share one, in a
// file: [FileMarker]. Several machines have one each, or share one that is your own.
type Marker interface {
	// Load returns what the marker holds, the zero Mark if there is none.
	Load(ctx context.Context) (Mark, error)
	// Replace puts after in the place of before, in one atomic step. If the marker
	// holds something else than before, nothing is changed and the error matches
	// [ErrMarkerMoved]. It is durable when it returns, unless only Committed and
	// CommittedBy differ.
	Replace(ctx context.Context, before, after Mark) error
}

// ErrMarkerMoved says that a marker holds something else than was read from it just before.
var ErrMarkerMoved = errors.New("the marker was changed by somebody else")

// FileMarker is a [Marker] in a small file. The folder must be there, on a local
// disk that lasts as long as the database and is not restored together with it.
//
// Another machine that is to use the same database gets a copy of the file, once: a
// marker may be behind the database.
func FileMarker(path string) Marker { return fileMarker(path) }

type fileMarker string

// The file's one line. Each number has all its digits, so that the end can be written
// in its place.
const markLine = "maventa-marker 1 environment %q installation %q begun %019d %q committed %019d %q\n"

func (m Mark) line() string {
	return fmt.Sprintf(markLine, m.Environment, m.Installation, m.Begun, m.BegunBy, m.Committed, m.CommittedBy)
}

// Load implements [Marker].
func (m fileMarker) Load(ctx context.Context) (mark Mark, err error) {
	err = m.locked(ctx, func() error {
		mark, _, err = m.read()
		return err
	})
	return mark, err
}

// Replace implements [Marker].
func (m fileMarker) Replace(ctx context.Context, before, after Mark) error {
	return m.locked(ctx, func() error {
		mark, text, err := m.read()
		if err != nil {
			return err
		}
		if mark != before {
			return ErrMarkerMoved
		}
		line := after.line()
		if len(line) != len(text) || len(line) > sector {
			return m.write(line)
		}
		mark.Committed, mark.CommittedBy = after.Committed, after.CommittedBy
		return m.overwrite(line, mark != after)
	})
}

// locked runs f while no other process reads or writes the marker.
func (m fileMarker) locked(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	lock, err := os.OpenFile(string(m)+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }() // which ends the lock; nothing was written
	if err := lockFile(lock); err != nil {
		return err
	}
	return f()
}

func (m fileMarker) read() (mark Mark, line string, err error) {
	text, err := os.ReadFile(string(m))
	if errors.Is(err, os.ErrNotExist) {
		return Mark{}, "", nil
	}
	if err != nil {
		return Mark{}, "", err
	}
	_, err = fmt.Sscanf(string(text), strings.ReplaceAll(markLine, "%019d", "%d"),
		&mark.Environment, &mark.Installation, &mark.Begun, &mark.BegunBy, &mark.Committed, &mark.CommittedBy)
	if err != nil || mark.line() != string(text) {
		return Mark{}, "", fmt.Errorf("%s is no marker of this program: it is damaged or of another version", filepath.Base(string(m)))
	}
	return mark, string(text), nil
}

// write puts a new file in the place of the old one.
func (m fileMarker) write(line string) error {
	path := string(m) + ".new"
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(line)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(path, string(m)); err != nil {
		return err
	}
	return syncDir(filepath.Dir(string(m)))
}

// sector is what a disk writes whole or not at all, in bytes.
const sector = 512

// overwrite writes a line of the same length in the place of the old one. That a
// generation is committed is not synced: if the machine stops now, the marker is
// behind by the one that nobody was answered yet.
func (m fileMarker) overwrite(line string, sync bool) error {
	file, err := os.OpenFile(string(m), os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(line)
	if err == nil && sync {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// syncDir makes a rename last. Windows and some file systems have no such thing.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = errors.Join(d.Sync(), d.Close())
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrInvalid) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}
