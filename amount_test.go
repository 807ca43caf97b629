package maventa_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

func ExampleParseAmount() {
	invoice, err := maventa.ParseAmount("120.50")
	if err != nil {
		fmt.Println(err)
		return
	}
	paid, err := maventa.ParseAmount("20")
	if err != nil {
		fmt.Println(err)
		return
	}
	open, err := invoice.Sub(paid)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(open, open.Sign() > 0)

	_, err = maventa.ParseAmount("1,50")
	fmt.Println(errors.Is(err, maventa.ErrValidation))
	// Output:
	// 100.50 true
	// true
}

func ExampleNewAmount() {
	a, err := maventa.NewAmount(1050, 2) // 1050 cents
	if err != nil {
		fmt.Println(err)
		return
	}
	cents, err := a.Coefficient(2)
	fmt.Println(a, cents, err)
	// Output: 10.50 1050 <nil>
}

func TestParseAmountAccepts(t *testing.T) {
	for in, want := range map[string]string{
		"0":                     "0",
		"0.00":                  "0.00",
		"-0":                    "0",
		"-0.00":                 "0.00",
		"10.50":                 "10.50",
		"10.5":                  "10.5",
		"-10.50":                "-10.50",
		"0.05":                  "0.05",
		"-0.05":                 "-0.05",
		"1000":                  "1000",
		"100.000":               "100.000",
		"9223372036854775807":   "9223372036854775807",
		"-9223372036854775807":  "-9223372036854775807",
		"9.223372036854775807":  "9.223372036854775807",
		"0.000000000000000001":  "0.000000000000000001",
		"-0.000000000000000001": "-0.000000000000000001",
		"0.000000000000000000":  "0.000000000000000000",
		"0.30000000000000004":   "0.30000000000000004", // what a float server makes of 0.1 + 0.2

		"1e3":                                   "1000",
		"1E+3":                                  "1000",
		"1.5E-2":                                "0.015",
		"1.0e-05":                               "0.000010",
		"1.50e1":                                "15.0",
		"1.50e2":                                "150",
		"-2.5e1":                                "-25",
		"1e18":                                  "1000000000000000000",
		"1e-18":                                 "0.000000000000000001",
		"1.0e-18":                               "0.000000000000000001", // 19 decimals as written, 18 are enough
		"100000000000000000000e-5":              "1000000000000000.000", // fits with fewer decimals than written
		"9223372036854775807000e-3":             "9223372036854775807",
		"0e5":                                   "0",
		"0.0e99999999999999999999":              "0",
		"0e-99999999999999999999":               "0.000000000000000000",
		"0." + strings.Repeat("0", 40) + "1e41": "1",
		"1" + strings.Repeat("0", 40) + "e-40":  "1.000000000000000000",
	} {
		t.Run(in, func(t *testing.T) {
			a, err := maventa.ParseAmount(in)
			require.NoError(t, err)
			assert.Equal(t, want, a.String())

			again, err := maventa.ParseAmount(a.String())
			require.NoError(t, err)
			assert.Equal(t, a, again)
		})
	}
}

// badAmounts are refused in every place where an amount is read.
var badAmounts = []string{
	"", " ", " 1", "1 ", "1 000", "+1", "-", "--1", "-+1", ".", ".5", "5.", "-.5", "1.2.3", "1..2",
	"007", "00", "00.5", "-01", "NaN", "nan", "Inf", "-Inf", "Infinity", "0x10", "0b1", "1_000", "1'000",
	"1,50", "1.234,50", "1,234.50", "10 EUR", "€10", "ten", "١٢", "1\x00", "1\n",
	"e", "e5", "1e", "1e+", "1e-", "1e1.5", "1ee5", "1e 5", "1.e5", "1e5x", "1e--5",
	"0.0000000000000000000", "1.0000000000000000000", // 19 decimals
	"9223372036854775808", "-9223372036854775808", "92233720368547758070", "9.2233720368547758070",
	"100000000000000000000", "10.000000000000000000", "18446744073709551616", "184467440737095516160",
	"1e19", "-1e19", "1e-19", "12e-19", "1.5e-18", "9223372036854775808e0", "1e99999999999999999999", "1e-99999999999999999999",
	"12345678901234567890123e-10", "10000000000000000000001",
}

func TestParseAmountRefuses(t *testing.T) {
	for _, in := range badAmounts {
		t.Run(in, func(t *testing.T) {
			a, err := maventa.ParseAmount(in)
			requireInvalid(t, err)
			assert.Equal(t, maventa.Amount{}, a)
			requireInvalid(t, a.UnmarshalText([]byte(in)))
		})
	}
}

func TestParseAmountErrors(t *testing.T) {
	for in, want := range map[string]string{
		"1,50":                   "the decimal separator is a dot",
		"1.234,50":               "the decimal separator is a dot",
		"ten\n":                  `"ten\n" is not a decimal number`,
		"":                       `"" is not a decimal number`,
		"1.0000000000000000000":  "more than 18 decimals",
		"9223372036854775808":    "does not fit",
		strings.Repeat("x", 500): `"` + strings.Repeat("x", 32) + `"… is not`,
	} {
		_, err := maventa.ParseAmount(in)
		e := requireInvalid(t, err)
		require.Len(t, e.Fields, 1)
		assert.Equal(t, "amount", e.Fields[0].Field)
		assert.Contains(t, e.Fields[0].Problem, want)
		assert.Less(t, len(err.Error()), 300)
	}
}

func TestMustAmount(t *testing.T) {
	assert.Equal(t, "10.50", maventa.MustAmount("10.50").String())
	assert.Panics(t, func() { maventa.MustAmount("1,50") })
}

func TestNewAmount(t *testing.T) {
	for _, c := range []struct {
		coefficient int64
		scale       int
		want        string
	}{
		{0, 0, "0"},
		{0, 2, "0.00"},
		{1050, 2, "10.50"},
		{-5, 2, "-0.05"},
		{-50, 2, "-0.50"},
		{1, 18, "0.000000000000000001"},
		{math.MaxInt64, 18, "9.223372036854775807"},
		{-math.MaxInt64, 0, "-9223372036854775807"},
	} {
		a, err := maventa.NewAmount(c.coefficient, c.scale)
		require.NoError(t, err)
		assert.Equal(t, c.want, a.String())
		back, err := a.Coefficient(c.scale)
		require.NoError(t, err)
		assert.Equal(t, c.coefficient, back)
	}
	for _, scale := range []int{-1, 19, 256, math.MinInt, math.MaxInt} {
		_, err := maventa.NewAmount(1, scale)
		requireInvalid(t, err)
	}
	_, err := maventa.NewAmount(math.MinInt64, 2)
	requireInvalid(t, err)
}

func TestAmountCoefficient(t *testing.T) {
	for _, c := range []struct {
		amount string
		scale  int
		want   int64
		ok     bool
	}{
		{"10.5", 2, 1050, true},
		{"10.500", 2, 1050, true},
		{"-10.500", 2, -1050, true},
		{"10.505", 2, 0, false},
		{"10", 0, 10, true},
		{"0", 18, 0, true},
		{"9", 18, 9e18, true},
		{"-9", 18, -9e18, true},
		{"10", 18, 0, false},
		{"9223372036854775807", 1, 0, false},
		{"1", -1, 0, false},
		{"1", 19, 0, false},
	} {
		got, err := maventa.MustAmount(c.amount).Coefficient(c.scale)
		if !c.ok {
			requireInvalid(t, err)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%s at scale %d", c.amount, c.scale)
	}
}

func TestAmountZeroValue(t *testing.T) {
	var a maventa.Amount
	assert.Equal(t, "0", a.String())
	assert.Zero(t, a.Sign())
	assert.True(t, a.Equal(maventa.MustAmount("0.00")))
	assert.NotImplements(t, (*interface{ IsZero() bool })(nil), a, "omitzero would drop a required 0.00")

	body, err := json.Marshal(struct {
		A maventa.Amount              `json:"a,omitzero"`
		B maventa.Amount              `json:"b,omitzero"`
		C maventa.Opt[maventa.Amount] `json:"c,omitzero"`
	}{maventa.MustAmount("0.00"), maventa.MustAmount("0"), maventa.Some(maventa.MustAmount("0"))})
	require.NoError(t, err)
	assert.Equal(t, `{"a":0.00,"c":0}`, string(body))
}

func TestAmountCmp(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"0", "0.00", 0},
		{"10.5", "10.50", 0},
		{"-10.5", "-10.50", 0},
		{"1", "2", -1},
		{"-1", "-2", 1},
		{"-1", "1", -1},
		{"0", "-0.01", 1},
		{"0", "0.01", -1},
		{"10.5", "10.51", -1},
		{"9223372036854775807", "0.000000000000000001", 1}, // 128 bits are needed
		{"-9223372036854775807", "0.000000000000000001", -1},
		{"9223372036854775807", "9.223372036854775807", 1},
		{"-9223372036854775807", "-9.223372036854775807", -1},
	} {
		a, b := maventa.MustAmount(c.a), maventa.MustAmount(c.b)
		assert.Equal(t, c.want, a.Cmp(b), "%s %s", a, b)
		assert.Equal(t, -c.want, b.Cmp(a), "%s %s", b, a)
		assert.Equal(t, c.want == 0, a.Equal(b), "%s %s", a, b)
	}
}

func TestAmountArithmetic(t *testing.T) {
	const most = "9223372036854775807"
	for _, c := range []struct{ a, b, sum, difference string }{ // "" is an overflow
		{"0", "0", "0", "0"},
		{"1", "0.50", "1.50", "0.50"},
		{"10.50", "0.50", "11.00", "10.00"},
		{"0.50", "10.5", "11.00", "-10.00"},
		{"-1", "0.5", "-0.5", "-1.5"},
		{"1", "-0.5", "0.5", "1.5"},
		{"-1.25", "-0.5", "-1.75", "-0.75"},
		{"0.10", "0.20", "0.30", "-0.10"},
		{"5", "5", "10", "0"},
		{"-5", "5", "0", "-10"},
		{most, "0", most, most},
		{most, "1", "", "9223372036854775806"},
		{most, "-1", "9223372036854775806", ""},
		{"-" + most, "1", "-9223372036854775806", ""},
		{most, "-" + most, "0", ""},
		{"-" + most, "-" + most, "", "0"},
		{most, "0.0", "", ""}, // one decimal more does not fit
		{"1000000000000000000", "-922337203685477580.7", "77662796314522419.3", ""}, // only the result has to fit
		{"1000000000000000000", "922337203685477580.7", "", "77662796314522419.3"},
		{"9", "0.000000000000000001", "9.000000000000000001", "8.999999999999999999"},
	} {
		a, b := maventa.MustAmount(c.a), maventa.MustAmount(c.b)
		for _, op := range []struct {
			sign string
			do   func(maventa.Amount) (maventa.Amount, error)
			want string
		}{
			{"+", a.Add, c.sum},
			{"-", a.Sub, c.difference},
		} {
			got, err := op.do(b)
			if op.want == "" {
				requireInvalid(t, err)
				continue
			}
			require.NoError(t, err, "%s %s %s", a, op.sign, b)
			assert.Equal(t, op.want, got.String(), "%s %s %s", a, op.sign, b)
		}
	}
}

func TestAmountNeg(t *testing.T) {
	for in, want := range map[string]string{
		"0.00":                 "0.00",
		"10.50":                "-10.50",
		"-9223372036854775807": "9223372036854775807",
	} {
		a := maventa.MustAmount(in)
		assert.Equal(t, want, a.Neg().String())
		assert.Equal(t, a, a.Neg().Neg())
		assert.Equal(t, -a.Sign(), a.Neg().Sign())
	}
}

func TestAmountJSON(t *testing.T) {
	type body struct {
		A maventa.Amount `json:"a"`
	}
	for in, want := range map[string]string{
		`{"a":10.50}`:   "10.50",
		`{"a":"10.50"}`: "10.50",
		`{"a":-0.05}`:   "-0.05",
		`{"a":0.00}`:    "0.00",
		`{"a":1.5e-2}`:  "0.015",
		`{"a":null}`:    "7.0", // unchanged
		`{}`:            "7.0",
	} {
		b := body{maventa.MustAmount("7.0")}
		require.NoError(t, json.Unmarshal([]byte(in), &b), in)
		assert.Equal(t, want, b.A.String(), in)

		out, err := json.Marshal(b)
		require.NoError(t, err)
		assert.Equal(t, `{"a":`+want+`}`, string(out))
	}
	for _, in := range []string{
		`{"a":true}`, `{"a":{}}`, `{"a":[1]}`, `{"a":""}`, `{"a":"canary-1,50"}`, `{"a":"null"}`, `{"a":" 1"}`,
		`{"a":1e400}`, `{"a":0.12345678901234567891}`, `{"a":12345678901234567890}`,
	} {
		b := body{maventa.MustAmount("7.0")}
		requireUnreadable(t, json.Unmarshal([]byte(in), &b))
		assert.Equal(t, "7.0", b.A.String(), in)
	}
	for _, in := range badAmounts {
		var a maventa.Amount
		requireUnreadable(t, a.UnmarshalJSON([]byte(in)))
		requireUnreadable(t, a.UnmarshalJSON([]byte(`"`+in+`"`)))
	}
	var a maventa.Amount
	for _, in := range []string{`"`, `"1`, `1"`, `""1""`} {
		requireUnreadable(t, a.UnmarshalJSON([]byte(in)))
	}
}

func TestAmountText(t *testing.T) {
	a := maventa.MustAmount("10.50")
	text, err := a.MarshalText()
	require.NoError(t, err)
	assert.Equal(t, "10.50", string(text))

	var b maventa.Amount
	require.NoError(t, b.UnmarshalText(text))
	assert.Equal(t, a, b)
	requireInvalid(t, b.UnmarshalText([]byte("x")))
	assert.Equal(t, a, b)
	assert.Equal(t, "10.50 10.50 10.50", fmt.Sprintf("%v %s %+v", a, a, a))
}

func TestAmountSort(t *testing.T) {
	list := []maventa.Amount{maventa.MustAmount("2"), maventa.MustAmount("-1.5"), maventa.MustAmount("1.99")}
	slices.SortFunc(list, maventa.Amount.Cmp)
	assert.Equal(t, "[-1.5 1.99 2]", fmt.Sprint(list))
}

func TestAmountAllocations(t *testing.T) {
	var a maventa.Amount
	for _, data := range [][]byte{[]byte(`1234.50`), []byte(`"-1234.50"`), []byte(`1.5e-2`), []byte(`null`)} {
		assert.Zero(t, testing.AllocsPerRun(100, func() { _ = a.UnmarshalJSON(data) }), "%s", data)
	}
	text := "1234.50"
	assert.Zero(t, testing.AllocsPerRun(100, func() { a, _ = maventa.ParseAmount(text) }))
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = a.MarshalJSON() }), 1.0)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { _ = a.String() }), 1.0)
	assert.Zero(t, testing.AllocsPerRun(100, func() { a, _ = a.Add(a.Neg()) }))
}

// jsonNumber is the grammar of RFC 8259, written out a second time.
var jsonNumber = regexp.MustCompile(`^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$`)

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

func BenchmarkAmountUnmarshalJSON(b *testing.B) {
	data := []byte("1234.50")
	var a maventa.Amount
	b.ReportAllocs()
	for b.Loop() {
		_ = a.UnmarshalJSON(data)
	}
}

// requireInvalid requires the error for a value that the caller got wrong.
func requireInvalid(t *testing.T, err error) *maventa.Error {
	t.Helper()
	var e *maventa.Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, maventa.ErrValidation)
	require.Equal(t, maventa.PhaseBuild, e.Phase)
	require.Equal(t, maventa.OutcomeNotSent, e.Outcome)
	require.NotEmpty(t, e.Fields)
	return e
}

// requireUnreadable requires the error for a value in an answer that could not
// be read: it must not claim that nothing was sent, nor repeat the value.
func requireUnreadable(t *testing.T, err error) {
	t.Helper()
	var e *maventa.Error
	require.ErrorAs(t, err, &e)
	require.NotErrorIs(t, err, maventa.ErrValidation)
	require.Equal(t, maventa.PhaseDecode, e.Phase)
	require.Equal(t, maventa.OutcomeUnknown, e.Outcome)
	require.NotContains(t, err.Error(), "canary")
}
