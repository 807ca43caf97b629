package maventa_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

const levelsURL = receivables + "/v1/service_levels"

func testServiceLevelsList(t *testing.T, m *mock) {
	m.on("GET", levelsURL, reply{status: 200, file: "service_levels"})
	p, err := m.client.ServiceLevels.List(t.Context(), maventa.ListOptions{Page: 2, PerPage: 10})
	require.NoError(t, err)
	assertLevels(t, p.Items)
	assert.Equal(t, 2, p.Number)
	assert.Equal(t, maventa.FilterNotUsed, p.Filter)
	m.lastSent("GET", levelsURL+"?page=2&per_page=10", "")

	m.on("GET", levelsURL, reply{status: 200, file: "service_levels"}, reply{status: 200, body: `{"items":[],"count":0}`})
	all, err := collect(m.client.ServiceLevels.All(t.Context()))
	require.NoError(t, err)
	assertLevels(t, all)
	m.lastSent("GET", levelsURL+"?page=2&per_page=100", "")
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

func testServiceLevelsSet(t *testing.T, m *mock) {
	m.on("PATCH", levelsURL+"/0000001-9", reply{status: 204})
	require.NoError(t, m.client.ServiceLevels.Set(t.Context(), "0000001-9", maventa.ServiceLevelVIP))
	m.lastSent("PATCH", levelsURL+"/0000001-9", "service_level_set")
}

func TestServiceLevelRules(t *testing.T) {
	m := newMock(t)
	refused(t, m.client.ServiceLevels.Set(t.Context(), "0000001-9", ""), "service_level")
	refused(t, m.client.ServiceLevels.Set(t.Context(), "0000001-9", "gold"), "service_level")
	m.nothingSent()

	m.on("PATCH", levelsURL+"/0000001-9", reply{status: 200, body: `{"service_level":"gold","customer_bid":"0000001-9"}`})
	require.NoError(t, m.client.ServiceLevels.Set(t.Context(), "0000001-9", "gold", maventa.Unchecked()))
}

// A business id can be a person's: no error shows it, not even when the service
// repeats it.
func TestCustomerIsHidden(t *testing.T) {
	const bid = "0000001-9"
	for name, answer := range map[string]reply{
		"404 without a body":  {status: 404},
		"404 that repeats it": {status: 404, body: `{"code":"not_found","message":"customer ` + bid + ` is unknown","details":["` + bid + `"]}`},
		"422 that repeats it": {status: 422, body: `{"code":"` + bid + `","message":"/v1/service_levels/` + bid + `"}`},
		"500":                 {status: 500},
		"302":                 {status: 302, header: map[string]string{"Location": levelsURL + "/" + bid}},
		"200 HTML":            {status: 200, body: "<p>" + bid},
		"200 other JSON":      {status: 200, body: `{"bid":"` + bid + `"}`},
		"no answer":           {err: errors.New("dial " + bid)},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMock(t)
			m.on("PATCH", levelsURL+"/"+bid, answer)
			err := m.client.ServiceLevels.Set(t.Context(), bid, maventa.ServiceLevelVIP)
			assert.Empty(t, failure(t, err).Target)
			assertHides(t, err, bid)
		})
	}
	m := newMock(t)
	err := m.client.ServiceLevels.Set(t.Context(), bid+"/x", maventa.ServiceLevelVIP)
	refused(t, err, "customer_bid")
	assertHides(t, err, bid)
}
