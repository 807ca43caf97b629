package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/maventa-go/maventa"
)

// FileJournal is a [Journal] in an append-only file of JSON lines, for one
// process at a time: a second one that opens it gets an error that matches
// [ErrJournalLocked]. Every record is on disk before Begin and End return.
//
// The records of the file are kept in memory; [FileJournal.Prune] drops old
// ones.
type FileJournal struct {
	path string
	lock *os.File

	mu     sync.Mutex
	index  index
	file   *os.File
	broken error // a write failed: what is on disk is not known
}

// errLocked is lockFile's error when another process has the lock.
var errLocked = errors.New("another process has it open")

// OpenFile opens the journal at path, and creates it if it is not there,
// with path+".lock" beside it. A last line that a crash tore is dropped; damage
// elsewhere is an error.
func OpenFile(path string) (*FileJournal, error) {
	lock, err := lockFile(path + ".lock")
	if err != nil {
		if errors.Is(err, errLocked) {
			return nil, journalError("ledger.OpenFile", ErrJournalLocked, err)
		}
		return nil, journalError("ledger.OpenFile", nil, err)
	}
	j := &FileJournal{path: path, lock: lock}
	if err := j.load(); err != nil {
		_ = lock.Close()
		return nil, journalError("ledger.OpenFile", nil, err)
	}
	return j, nil
}

// load reads the file and leaves it open at the end of its last whole line.
func (j *FileJournal) load() (err error) {
	file, err := os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = file.Close()
		}
	}()
	data, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	for line := range bytes.Lines(data[:whole]) {
		var record Record
		if err := json.Unmarshal(line, &record); err != nil {
			return errors.New("the journal is damaged: a line in it cannot be read")
		}
		j.index.put(record)
	}
	if err := file.Truncate(int64(whole)); err != nil { // a torn last line was never answered for
		return err
	}
	if _, err := file.Seek(int64(whole), io.SeekStart); err != nil {
		return err
	}
	j.file = file
	return syncDir(filepath.Dir(j.path))
}

// Close releases the journal for another process.
func (j *FileJournal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	err := errors.Join(j.file.Close(), j.lock.Close())
	j.file, j.broken = nil, errors.New("the journal is closed")
	if err != nil {
		return journalError("Journal.Close", nil, err)
	}
	return nil
}

// Prune removes the records that ended before a time. A key that is pruned is
// forgotten: used again, it is a new payment. Open ones stay.
func (j *FileJournal) Prune(before time.Time) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return journalError("Journal.Prune", nil, j.broken)
	}
	keep := j.index.list(func(r *Record) bool { return r.Open() || !r.EndedAt.Before(before) })
	if err := j.rewrite(keep); err != nil {
		return journalError("Journal.Prune", nil, err)
	}
	return nil
}

// rewrite replaces the file by one that holds just these records. A crash at any
// point leaves either the old file or the new one.
func (j *FileJournal) rewrite(records []Record) error {
	temp := j.path + ".new"
	if err := writeRecords(temp, records); err != nil {
		return err
	}
	// Closed before the renaming, which some systems insist on.
	err := errors.Join(j.file.Close(), os.Rename(temp, j.path))
	j.index = index{}
	if err = errors.Join(err, j.load()); err != nil {
		j.broken = err
	}
	return err
}

func writeRecords(path string, records []Record) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	for _, r := range records {
		if err := writeLine(file, r); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	return errors.Join(file.Sync(), file.Close())
}

// append writes one record and waits until it is on disk. After a failure the
// journal refuses to go on: it cannot tell what it holds.
func (j *FileJournal) append(record Record) error {
	if err := writeLine(j.file, record); err != nil {
		j.broken = err
		return err
	}
	if err := j.file.Sync(); err != nil {
		j.broken = err
		return err
	}
	j.index.put(record)
	return nil
}

func writeLine(w io.Writer, record Record) error {
	line, err := json.Marshal(record)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// Find implements [Journal].
func (j *FileJournal) Find(_ context.Context, key JournalKey) (Record, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return Record{}, false, journalError("Journal.Find", nil, j.broken)
	}
	return j.index.find(key)
}

// Begin implements [Journal].
func (j *FileJournal) Begin(_ context.Context, record Record) (Record, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return Record{}, false, journalError("Journal.Begin", nil, j.broken)
	}
	if stored, taken := j.index.taken(&record); taken {
		return stored, false, nil
	}
	if err := j.append(record); err != nil {
		return Record{}, false, journalError("Journal.Begin", nil, err)
	}
	return record, true, nil
}

// End implements [Journal].
func (j *FileJournal) End(_ context.Context, record Record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return journalError("Journal.End", nil, j.broken)
	}
	if !j.index.mayEnd(&record) {
		return journalConflict()
	}
	if err := j.append(record); err != nil {
		return journalError("Journal.End", nil, err)
	}
	return nil
}

// ForAssignment implements [Journal].
func (j *FileJournal) ForAssignment(_ context.Context, environment, companyID, assignmentID string) ([]Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return nil, journalError("Journal.ForAssignment", nil, j.broken)
	}
	return j.index.list(ofAssignment(environment, companyID, assignmentID)), nil
}

// Pending implements [Journal].
func (j *FileJournal) Pending(_ context.Context, environment, companyID string) ([]Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return nil, journalError("Journal.Pending", nil, j.broken)
	}
	return j.index.list(openOf(environment, companyID)), nil
}

// journalError says that the journal, not the service, failed.
func journalError(operation string, kind *maventa.Kind, err error) *maventa.Error {
	if kind == nil {
		kind = ErrJournal
	}
	return &maventa.Error{Operation: operation, Phase: PhaseJournal, Outcome: maventa.OutcomeNotSent, Kind: kind, Err: err}
}

// syncDir makes the names in a directory durable, where the system can.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrPermission) && !errors.Is(err, os.ErrInvalid) {
		return err
	}
	return nil
}
