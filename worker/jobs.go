package worker

import (
	"context"
	"database/sql"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// The queues: what is sent, and what only reads.
const (
	queueSend = "maventa_send"
	queueLook = "maventa_look"
)

// Jobs hold the id of a company alone.
type (
	sendArgs struct {
		Company string `json:"company" river:"unique"`
	}
	followArgs struct {
		Company string `json:"company" river:"unique"`
	}
)

func (sendArgs) Kind() string   { return "maventa_send" }
func (followArgs) Kind() string { return "maventa_follow" }

func (a sendArgs) company() string   { return a.Company }
func (a followArgs) company() string { return a.Company }

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

// Work implements [river.Worker].
func (w *worker[A]) Work(ctx context.Context, job *river.Job[A]) error {
	began := time.Now()
	err := w.do(ctx, job.Args.company())
	w.on(job.Args.Kind(), time.Since(began), err)
	return err
}

// NextRetry implements [river.Worker]. The engine's own waits longer each time, up to
// weeks.
func (w *worker[A]) NextRetry(*river.Job[A]) time.Time { return time.Now().Add(retryTime) }

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

// lookEvery is how often a process looks for what is due.
const lookEvery = 500 * time.Millisecond

// look inserts a job for every company that has something due, until ctx ends. It looks
// at what there is, not at what has happened: nothing is lost if a job is.
func (w *Worker) look(ctx context.Context, engine *river.Client[*sql.Tx]) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		switch err := w.lookOnce(ctx, engine); {
		case err == nil:
			w.lookedAt.Store(time.Now().UnixMilli())
		case ctx.Err() == nil:
			w.config.Log.Error("looking for what is due failed, and is done again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (w *Worker) lookOnce(ctx context.Context, engine *river.Client[*sql.Tx]) error {
	if err := w.takeIn(ctx); err != nil {
		return err
	}
	jobs, err := w.due(ctx)
	if err != nil || len(jobs) == 0 {
		return err
	}
	_, err = engine.InsertMany(ctx, jobs)
	return err
}

// mostJobs is how many jobs are inserted at once.
const mostJobs = 500

// due returns the jobs of what is due now.
func (w *Worker) due(ctx context.Context) (jobs []river.InsertManyParams, err error) {
	now := time.Now().UnixMicro()
	for _, of := range []struct {
		query string
		args  []any
		job   func(companyID string)
	}{
		{
			`SELECT DISTINCT o.company_id FROM maventa_outbox o JOIN maventa_company c ON c.company_id = o.company_id
			WHERE o.environment = $1 AND o.state = 'queued' AND o.due_at <= $2 AND c.state = 'active' LIMIT $3`,
			[]any{w.config.Environment.Name, now, mostJobs},
			func(id string) { jobs = append(jobs, wakeUp(sendArgs{id}, queueSend)) },
		},
		{
			"SELECT company_id FROM maventa_company WHERE state = 'active' AND follow_at <= $1 ORDER BY follow_at LIMIT $2",
			[]any{now, mostJobs},
			func(id string) { jobs = append(jobs, wakeUp(followArgs{id}, queueLook)) },
		},
	} {
		err = each(ctx, w.db, of.query, of.args, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			if err == nil && w.company(id) != nil { // another process may serve the others
				of.job(id)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return jobs, nil
}
