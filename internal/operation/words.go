package operation

import "slices"

// words are the values that the receivables calls define and that look like
// anybody's text: no rule tells them from a name.
var words = []string{
	// types of events
	"comment", "paid", "close", "cancellation", "reminder",
	// collection and receivables of a transfer
	"collection", "b2b", "b2c", "b2b_rental", "b2c_rental",
	// settings of Amili
	"full", "express", "vfsfi", "company",
	// service levels
	"default", "premium", "vip",
}

// IsWord reports whether s is a value that the API defines, such as credit_note.
// An error may show it when the server quotes the request back: it says nothing
// about anybody.
func IsWord(s string) bool {
	isSnakeCase := false
	for _, r := range s {
		switch {
		case r == '_':
			isSnakeCase = true
		case r < 'a' || r > 'z':
			return slices.Contains(words, s)
		}
	}
	return isSnakeCase || slices.Contains(words, s)
}
