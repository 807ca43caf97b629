package maventa

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path"
	"strings"
)

// WebhookCall is one ring of the bell: something happened, go and look. Neither
// its payload nor a signature is documented, so nothing in it is proof: fetch
// the truth from the API. The same call may come twice, out of order, or not at
// all, and no id to tell repetitions by is documented.
type WebhookCall struct {
	// Payload is the body as it was received.
	Payload     []byte
	ContentType string

	// Event and IDs are what could be read from the payload. Inferred: an event
	// looks like DOCUMENTS.INVOICE.DELIVERED, and ids are in members named id,
	// uuid or something_id. Either may be empty.
	Event EventName
	IDs   map[string]string // by member name, the first of each
}

// Format implements [fmt.Formatter] without the payload.
func (w WebhookCall) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "maventa.WebhookCall{Event:%s Payload:[%d]}", quoteCut(string(w.Event), 64), len(w.Payload))
}

// LogValue implements [slog.LogValuer].
func (w WebhookCall) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(w)) }

const (
	maxWebhookBody   = 1 << 20
	minWebhookSecret = 22 // characters: 128 bits in base64
)

// WebhookHandler receives the calls of a subscription, see
// [NotificationService.Create]. Give the subscription a destination whose last
// path segment is secret, such as https://erp.example/maventa/<secret>, and
// serve the handler there. Since no signature is documented, the secret is all
// that keeps strangers from ringing: make it from at least 16 random bytes, for
// example with [rand.Text], and keep it out of logs.
//
// A call with another last segment gets 404, another method than POST 405, a
// body above 1 MiB 413. All others are handed to ring; 204 is answered only
// after it returned nil, and 500 otherwise, so that the service may deliver
// again. ring must not depend on being called once. How long the service waits
// for the answer is not documented: put the call into a queue and return.
//
// The error matches [ErrValidation]: the secret is too short or does not fit
// into a URL, or ring is nil.
func WebhookHandler(secret Secret, ring func(ctx context.Context, call *WebhookCall) error) (http.Handler, error) {
	if len(secret) < minWebhookSecret || strings.ContainsFunc(string(secret), notURLSafe) {
		return nil, invalid("WebhookHandler", "secret", "must be at least 22 letters, digits, - or _")
	}
	if ring == nil {
		return nil, invalid("WebhookHandler", "ring", "is nil")
	}
	return &webhook{want: sha256.Sum256([]byte(secret)), ring: ring}, nil
}

func notURLSafe(r rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", r)
}

type webhook struct {
	want [sha256.Size]byte // of the secret: equal in length to every other
	ring func(ctx context.Context, call *WebhookCall) error
}

func (h *webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWebhookBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	call := &WebhookCall{Payload: body, ContentType: r.Header.Get("Content-Type")}
	call.read()
	if err := h.ring(r.Context(), call); err != nil {
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

// read finds the event's name and ids, whatever the payload is.
func (w *WebhookCall) read() {
	var v any
	if json.Unmarshal(w.Payload, &v) != nil {
		return
	}
	w.IDs = map[string]string{}
	w.walk("", v, 0)
}

func (w *WebhookCall) walk(name string, v any, depth int) {
	if depth > 8 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			w.walk(name, x, depth+1)
		}
	case map[string]any:
		for member, x := range v {
			w.walk(member, x, depth+1)
		}
	case string:
		if w.Event == "" && len(v) <= 128 && isEventName(v) {
			w.Event = EventName(v)
			return
		}
		if _, taken := w.IDs[name]; !taken && holdsID(name) && len(v) <= maxID && len(w.IDs) < 64 {
			w.IDs[name] = v
		}
	}
}

func holdsID(name string) bool {
	return name == "id" || name == "uuid" || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_uuid")
}
