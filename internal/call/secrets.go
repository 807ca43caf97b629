package call

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Secrets are texts that nothing may show: keys and tokens. It takes them out of what
// comes from outside, whoever repeats them there. It is safe for concurrent use.
type Secrets struct {
	redacted string // what stands in their place
	keep     int    // how many are never forgotten

	mu    sync.Mutex
	all   []string
	forms atomic.Pointer[[]string] // in which they can come back, the longest first
}

// More than remembered tokens and keys from a function cannot be under way at once. Of
// a text that was cut, the beginning shows what it was. What is shorter than minSecret
// is a secret of tests only, and a part of many words.
const (
	remembered = 16
	beginning  = 16
	minSecret  = 4
)

// NewSecrets returns a set of secrets that are never forgotten.
func NewSecrets(redacted string, secrets ...string) *Secrets {
	s := &Secrets{redacted: redacted, keep: len(secrets)}
	s.all = append(s.all, secrets...)
	s.write()
	return s
}

// Add adds secrets, and forgets those that were added long before.
func (s *Secrets) Add(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	isNew := false
	for _, secret := range secrets {
		if slices.Contains(s.all, secret) {
			continue
		}
		if s.all = append(s.all, secret); len(s.all) > s.keep+remembered {
			s.all = slices.Delete(s.all, s.keep, s.keep+1)
		}
		isNew = true
	}
	if isNew {
		s.write()
	}
}

// write makes the forms anew.
func (s *Secrets) write() {
	var forms []string
	for _, secret := range s.all {
		if len(secret) < minSecret {
			continue
		}
		for _, form := range formsOf(secret) {
			forms = append(forms, form, strings.ToLower(form), strings.ToUpper(form))
		}
	}
	slices.SortFunc(forms, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	forms = slices.Compact(forms)
	s.forms.Store(&forms)
}

// Hide takes the secrets out of a text, also those that were cut.
func (s *Secrets) Hide(text string) string {
	for _, form := range *s.forms.Load() {
		begin := form[:min(len(form), beginning)]
		for from := 0; ; {
			at := strings.Index(text[from:], begin)
			if at < 0 {
				break
			}
			at += from
			end := at + len(begin)
			for end < len(text) && end-at < len(form) && text[end] == form[end-at] {
				end++
			}
			text = text[:at] + s.redacted + text[end:]
			from = at + len(s.redacted)
		}
	}
	return text
}

// Header returns h without the secrets in its values. It does not change h.
func (s *Secrets) Header(h http.Header) http.Header {
	isCopy := false
	for name, values := range h {
		for i, value := range values {
			hidden := s.Hide(value)
			if hidden == value {
				continue
			}
			if !isCopy {
				h, isCopy = maps.Clone(h), true
			}
			values = slices.Clone(values)
			values[i] = hidden
			h[name] = values
		}
	}
	return h
}

// formsOf are the ways in which a text comes back: as it is, in an address, in JSON, in
// a page.
func formsOf(text string) []string {
	forms := []string{text, url.QueryEscape(text), url.PathEscape(text)}
	if quoted, err := json.Marshal(text); err == nil {
		forms = append(forms, string(quoted[1:len(quoted)-1]))
	}
	return append(forms,
		strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text),
		strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(text))
}
