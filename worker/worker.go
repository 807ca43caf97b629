package worker

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

// Worker does the work of some companies. Make it with [Open]. It serves any number of
// goroutines.
type Worker struct {
	config Config
	db     *database
	beside bool // another process may be the one that works
	store  *sqlstore.Store
	base   *maventa.Client // the one that those of the companies are derived from

	mu        sync.Mutex
	companies map[string]*company // by canonical id
	gone      map[string]*company // offboarded, with keys: their cases can be listed again

	failures map[string]failure // by what is looked at, and the company

	rescuedAt time.Time     // of look alone
	ran       atomic.Bool   // Run was called
	stopping  chan struct{} // closed when Run is to end
	lookedAt  atomic.Int64  // when what is due was looked for without an error, Unix milliseconds
}

// Open opens the database and makes a client for each company. It makes no request to
// Maventa. The tables must be there: see [Worker.Migrate].
func Open(ctx context.Context, config Config) (*Worker, error) { return openWorker(ctx, config, false) }

// OpenBeside opens a database that another process may work on, also a file of SQLite:
// to look and to decide. Run is refused.
func OpenBeside(ctx context.Context, config Config) (*Worker, error) {
	return openWorker(ctx, config, true)
}

func openWorker(ctx context.Context, config Config, beside bool) (*Worker, error) {
	if err := config.complete(); err != nil {
		return nil, err
	}
	db, err := open(ctx, config.Database, beside)
	if err != nil {
		return nil, err
	}
	w := &Worker{config: config, db: db, beside: beside, companies: map[string]*company{}, failures: map[string]failure{}, stopping: make(chan struct{})}
	w.store, err = sqlstore.Open(db.DB, db.dialect, sqlstore.Installation{
		Environment: config.Environment, ID: config.Installation, Marker: sqlstore.FileMarker(config.Marker),
	})
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	return w, nil
}

// Close closes the database.
func (w *Worker) Close() error { return w.db.close() }

// Migrate creates the tables, or brings them to what this program needs. It may be run
// at every start, by several processes at once.
func (w *Worker) Migrate(ctx context.Context) error { return w.db.migrate(ctx, w.store) }

const (
	jobTime     = 20 * time.Second // a job that takes longer is cut off
	stepTime    = 8 * time.Second  // a job begins nothing new after it
	rescueAfter = 30 * time.Second // a job of a process that was killed is given to another
	lending     = rescueAfter      // and so is what it had taken
	retryTime   = 3 * time.Second
	softStop    = 8 * time.Second // what is under way may take this long at the end
	hardStop    = 9 * time.Second // and the engine this long to note it
)

// Run works until ctx ends, and then finishes what is under way: it returns within 10
// seconds, and nil. It refuses to begin if the database may be a copy or is older than
// it was, see sqlstore.Store.Check. A worker runs once: after that, open another one.
func (w *Worker) Run(ctx context.Context) error {
	if w.beside {
		return errors.New("worker: Run needs Open, not OpenBeside")
	}
	if w.ran.Swap(true) {
		return errors.New("worker: Run was called before on this worker: open another one")
	}
	if err := w.prepare(ctx); err != nil {
		return passing(err)
	}
	engine, err := w.engine()
	if err != nil {
		return err
	}
	if err := engine.Start(ctx); err != nil {
		return passing(fmt.Errorf("worker: the job engine: %w", err))
	}
	w.config.Log.InfoContext(ctx, "the worker begins", "companies", len(w.config.Companies), "environment", w.config.Environment.Name)
	w.look(ctx, engine)
	close(w.stopping)
	select {
	case <-engine.Stopped():
	case <-time.After(hardStop): // it would ask a database that hangs for most of a minute
		w.config.Log.WarnContext(ctx, "the database does not answer: the worker ends without it; the next start goes on where this one was")
	}
	return nil
}

// prepare makes the database ready for the work.
func (w *Worker) prepare(ctx context.Context) error {
	if err := w.Check(ctx); err != nil && !errors.Is(err, sqlstore.ErrTakenOver) {
		return err
	}
	if err := w.SetCompanies(ctx, w.config.Companies); err != nil {
		return err
	}
	if err := w.endGone(ctx); err != nil || !w.db.isSQLite() {
		return err
	}
	return w.free(ctx) // nobody else is here: what was under way is free
}

// free gives back what a process that was killed had taken.
func (w *Worker) free(ctx context.Context) error {
	if _, err := w.store.GiveBack(ctx); err != nil {
		return err
	}
	if _, err := w.db.ExecContext(ctx, freeJobs); err != nil {
		return fmt.Errorf("worker: the database: %w", err)
	}
	return nil
}

func (w *Worker) isStopping() bool {
	select {
	case <-w.stopping:
		return true
	default:
		return false
	}
}

// engine is River's client: it runs the jobs.
func (w *Worker) engine() (*river.Client[*sql.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker[sendArgs]{do: w.send, on: w.config.OnJob})
	river.AddWorker(workers, &worker[followArgs]{do: w.follow, on: w.config.OnJob})
	river.AddWorker(workers, &worker[probeArgs]{do: w.probe, on: w.config.OnJob})
	river.AddWorker(workers, &worker[watchArgs]{do: w.watch, on: w.config.OnJob})
	river.AddWorker(workers, &worker[uncoveredArgs]{do: w.uncovered, on: w.config.OnJob})
	poll := time.Second
	if !w.db.isSQLite() {
		poll = 5 * time.Second // PostgreSQL says by itself that there is a job
	}
	engine, err := river.NewClient(w.db.engine(), &river.Config{
		Queues: map[string]river.QueueConfig{
			queueSend: {MaxWorkers: w.config.Workers},
			queueLook: {MaxWorkers: 4 * w.config.Workers},
		},
		Workers:                     workers,
		JobTimeout:                  jobTime,
		RescueStuckJobsAfter:        rescueAfter,
		SoftStopTimeout:             softStop,
		FetchCooldown:               100 * time.Millisecond,
		FetchPollInterval:           poll,
		ErrorHandler:                jobErrors{w},
		Logger:                      slog.New(quiet{w.config.Log.Handler()}),
		CompletedJobRetentionPeriod: time.Hour,
		CancelledJobRetentionPeriod: time.Hour,
		DiscardedJobRetentionPeriod: 24 * time.Hour,
	})
	if err != nil {
		return nil, fmt.Errorf("worker: the job engine: %w", err)
	}
	return engine, nil
}
