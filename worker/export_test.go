package worker

import (
	"context"
	"database/sql"
	"testing"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/sqlstore"
)

// Routes are the patterns of the HTTP API.
func Routes() (patterns []string) {
	for _, r := range routes {
		patterns = append(patterns, r.pattern)
	}
	return append(patterns, "GET /openapi.yaml")
}

// PutWork puts an item on a work list.
func PutWork(t testing.TB, w *Worker, companyID, key string) {
	t.Helper()
	err := w.store.WorkList(canonical(companyID)).Put(t.Context(), sqlstore.WorkItem{Key: key, Kind: "test", Action: maventa.ActionAskPerson, Text: "what is it?"})
	if err != nil {
		t.Fatal(err)
	}
}

// PutItem puts an item of the test's own there.
func PutItem(ctx context.Context, w *Worker, companyID string, item sqlstore.WorkItem) error {
	return w.store.WorkList(canonical(companyID)).Put(ctx, item)
}

// DB is the worker's own connections to its database.
func (w *Worker) DB() *sql.DB { return w.db.DB }
