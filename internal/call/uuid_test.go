package call_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/internal/call"
)

func TestLowerUUID(t *testing.T) {
	const lower = "e9622e30-0a1b-4c2d-8e3f-0123456789ab"
	for id, want := range map[string]string{
		lower:                                  lower,
		"E9622E30-0A1B-4C2D-8E3F-0123456789AB": lower,
		"E9622E30-0A1B-4C2D-8E3F-0123456789aB": lower,
		"":                                     "",
		"AS-1":                                 "AS-1",
		"E9622E30-0A1B-4C2D-8E3F-0123456789A":  "E9622E30-0A1B-4C2D-8E3F-0123456789A",
		"E9622E30-0A1B-4C2D-8E3F-0123456789AG": "E9622E30-0A1B-4C2D-8E3F-0123456789AG", // G is no digit
		"E9622E300A1B-4C2D-8E3F-0123456789ABC": "E9622E300A1B-4C2D-8E3F-0123456789ABC",
		"{E9622E30-0A1B-4C2D-8E3F-0123456789}": "{E9622E30-0A1B-4C2D-8E3F-0123456789}",
		" E9622E30-0A1B-4C2D-8E3F-0123456789A": " E9622E30-0A1B-4C2D-8E3F-0123456789A",
	} {
		assert.Equal(t, want, call.LowerUUID(id), "%q", id)
	}
}
