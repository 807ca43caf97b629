package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/worker"
)

// metrics are those of the process, and what a look into the database adds. No label
// names a company.
type metrics struct {
	registry *prometheus.Registry

	entries  *prometheus.CounterVec   // kind, result
	jobs     *prometheus.HistogramVec // job
	failed   *prometheus.CounterVec   // job
	requests *prometheus.CounterVec   // operation, status, outcome
	took     *prometheus.HistogramVec // operation
}

// newMetrics makes the metrics and connects them with what a worker does.
func newMetrics(config *worker.Config) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		entries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "maventa_worker_sent_total", Help: "Tries of entries, by what came of them: done, or the kind of the error.",
		}, []string{"kind", "result"}),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "maventa_worker_job_seconds", Help: "How long jobs took.", Buckets: []float64{.01, .05, .25, 1, 4, 8, 20},
		}, []string{"job"}),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "maventa_worker_jobs_failed_total", Help: "Jobs that ended with an error, and are done again.",
		}, []string{"job"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "maventa_worker_requests_total", Help: "Requests to Maventa, without those for tokens. Status 0: no answer.",
		}, []string{"operation", "status", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "maventa_worker_request_seconds", Help: "How long requests to Maventa took.", Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"operation"}),
	}
	m.registry.MustRegister(m.entries, m.jobs, m.failed, m.requests, m.took,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	config.OnEntry, config.OnJob = m.onEntry, m.onJob
	config.Options = append(config.Options, maventa.WithObserver(m))
	return m
}

func (m *metrics) onEntry(kind worker.Kind, err error) {
	result := "done"
	if err != nil {
		if result = maventa.Advise(err).Kind.Word(); result == "" {
			result = "other"
		}
	}
	m.entries.WithLabelValues(string(kind), result).Inc()
}

func (m *metrics) onJob(name string, took time.Duration, err error) {
	m.jobs.WithLabelValues(name).Observe(took.Seconds())
	if err != nil {
		m.failed.WithLabelValues(name).Inc()
	}
}

// Start implements [maventa.Observer].
func (m *metrics) Start(ctx context.Context, _ maventa.CallInfo) context.Context { return ctx }

// Attempt implements [maventa.Observer].
func (m *metrics) Attempt(_ context.Context, call maventa.CallInfo, a maventa.AttemptInfo) {
	m.requests.WithLabelValues(call.Operation, strconv.Itoa(a.Status), a.Outcome.String()).Inc()
	m.took.WithLabelValues(call.Operation).Observe(a.Duration.Seconds())
}

// End implements [maventa.Observer].
func (m *metrics) End(context.Context, maventa.CallInfo, maventa.ResultInfo) {}

// handler serves the metrics. Each scrape asks the database once.
func (m *metrics) handler(w *worker.Worker) http.Handler {
	m.registry.MustRegister(&standing{w})
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 1, ErrorHandling: promhttp.ContinueOnError})
}

// standing collects where everything stands in the database.
type standing struct{ w *worker.Worker }

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("maventa_worker_"+name, help, labels, nil)
}

var (
	descEntries   = gauge("entries", "Entries that are queued, or held for a person.", "state")
	descLate      = gauge("entries_late", "Queued entries that have been due for a minute.")
	descOldest    = gauge("oldest_due_seconds", "How long the oldest entry that is due has waited; 0: none is due.")
	descCompanies = gauge("companies", "Companies by state: active, aside (dead keys), question or gone.", "state")
	descDead      = gauge("dead_keys_seconds", "How long the keys of a company have been dead, of the longest; 0: of none. A day is an alert.")
	descFollow    = gauge("follow_lag_seconds", "How long ago the events of an active company were looked for, of the longest.")
	descWork      = gauge("work_open", "Items of the work list that nobody has decided on.")
	descRefused   = gauge("intake_refused", "Rows of maventa_intake that were refused.")
	descPaused    = gauge("paused", "1: a person has stopped all sending.")
	descOK        = gauge("database_ok", "1: the database could be asked.")
)

// Describe implements [prometheus.Collector].
func (s *standing) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descEntries, descLate, descOldest, descCompanies, descDead, descFollow, descWork, descRefused, descPaused, descOK,
	} {
		to <- d
	}
}

// Collect implements [prometheus.Collector].
func (s *standing) Collect(to chan<- prometheus.Metric) {
	const enough = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), enough)
	defer cancel()
	set := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	companies, err := s.w.Companies(ctx)
	var backlog worker.Backlog
	if err == nil {
		backlog, err = s.w.Backlog(ctx)
	}
	var paused bool
	if err == nil {
		paused, _, err = s.w.Paused(ctx)
	}
	if err != nil {
		set(descOK, 0)
		return
	}
	set(descOK, 1)
	now := time.Now()
	states := map[string]int{"active": 0, "aside": 0, "question": 0, "gone": 0}
	var queued, late, held, work int
	var dead, lag time.Duration
	for i := range companies {
		c := &companies[i]
		states[c.State]++
		queued, late, held, work = queued+c.Queued, late+c.Late, held+c.Held, work+c.Work
		switch c.State {
		case "aside":
			dead = max(dead, now.Sub(c.Since))
		case "active":
			since := c.FollowedAt
			if since.IsZero() {
				since = c.Since
			}
			lag = max(lag, now.Sub(since))
		}
	}
	for state, n := range states {
		set(descCompanies, float64(n), state)
	}
	set(descEntries, float64(queued), "queued")
	set(descEntries, float64(held), "held")
	set(descLate, float64(late))
	set(descWork, float64(work))
	set(descRefused, float64(backlog.Refused))
	set(descDead, dead.Seconds())
	set(descFollow, lag.Seconds())
	set(descPaused, map[bool]float64{true: 1}[paused])
	oldest := 0.0
	if !backlog.OldestDue.IsZero() {
		oldest = now.Sub(backlog.OldestDue).Seconds()
	}
	set(descOldest, oldest)
}
