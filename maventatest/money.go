package maventatest

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/maventa-go/maventa/internal/swagger"
)

// cents is an exact amount of money in hundredths.
type cents int64

var errDecimals = errors.New("has more than two decimals")

// parseCents reads an amount such as 124, 124.5 or 124.50.
func parseCents(text string) (cents, error) {
	if !swagger.IsNumber(text) {
		return 0, errors.New("is not a number")
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return 0, errors.New("is not a number")
	}
	r.Mul(r, big.NewRat(100, 1))
	if !r.IsInt() {
		return 0, errDecimals
	}
	if !r.Num().IsInt64() {
		return 0, errors.New("is too large")
	}
	return cents(r.Num().Int64()), nil
}

// String gives the amount with two decimals.
func (c cents) String() string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	return fmt.Sprintf("%s%d.%02d", sign, int64(c)/100, int64(c)%100)
}

// asFloat gives the amount as floats have it: a little more than it is, or a
// little less.
func (c cents) asFloat(more bool) string {
	if more || c <= 0 {
		return c.String() + "000000000001"
	}
	return (c - 1).String() + "999999995"
}

// readAmount reads an amount of a body; ok says whether there is one.
func readAmount(o *swagger.Object, name string, rules ...swagger.Rule) (value cents, ok bool) {
	text, ok := o.Number(name, rules...)
	if !ok {
		return 0, false
	}
	value, err := parseCents(text)
	if errors.Is(err, errDecimals) {
		o.Lean("rule an amount has at most two decimals")
	}
	if err != nil {
		o.Problem(name, err.Error())
		return 0, false
	}
	return value, true
}

// readPositive reads an amount above zero.
func readPositive(o *swagger.Object, name string, rules ...swagger.Rule) (value cents, ok bool) {
	value, ok = readAmount(o, name, rules...)
	if ok && value <= 0 {
		o.Problem(name, "must be positive")
		return 0, false
	}
	return value, ok
}
