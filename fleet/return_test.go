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
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/fleet"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

// companyID is the id of the i-th company.
func companyID(i int) string { return fmt.Sprintf("c0c0c0c0-0000-4000-8000-%012d", i) }

// endpoint refuses every key but the good one, and counts tokens that were asked for.
type endpoint struct {
	tokens atomic.Int32
	t      *testing.T
}

func (e *endpoint) client(opts ...maventa.ClientOption) *maventa.Client {
	transport := ct.RoundTrip(func(r *http.Request) (*http.Response, error) {
		if !strings.HasSuffix(r.URL.Path, "/token") {
			return ct.Reply{Status: 200, Body: `{"open":1}`}.Response(e.t, r), nil
		}
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		e.tokens.Add(1)
		if r.PostForm.Get("client_secret") != "good" {
			return ct.Reply{Status: 401, Body: `{"code":"invalid_credentials"}`}.Response(e.t, r), nil
		}
		return ct.Reply{Status: 200, Body: token}.Response(e.t, r), nil
	})
	c, err := maventa.NewClient(maventa.Stage, maventa.Credentials{CompanyID: companyID(0), UserAPIKey: "bad"},
		append(opts, maventa.WithHTTPClient(&http.Client{Transport: transport}))...)
	require.NoError(e.t, err)
	return c
}

func overview(ctx context.Context, c *maventa.Client) error {
	_, err := c.Assignments.Overview(ctx)
	return err
}

// TestReturn: a company that was set aside is asked again when its keys change, and
// after a while, whether its keys come from the list or from a function.
func TestReturn(t *testing.T) {
	for _, rotating := range []bool{false, true} {
		for _, after := range []time.Duration{0, 10 * time.Minute} {
			t.Run(fmt.Sprint(rotating, ", ", after), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e := &endpoint{t: t}
					creds := maventa.Credentials{CompanyID: companyID(1), UserAPIKey: "bad"}
					var opts []maventa.ClientOption
					var failure error
					if rotating {
						opts = append(opts, maventa.WithKeys(func(_ context.Context, id string) (maventa.Keys, error) {
							assert.Equal(t, companyID(1), id)
							return maventa.Keys{UserAPIKey: creds.UserAPIKey}, failure
						}))
					}
					f := &fleet.Fleet{Client: e.client(opts...), SetAsideFor: after}
					run := func() fleet.Result {
						list := creds
						if rotating {
							list.UserAPIKey = ""
						}
						report, err := f.Run(t.Context(), []maventa.Credentials{list}, overview)
						require.NoError(t, err)
						return report.Results[0]
					}
					if after == 0 {
						after = time.Hour
					}
					asked := func(n int32, why string) {
						t.Helper()
						assert.Equal(t, n, e.tokens.Load(), why)
					}
					require.True(t, run().SetAside)
					asked(1, "the first time")
					time.Sleep(after - time.Second)
					require.True(t, run().SetAside)
					asked(1, "it is left out")
					time.Sleep(time.Second)
					require.True(t, run().SetAside)
					asked(2, "after a while")
					require.True(t, run().SetAside)
					creds.UserAPIKey = "worse"
					require.True(t, run().SetAside)
					asked(3, "other keys")
					time.Sleep(time.Minute)
					require.True(t, run().SetAside)
					asked(3, "which are remembered in turn")
					if rotating {
						failure = errors.New("the vault is sealed")
						r := run()
						require.ErrorIs(t, r.Err, failure)
						assert.False(t, r.SetAside)
						failure = nil
					}
					creds.UserAPIKey = "good"
					require.NoError(t, run().Err)
					asked(4, "at once")
					require.NoError(t, run().Err)
				})
			})
		}
	}
}

// TestResume: a run that was cut off goes on with the companies that are not done, in
// this process and in another.
func TestResume(t *testing.T) {
	e := &endpoint{t: t}
	const n = 50
	var list []maventa.Credentials
	for i := range n {
		list = append(list, maventa.Credentials{CompanyID: companyID(i + 1), UserAPIKey: "good"})
	}
	list[3].UserAPIKey = "bad"
	broken := errors.New("own failure")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	times := map[string]int{}
	work := func(ctx context.Context, c *maventa.Client) error {
		mu.Lock()
		times[c.CompanyID()]++
		done := len(times)
		mu.Unlock()
		if c.CompanyID() == companyID(6) {
			return broken
		}
		if done == 20 { // in the middle of this company
			cancel()
			return ctx.Err()
		}
		return overview(context.WithoutCancel(ctx), c)
	}
	var ids []fleet.Result // what a program may have stored
	f := &fleet.Fleet{Client: e.client(), Workers: 4, Progress: func(p fleet.Progress) {
		if !p.Last.CutOff {
			ids = append(ids, fleet.Result{CompanyID: p.Last.CompanyID})
		}
	}}
	first, err := f.Run(ctx, list, work)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, first.CutOff, n-24)
	assert.Equal(t, n, first.Succeeded+first.Failed+first.SetAside+first.CutOff)
	assert.Equal(t, 1, first.SetAside)
	assert.Equal(t, 1, first.Failed)

	var last fleet.Progress
	f.Progress = func(p fleet.Progress) { last = p }
	again, err := f.Resume(t.Context(), list, first, work)
	require.NoError(t, err)
	assert.Equal(t, fleet.Counts{Succeeded: n - 2, Failed: 1, SetAside: 1}, again.Counts)
	assert.Equal(t, n, last.Done)
	require.ErrorIs(t, again.Results[5].Err, broken)
	require.ErrorIs(t, again.Results[3].Err, maventa.ErrInvalidCredentials)
	twice := 0
	for i, creds := range list {
		assert.Equal(t, creds.CompanyID, again.Results[i].CompanyID)
		if times[creds.CompanyID] > 1 {
			twice++
			assert.True(t, first.Results[i].CutOff)
		}
	}
	assert.LessOrEqual(t, twice, 4, "only what was cut off in the middle")

	clear(times)
	other := &fleet.Fleet{Client: e.client()}
	report, err := other.Resume(t.Context(), list, &fleet.Report{Results: ids}, work)
	require.NoError(t, err)
	assert.Len(t, times, first.CutOff)
	assert.Equal(t, n, report.Succeeded)
	_, err = (&fleet.Fleet{Client: e.client(), SetAsideFor: -1}).Run(t.Context(), list, work)
	require.ErrorIs(t, err, maventa.ErrValidation)
}
