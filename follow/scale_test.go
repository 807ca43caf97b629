package follow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/follow"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

// What following costs when much is known. These are measurements, not tests:
//
//	go test -run '^$' -bench . -benchtime 1x ./follow

// longList is a list of n events, oldest first. It calls read before each page.
func longList(n int, read func()) ct.Tripper {
	begin := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	return func(r *http.Request, _ string) (*http.Response, error) {
		read()
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		page = max(page, 1)
		var b strings.Builder
		for i := (page - 1) * 100; i < min(page*100, n); i++ {
			fmt.Fprintf(&b, `,{"id":"e7e20000-0000-4000-8000-%012d","assignment_id":"a551%04x-0000-4000-8000-%012d","type":"comment","author":"agency",`+
				`"created_at":%q,"comment":"The debtor has asked for another week, and will pay on Friday.","seen":false}`,
				i, i%0xffff, i/3, begin.Add(time.Duration(i)*80*time.Second).Format(time.RFC3339))
		}
		answer := ct.AnswerOf(r, http.StatusOK, "["+strings.TrimPrefix(b.String(), ",")+"]")
		if next := page + 1; page*100 < n {
			answer.Header.Set("X-Next-Page", strconv.Itoa(next))
		} else {
			answer.Header.Set("X-Next-Page", "")
		}
		return answer, nil
	}
}

// BenchmarkFirstLook follows a company from its first event. Its memory must not grow
// with what is handed over, but for what is remembered.
func BenchmarkFirstLook(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			var peak uint64
			pages := 0
			read := func() {
				if pages++; pages%4 == 0 {
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					peak = max(peak, m.HeapAlloc)
				}
			}
			for b.Loop() {
				c := ct.TrippedClient(b, longList(n, read))
				f := follow.New(c, follow.Checkpoint{})
				got := 0
				for _, err := range f.All(b.Context()) {
					require.NoError(b, err)
					if got++; got == n {
						break
					}
				}
			}
			b.ReportMetric(float64(peak)/(1<<20), "MiB-peak-heap")
		})
	}
}

// BenchmarkCheckpoint takes a checkpoint after an event where many are remembered.
func BenchmarkCheckpoint(b *testing.B) {
	for _, n := range []int{1_000, 50_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			f := follow.New(ct.TrippedClient(b, longList(n, func() {})), follow.Checkpoint{})
			got := 0
			for _, err := range f.All(ctx) {
				require.NoError(b, err)
				if got++; got == n {
					break
				}
			}
			var last follow.Checkpoint
			for b.Loop() {
				last = f.Checkpoint()
			}
			start := time.Now()
			data, err := json.Marshal(last)
			require.NoError(b, err)
			b.ReportMetric(float64(time.Since(start).Microseconds()), "µs-JSON")
			b.ReportMetric(float64(len(data)), "bytes-JSON")
		})
	}
}
