package call

import "strings"

// LowerUUID returns what looks like a UUID in small letters, and any other id as it
// is: one id in two spellings is one id. SQL Server prints UUIDs in capitals.
func LowerUUID(id string) string {
	if len(id) != 36 {
		return id
	}
	for i := range len(id) {
		c := id[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return id
			}
		} else if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F') {
			return id
		}
	}
	return strings.ToLower(id)
}
