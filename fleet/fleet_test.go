package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/fleet"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

const token = `{"access_token":"canary-token","token_type":"bearer","expires_in":3600}`

func TestFleet(t *testing.T) {
	const companies = 2000
	var busy, most, tokens atomic.Int32
	transport := ct.RoundTrip(func(r *http.Request) (*http.Response, error) {
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		if strings.HasSuffix(r.URL.Path, "/token") {
			tokens.Add(1)
			if strings.HasSuffix(r.PostForm.Get("client_id"), "7") {
				return ct.Reply{Status: 401, Body: `{"code":"invalid_credentials"}`}.Response(t, r), nil
			}
			return ct.Reply{Status: 200, Body: token}.Response(t, r), nil
		}
		return ct.Reply{Status: 200, Body: `{"open":1}`}.Response(t, r), nil
	})
	c, err := maventa.NewClient(maventa.Stage, maventa.Credentials{},
		maventa.WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	list := make([]maventa.Credentials, companies)
	for i := range list {
		list[i] = maventa.Credentials{CompanyID: companyID(i), UserAPIKey: "canary-key"}
	}
	list[1].CompanyID = "" // refused before anything is sent
	var progress []fleet.Progress
	all := &fleet.Fleet{Client: c, Workers: 16, Progress: func(p fleet.Progress) { progress = append(progress, p) }}
	var mu sync.Mutex
	seen := map[string]int{}
	work := func(ctx context.Context, c *maventa.Client) error {
		if n := busy.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer busy.Add(-1)
		mu.Lock()
		seen[c.CompanyID()]++
		mu.Unlock()
		if c.CompanyID() == companyID(3) {
			return errors.New("own failure")
		}
		_, err := c.Assignments.Overview(ctx)
		return err
	}
	report, err := all.Run(t.Context(), list, work)
	require.NoError(t, err)
	assert.Len(t, seen, companies-1)
	assert.LessOrEqual(t, most.Load(), int32(16))
	assert.Equal(t, 200, report.SetAside)
	assert.Equal(t, 2, report.Failed)
	assert.Equal(t, companies-202, report.Succeeded)
	require.Len(t, progress, companies)
	assert.Equal(t, companies, progress[companies-1].Done)
	require.ErrorIs(t, report.Results[7].Err, maventa.ErrInvalidCredentials)
	assert.True(t, report.Results[7].SetAside)
	assert.Equal(t, companyID(7), report.Results[7].CompanyID)
	assert.Equal(t, maventa.ActionFixSetup, maventa.Advise(report.Results[1].Err).Action)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", report, report, report.Results), "canary")

	// The dead ones are not asked again, until they are revived.
	before := tokens.Load()
	all.Revive(list[17])
	report, err = all.Run(t.Context(), list, work)
	require.NoError(t, err)
	assert.Equal(t, 200, report.SetAside)
	assert.Equal(t, 1, seen[companyID(7)])
	assert.Equal(t, 2, seen[companyID(17)])
	assert.LessOrEqual(t, tokens.Load()-before, int32(1))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report, err = all.Run(ctx, list[:3], work)
	require.NoError(t, err)
	require.ErrorIs(t, report.Results[2].Err, context.Canceled)
	assert.Equal(t, maventa.OutcomeNotSent, maventa.OutcomeOf(report.Results[2].Err))
	require.EqualError(t, report.Results[2].Err, "maventa: Fleet.Run: no answer, canceled; the work for this company was not begun")

	report, err = all.Run(t.Context(), nil, work)
	require.NoError(t, err)
	assert.Empty(t, report.Results)
}

func TestMisuse(t *testing.T) {
	c, err := maventa.NewClient(maventa.Stage, maventa.Credentials{})
	require.NoError(t, err)
	work := func(context.Context, *maventa.Client) error { return nil }
	_, err = (&fleet.Fleet{}).Run(t.Context(), nil, work)
	require.ErrorIs(t, err, maventa.ErrValidation)
	_, err = (&fleet.Fleet{Client: c}).Run(t.Context(), nil, nil)
	require.ErrorIs(t, err, maventa.ErrValidation)
	_, err = (&fleet.Fleet{Client: c, Workers: -1}).Run(t.Context(), nil, work)
	require.EqualError(t, err, "maventa: Fleet.Run: invalid request: Workers must not be negative")
}
