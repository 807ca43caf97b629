package maventa_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

const levelsURL = ct.Receivables + "/v1/service_levels"

func TestServiceLevelsList(t *testing.T) {
	m := ct.NewMock(t)
	m.On("GET", levelsURL, ct.Reply{Status: 200, File: "service_levels"})
	p, err := m.Client.ServiceLevels.List(t.Context(), maventa.ListOptions{Page: 2, PerPage: 10})
	require.NoError(t, err)
	assertLevels(t, p.Items)
	assert.Equal(t, 2, p.Number)
	assert.Equal(t, maventa.FilterNotUsed, p.Filter)
	m.LastSent("GET", levelsURL+"?page=2&per_page=10", "")

	m.On("GET", levelsURL, ct.Reply{Status: 200, File: "service_levels"}, ct.Reply{Status: 200, Body: `{"items":[],"count":0}`})
	all, err := ct.Collect(m.Client.ServiceLevels.All(t.Context()))
	require.NoError(t, err)
	assertLevels(t, all)
	m.LastSent("GET", levelsURL+"?page=2&per_page=100", "")
}

func assertLevels(t *testing.T, levels []maventa.CustomerServiceLevel) {
	t.Helper()
	require.Len(t, levels, 2)
	takeExtra(t, &levels[0].Extra, map[string]string{"since": `"2026-09-01"`})
	assert.Equal(t, []maventa.CustomerServiceLevel{
		{CustomerBID: "0000001-9", ServiceLevel: maventa.ServiceLevelPremium},
		{CustomerBID: "0000003-5", ServiceLevel: "gold"},
	}, levels)
	assert.False(t, levels[1].ServiceLevel.Known())
}

func TestServiceLevelsSet(t *testing.T) {
	m := ct.NewMock(t)
	m.On("PATCH", levelsURL+"/0000001-9", ct.Reply{Status: 204})
	require.NoError(t, m.Client.ServiceLevels.Set(t.Context(), "0000001-9", maventa.ServiceLevelVIP))
	m.LastSent("PATCH", levelsURL+"/0000001-9", "service_level_set")
}

func TestServiceLevelRules(t *testing.T) {
	m := ct.NewMock(t)
	ct.Refused(t, m.Client.ServiceLevels.Set(t.Context(), "0000001-9", ""), "service_level")
	ct.Refused(t, m.Client.ServiceLevels.Set(t.Context(), "0000001-9", "gold"), "service_level")
	m.NothingSent()

	m.On("PATCH", levelsURL+"/0000001-9", ct.Reply{Status: 200, Body: `{"service_level":"gold","customer_bid":"0000001-9"}`})
	require.NoError(t, m.Client.ServiceLevels.Set(t.Context(), "0000001-9", "gold", maventa.Unchecked()))
}

// A business id can be a person's: no error shows it, not even when the service
// repeats it.
func TestCustomerIsHidden(t *testing.T) {
	const bid = "0000001-9"
	for name, answer := range map[string]ct.Reply{
		"404 without a body":  {Status: 404},
		"404 that repeats it": {Status: 404, Body: `{"code":"not_found","message":"customer ` + bid + ` is unknown","details":["` + bid + `"]}`},
		"422 that repeats it": {Status: 422, Body: `{"code":"` + bid + `","message":"/v1/service_levels/` + bid + `"}`},
		"500":                 {Status: 500},
		"302":                 {Status: 302, Header: map[string]string{"Location": levelsURL + "/" + bid}},
		"200 HTML":            {Status: 200, Body: "<p>" + bid},
		"200 other JSON":      {Status: 200, Body: `{"bid":"` + bid + `"}`},
		"no answer":           {Err: errors.New("dial " + bid)},
	} {
		t.Run(name, func(t *testing.T) {
			m := ct.NewMock(t)
			m.On("PATCH", levelsURL+"/"+bid, answer)
			err := m.Client.ServiceLevels.Set(t.Context(), bid, maventa.ServiceLevelVIP)
			assert.Empty(t, ct.Failure(t, err).Target)
			ct.AssertHides(t, err, bid)
		})
	}
	m := ct.NewMock(t)
	err := m.Client.ServiceLevels.Set(t.Context(), bid+"/x", maventa.ServiceLevelVIP)
	ct.Refused(t, err, "customer_bid")
	ct.AssertHides(t, err, bid)
}
