// Package fleet does one job for many companies, several at a time.
package fleet

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/maventa-go/maventa"
)

// Fleet does the same work for many companies. Its zero value is not usable:
// set Client. All companies share that client's connections, retry quota and
// token cache. A Fleet may be kept and Run again; it remembers the companies
// whose credentials are dead.
type Fleet struct {
	// Client is any client made with [maventa.NewClient]; those of the companies
	// are derived from it.
	Client *maventa.Client
	// Workers is how many companies are worked for at a time, 8 if zero.
	Workers int
	// Progress, if set, is called after each company, by one goroutine at a
	// time. It should return soon.
	Progress func(Progress)

	mu   sync.Mutex
	dead map[[sha256.Size]byte]error // why, by credentials
}

// Progress is how far a [Fleet.Run] is.
type Progress struct {
	Done, Total                 int
	Succeeded, Failed, SetAside int
	Last                        Result
}

// Result is what became of one company.
type Result struct {
	CompanyID string
	// Err is what the work returned; nil: it succeeded.
	Err error
	// SetAside: the company's credentials are wrong, deleted or lack a scope.
	// Err says which. It is left out of later runs until its credentials change
	// or [Fleet.Revive] is called.
	SetAside bool
	Duration time.Duration
}

// Report holds the results in the order of the companies.
type Report struct {
	Results                     []Result
	Succeeded, Failed, SetAside int
}

const defaultWorkers = 8

// Run calls work once for each company, several at a time, and returns when all
// are done. An error of one company does not stop the others; a panic of work is
// not caught. When ctx ends, the companies whose work has not begun fail with
// its error.
//
// A company whose error matches [maventa.ErrInvalidCredentials] or
// [maventa.ErrMissingScope] is set aside: asking again would only fail again.
//
// The error says that the Fleet itself cannot work; the companies' errors are in
// the report.
func (f *Fleet) Run(
	ctx context.Context, companies []maventa.Credentials, work func(ctx context.Context, c *maventa.Client) error,
) (*Report, error) {
	switch {
	case f.Client == nil:
		return nil, invalid("Client", "is nil")
	case work == nil:
		return nil, invalid("work", "is nil")
	case f.Workers < 0:
		return nil, invalid("Workers", "must not be negative")
	}
	workers := f.Workers
	if workers == 0 {
		workers = defaultWorkers
	}
	r := &run{Fleet: f, total: len(companies), report: Report{Results: make([]Result, len(companies))}}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(workers, len(companies)) {
		wg.Go(func() {
			for i := range next {
				r.done(i, r.one(ctx, companies[i], work))
			}
		})
	}
	for i := range companies {
		next <- i // after ctx has ended each is refused at once
	}
	close(next)
	wg.Wait()
	return &r.report, nil
}

// Revive lets a company that was set aside take part again.
func (f *Fleet) Revive(creds maventa.Credentials) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.dead, keyOf(creds))
}

// run is one call of [Fleet.Run].
type run struct {
	*Fleet
	total  int
	mu     sync.Mutex
	count  int
	report Report
}

// one works for one company.
func (r *run) one(
	ctx context.Context, creds maventa.Credentials, work func(context.Context, *maventa.Client) error,
) (result Result) {
	result.CompanyID = creds.CompanyID
	key, start := keyOf(creds), time.Now()
	if err := ctx.Err(); err != nil {
		result.Err = &maventa.Error{
			Operation: "Fleet.Run", Phase: maventa.PhaseSend, Outcome: maventa.OutcomeNotSent,
			Err: err, Hint: "the work for this company was not begun",
		}
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
	if errors.Is(err, maventa.ErrInvalidCredentials) || errors.Is(err, maventa.ErrMissingScope) {
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

// done notes a result and reports it.
func (r *run) done(i int, result Result) {
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
		r.Progress(Progress{
			Done: r.count, Total: r.total, Last: result,
			Succeeded: r.report.Succeeded, Failed: r.report.Failed, SetAside: r.report.SetAside,
		})
	}
}

// keyOf tells credentials apart without keeping them.
func keyOf(c maventa.Credentials) [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%q %q %q", c.CompanyID, string(c.UserAPIKey), string(c.VendorAPIKey)))
}

func invalid(field, problem string) *maventa.Error {
	return &maventa.Error{
		Operation: "Fleet.Run", Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent,
		Fields: []maventa.FieldProblem{{Field: field, Problem: problem}},
	}
}
