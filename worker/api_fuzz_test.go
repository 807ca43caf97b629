package worker_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa/worker"
)

// FuzzAPI: whatever is sent, the answer is one of those that openapi.yaml names, and
// never a 5xx.
func FuzzAPI(f *testing.F) {
	s := serve(f, 1)
	tokens, err := worker.OpenTokens(s.tokens)
	require.NoError(f, err)
	h := s.wk.Handler(tokens)
	for _, body := range []string{
		`{"kind": "payment", "assignment_id": "a", "amount": "1.00", "date": "2026-11-20"}`, `{"entries": [{"key": "a", "kind": "comment", "assignment_id": "a", "text": "x"}]}`,
		`{"kind":"transfer","invoice_id":"i","transfer":{"agency":"amili","payers":[{"name":"a"}],"amounts":{"capital_amount":"1e9"}}}`,
		`{"state": "booked", "voucher": "\ud800"}`, "{\"a\": \"\xff\"}", `[[[`, `{"case": 1e400}`, ``,
	} {
		f.Add("PUT", "entries/bank%2F1", body)
		f.Add("POST", "entries", body)
		f.Add("DELETE", "entries/%2e%2e?why=%00", body)
		f.Add("PUT", "events/1/acknowledgement", body)
		f.Add("PUT", "invoices/%ff/standing", body)
	}
	f.Fuzz(func(t *testing.T, method, path, body string) {
		u, err := url.Parse("http://worker/v1/companies/" + s.companies[0].ID() + "/" + path)
		if err != nil || !isMethod(method) {
			t.Skip("no HTTP")
		}
		r := httptest.NewRequest(http.MethodGet, "http://worker/", strings.NewReader(body))
		r.Method, r.URL = method, u
		r.Header.Set("Authorization", "Bearer "+tokenOfAll)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError || w.Code >= 300 && w.Code < 400 {
			t.Errorf("%s %s %q: %d %s", method, path, body, w.Code, w.Body)
		}
	})
}

func isMethod(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
