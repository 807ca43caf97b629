package worker

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// The queues: what is sent, and what only reads.
const (
	queueSend = "maventa_send"
	queueLook = "maventa_look"
)

// ofCompany is all that a job holds.
type ofCompany struct {
	Company string `json:"company"`
}

func (a ofCompany) company() string { return a.Company }

type (
	sendArgs      struct{ ofCompany }
	followArgs    struct{ ofCompany }
	probeArgs     struct{ ofCompany }
	watchArgs     struct{ ofCompany }
	uncoveredArgs struct{ ofCompany }
)

func (sendArgs) Kind() string      { return "maventa_send" }
func (followArgs) Kind() string    { return "maventa_follow" }
func (probeArgs) Kind() string     { return "maventa_probe" }
func (watchArgs) Kind() string     { return "maventa_watch" }
func (uncoveredArgs) Kind() string { return "maventa_uncovered" }

type args interface {
	river.JobArgs

	company() string
}

// worker runs the jobs of one kind.
type worker[A args] struct {
	river.WorkerDefaults[A]

	do func(ctx context.Context, companyID string) error
	on func(name string, took time.Duration, err error)
}

var errPanicked = errors.New("worker: the job panicked")

// Work implements [river.Worker].
func (w *worker[A]) Work(ctx context.Context, job *river.Job[A]) (err error) {
	began := time.Now()
	err = errPanicked // unless it returns
	defer func() { w.on(job.Args.Kind(), time.Since(began), err) }()
	err = w.do(ctx, job.Args.company())
	return err
}

// NextRetry implements [river.Worker]. The engine's own waits longer each time, up to
// weeks.
func (w *worker[A]) NextRetry(*river.Job[A]) time.Time { return time.Now().Add(retryTime) }

// jobErrors logs how jobs fail. The engine says it among much else, which [quiet]
// hides, and without the company.
type jobErrors struct{ *Worker }

// HandleError implements [river.ErrorHandler].
func (e jobErrors) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	e.log(ctx, job, "a job failed, and is done again", "error", err)
	return nil
}

// HandlePanic implements [river.ErrorHandler].
func (e jobErrors) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	e.log(ctx, job, "a job panicked, and is done again", "panic", fmt.Sprint(value), "trace", trace)
	return nil
}

// log says it now and again: what fails for one company may fail for all.
func (e jobErrors) log(ctx context.Context, job *rivertype.JobRow, what string, details ...any) {
	var of ofCompany
	if err := json.Unmarshal(job.EncodedArgs, &of); err != nil {
		details = append(details, "args", err)
	}
	if _, isNews := e.failed(job.Kind, of.Company); isNews {
		e.config.Log.ErrorContext(ctx, what, append([]any{"job", job.Kind, "company", of.Company}, details...)...)
	}
}

// wakeUp is a job of a company that is inserted unless it is there already. One that
// was completed or given up is no hindrance: whoever looks next inserts it again.
func wakeUp(a river.JobArgs, queue string) river.InsertManyParams {
	return river.InsertManyParams{Args: a, InsertOpts: &river.InsertOpts{
		Queue: queue, MaxAttempts: 5,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
			rivertype.JobStateScheduled, rivertype.JobStateRetryable,
		}},
	}}
}

const (
	// lookEvery is how often a process looks for what is due.
	lookEvery = 500 * time.Millisecond
	// lookTime is how long that may take. A connection to a server that has vanished
	// would say nothing for a quarter of an hour.
	lookTime = 15 * time.Second
)

// look inserts a job for every company that has something due, until ctx ends. It looks
// at what there is, not at what has happened: nothing is lost if a job is.
func (w *Worker) look(ctx context.Context, engine *river.Client[*sql.Tx]) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		switch err := w.lookOnce(ctx, engine); {
		case err == nil:
			w.lookedAt.Store(time.Now().UnixMilli())
			if w.worked("look", "") {
				w.config.Log.InfoContext(ctx, "looking for what is due works again")
			}
		case ctx.Err() == nil:
			if _, isNews := w.failed("look", ""); isNews { // not twice a second
				w.config.Log.ErrorContext(ctx, "looking for what is due failed, and is done again", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// freeJobs lets jobs be worked on again that a process was working on.
const freeJobs = "UPDATE river_job SET state = 'available' WHERE state = 'running' AND kind LIKE 'maventa_%'"

// rescueEvery is how often a process looks for jobs of one that was killed. The
// engine's own rescue needs a leader, and takes more than a minute if that was killed.
const rescueEvery = 5 * time.Second

// rescue frees the jobs that no process can be working on any more.
func (w *Worker) rescue(ctx context.Context) error {
	if w.db.isSQLite() || time.Since(w.rescuedAt) < rescueEvery {
		return nil // of SQLite's nobody else has any
	}
	w.rescuedAt = time.Now()
	_, err := w.db.ExecContext(ctx, freeJobs+" AND attempted_at < $1", time.Now().Add(-rescueAfter))
	return err
}

func (w *Worker) lookOnce(ctx context.Context, engine *river.Client[*sql.Tx]) error {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if err := w.rescue(ctx); err != nil {
		return err
	}
	jobs, intake, err := w.due(ctx)
	if err == nil && len(jobs) > 0 {
		_, err = engine.InsertMany(ctx, jobs)
	}
	if err == nil && intake {
		err = w.takeIn(ctx)
	}
	return err
}

// mostJobs is how many jobs are inserted at once.
const mostJobs = 500

// dueNow finds the companies that have something due: one query, since it is asked
// twice a second.
const dueNow = `
	SELECT 'send', company_id FROM (SELECT o.company_id FROM maventa_outbox o JOIN maventa_company c ON c.company_id = o.company_id
		WHERE o.state = 'queued' AND o.due_at <= $1 AND c.state = 'active' AND o.environment = $3
		GROUP BY o.company_id ORDER BY MIN(o.due_at) LIMIT $2) AS sending
	UNION ALL SELECT 'follow', company_id FROM (SELECT company_id FROM maventa_company
		WHERE state = 'active' AND follow_at <= $1 ORDER BY follow_at LIMIT $2) AS following
	UNION ALL SELECT 'watch', company_id FROM (SELECT company_id FROM maventa_company
		WHERE state = 'active' AND watch_at <= $1 ORDER BY watch_at LIMIT $2) AS watching
	UNION ALL SELECT 'uncovered', company_id FROM (SELECT company_id FROM maventa_company -- 0 is never
		WHERE state = 'active' AND uncovered_at BETWEEN 1 AND $1 ORDER BY uncovered_at LIMIT $2) AS uncovered
	UNION ALL SELECT 'probe', company_id FROM (SELECT company_id FROM maventa_company -- one refusal, not one of each job
		WHERE state = 'aside' AND try_at <= $1 ORDER BY try_at LIMIT $2) AS probing
	UNION ALL SELECT 'intake', '' FROM (SELECT 1 FROM maventa_intake WHERE state = 'new' LIMIT 1) AS waiting`

// due returns the jobs of what is due now, and whether the ERP has written rows.
func (w *Worker) due(ctx context.Context) (jobs []river.InsertManyParams, intake bool, err error) {
	jobs, intake, isFull, err := w.dueAmong(ctx, mostJobs)
	if isFull { // of companies of others, or removed ones, that come first each time
		jobs, intake, _, err = w.dueAmong(ctx, math.MaxInt32)
	}
	return jobs, intake, err
}

// dueAmong is due among so many companies of each kind. It is full if there may be more,
// and some are not of this process.
func (w *Worker) dueAmong(ctx context.Context, most int) (jobs []river.InsertManyParams, intake, isFull bool, err error) {
	maySend := false
	found, others := map[string]int{}, map[string]bool{}
	err = each(ctx, w.db, dueNow, []any{time.Now().UnixMicro(), most, w.config.Environment.Name}, func(scan func(...any) error) error {
		var what, id string
		if err := scan(&what, &id); err != nil {
			return err
		}
		found[what]++
		others[what] = others[what] || w.company(id) == nil
		isFull = isFull || found[what] == most && others[what]
		if what != "intake" && w.company(id) == nil {
			return nil // another process may serve it
		}
		switch what {
		case "send":
			jobs, maySend = append(jobs, wakeUp(sendArgs{ofCompany{id}}, queueSend)), true
		case "follow":
			jobs = append(jobs, wakeUp(followArgs{ofCompany{id}}, queueLook))
		case "watch":
			jobs = append(jobs, wakeUp(watchArgs{ofCompany{id}}, queueLook))
		case "uncovered":
			jobs = append(jobs, wakeUp(uncoveredArgs{ofCompany{id}}, queueLook))
		case "probe":
			jobs = append(jobs, wakeUp(probeArgs{ofCompany{id}}, queueLook))
		case "intake":
			intake = true
		}
		return nil
	})
	if err != nil || !maySend {
		return jobs, intake, isFull, err
	}
	paused, _, err := w.store.Paused(ctx)
	if paused || w.config.ReadOnly {
		jobs = slices.DeleteFunc(jobs, func(p river.InsertManyParams) bool { return p.Args.Kind() == sendArgs{}.Kind() })
	}
	return jobs, intake, isFull, err
}
