package ledger

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// Prune removes the records that ended before a time. A key that is pruned is
// forgotten: used again, it is a new payment. Open ones stay, and those of what a
// transfer contains, of which the service shows nothing. A crash at any point
// leaves either the old file or the new one; after an error the journal goes on
// with the old one.
func (j *FileJournal) Prune(before time.Time) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.prune(before); err != nil {
		return journalError("Journal.Prune", err)
	}
	return nil
}

func (j *FileJournal) prune(before time.Time) error {
	j.settle()
	if err := j.unchanged(); err != nil {
		return err
	}
	// A link stays, and leads to the new file.
	path, err := filepath.EvalSymlinks(j.path)
	if err != nil {
		return err
	}
	info, err := j.file.Stat()
	if err != nil {
		return err
	}
	if names(info) > 1 {
		return errors.New("the file has other names (hard links), which would go on to lead to the old file: remove them first")
	}
	temp := path + ".new"
	file, err := newFile(temp)
	if err != nil {
		return err
	}
	pruned := &contents{}
	err = pruned.write(file, j.index.all(func(r *Record) bool { return r.Open() || r.Operation == contained || !r.EndedAt.Before(before) }))
	if err == nil {
		err = j.replace(file, path, pruned)
	}
	if err != nil && j.file != file {
		_ = file.Close()
		_ = os.Remove(temp)
	}
	return err
}

// newFile makes a locked file, in the place of what a crash left of one.
func newFile(path string) (*os.File, error) {
	const create = os.O_RDWR | os.O_CREATE | os.O_EXCL
	file, err := os.OpenFile(path, create, 0o600)
	if info, statErr := os.Lstat(path); errors.Is(err, os.ErrExist) && statErr == nil && !info.IsDir() {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
		file, err = os.OpenFile(path, create, 0o600)
	}
	if err != nil {
		return nil, err
	}
	if err := lockFile(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// write writes records as a whole journal, which c is then.
func (c *contents) write(file *os.File, records []aged) error {
	out := bufio.NewWriter(file)
	for _, at := range records {
		r := at.c.unpack(at.k)
		text, sum, err := line(&r, c.sum)
		if err != nil {
			return err
		}
		if _, err := out.Write(text); err != nil {
			return err
		}
		c.sum, c.size = sum, c.size+int64(len(text))
		c.index.place(r.JournalKey).put(&r, at.k.text)
	}
	return errors.Join(out.Flush(), file.Sync())
}

// replace puts the pruned file in the place of the open one, and keeps the lock.
func (j *FileJournal) replace(file *os.File, path string, pruned *contents) error {
	if !j.renamesOpen {
		return j.reopen(file, path, pruned)
	}
	if err := j.rename(file.Name(), path); err != nil {
		return err
	}
	old := j.file
	j.file, j.contents = file, pruned
	// If the new name is not on disk, what is written from now on may be lost.
	j.broken = errors.Join(old.Close(), syncDir(filepath.Dir(path)))
	return j.broken
}

// reopen is replace where a file that is to be renamed must be closed. Without the
// lock another process may come in: then the journal is that one's.
func (j *FileJournal) reopen(file *os.File, path string, pruned *contents) error {
	expected := *j.contents
	err := errors.Join(file.Close(), j.file.Close())
	if err == nil {
		err = j.rename(file.Name(), path)
	}
	if err == nil {
		expected = *pruned
	}
	j.file = nil
	if j.broken = j.open(); j.broken == nil && (j.size != expected.size || j.sum != expected.sum) {
		j.broken = errors.New("another process has changed the file while it was pruned")
	}
	return errors.Join(err, j.broken)
}
