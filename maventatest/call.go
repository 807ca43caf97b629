package maventatest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"github.com/maventa-go/maventa/internal/operation"
)

// call is one request as a handler sees it: routed, authorized and read.
type call struct {
	srv     *Server
	id      operation.ID
	company *Company // nil for the token call
	token   *token   // nil for the token call
	ids     map[string]string
	query   url.Values
	rawURL  *url.URL
	header  http.Header
	raw     []byte // the body

	params  *params         // the body as JSON, once read
	asked   map[string]bool // query parameters that were looked at
	headers http.Header     // of the answer
}

// handler does what one call does. It runs with the server's lock held, so that
// each call is one step. It returns the body of the answer, or an *apiError; the
// status comes from the operation table and the Wire.
type handler func(c *call) (any, error)

// answer is what goes back to the client.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func jsonAnswer(status int, body any) answer {
	text, err := json.Marshal(body)
	if err != nil {
		text = []byte(`{"code":"internal_error"}`)
		status = http.StatusInternalServerError
	}
	return answer{status, http.Header{"Content-Type": {"application/json"}}, text}
}

// lean notes that an inferred fact was used.
func (c *call) lean(subject string) { c.srv.lean(subject) }

// guessedParam reads a query parameter whose name no source confirms.
func (c *call) guessedParam(name string) string {
	c.asked[name] = true
	value := c.query.Get(name)
	if value != "" {
		c.lean("param " + c.id.String() + " " + name)
	}
	return value
}

// ignored lists the query parameters and body members that nobody looked at,
// as the real service ignores what it does not know.
func (c *call) ignored() []string {
	var names []string
	for name := range c.query {
		if !c.asked[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if c.params != nil {
		names = append(names, c.params.unused()...)
	}
	return names
}
