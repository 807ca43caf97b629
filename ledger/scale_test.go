package ledger_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

// What the ledger costs when much is known. These are measurements, not tests:
//
//	go test -run '^$' -bench . -benchtime 1x ./ledger

// plainService answers as the service does that has one assignment for every id.
// It costs the same however much it holds.
func plainService() ct.Tripper {
	var events sync.Map // the ids of the assignments that have one
	return func(r *http.Request, _ string) (*http.Response, error) {
		switch _, reported := events.Load(r.URL.Path); {
		case r.Method == http.MethodPost:
			events.Store(r.URL.Path, true)
			return ct.AnswerOf(r, http.StatusCreated, `{"id":"`+eventOf(r)+`","type":"paid","amount":1.00,"date":"2026-11-20"}`), nil
		case reported:
			return ct.AnswerOf(r, http.StatusOK, `[{"id":"`+eventOf(r)+`","type":"paid","amount":1.00,"date":"2026-11-20"}]`), nil
		}
		return ct.AnswerOf(r, http.StatusOK, `[]`), nil
	}
}

// eventOf is the id of an assignment's event.
func eventOf(r *http.Request) string {
	return strings.Replace(strings.Split(r.URL.Path, "/")[3], "a551", "e7e2", 1)
}

func assignmentID(i int) string { return fmt.Sprintf("a551%04x-0000-4000-8000-%012d", i%0xffff, i) }

// BenchmarkEnsureEvents reports payments of as many assignments into an empty
// journal. The time for one entry must not grow with their number.
func BenchmarkEnsureEvents(b *testing.B) {
	for _, n := range []int{1_000, 4_000, 16_000, 64_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			items := make([]ledger.Item, n)
			for i := range items {
				items[i] = ledger.Item{AssignmentID: assignmentID(i), Entry: payment(fmt.Sprintf("bank/%d", i), "1.00")}
			}
			for b.Loop() {
				l := ledger.New(ct.TrippedClient(b, plainService()), ledger.NewMemory())
				for _, r := range l.EnsureEvents(b.Context(), items) {
					require.NoError(b, r.Err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/entry")
		})
	}
}
