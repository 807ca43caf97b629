package maventatest

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
)

// cents is an exact amount of money in hundredths.
type cents int64

// The exponent is short so that nobody can ask for a number with a billion digits.
var amountPattern = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?$`)

var errDecimals = errors.New("has more than two decimals")

// parseCents reads an amount such as 124, 124.5 or 124.50.
func parseCents(text string) (cents, error) {
	if !amountPattern.MatchString(text) {
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
