package maventatest_test

import (
	"strconv"
	"testing"

	"github.com/maventa-go/maventa/maventatest"
)

// BenchmarkAddAssignment fills a server. This is a measurement, not a test:
//
//	go test -run '^$' -bench AddAssignment -benchtime 1x ./maventatest
func BenchmarkAddAssignment(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				srv := maventatest.NewServer(b)
				for range n {
					srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/assignment")
		})
	}
}
