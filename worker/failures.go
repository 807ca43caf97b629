package worker

import "time"

// failure is what fails again and again, such as the events of a company while no token
// can be had.
type failure struct {
	wait   time.Duration // until it is done again
	logged time.Time
}

const (
	mostWait = 4 * time.Minute // between two tries of what fails
	logEvery = 5 * time.Minute
)

// failed notes that something failed, for a company unless that is empty. It returns how
// long to wait, twice as long each time, and whether that is to be logged: the first
// time, and then now and again.
func (w *Worker) failed(what, companyID string) (wait time.Duration, isNews bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key, now := what+"/"+companyID, time.Now()
	f := w.failures[key]
	f.wait = min(max(2*f.wait, retryTime), mostWait)
	if isNews = now.Sub(f.logged) >= logEvery; isNews {
		f.logged = now
	}
	w.failures[key] = f
	return f.wait, isNews
}

// worked notes that it works, and reports whether it had failed before.
func (w *Worker) worked(what, companyID string) (again bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := what + "/" + companyID
	_, again = w.failures[key]
	delete(w.failures, key)
	return again
}
