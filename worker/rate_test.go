package worker

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/maventatest"
)

// limitedClient is a client of a fake, within a rate.
func limitedClient(t *testing.T, srv *maventatest.Server, perSecond float64) *maventa.Client {
	t.Helper()
	return srv.Client(t, maventa.WithHTTPClient(&http.Client{Transport: limited(srv.HTTPClient().Transport, perSecond)}))
}

func TestRateBoundsAllRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		c := limitedClient(t, srv, 2)
		began := time.Now()
		for range 10 {
			_, err := c.Assignments.Overview(t.Context())
			require.NoError(t, err)
		}
		assert.Equal(t, 5*time.Second, time.Since(began)) // eleven requests: one is for the token
	})
}

// Many that wait at the same time leave one after the other.
func TestRateServesThoseThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		c := limitedClient(t, srv, 20)
		began := time.Now()
		var wg sync.WaitGroup
		for range 99 {
			wg.Go(func() {
				_, err := c.Assignments.Overview(t.Context())
				assert.NoError(t, err)
			})
		}
		wg.Wait()
		assert.InDelta(t, 4.9, time.Since(began).Seconds(), 0.01) // two may leave at once
	})
}

// A payment whose turn does not come in its time was certainly not sent.
func TestRateLeavesNoDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
		c := limitedClient(t, srv, 0.01)
		_, err := c.Assignments.Overview(t.Context()) // takes the token
		require.Error(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = c.Assignments.AddEvent(ctx, id, maventa.DirectPayment(maventa.MustAmount("10.00"), maventa.MustDate("2026-11-20")))
		require.Error(t, err)
		assert.Equal(t, maventa.OutcomeNotSent, maventa.OutcomeOf(err), "%v", err)
		assert.Zero(t, srv.Count("Assignments.AddEvent"))
	})
}

// What is refused a connection was certainly not sent, so the client sends it again.
func TestRateSeesConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
		c := limitedClient(t, srv, 100)
		_, err := c.Assignments.Overview(t.Context())
		require.NoError(t, err)
		srv.HTTPClient().CloseIdleConnections()
		srv.RefuseConnections(1)
		_, err = c.Assignments.AddEvent(t.Context(), id, maventa.DirectPayment(maventa.MustAmount("10.00"), maventa.MustDate("2026-11-20")))
		require.NoError(t, err)
		assert.Equal(t, 1, srv.Count("Assignments.AddEvent"))
	})
}
