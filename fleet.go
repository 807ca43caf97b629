package maventa

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"
)

// Fleet does the same work for many companies. Its zero value is not usable:
// set Client. All companies share that client's connections, retry quota and
// token cache. A Fleet may be kept and Run again; it remembers the companies
// whose credentials are dead.
type Fleet struct {
	// Client is any client made with [NewClient]; those of the companies are
	// derived from it.
	Client *Client
	// Workers is how many companies are worked for at a time, 8 if zero.
	Workers int
	// Progress, if set, is called after each company, by one goroutine at a
	// time. It should return soon.
	Progress func(FleetProgress)

	mu   sync.Mutex
	dead map[[sha256.Size]byte]error // why, by credentials
}

// FleetProgress is how far a [Fleet.Run] is.
type FleetProgress struct {
	Done, Total                 int
	Succeeded, Failed, SetAside int
	Last                        FleetResult
}

// FleetResult is what became of one company.
type FleetResult struct {
	CompanyID string
	// Err is what the work returned; nil: it succeeded.
	Err error
	// SetAside: the company's credentials are wrong, deleted or lack a scope.
	// Err says which. It is left out of later runs until its credentials change
	// or [Fleet.Revive] is called.
	SetAside bool
	Duration time.Duration
}

// FleetReport holds the results in the order of the companies.
type FleetReport struct {
	Results                     []FleetResult
	Succeeded, Failed, SetAside int
}

const defaultFleetWorkers = 8

// Run calls work once for each company, several at a time, and returns when all
// are done. An error of one company does not stop the others; a panic of work is
// not caught. When ctx ends, the companies whose work has not begun fail with
// its error.
//
// A company whose error matches [ErrInvalidCredentials] or [ErrMissingScope] is
// set aside: asking again would only fail again.
//
// The error says that the Fleet itself cannot work; the companies' errors are in
// the report.
func (f *Fleet) Run(ctx context.Context, companies []Credentials, work func(ctx context.Context, c *Client) error) (*FleetReport, error) {
	switch {
	case f.Client == nil:
		return nil, invalid("Fleet.Run", "Client", "is nil")
	case work == nil:
		return nil, invalid("Fleet.Run", "work", "is nil")
	case f.Workers < 0:
		return nil, invalid("Fleet.Run", "Workers", "must not be negative")
	}
	workers := f.Workers
	if workers == 0 {
		workers = defaultFleetWorkers
	}
	run := &fleetRun{Fleet: f, total: len(companies), report: FleetReport{Results: make([]FleetResult, len(companies))}}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(workers, len(companies)) {
		wg.Go(func() {
			for i := range next {
				run.done(i, run.one(ctx, companies[i], work))
			}
		})
	}
	for i := range companies {
		next <- i // after ctx has ended each is refused at once
	}
	close(next)
	wg.Wait()
	return &run.report, nil
}

// Revive lets a company that was set aside take part again.
func (f *Fleet) Revive(creds Credentials) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.dead, fleetKey(creds))
}

type fleetRun struct {
	*Fleet
	total  int
	mu     sync.Mutex
	count  int
	report FleetReport
}

// one works for one company.
func (r *fleetRun) one(ctx context.Context, creds Credentials, work func(context.Context, *Client) error) (result FleetResult) {
	result.CompanyID = creds.CompanyID
	key, start := fleetKey(creds), time.Now()
	if err := ctx.Err(); err != nil {
		result.Err = &Error{Operation: "Fleet.Run", Phase: PhaseSend, Outcome: OutcomeNotSent, Err: err, Hint: "the work for this company was not begun"}
		return result
	}
	r.Fleet.mu.Lock()
	why := r.dead[key]
	r.Fleet.mu.Unlock()
	if why != nil {
		result.Err, result.SetAside = why, true
		return result
	}
	c, err := r.Client.ForCompany(creds)
	if err == nil {
		err = work(ctx, c)
	}
	result.Err, result.Duration = err, time.Since(start)
	if errors.Is(err, ErrInvalidCredentials) || errors.Is(err, ErrMissingScope) {
		result.SetAside = true
		r.Fleet.mu.Lock()
		if r.dead == nil {
			r.dead = map[[sha256.Size]byte]error{}
		}
		r.dead[key] = err
		r.Fleet.mu.Unlock()
	}
	return result
}

// done notes a result and tells of it.
func (r *fleetRun) done(i int, result FleetResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Results[i] = result
	r.count++
	switch {
	case result.SetAside:
		r.report.SetAside++
	case result.Err != nil:
		r.report.Failed++
	default:
		r.report.Succeeded++
	}
	if r.Progress != nil {
		r.Progress(FleetProgress{
			Done: r.count, Total: r.total, Last: result,
			Succeeded: r.report.Succeeded, Failed: r.report.Failed, SetAside: r.report.SetAside,
		})
	}
}

// fleetKey tells credentials apart without keeping them.
func fleetKey(c Credentials) [sha256.Size]byte {
	return tokenKey(c.CompanyID, string(c.UserAPIKey), string(c.VendorAPIKey))
}
