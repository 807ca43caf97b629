package call

import (
	"net/http"
	"strconv"
	"strings"
)

// maxAge is how many seconds old an answer may be by its own word that is to prove
// something. It is less than the time between two reads that a conclusion rests
// on, so that they are never one answer of a cache.
const maxAge = 3

// NotCurrent says why an answer does not show the state of now: a cache says that
// it is old, or the status that it is not the whole. It is "" for any other answer.
func NotCurrent(status int, h http.Header) string {
	if status > 200 && status < 300 && status != http.StatusNoContent {
		return "the answer's status " + strconv.Itoa(status) + " says that it is not the whole state of now"
	}
	for _, text := range h["Age"] {
		first, _, _ := strings.Cut(text, ",")
		if age, err := strconv.Atoi(strings.TrimSpace(first)); err != nil || age < 0 || age > maxAge {
			return "the answer is old, a cache gave it: its Age is " + QuoteCut(text, 16)
		}
	}
	for _, text := range h["Warning"] {
		for warning := range strings.SplitSeq(text, ",") { // RFC 7234: 110 to 113 are about old answers
			if strings.HasPrefix(strings.TrimSpace(warning), "11") {
				return "the answer is old: a cache says so"
			}
		}
	}
	return ""
}
