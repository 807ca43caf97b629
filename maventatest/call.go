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
	raw     []byte  // the body
	upload  *upload // the body as a multipart form; nil for any other

	params  *params         // the body as JSON, once read
	in      values          // what the call was given, for calls with a declaration
	asked   map[string]bool // query parameters that were looked at
	unread  []string        // form fields that nobody looks at
	headers http.Header     // of the answer
	status  int             // of the answer, where the call has several

	documented bool // the names of the query parameters are
	perPage    int  // of a list unless asked for otherwise; zero: the usual
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
	filler int64 // bytes that follow the body, for answers too large to keep
}

// content is the body of an answer that is not JSON.
type content struct {
	media  string
	data   []byte
	filler int64
}

func jsonAnswer(status int, body any) answer {
	text, err := json.Marshal(body)
	if err != nil {
		text = []byte(`{"code":"internal_error"}`)
		status = http.StatusInternalServerError
	}
	return answer{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: text}
}

// lean notes that an inferred fact was used.
func (c *call) lean(subject string) { c.srv.lean(subject) }

// guessedParam reads a query parameter whose name no source confirms.
func (c *call) guessedParam(name string) string {
	c.asked[name] = true
	value := c.query.Get(name)
	if value != "" && !c.documented {
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
	names = append(names, c.unread...)
	if c.params != nil {
		names = append(names, c.params.unused()...)
	}
	return names
}
