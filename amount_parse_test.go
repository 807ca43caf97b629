package maventa_test

import (
	"encoding/json"
	"errors"
	"fmt"
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

func BenchmarkAmountUnmarshalJSON(b *testing.B) {
	data := []byte("1234.50")
	var a maventa.Amount
	b.ReportAllocs()
	for b.Loop() {
		_ = a.UnmarshalJSON(data)
	}
}
