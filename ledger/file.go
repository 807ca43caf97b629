package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/maventa-go/maventa"
)

// FileJournal is a [Journal] in an append-only file of JSON lines, for one
// process at a time: a second one that opens it, by whatever name, gets an error
// that matches [ErrJournalLocked]. Every record is on disk before Begin and End
// return; those of several goroutines share a sync. If it fails, all of them get an
// error, and the journal does nothing more until it is opened again. If the file is
// replaced, moved or changed by somebody else while it is open, they store nothing
// and say so. After a power cut a file system that writes pages out of order may
// leave a hole before the last lines: the journal then does not open, and the file is
// to be restored, see docs/ledger.md.
//
// The records of the file are kept in memory; [FileJournal.Prune] drops old
// ones.
type FileJournal struct {
	path        string // as it was given: what it leads to may change
	rename      func(from, to string) error
	renamesOpen bool

	mu     sync.Mutex
	file   *os.File // locked
	broken error    // nothing more is done: what is on disk is not known
	syncs  syncs
	*contents
}

// errLocked is lockFile's error when the file is locked.
var errLocked = errors.New("another process has it open")

// OpenFile opens the journal at path, and creates it if it is not there. A last
// line that a crash tore is dropped; any other damage is an error that names the
// line, and the file is left as it is.
func OpenFile(path string) (*FileJournal, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, journalError("ledger.OpenFile", err)
	}
	j := &FileJournal{path: absolute, rename: os.Rename, renamesOpen: renamesOpenFiles, syncs: syncs{file: (*os.File).Sync}}
	j.syncs.ended.L = &j.mu
	if err := j.open(); err != nil {
		return nil, journalError("ledger.OpenFile", err)
	}
	return j, nil
}

// open opens, locks and reads the file.
func (j *FileJournal) open() error {
	file, err := openLocked(j.path)
	if err != nil {
		return err
	}
	c, err := readLines(file)
	if err == nil {
		err = syncDir(filepath.Dir(j.path))
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	j.file, j.contents = file, c
	return nil
}

// openLocked opens the file at path and locks it. Between the two another process
// may have put a new file in its place.
func openLocked(path string) (*os.File, error) {
	for range 10 {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err = lockFile(file); err == nil {
			var info os.FileInfo
			if info, err = samePlace(path, file); err == nil {
				if info.Mode().IsRegular() {
					return file, nil
				}
				err = errors.New("it is no file that keeps what is written")
			}
		}
		_ = file.Close()
		if !errors.Is(err, errMoved) {
			return nil, err
		}
	}
	return nil, errMoved
}

// What somebody else can do to a file that is open.
var (
	errMoved   = errors.New("the file was moved, deleted or replaced by another one")
	errChanged = errors.New("somebody else has changed the file")
)

// samePlace checks that path leads to file still, and returns what the system
// says of it. Of a file that was replaced a mount may keep the old one.
func samePlace(path string, file *os.File) (os.FileInfo, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	there, err := os.Stat(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if err != nil || !os.SameFile(info, there) || names(info) == 0 {
		return nil, errMoved
	}
	return info, nil
}

// unchanged checks that the file is the one that was read and written.
func (j *FileJournal) unchanged() error {
	if j.broken != nil {
		return j.broken
	}
	info, err := samePlace(j.path, j.file)
	if err != nil {
		return err
	}
	if info.Size() != j.size+j.torn {
		return fmt.Errorf("%w: it has %d bytes, not %d", errChanged, info.Size(), j.size+j.torn)
	}
	return nil
}

// Close releases the journal for another process.
func (j *FileJournal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.settle()
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file, j.broken = nil, errors.New("the journal is closed")
	if err != nil {
		return journalError("Journal.Close", err)
	}
	return nil
}

// append writes one record, which counts at once, and waits until it is on disk. If
// it fails, nothing was stored, or the journal refuses to go on: it cannot tell what
// it holds.
func (j *FileJournal) append(p *place, record *Record) error {
	if err := j.unchanged(); err != nil {
		return err
	}
	text, sum, err := line(record, j.sum)
	if err != nil {
		return err
	}
	kept, packed, err := packOne(record)
	if err != nil {
		return err
	}
	if j.torn > 0 {
		if err := j.file.Truncate(j.size); err != nil {
			return err
		}
		j.torn = 0
	}
	if j.bare {
		text = append([]byte("\n"), text...)
	}
	if _, err := j.file.WriteAt(text, j.size); err != nil {
		undo := j.file.Truncate(j.size)
		if undo == nil {
			undo = j.syncs.file(j.file)
		}
		if undo != nil {
			j.broken = err
		}
		return err
	}
	j.size, j.sum, j.bare = j.size+int64(len(text)), sum, false
	p.put(kept, packed)
	j.syncs.written++
	return j.commit(j.syncs.written)
}

// Find implements [Journal].
func (j *FileJournal) Find(_ context.Context, key JournalKey) (Record, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return Record{}, false, journalError("Journal.Find", j.broken)
	}
	r, ok := j.index.find(key)
	return r, ok, nil
}

// Begin implements [Journal].
func (j *FileJournal) Begin(_ context.Context, record Record) (Record, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return Record{}, false, journalError("Journal.Begin", j.broken)
	}
	p := j.index.place(record.JournalKey)
	if stored, taken := p.taken(&record); taken {
		return stored, false, nil
	}
	if err := j.append(p, &record); err != nil {
		return Record{}, false, journalError("Journal.Begin", err)
	}
	return record, true, nil
}

// End implements [Journal].
func (j *FileJournal) End(_ context.Context, record Record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return journalError("Journal.End", j.broken)
	}
	p := j.index.place(record.JournalKey)
	if !p.mayEnd(&record) {
		return journalConflict()
	}
	if err := j.append(p, &record); err != nil {
		return journalError("Journal.End", err)
	}
	return nil
}

// ForAssignment implements [Journal].
func (j *FileJournal) ForAssignment(_ context.Context, environment, companyID, assignmentID string) ([]Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return nil, journalError("Journal.ForAssignment", j.broken)
	}
	return j.index.forAssignment(environment, companyID, assignmentID), nil
}

// Pending implements [Journal].
func (j *FileJournal) Pending(_ context.Context, environment, companyID string) ([]Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return nil, journalError("Journal.Pending", j.broken)
	}
	return j.index.pending(environment, companyID), nil
}

// journalError says that the journal, not the service, failed, and what to do.
func journalError(operation string, err error) *maventa.Error {
	failure := &maventa.Error{Operation: operation, Phase: PhaseJournal, Outcome: maventa.OutcomeNotSent, Kind: ErrJournal, Err: err}
	_, isDamage := errors.AsType[*damageError](err)
	switch {
	case errors.Is(err, errLocked):
		failure.Kind = ErrJournalLocked
	case errors.Is(err, errMoved):
		failure.Hint = "put the journal back at its path, or close it and open the file that is to go on"
	case errors.Is(err, errChanged):
		failure.Hint = "close the journal and open it again, which says whether it is whole, and find out who writes into it"
	case isDamage:
		failure.Hint = "restore the file from a backup and let a person look at the first run"
	}
	return failure
}

// syncDir makes the names in a directory durable, where the system can.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if err = errors.Join(err, d.Close()); !cannotSync(err) {
		return err
	}
	return nil
}

// cannotSync reports whether err says that a directory cannot be synced at all:
// some file systems and Windows have no such thing.
func cannotSync(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrPermission) ||
		errors.Is(err, os.ErrInvalid) || errors.Is(err, syscall.EINVAL)
}
