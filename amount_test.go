package maventa_test

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

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
