// Package fleet does one job for many companies, several at a time.
package fleet

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/maventa-go/maventa"
)

// Fleet does the same work for many companies. Its zero value is not usable:
// set Client. All companies share that client's connections, retry quota and
// token cache. A Fleet may be kept and Run again; it remembers the companies
// whose credentials are dead. For events the work is one look per company; see
// package follow.
type Fleet struct {
	// Client is any client made with [maventa.NewClient]; those of the companies
	// are derived from it.
	Client *maventa.Client
	// Workers is how many companies are worked for at a time, 8 if zero.
	Workers int
	// SetAsideFor is how long a company whose credentials are dead is left out: one
	// hour if zero. Other keys end it at once.
	SetAsideFor time.Duration
	// Progress, if set, is called after each company, by one goroutine at a
	// time. It should return soon.
	Progress func(Progress)

	mu   sync.Mutex
	dead map[string]dead // by company
}

// dead is why a company is set aside.
type dead struct {
	keys  [sha256.Size]byte // the ones that were refused
	until time.Time
	err   error
}

// Progress is how far a run is.
type Progress struct {
	Done, Total int
	Counts
	Last Result
}

// Counts are companies by what became of them.
type Counts struct {
	Succeeded, Failed, SetAside, CutOff int
}

// Result is what became of one company.
type Result struct {
	CompanyID string
	// Err is what the work returned; nil: it succeeded.
	Err error
	// SetAside: the company's credentials are wrong, deleted or lack a scope.
	// Err says which. It is left out of later runs until its keys change, for
	// [Fleet.SetAsideFor], or until [Fleet.Revive] is called.
	SetAside bool
	// CutOff: ctx ended before the work was begun, or the work failed after that.
	// [Fleet.Resume] does it.
	CutOff   bool
	Duration time.Duration
}

// Report holds the results in the order of the companies.
type Report struct {
	Results []Result
	Counts
}

const (
	defaultWorkers  = 8
	defaultSetAside = time.Hour
)

// Run calls work once for each company, several at a time, and returns when all
// are done. An error of one company does not stop the others; a panic of work is
// not caught. When ctx ends, the companies whose work has not begun fail with
// its error; see [Fleet.Resume].
//
// A company whose error matches [maventa.ErrInvalidCredentials] or
// [maventa.ErrMissingScope] is set aside: asking again would only fail again.
//
// The error says that the Fleet itself cannot work; the companies' errors are in
// the report.
func (f *Fleet) Run(
	ctx context.Context, companies []maventa.Credentials, work func(ctx context.Context, c *maventa.Client) error,
) (*Report, error) {
	return f.Resume(ctx, companies, nil, work)
}

// Resume is [Fleet.Run] without the companies that an earlier run has done, whatever
// became of them: those with a result in before that is not CutOff. Their results are
// in the report as well. In another process before may be made of the company ids
// that Progress was called with.
func (f *Fleet) Resume(
	ctx context.Context, companies []maventa.Credentials, before *Report, work func(ctx context.Context, c *maventa.Client) error,
) (*Report, error) {
	switch {
	case f.Client == nil:
		return nil, invalid("Client", "is nil")
	case work == nil:
		return nil, invalid("work", "is nil")
	case f.Workers < 0:
		return nil, invalid("Workers", "must not be negative")
	case f.SetAsideFor < 0:
		return nil, invalid("SetAsideFor", "must not be negative")
	}
	r := &run{Fleet: f, total: len(companies), report: Report{Results: make([]Result, len(companies))}}
	left := r.adopt(companies, before)
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(cmp.Or(f.Workers, defaultWorkers), len(left)) {
		wg.Go(func() {
			for i := range next {
				r.done(i, r.one(ctx, companies[i], work))
			}
		})
	}
	for _, i := range left {
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
	delete(f.dead, strings.ToLower(creds.CompanyID))
}

// setAside says why a company is left out, if it is.
func (f *Fleet) setAside(ctx context.Context, creds maventa.Credentials) error {
	f.mu.Lock()
	d, found := f.dead[strings.ToLower(creds.CompanyID)]
	f.mu.Unlock()
	if !found || !time.Now().Before(d.until) {
		return nil
	}
	if keys, err := f.keys(ctx, creds); err != nil || keys != d.keys {
		return nil //nolint:nilerr // where the keys cannot be had the work fails, and says so
	}
	return d.err
}

// judge notes whether a company's credentials work.
func (f *Fleet) judge(ctx context.Context, creds maventa.Credentials, err error) (setAside bool) {
	setAside = errors.Is(err, maventa.ErrInvalidCredentials) || errors.Is(err, maventa.ErrMissingScope)
	if !setAside {
		if err == nil {
			f.Revive(creds)
		}
		return false
	}
	keys, failed := f.keys(ctx, creds)
	if failed != nil {
		return true // which ones were refused is not known: the next run asks again
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead == nil {
		f.dead = map[string]dead{}
	}
	f.dead[strings.ToLower(creds.CompanyID)] = dead{keys, time.Now().Add(cmp.Or(f.SetAsideFor, defaultSetAside)), err}
	return true
}

// keys tells the keys of a company apart without keeping them.
func (f *Fleet) keys(ctx context.Context, creds maventa.Credentials) ([sha256.Size]byte, error) {
	keys := maventa.Keys{UserAPIKey: creds.UserAPIKey, VendorAPIKey: creds.VendorAPIKey}
	current, rotate, err := f.Client.RotatingKeys(ctx, creds.CompanyID)
	if rotate {
		keys = current
	}
	return sha256.Sum256(fmt.Appendf(nil, "%q %q", string(keys.UserAPIKey), string(keys.VendorAPIKey))), err
}

// run is one call of [Fleet.Resume].
type run struct {
	*Fleet

	total  int
	mu     sync.Mutex
	count  int
	report Report
}

// adopt takes over the results of an earlier run, and returns which companies are left.
func (r *run) adopt(companies []maventa.Credentials, before *Report) (left []int) {
	have := map[string]Result{}
	if before != nil {
		for _, result := range before.Results {
			if !result.CutOff {
				have[strings.ToLower(result.CompanyID)] = result
			}
		}
	}
	for i, creds := range companies {
		result, done := have[strings.ToLower(creds.CompanyID)]
		if !done {
			left = append(left, i)
			continue
		}
		r.report.Results[i] = result
		r.report.add(result)
		r.count++
	}
	return left
}

// one works for one company.
func (r *run) one(
	ctx context.Context, creds maventa.Credentials, work func(context.Context, *maventa.Client) error,
) (result Result) {
	result.CompanyID = creds.CompanyID
	start := time.Now()
	if err := ctx.Err(); err != nil {
		result.CutOff = true
		result.Err = &maventa.Error{
			Operation: "Fleet.Run", Phase: maventa.PhaseSend, Outcome: maventa.OutcomeNotSent,
			Err: err, Hint: "the work for this company was not begun",
		}
		return result
	}
	if result.Err = r.setAside(ctx, creds); result.Err != nil {
		result.SetAside = true
		return result
	}
	c, err := r.Client.ForCompany(creds)
	if err == nil {
		err = work(ctx, c)
	}
	result.Err, result.Duration = err, time.Since(start)
	result.SetAside = r.judge(ctx, creds, err)
	result.CutOff = err != nil && ctx.Err() != nil && !result.SetAside
	return result
}

// done notes a result and reports it.
func (r *run) done(i int, result Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Results[i] = result
	r.report.add(result)
	r.count++
	if r.Progress != nil {
		r.Progress(Progress{Done: r.count, Total: r.total, Counts: r.report.Counts, Last: result})
	}
}

func (c *Counts) add(result Result) {
	switch {
	case result.SetAside:
		c.SetAside++
	case result.CutOff:
		c.CutOff++
	case result.Err != nil:
		c.Failed++
	default:
		c.Succeeded++
	}
}

func invalid(field, problem string) *maventa.Error {
	return &maventa.Error{
		Operation: "Fleet.Run", Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent,
		Fields: []maventa.FieldProblem{{Field: field, Problem: problem}},
	}
}
