// Package decimal reads and compares exact decimal numbers: a whole coefficient
// of 64 bits and a scale of 0 to 18 decimals. Nothing is ever rounded.
package decimal

import (
	"math"
	"math/bits"
)

// What can be wrong with the text of an amount. Each reads on from the name of
// the field or the quoted text.
const (
	TooLarge        = "does not fit: 18 digits always do, more only up to 9223372036854775807, decimals counted"
	notDecimal      = "is not a decimal number such as 1234.50"
	decimalComma    = "is not a decimal number: the decimal separator is a dot and thousands are not separated, as in 1234.50"
	tooManyDecimals = "has more than 18 decimals"
)

// MaxScale is the largest number of decimals.
const MaxScale = 18

// Pow10 holds the powers of ten up to MaxScale; the last is below math.MaxInt64.
var Pow10 = [MaxScale + 1]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}

// Number is coefficient / 10^scale.
type Number struct {
	Coefficient int64 // never math.MinInt64, so that every number has a negative
	Scale       uint8 // 0 to MaxScale
}

// FromMagnitude is the number of a sign and 128 bits in units of scale decimals;
// ok is false when it does not fit.
func FromMagnitude(negative bool, hi, lo uint64, scale uint8) (n Number, ok bool) {
	if hi != 0 || lo > math.MaxInt64 {
		return Number{}, false
	}
	if negative {
		return Number{-int64(lo), scale}, true
	}
	return Number{int64(lo), scale}, true
}

// Parse reads a JSON number from text or from the bytes of a body,
// without allocating. The problem is empty when all is well.
func Parse[T string | []byte](s T) (n Number, problem string) {
	i := 0
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		i++
	}

	var m mantissa
	whole := i
	for ; i < len(s) && isDigit(s[i]); i++ {
		m.push(s[i])
	}
	if i == whole || (s[whole] == '0' && i > whole+1) {
		return Number{}, syntaxProblem(s, i)
	}

	decimals := 0
	if i < len(s) && s[i] == '.' {
		dot := i
		for i++; i < len(s) && isDigit(s[i]); i++ {
			m.push(s[i])
		}
		decimals = i - dot - 1
		if decimals == 0 {
			return Number{}, notDecimal
		}
	}

	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		exponent, ok := parseExponent(s[i+1:])
		if !ok {
			return Number{}, notDecimal
		}
		return m.withExponent(negative, decimals, exponent)
	}
	if i < len(s) {
		return Number{}, syntaxProblem(s, i)
	}
	return m.asWritten(negative, decimals)
}

// syntaxProblem says what is wrong at s[i]. A comma is what people write.
func syntaxProblem[T string | []byte](s T, i int) string {
	if i < len(s) && s[i] == ',' {
		return decimalComma
	}
	return notDecimal
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// parseExponent reads what follows the e: an optional sign and digits. Beyond
// 10^15 it stops counting: no text is so long that it could make up for that.
func parseExponent[T string | []byte](s T) (exponent int64, ok bool) {
	i := 0
	if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
		i++
	}
	if i == len(s) {
		return 0, false
	}
	negative := s[0] == '-'
	for ; i < len(s); i++ {
		if !isDigit(s[i]) {
			return 0, false
		}
		exponent = min(exponent*10+int64(s[i]-'0'), 1e15)
	}
	if negative {
		exponent = -exponent
	}
	return exponent, true
}

// mantissa collects the digits of a number. Zeros at the end are counted, not
// multiplied in, until another digit follows: they may be more than would fit.
type mantissa struct {
	digits   uint64 // at most math.MaxInt64, the last digit is not 0
	zeros    int    // zeros after the digits
	overflow bool
}

func (m *mantissa) push(digit byte) {
	if digit == '0' {
		m.zeros++
		return
	}
	hi, lo := uint64(0), m.digits
	if lo != 0 {
		if m.zeros >= MaxScale {
			m.overflow = true
			return
		}
		hi, lo = bits.Mul64(lo, Pow10[m.zeros+1])
	}
	// The check of hi and lo comes first: the sum of both could wrap around.
	if hi != 0 || lo > math.MaxInt64-uint64(digit-'0') {
		m.overflow = true
		return
	}
	m.digits, m.zeros = lo+uint64(digit-'0'), 0
}

// times10 is the digits times 10^shift with the sign; ok is false when that
// does not fit or when the shift is negative.
func (m *mantissa) times10(negative bool, shift int64, scale uint8) (n Number, ok bool) {
	if m.digits == 0 {
		return Number{0, scale}, true
	}
	if m.overflow || shift < 0 || shift > MaxScale {
		return Number{}, false
	}
	hi, lo := bits.Mul64(m.digits, Pow10[shift])
	return FromMagnitude(negative, hi, lo, scale)
}

// asWritten makes the number of a number without an exponent: every decimal is kept.
func (m *mantissa) asWritten(negative bool, decimals int) (Number, string) {
	if decimals > MaxScale {
		return Number{}, tooManyDecimals
	}
	n, ok := m.times10(negative, int64(m.zeros), uint8(decimals)) //nolint:gosec // at most MaxScale
	if !ok {
		return Number{}, TooLarge
	}
	return n, ""
}

// withExponent makes the number of a number with an exponent: it starts from the
// scale that the digits give and drops zeros at the end until the value fits.
func (m *mantissa) withExponent(negative bool, decimals int, exponent int64) (Number, string) {
	scale := min(max(int64(decimals)-exponent, 0), MaxScale)
	shift := scale + int64(m.zeros) - int64(decimals) + exponent
	if shift < 0 && m.digits != 0 && !m.overflow {
		return Number{}, tooManyDecimals
	}
	for ; scale >= 0; scale, shift = scale-1, shift-1 {
		if n, ok := m.times10(negative, shift, uint8(scale)); ok {
			return n, ""
		}
	}
	return Number{}, TooLarge
}
