// Package webhook receives the calls of a subscription to Maventa's
// notifications.
//
// Neither a signature nor an id of a delivery is documented: a call proves
// nothing. Take it as a reason to look, and read the truth from the API.
package webhook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/maventa-go/maventa"
)

// A Call says that something happened; its payload proves nothing. The same call
// may come twice, out of order, or not at all, and no id to recognize repetitions
// is documented. It may hold personal data: log Event and IDs only.
type Call struct {
	// Payload is the body as it was received.
	Payload     []byte
	ContentType string

	// Event and IDs are what could be read from the payload. Inferred: an event
	// looks like DOCUMENTS.INVOICE.DELIVERED, and ids are in members named id,
	// uuid or something_id. Of several of one name, and of several events, the
	// outermost counts, then the first. Either may be empty.
	Event string
	IDs   map[string]string // by member name
}

const (
	maxBody   = 1 << 20
	minSecret = 22  // characters: 128 bits in base64
	maxEvent  = 128 // bytes, of what is taken for an event's name
	maxID     = 200 // bytes, of what is taken for an id: UUIDs have 36
	maxIDs    = 64
	maxDepth  = 8 // of the payload's nesting that is searched
)

// Handler receives the calls of a subscription. Give the subscription a
// destination whose last path segment is secret, such as
// https://erp.example/maventa/<secret>, and serve the handler there. Since no
// signature is documented, the secret is all that keeps strangers out: make it
// from at least 16 random bytes, for example with [crypto/rand.Text], and keep it out
// of logs.
//
// A call with another last segment gets 404, another method than POST 405, a
// body above 1 MiB 413. All others are handed to handle; 204 is answered only
// after it returned nil, and 500 otherwise, so that the service may deliver
// again. handle must not depend on being called once. How long the service waits
// for the answer is not documented: put the call into a queue and return.
//
// The error matches [maventa.ErrValidation]: the secret is too short or does not
// fit into a URL, or handle is nil.
func Handler(secret maventa.Secret, handle func(ctx context.Context, call *Call) error) (http.Handler, error) {
	if len(secret) < minSecret || strings.ContainsFunc(string(secret), notURLSafe) {
		return nil, invalid("secret", "must be at least 22 letters, digits, - or _")
	}
	if handle == nil {
		return nil, invalid("handle", "is nil")
	}
	return &handler{want: sha256.Sum256([]byte(secret)), handle: handle}, nil
}

func invalid(field, problem string) *maventa.Error {
	return &maventa.Error{
		Operation: "webhook.Handler", Phase: maventa.PhaseBuild, Outcome: maventa.OutcomeNotSent,
		Fields: []maventa.FieldProblem{{Field: field, Problem: problem}},
	}
}

func notURLSafe(r rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", r)
}

type handler struct {
	want   [sha256.Size]byte // of the secret: equal in length to every other
	handle func(ctx context.Context, call *Call) error
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	got := sha256.Sum256([]byte(path.Base(r.URL.Path)))
	if subtle.ConstantTimeCompare(got[:], h.want[:]) != 1 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	call := &Call{Payload: body, ContentType: r.Header.Get("Content-Type")}
	call.read()
	if err := h.handle(r.Context(), call); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// isEventName reports whether s looks like GROUP.TYPE.EVENT.
func isEventName(s string) bool {
	parts := strings.Split(s, ".")
	for _, part := range parts {
		if strings.Trim(part, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" || part == "" || part[0] < 'A' || part[0] == '_' {
			return false
		}
	}
	return len(parts) > 1
}

// text is a string of the payload.
type text struct {
	name, value string // the name is that of the member that holds it
	depth       int
}

// read finds the event's name and ids, whatever the payload is. Where there are
// several, the outermost one counts, then the first one.
func (c *Call) read() {
	if !json.Valid(c.Payload) {
		return
	}
	texts := texts(json.NewDecoder(bytes.NewReader(c.Payload)), nil, "", 0)
	slices.SortStableFunc(texts, func(a, b text) int { return a.depth - b.depth })
	event := slices.IndexFunc(texts, func(t text) bool { return len(t.value) <= maxEvent && isEventName(t.value) })
	if event >= 0 {
		c.Event = texts[event].value
	}
	c.IDs = map[string]string{}
	for i, t := range texts {
		if _, taken := c.IDs[t.name]; i != event && !taken && holdsID(t.name) && len(t.value) <= maxID && len(c.IDs) < maxIDs {
			c.IDs[t.name] = t.value
		}
	}
}

// texts adds those of the decoder's next value, in the document's order. What is
// nested deeper than maxDepth is left out.
func texts(d *json.Decoder, found []text, name string, depth int) []text {
	token, _ := d.Token() // the payload is valid
	switch token := token.(type) {
	case json.Delim:
		for d.More() {
			member := name
			if token == '{' {
				key, _ := d.Token()
				member, _ = key.(string)
			}
			found = texts(d, found, member, depth+1)
		}
		_, _ = d.Token() // the end of the object or list
	case string:
		if depth <= maxDepth {
			found = append(found, text{name, token, depth})
		}
	}
	return found
}

func holdsID(name string) bool {
	return name == "id" || name == "uuid" || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_uuid")
}
