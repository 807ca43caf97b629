package maventa_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/maventatest"
)

// allocatedBy measures the memory that f asks for in all.
func allocatedBy(f func()) (bytes uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// scoreSizes: an answer of any size costs at most twice its cap, counted after
// decompression.
func scoreSizes(t *testing.T, s *ct.Scorecard) {
	const (
		mib     = 1 << 20
		success = 32 * mib // the caps of the SDK
		failed  = 64 << 10
		token   = 1 * mib
		spare   = 512 << 10 // buffers of both sides, a connection, the inflater
	)
	for _, test := range []struct {
		what  string
		op    string
		fault maventatest.Fault
		limit int
		ok    bool // the answer is a small one after all
	}{
		{"250 kB of gzip for a payment", "Assignments.AddEvent", maventatest.GzipBomb(256 * mib), success, false},
		{"4 MB of gzip for a payment", "Assignments.AddEvent", maventatest.GzipBomb(4 << 30), success, false},
		{"250 kB of gzip for a read", "Assignments.Get", maventatest.GzipBomb(256 * mib), success, false},
		{"250 kB of gzip for a list", "Assignments.List", maventatest.GzipBomb(256 * mib), success, false},
		{"an endless answer", "Assignments.Get", maventatest.HugeBody(1 << 50), success, false},
		{"250 kB of gzip for a refusal", "Assignments.AddEvent", maventatest.StatusAfterCommit(500).And(maventatest.GzipBomb(256 * mib)), failed, false},
		{"an endless refusal", "Assignments.Get", maventatest.StatusAfterCommit(404).And(maventatest.HugeBody(1 << 50)), failed, false},
		{"250 kB of gzip for a token", "Auth.Token", maventatest.GzipBomb(256 * mib), token, true},
	} {
		t.Run(test.what, func(t *testing.T) {
			srv := maventatest.NewServer(t, maventatest.OverTCP()) // the pipes in memory allocate too
			c := srv.Client(t)
			id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
			var err error
			call := func() {
				switch test.op {
				case "Assignments.AddEvent":
					err = onlyErr(c.Assignments.AddEvent(t.Context(), id, canaryEvent()))
				case "Assignments.List":
					err = onlyErr(c.Assignments.List(t.Context(), maventa.AssignmentFilter{}))
				case "Auth.Token":
					fresh := srv.Client(t) // without a token
					err = onlyErr(fresh.Assignments.Get(t.Context(), id))
				default:
					err = onlyErr(c.Assignments.Get(t.Context(), id))
				}
			}
			call()
			ordinary := allocatedBy(call)
			srv.Inject(test.fault.On(test.op))
			allocated := allocatedBy(call) - ordinary
			s.Row(t, "R4", "allocated for "+test.what, fmt.Sprintf("at most 2 x %d + %d kB", test.limit>>10, spare>>10),
				fmt.Sprintf("%d kB", allocated>>10), allocated <= uint64(2*test.limit+spare))
			if test.ok {
				require.NoError(t, err)
				return
			}
			e := ct.Failure(t, err)
			if test.limit == success {
				assert.Equal(t, maventa.OutcomeApplied, e.Outcome)
				assert.ErrorContains(t, err, "larger than 32 MiB")
				assert.Equal(t, 1, e.Attempts)
			}
		})
	}
}
