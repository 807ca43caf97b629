package decimal_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/internal/decimal"
)

func TestNear(t *testing.T) {
	for _, c := range []struct {
		got, ours string
		want      bool
	}{
		{"64.10", "64.10", true},
		{"64.10000000000001", "64.10", true},
		{"5.05999999995", "5.06", true},
		{"64.099999999999994", "64.10", true},
		{"40.01", "40.00", true},   // a cent
		{"40.02", "40.00", true},   // less than 0.1 %
		{"40.04", "40.00", true},   // 0.1 %
		{"40.05", "40.00", false},  // more
		{"39.96", "40.00", true},   // below
		{"39.95", "40.00", false},  // more, below
		{"0.02", "0.01", true},     // a cent
		{"0.03", "0.01", false},    // more
		{"10001", "10000", true},   // 0.1 % of a large one
		{"10011", "10000", false},  // more
		{"-40.00", "40.00", true},  // sign
		{"-40.05", "40.00", false}, // sign, and more
		{"40.00", "-40.00", true},
		{"4000", "40.00", true},   // cents for euros
		{"-4000", "40.00", true},  // and a sign
		{"4004", "40.00", true},   // and 0.1 %
		{"4005", "40.00", false},  // and more
		{"0.40", "40.00", true},   // euros for cents
		{"0.4004", "40.00", true}, //
		{"0.41", "40.00", true},   //
		{"0.42", "40.00", false},
		{"400", "40.00", false},   // factor 10 is none
		{"0", "40.00", false},     //
		{"41.00", "40.00", false}, //
		{"80.00", "40.00", false}, //
		{"9223372036854775807", "1", false},
		{"0.000000000000000001", "40.00", false},
		{"1", "92233720368547758.07", false},
		{"9223372036854775807", "92233720368547758.07", true}, // cents for euros
		{"0.000000000000000001", "9223372036854775807", true}, // too long to compare
	} {
		got, _ := decimal.Parse(c.got)
		ours, _ := decimal.Parse(c.ours)
		assert.Equal(t, c.want, decimal.Near(got, ours), "%s for %s", c.got, c.ours)
	}
}
