package maventatest

import (
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// call is one request as a handler sees it: routed, authorized and read.
type call struct {
	srv     *Server
	id      *operation.Op
	company *Company // nil for the token call
	token   *token   // nil for the token call
	ids     map[string]string
	query   url.Values
	rawURL  *url.URL
	header  http.Header
	now     time.Time       // what shows later is not seen
	raw     []byte          // the body
	upload  *swagger.Upload // the body as a multipart form; nil for any other

	reader  swagger.Reader
	object  *swagger.Object // the body as JSON, once read
	in      swagger.Values  // what the call was given, for calls with a declaration
	asked   map[string]bool // query parameters that were looked at
	unread  []string        // form fields that nobody looks at
	headers http.Header     // of the answer
	added   string          // the id of the event that the call added
	status  int             // of the answer, where the call has several

	documented bool // the names of the query parameters are
	perPage    int  // of a list unless asked for otherwise; zero: the usual
}

// handler does what one call does. It runs with the server's lock held, so that
// each call is one step. It returns the body of the answer, or an *apiError; the
// status comes from the operation table and the Wire.
type handler func(c *call) (any, error)

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
	if c.object != nil {
		names = append(names, c.object.Unused()...)
	}
	return names
}

// body reads the request's body as a JSON object. What is wrong with its members
// shows in [call.checked].
func (c *call) body() (*swagger.Object, error) {
	if err := c.needMedia("application/json"); err != nil {
		return nil, err
	}
	o, problem := c.reader.ReadObject(c.raw)
	if problem != "" {
		return nil, invalidParameters(problem)
	}
	c.object = o
	return o, nil
}

func (c *call) needMedia(want string) error {
	media, _, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	if err != nil || media != want {
		e := plainError(http.StatusUnsupportedMediaType)
		e.details = []string{"Content-Type must be " + want}
		return e
	}
	return nil
}

// checked ends the reading of a request. One refusal names everything that is
// wrong.
func (c *call) checked() error {
	for _, subject := range c.reader.Facts {
		c.lean(subject)
	}
	if len(c.reader.Problems) > 0 {
		return invalidParameters(c.reader.Problems...)
	}
	return nil
}

// read checks what the call was given against its declaration.
func (c *call) read(spec swagger.Spec) error {
	c.documented = true
	c.in = c.reader.ReadTexts(spec.Query, c.query)
	for _, f := range spec.Query {
		c.asked[f.Name], c.asked[f.Name+"[]"] = true, true
	}
	switch spec.Media {
	case swagger.MediaJSON:
		o, err := c.body()
		if err != nil {
			return err
		}
		maps.Copy(c.in, o.Take(spec.Body))
	case swagger.MediaForm:
		if err := c.needMedia("multipart/form-data"); err != nil {
			return err
		}
		if c.upload.Err != nil {
			return invalidParameters("body is not a multipart form")
		}
		in, unread := c.reader.ReadForm(spec.Body, c.upload)
		maps.Copy(c.in, in)
		c.unread = unread
	case swagger.MediaNone:
	}
	return c.checked()
}

// knownValues refuses a value that is none of those allowed, where the Swagger
// file names them in its prose only.
func knownValues(name string, given []string, allowed ...string) error {
	if slices.ContainsFunc(given, func(value string) bool { return !slices.Contains(allowed, value) }) {
		return invalidParameters(name + " does not have a valid value")
	}
	return nil
}
