package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The verdict of the demonstration is not always good.
func TestArrivedOnce(t *testing.T) {
	w := newWorld(t, agencyRopo)
	id := w.sell(0, "1001", "2026-10-20")
	w.mustNight("2026-11-03")
	w.bank("2026-11-03", "L1,30.00,Keksitty Oy,1001", "L2,30.00,Keksitty Oy,1001")
	w.mustNight("2026-11-04")
	for _, isOnce := range []bool{true, false} {
		a := w.claim(id)
		w.books(func(e *erp) error {
			got, err := e.arrivedOnce(t.Context(), &a)
			assert.Equal(t, isOnce, got)
			return err
		})
		w.exec("DELETE FROM payments WHERE line = 'L2'")
	}
}

// TestDemonstration: the month ends with equal balances, but where nobody can know.
func TestDemonstration(t *testing.T) {
	if testing.Short() {
		t.Skip("a month of processes")
	}
	var out bytes.Buffer
	require.NoError(t, demonstrate(t.Context(), &out), out.String())
	assert.Contains(t, out.String(), "2026-11-13 night: invoice 1000: payment is done", "in the night that was killed and run again")
	assert.Regexp(t, "^November 2026, on a Maventa of its own: company .* with ropo and company .* with amili; each has sent 4 invoices", out.String())
	assert.Contains(t, out.String(), "Both sides agree wherever they can be compared; each payment arrived once; items that wait for a person: 1.\n")
	assert.Contains(t, out.String(), "Is the delivery complete?")
	_, end, _ := strings.Cut(out.String(), "The month is over")
	assert.Contains(t, end, "invoice 1000:  40.00 here, not comparable there")
	equal := regexp.MustCompile(`invoice \d+: +(\S+) here, +(\S+) there`).FindAllStringSubmatch(end, -1)
	assert.Len(t, equal, 6, out.String())
	for _, b := range equal {
		assert.Equal(t, b[1], b[2], b[0])
	}
	assert.NotContains(t, out.String(), "balances_differ")
}
