package maventa

import (
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a key or token. It prints as "[redacted]" with every fmt verb, in
// slog and in JSON; string(s) gives the value.
//
// fmt does not call methods on values in unexported fields: a Secret, or a
// Credentials value, that sits in an unexported field of your own struct is
// printed in clear by %+v of that struct. Keep it behind a pointer or a func
// there.
type Secret string

// Format implements [fmt.Formatter].
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// String returns "[redacted]", or "" for the empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText makes JSON and other encoders write the redacted form. A Secret
// never goes over the wire by way of an encoder.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
