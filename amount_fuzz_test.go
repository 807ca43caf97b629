package maventa_test

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

// amountFits says by big numbers, not by this package's code, whether text is
// an amount. Known is false for exponents too large to calculate with.
func amountFits(text string) (value *big.Rat, fits, known bool) {
	parts := jsonNumber.FindStringSubmatch(text)
	if parts == nil {
		return nil, false, true
	}
	if len(strings.TrimLeft(parts[4], "+-0")) > 3 {
		return nil, false, false
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, false, true
	}
	decimals := len(parts[3])
	if parts[4] == "" { // every decimal is kept
		return value, decimals <= 18 && coefficientFits(value, decimals), true
	}
	for scale := range 19 { // any scale will do
		if coefficientFits(value, scale) {
			return value, true, true
		}
	}
	return value, false, true
}

func coefficientFits(value *big.Rat, scale int) bool {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	c := new(big.Rat).Mul(value, new(big.Rat).SetInt(unit))
	return c.IsInt() && c.Num().IsInt64() && c.Num().Int64() != math.MinInt64
}

func FuzzParseAmount(f *testing.F) {
	for _, s := range badAmounts {
		f.Add(s)
	}
	for _, s := range []string{
		"0", "-0.00", "10.50", "1e3", "1.5E-2", "9223372036854775807", "0.30000000000000004", "100000000000000000000e-5", "1.0e-18",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := maventa.ParseAmount(s)
		value, fits, known := amountFits(s)
		if known {
			require.Equal(t, fits, err == nil, "%q: %v", s, err)
		}
		var fromNumber, fromString maventa.Amount
		if s != "null" && !strings.HasPrefix(s, `"`) { // JSON has these two forms besides
			require.Equal(t, err == nil, fromNumber.UnmarshalJSON([]byte(s)) == nil)
		}
		if err != nil {
			requireInvalid(t, err)
			return
		}

		text := a.String()
		again, err := maventa.ParseAmount(text)
		require.NoError(t, err)
		require.Equal(t, a, again)
		if known {
			same, ok := new(big.Rat).SetString(text)
			require.True(t, ok)
			require.Zero(t, value.Cmp(same), "%q became %q", s, text)
			require.Equal(t, value.Sign(), a.Sign())
		}

		out, err := json.Marshal(map[string]maventa.Amount{"a": a})
		require.NoError(t, err)
		var number map[string]json.Number
		require.NoError(t, json.Unmarshal(out, &number))
		require.Equal(t, text, number["a"].String())
		require.NoError(t, json.Unmarshal([]byte(s), &fromNumber))
		require.NoError(t, json.Unmarshal([]byte(`"`+s+`"`), &fromString))
		require.Equal(t, a, fromNumber)
		require.Equal(t, a, fromString)
	})
}

func FuzzAmountArithmetic(f *testing.F) {
	f.Add(int64(1050), 2, int64(5), 1)
	f.Add(int64(math.MaxInt64), 0, int64(-1), 18)
	f.Add(int64(-math.MaxInt64), 0, int64(math.MaxInt64), 0)
	f.Fuzz(func(t *testing.T, ac int64, as int, bc int64, bs int) {
		a, errA := maventa.NewAmount(ac, as)
		b, errB := maventa.NewAmount(bc, bs)
		if errA != nil || errB != nil {
			return // not amounts
		}
		x, y := ratOf(a), ratOf(b)
		require.Equal(t, x.Cmp(y), a.Cmp(b))

		check := func(want *big.Rat, got maventa.Amount, err error) {
			require.Equal(t, coefficientFits(want, max(as, bs)), err == nil)
			if err == nil {
				require.Zero(t, want.Cmp(ratOf(got)), "%s and %s gave %s", a, b, got)
			}
		}
		sum, err := a.Add(b)
		check(new(big.Rat).Add(x, y), sum, err)
		difference, err := a.Sub(b)
		check(new(big.Rat).Sub(x, y), difference, err)

		c, err := a.Coefficient(bs)
		require.Equal(t, coefficientFits(x, bs), err == nil)
		if err == nil {
			back, err := maventa.NewAmount(c, bs)
			require.NoError(t, err)
			require.True(t, back.Equal(a))
		}
	})
}

func ratOf(a maventa.Amount) *big.Rat {
	r, _ := new(big.Rat).SetString(a.String())
	return r
}
