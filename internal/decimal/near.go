package decimal

import (
	"cmp"
	"math/bits"
)

// Near reports whether two numbers may be one amount of money: they do not differ by
// more than a cent and more than 0.1 % of ours, or do so only by their sign or by the
// factor 100 of cents that are read as euros. Numbers that are too long to compare
// are near.
func Near(got, ours Number) bool {
	for _, factor := range [...]int{0, 2, -2} { // powers of ten
		scale := max(int(got.Scale), int(ours.Scale)-factor, 2)
		a, ok := magnitude(got, scale)
		b, ok2 := magnitude(ours, scale+factor)
		if !ok || !ok2 {
			return true
		}
		tolerance := b.thousandth()
		if cent := (wide{0, Pow10[scale-2]}); tolerance.lessThan(cent) {
			tolerance = cent
		}
		if b.lessThan(a) {
			a, b = b, a
		}
		if difference := b.minus(a); !tolerance.lessThan(difference) {
			return true
		}
	}
	return false
}

// wide is a whole number of 128 bits.
type wide struct{ hi, lo uint64 }

// magnitude is |n| in units of scale decimals; ok is false if that does not fit.
func magnitude(n Number, scale int) (w wide, ok bool) {
	shift := scale - int(n.Scale)
	if shift < 0 || shift > MaxScale || scale-2 > MaxScale {
		return wide{}, false
	}
	w.hi, w.lo = bits.Mul64(uint64(max(n.Coefficient, -n.Coefficient)), Pow10[shift]) //nolint:gosec // it is not negative
	return w, true
}

func (w wide) lessThan(other wide) bool {
	return cmp.Or(cmp.Compare(w.hi, other.hi), cmp.Compare(w.lo, other.lo)) < 0
}

func (w wide) minus(other wide) wide {
	lo, borrow := bits.Sub64(w.lo, other.lo, 0)
	hi, _ := bits.Sub64(w.hi, other.hi, borrow)
	return wide{hi, lo}
}

// thousandth is w / 1000, without what is left: differences are whole units, too.
func (w wide) thousandth() wide {
	lo, _ := bits.Div64(w.hi%1000, w.lo, 1000)
	return wide{w.hi / 1000, lo}
}
