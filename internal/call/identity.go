package call

import "strings"

// CanonicalID is the one spelling of an id: what looks like a UUID is written in
// small letters, as the API writes it; some databases print capitals. Every other
// id is returned as it is, byte for byte.
func CanonicalID(id string) string {
	if !IsUUID(id) {
		return id
	}
	return strings.ToLower(id)
}

// SameID reports whether two ids name one thing.
func SameID(a, b string) bool { return a == b || CanonicalID(a) == CanonicalID(b) }

// IsUUID reports whether id has the form 8-4-4-4-12 hexadecimal digits.
func IsUUID(id string) bool {
	if len(id) != 36 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			isDigit := '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
			if !isDigit {
				return false
			}
		}
	}
	return true
}
