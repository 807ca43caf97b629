// Package worker runs an ERP's receivables: it transfers invoices, reports what the
// books say of them, follows what the agencies say, and puts on a list what needs a
// person. It keeps everything in one database, SQLite or PostgreSQL.
//
// Most people run the command, worker/cmd/maventa-worker, and talk to it over HTTP or
// by rows of one table. A Go program can use the package:
//
//	w, err := worker.Open(ctx, worker.Config{…})
//	defer w.Close()
//	_, err = w.Put(ctx, companyID, "bank/2026-11-20/17", worker.Entry{Kind: worker.Payment, …})
//	err = w.Run(ctx) // until ctx ends
//
// # How it works
//
// The tables of package sqlstore and those of this package are the truth, jobs are
// only wake-ups: every process looks twice a second which company has something due,
// and inserts a job of River's for it, unless there is one already. So a job that is
// lost costs half a second, and nothing else. There is one job per company, not per
// payment: a company with many payments keeps nobody waiting.
//
// The job engine is River, https://riverqueue.com, unmodified (MPL-2.0).
package worker
