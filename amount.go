package maventa

import (
	"cmp"
	"math"
	"math/bits"
	"strconv"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/decimal"
)

// Amount is an exact decimal number, meant for money: a whole coefficient of 64
// bits and a scale of 0 to 18 decimals. No float is involved anywhere, and
// nothing is ever rounded: what cannot be held exactly is an error.
//
// The unit is the currency's main unit (10.50 is ten and a half euros, not
// cents). The currency itself is not part of an Amount; it stands beside it in
// the models. Adding amounts of two currencies is not noticed.
//
// The scale is kept: "10.50" prints as 10.50 and "10.5" as 10.5. For that
// reason == is not numeric equality; use [Amount.Equal], and do not use an
// Amount as a map key.
//
// The zero value is 0 without decimals and ready to use. Amount has no IsZero
// method on purpose: with it, omitzero would drop a 0.00 that has to be sent.
// Use a.Sign() == 0. Even so omitzero drops the zero value itself, a plain "0":
// where an amount may be left out of your own struct, use Opt[Amount].
//
// In JSON an Amount is a number.
type Amount struct {
	coefficient int64 // never math.MinInt64, so that every amount has a negative
	scale       uint8 // 0 to decimal.MaxScale; the value is coefficient / 10^scale
}

// ParseAmount reads a decimal number as JSON writes one: "10.50", "-3", "0.00".
// The decimal separator is a dot; the number of decimals is kept. Spaces, a
// leading plus, leading zeros, thousands separators, hexadecimal, NaN and
// infinities are refused.
//
// An exponent ("1e3", "1.5E-2") is accepted when the value can be held exactly;
// the scale is then the one that the digits as written give (0 and 3 here),
// made smaller where the value would not fit otherwise.
//
// The error is an *[Error] that matches [ErrValidation]. It names what is wrong
// and quotes at most 32 bytes of s.
func ParseAmount(s string) (Amount, error) {
	n, problem := decimal.Parse(s)
	if problem != "" {
		return Amount{}, invalid("ParseAmount", "amount", call.QuoteCut(s, 32)+" "+problem)
	}
	return Amount{n.Coefficient, n.Scale}, nil
}

// MustAmount is [ParseAmount] for constants in tests, examples and package
// variables: it panics when s is not a valid amount. Never give it text from
// outside the program.
func MustAmount(s string) Amount {
	a, err := ParseAmount(s)
	if err != nil {
		panic(err)
	}
	return a
}

// NewAmount makes an amount from a whole number of its smallest unit:
// NewAmount(1050, 2), which is 1050 cents, gives 10.50.
//
// The error is an *[Error] that matches [ErrValidation]: the scale is not 0 to
// 18, or the coefficient is [math.MinInt64], which has no negative.
func NewAmount(coefficient int64, scale int) (Amount, error) {
	if scale < 0 || scale > decimal.MaxScale {
		return Amount{}, invalid("NewAmount", "scale", "must be 0 to 18")
	}
	if coefficient == math.MinInt64 {
		return Amount{}, invalid("NewAmount", "coefficient", "must be at least -9223372036854775807")
	}
	return Amount{coefficient, uint8(scale)}, nil
}

// Coefficient is the way back from [NewAmount]: the amount as a whole number of
// units of scale decimals. With scale 2, both 10.5 and 10.50 give 1050 cents.
//
// The error is an *[Error] that matches [ErrValidation]: the amount has finer
// decimals than that (10.505 has no whole number of cents), the result does not
// fit, or the scale is not 0 to 18.
func (a Amount) Coefficient(scale int) (int64, error) {
	const operation = "Amount.Coefficient"
	if scale < 0 || scale > decimal.MaxScale {
		return 0, invalid(operation, "scale", "must be 0 to 18")
	}
	if scale < int(a.scale) {
		unit := int64(decimal.Pow10[int(a.scale)-scale])
		if a.coefficient%unit != 0 {
			return 0, invalid(operation, "amount", "has more than "+strconv.Itoa(scale)+" decimals")
		}
		return a.coefficient / unit, nil
	}
	hi, lo := a.magnitude(uint8(scale))
	scaled, ok := fromMagnitude(a.coefficient < 0, hi, lo, uint8(scale))
	if !ok {
		return 0, invalid(operation, "amount", decimal.TooLarge)
	}
	return scaled.coefficient, nil
}

// String returns the amount as [ParseAmount] reads it, with all its decimals
// and without an exponent.
func (a Amount) String() string {
	var buf [24]byte
	return string(a.appendTo(buf[:0]))
}

// Sign returns -1, 0 or 1 for an amount below, at or above zero.
func (a Amount) Sign() int { return cmp.Compare(a.coefficient, 0) }

// Equal reports whether a and b are the same number: 10.5 equals 10.50.
func (a Amount) Equal(b Amount) bool { return a.Cmp(b) == 0 }

// Cmp compares the numbers: -1 when a is less than b, 0 when they are equal,
// 1 when a is greater. Its method expression Amount.Cmp fits [slices.SortFunc].
func (a Amount) Cmp(b Amount) int {
	if a.Sign() != b.Sign() {
		return cmp.Compare(a.Sign(), b.Sign())
	}
	scale := max(a.scale, b.scale)
	aHi, aLo := a.magnitude(scale)
	bHi, bLo := b.magnitude(scale)
	return a.Sign() * compare128(aHi, aLo, bHi, bLo)
}

// Neg returns -a, with the same scale. Every amount has a negative.
func (a Amount) Neg() Amount { return Amount{-a.coefficient, a.scale} }

// Add returns a + b with the larger of the two scales: 1 + 0.50 is 1.50.
//
// The error is an *[Error] that matches [ErrValidation]: the sum does not fit
// at that scale.
func (a Amount) Add(b Amount) (Amount, error) {
	sum, ok := a.plus(b)
	if !ok {
		return Amount{}, invalid("Amount.Add", "sum", decimal.TooLarge)
	}
	return sum, nil
}

// Sub returns a - b with the larger of the two scales: 1 - 0.50 is 0.50.
//
// The error is an *[Error] that matches [ErrValidation]: the difference does
// not fit at that scale.
func (a Amount) Sub(b Amount) (Amount, error) {
	difference, ok := a.plus(b.Neg())
	if !ok {
		return Amount{}, invalid("Amount.Sub", "difference", decimal.TooLarge)
	}
	return difference, nil
}

// MarshalJSON writes the amount as a JSON number with all its decimals: 10.50.
func (a Amount) MarshalJSON() ([]byte, error) { return a.MarshalText() }

// UnmarshalJSON reads a JSON number, or a JSON string that holds one: some
// servers send money as strings to keep it exact. What it accepts is otherwise
// as in [ParseAmount]; null leaves the amount unchanged.
//
// The error is an *[Error] of [PhaseDecode]. It does not repeat the value,
// which comes from the server. The amount is left unchanged.
//
// Inferred: amounts may arrive as strings; Maventa documents numbers.
func (a *Amount) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	n, problem := decimal.Parse(unquoted(data))
	if problem != "" {
		return unreadable("Amount.UnmarshalJSON", "amount", problem)
	}
	*a = Amount{n.Coefficient, n.Scale}
	return nil
}

// MarshalText writes the same text as [Amount.String].
func (a Amount) MarshalText() ([]byte, error) { return a.appendTo(make([]byte, 0, 24)), nil }

// UnmarshalText reads what [ParseAmount] reads, with the same errors.
func (a *Amount) UnmarshalText(text []byte) error {
	n, problem := decimal.Parse(text)
	if problem != "" {
		return invalid("Amount.UnmarshalText", "amount", call.QuoteCut(string(text), 32)+" "+problem)
	}
	*a = Amount{n.Coefficient, n.Scale}
	return nil
}

// appendTo appends the text of a, 21 bytes at most.
func (a Amount) appendTo(b []byte) []byte {
	_, lo := a.magnitude(a.scale) // at a's own scale it is a 63-bit number
	var buf [20]byte
	digits := strconv.AppendUint(buf[:0], lo, 10)

	if a.coefficient < 0 {
		b = append(b, '-')
	}
	whole := len(digits) - int(a.scale)
	if whole <= 0 {
		b = append(b, '0')
	} else {
		b = append(b, digits[:whole]...)
		digits = digits[whole:]
	}
	if a.scale == 0 {
		return b
	}
	b = append(b, '.')
	for ; whole < 0; whole++ {
		b = append(b, '0')
	}
	return append(b, digits...)
}

// magnitude is |a| in units of scale decimals, as 128 bits: 10^18 times a
// 63-bit number always fits. The scale must not be below a's own.
func (a Amount) magnitude(scale uint8) (hi, lo uint64) {
	return bits.Mul64(uint64(max(a.coefficient, -a.coefficient)), decimal.Pow10[scale-a.scale])
}

// fromMagnitude is the way back; ok is false when the coefficient does not fit.
func fromMagnitude(negative bool, hi, lo uint64, scale uint8) (a Amount, ok bool) {
	n, ok := decimal.FromMagnitude(negative, hi, lo, scale)
	return Amount{n.Coefficient, n.Scale}, ok
}

// plus adds in 128 bits, so that only the result has to fit.
func (a Amount) plus(b Amount) (Amount, bool) {
	scale := max(a.scale, b.scale)
	aHi, aLo := a.magnitude(scale)
	bHi, bLo := b.magnitude(scale)
	negative := a.coefficient < 0

	if negative == (b.coefficient < 0) {
		lo, carry := bits.Add64(aLo, bLo, 0)
		hi, _ := bits.Add64(aHi, bHi, carry)
		return fromMagnitude(negative, hi, lo, scale)
	}
	if compare128(aHi, aLo, bHi, bLo) < 0 {
		aHi, aLo, bHi, bLo = bHi, bLo, aHi, aLo
		negative = !negative
	}
	lo, borrow := bits.Sub64(aLo, bLo, 0)
	hi, _ := bits.Sub64(aHi, bHi, borrow)
	return fromMagnitude(negative, hi, lo, scale)
}

func compare128(aHi, aLo, bHi, bLo uint64) int {
	return cmp.Or(cmp.Compare(aHi, bHi), cmp.Compare(aLo, bLo))
}

// unreadable is the error for a value in a body that this package cannot hold.
// It is no fault of a request: with phase build it would say that nothing was
// sent, although the call may have taken effect. Nor does it say of a call that
// its outcome is unknown.
func unreadable(operation, field, problem string) *Error {
	err := invalid(operation, field, problem)
	err.Phase, err.Outcome, err.Safety = PhaseDecode, OutcomeUnknown, Safe
	return err
}

// unquoted takes the quotes off a JSON string and leaves any other value as it is.
func unquoted(data []byte) []byte {
	if n := len(data); n >= 2 && data[0] == '"' && data[n-1] == '"' {
		return data[1 : n-1]
	}
	return data
}

// isNear reports whether two amounts may be one; see [decimal.Near].
func isNear(got, sent Amount) bool {
	return decimal.Near(decimal.Number{Coefficient: got.coefficient, Scale: got.scale}, decimal.Number{Coefficient: sent.coefficient, Scale: sent.scale})
}

func (a Amount) abs() Amount {
	if a.Sign() < 0 {
		return a.Neg()
	}
	return a
}
