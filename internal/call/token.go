package call

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// TokenAnswer puts the answer of a token endpoint into the form that x/oauth2 reads:
// without a byte order mark, expires_in a whole number of seconds or left out. An
// answer that is no JSON object stays as it is.
func TokenAnswer(body []byte) (answer []byte, isJSON bool) {
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\uFEFF")))
	var members map[string]json.RawMessage
	if json.Unmarshal(trimmed, &members) != nil || members == nil {
		return body, false
	}
	if life, there := members["expires_in"]; there {
		delete(members, "expires_in")
		if seconds := wholeSeconds(life); seconds != 0 {
			members["expires_in"] = strconv.AppendInt(nil, seconds, 10)
		}
	}
	answer, err := json.Marshal(members)
	if err != nil {
		return body, false
	}
	return answer, true
}

// wholeSeconds reads a number or a text with one. What is none is 0.
func wholeSeconds(raw json.RawMessage) int64 {
	text := string(raw)
	_ = json.Unmarshal(raw, &text)
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	switch {
	case err != nil, math.IsNaN(n):
		return 0
	case n < 0:
		return -1
	}
	return int64(min(math.Ceil(n), math.MaxInt32))
}
