package dbtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/ledger"
	"github.com/maventa-go/maventa/maventatest"
)

// BenchmarkEnsureEvents reports payments, ten of each assignment, to a service over
// TCP, with the journal in a database. It is a measurement, not a test:
//
//	go test -run '^$' -bench EnsureEvents -benchtime 1x .
func BenchmarkEnsureEvents(b *testing.B) {
	for _, kind := range kinds {
		b.Run(kind.name, func(b *testing.B) {
			const n = 2000
			for b.Loop() {
				b.StopTimer()
				srv, s := maventatest.NewServer(b, maventatest.OverTCP()), kind.make(b)
				s.Environment = srv.Environment()
				store := s.open(b)
				require.NoError(b, store.Check(b.Context()))
				items := payments(srv.Company(), n)
				l := ledger.New(srv.Client(b), store.Journal())
				b.StartTimer()
				for _, r := range l.EnsureEvents(b.Context(), items) {
					require.NoError(b, r.Err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "payments/s")
		})
	}
}
