package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/sqlstore"
)

func TestSpeed(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		const companies, each = 10, 200
		w := newWorld(t, database, companies)
		wk := w.open(t)
		for _, c := range w.companies {
			w.payments(t, wk, c, each)
		}
		began := time.Now()
		run(t, wk)
		for {
			done := w.srv.Count("Assignments.AddEvent")
			if done >= companies*each {
				break
			}
			time.Sleep(50 * time.Millisecond)
			require.Less(t, time.Since(began), time.Minute, "%d", done)
		}
		for _, c := range w.companies {
			for {
				s, err := wk.Find(t.Context(), c.ID(), "bank/199")
				require.NoError(t, err)
				if s.State == sqlstore.OutboxDone {
					break
				}
				time.Sleep(50 * time.Millisecond)
				require.Less(t, time.Since(began), time.Minute, "%+v", s)
			}
		}
		took := time.Since(began)
		t.Logf("%d payments in %v: %.0f per second", companies*each, took, companies*each/took.Seconds())
	})
}
