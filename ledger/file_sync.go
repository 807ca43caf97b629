package ledger

import (
	"os"
	"sync"
)

// Records that are written at about the same time share one sync: while it is
// under way the lock is free, others write and look, and one of them syncs next
// for all. What somebody else has written and not yet synced may be seen: whoever
// builds on it writes a later line, and the sync of that line covers both.

// syncs is how far a file is on disk. Its fields are guarded by the journal's lock.
type syncs struct {
	file            func(*os.File) error // the sync itself
	written, synced int                  // lines since the file was opened
	underWay        bool                 // without the lock
	ended           sync.Cond            // of the journal's lock
}

// commit returns when a sync has covered a line. If one fails, nobody can tell what
// the disk holds: all whose lines it should have covered get its error, and the
// journal stops. The lock is given up meanwhile.
func (j *FileJournal) commit(line int) error {
	s := &j.syncs
	for s.synced < line && j.broken == nil {
		if s.underWay {
			s.ended.Wait()
			continue
		}
		file, written := j.file, s.written
		s.underWay = true
		j.mu.Unlock()
		err := s.file(file)
		j.mu.Lock()
		s.underWay = false
		s.ended.Broadcast()
		j.synced(written, err)
	}
	if s.synced < line {
		return j.broken
	}
	return nil
}

// synced takes the result of a sync. If the journal broke meanwhile, success proves
// nothing: a system reports an error once, and another call may have got it.
func (j *FileJournal) synced(lines int, err error) {
	switch {
	case j.broken != nil:
	case err != nil:
		j.broken = err
	default:
		j.syncs.synced = lines
	}
}

// settle waits until no sync is under way and every line is on disk, or the journal
// is broken. The lock is kept from then on.
func (j *FileJournal) settle() {
	for j.syncs.underWay {
		j.syncs.ended.Wait()
	}
	if j.broken == nil && j.syncs.synced < j.syncs.written {
		j.synced(j.syncs.written, j.syncs.file(j.file))
	}
}
