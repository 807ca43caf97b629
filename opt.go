package maventa

import (
	"encoding/json"
	"fmt"
)

// Opt is a value that may be absent. In an answer Get says whether it was given;
// in an update "leave it as it is" and "clear it" differ. It is unset, null or
// holds a value:
//
//	Opt[string]{}   // unset: the member is left out of the body
//	Null[string]()  // null: the member is sent as null
//	Some("a@b.fi")  // the member is sent with this value
//
// Fields of this type carry the json option omitzero, which leaves out the
// unset ones.
type Opt[T any] struct {
	value T
	state optState
}

type optState uint8

const (
	optUnset optState = iota
	optNull
	optValue
)

// Some returns an Opt that holds v.
func Some[T any](v T) Opt[T] { return Opt[T]{value: v, state: optValue} }

// Null returns an Opt that is null.
func Null[T any]() Opt[T] { return Opt[T]{state: optNull} }

// Get returns the value, and whether there is one: not when o is unset or null.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == optValue }

// Or returns the value, or fallback if there is none. Mind that an amount that is
// absent is not 0.
func (o Opt[T]) Or(fallback T) T {
	if v, ok := o.Get(); ok {
		return v
	}
	return fallback
}

// IsNull reports whether o is null. An unset Opt is not.
func (o Opt[T]) IsNull() bool { return o.state == optNull }

// IsZero reports whether o is unset. The json option omitzero uses it, so that
// Some of an empty value is still sent.
func (o Opt[T]) IsZero() bool { return o.state == optUnset }

// MarshalJSON writes the value, or null. JSON has no unset value of its own:
// without omitzero on its field an unset Opt is written as null, too. The error
// is that of encoding T.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if o.state != optValue {
		return []byte("null"), nil
	}
	if m, ok := any(o.value).(json.Marshaler); ok {
		return m.MarshalJSON() // a round through json.Marshal would copy it
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON reads null or a value. A member that is absent leaves o unset.
// The error is that of decoding T; o is then unchanged.
func (o *Opt[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*o = Null[T]()
		return nil
	}
	before := o.value
	if err := o.decode(data); err != nil {
		o.value = before
		return err
	}
	o.state = optValue
	return nil
}

// decode reads into the value in place: lists hold many amounts, and this costs
// no allocation.
func (o *Opt[T]) decode(data []byte) error {
	if u, ok := any(&o.value).(json.Unmarshaler); ok {
		return u.UnmarshalJSON(data)
	}
	var none T
	o.value = none
	return json.Unmarshal(data, &o.value)
}

// Format prints the value, null, or unset.
func (o Opt[T]) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprint(f, [...]any{optUnset: "unset", optNull: "null", optValue: o.value}[o.state])
}
