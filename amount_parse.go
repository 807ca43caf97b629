package maventa

import (
	"math"
	"math/bits"
)

// What can be wrong with the text of an amount. Each reads on from the name of
// the field or the quoted text.
const (
	notDecimal      = "is not a decimal number such as 1234.50"
	decimalComma    = "is not a decimal number: the decimal separator is a dot and thousands are not separated, as in 1234.50"
	tooManyDecimals = "has more than 18 decimals"
	tooLarge        = "does not fit: 18 digits always do, more only up to 9223372036854775807, decimals counted"
)

// parseDecimal reads a JSON number from text or from the bytes of a body,
// without allocating. The problem is empty when all is well.
func parseDecimal[T string | []byte](s T) (a Amount, problem string) {
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
		return Amount{}, syntaxProblem(s, i)
	}

	decimals := 0
	if i < len(s) && s[i] == '.' {
		dot := i
		for i++; i < len(s) && isDigit(s[i]); i++ {
			m.push(s[i])
		}
		decimals = i - dot - 1
		if decimals == 0 {
			return Amount{}, notDecimal
		}
	}

	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		exponent, ok := parseExponent(s[i+1:])
		if !ok {
			return Amount{}, notDecimal
		}
		return m.withExponent(negative, decimals, exponent)
	}
	if i < len(s) {
		return Amount{}, syntaxProblem(s, i)
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
		if m.zeros >= maxScale {
			m.overflow = true
			return
		}
		hi, lo = bits.Mul64(lo, pow10[m.zeros+1])
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
func (m *mantissa) times10(negative bool, shift int64, scale uint8) (a Amount, ok bool) {
	if m.digits == 0 {
		return Amount{0, scale}, true
	}
	if m.overflow || shift < 0 || shift > maxScale {
		return Amount{}, false
	}
	hi, lo := bits.Mul64(m.digits, pow10[shift])
	return fromMagnitude(negative, hi, lo, scale)
}

// asWritten makes the amount of a number without an exponent: every decimal is kept.
func (m *mantissa) asWritten(negative bool, decimals int) (Amount, string) {
	if decimals > maxScale {
		return Amount{}, tooManyDecimals
	}
	a, ok := m.times10(negative, int64(m.zeros), uint8(decimals))
	if !ok {
		return Amount{}, tooLarge
	}
	return a, ""
}

// withExponent makes the amount of a number with an exponent: it starts from the
// scale that the digits give and drops zeros at the end until the value fits.
func (m *mantissa) withExponent(negative bool, decimals int, exponent int64) (Amount, string) {
	scale := min(max(int64(decimals)-exponent, 0), maxScale)
	shift := scale + int64(m.zeros) - int64(decimals) + exponent
	if shift < 0 && m.digits != 0 && !m.overflow {
		return Amount{}, tooManyDecimals
	}
	for ; scale >= 0; scale, shift = scale-1, shift-1 {
		if a, ok := m.times10(negative, shift, uint8(scale)); ok {
			return a, ""
		}
	}
	return Amount{}, tooLarge
}

// unquoted takes the quotes off a JSON string and leaves any other value as it is.
func unquoted(data []byte) []byte {
	if n := len(data); n >= 2 && data[0] == '"' && data[n-1] == '"' {
		return data[1 : n-1]
	}
	return data
}
