package maventa_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa"
	ct "github.com/maventa-go/maventa/internal/calltest"
)

func FuzzPath(f *testing.F)   { ct.FuzzPath(f, cases()) }
func FuzzAnswer(f *testing.F) { ct.FuzzAnswer(f, cases()) }

// refuses reports whether a body is the service's own refusal of a write: an
// object, and of AX one with a code.
func refuses(name, body string) bool {
	var object map[string]any
	if json.Unmarshal([]byte(body), &object) != nil || object == nil {
		return false
	}
	if strings.HasPrefix(name, "Assignments.") || strings.HasPrefix(name, "ServiceLevels.") {
		return true
	}
	code, _ := object["code"].(string)
	_, isText := object["message"].(string)
	return code != "" && (isText || object["message"] == nil)
}

// FuzzErrorBody: whatever body a refusal has, the error is whole, short, quoted,
// and hides what was sent; what the outcome follows from is written once more here.
func FuzzErrorBody(f *testing.F) {
	for i, body := range []string{
		``, `{}`, `null`, `[]`, `{"code":"c","message":"m","details":["d"]}`, `{"details":"one"}`, `{"details":[1]}`, `{"code":1}`,
		`<html>`, `{"message":"` + ct.CanaryComment[:20] + `"}`, `{"MESSAGE":"x","message":"y"}`, "\xff\xfe", `{"message":"\u0000\ud800"}`,
		`{"message":"` + ct.CanaryToken + ct.CanaryToken[1:] + `"}`, strings.Repeat("[", 5000), `{"code":"` + ct.CanaryExtra + `"}`,
	} {
		f.Add(uint16(400+i), body, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, status uint16, body string, html bool) {
		status = 300 + status%300
		for name, secrets := range map[string][]string{ // beside the token
			"Assignments.AddEvent": {ct.CanaryComment, ct.CanaryExtra}, "Assignments.Get": nil, "Amili.Update": nil,
			"Invoices.TransferToAmiliV1": {ct.CanarySSN, ct.CanarySummary}, "ServiceLevels.Set": {ct.CanaryBID},
		} {
			call := ct.Find(t, cases(), name)
			c := ct.TrippedClient(t, ct.Tripper(func(r *http.Request, _ string) (*http.Response, error) {
				resp := ct.AnswerOf(r, int(status), body)
				if html {
					resp.Header.Set("Content-Type", "text/html")
				}
				return resp, nil
			}))
			_, err := call.Call(t.Context(), c, call.IDs...)
			e := ct.Failure(t, err)
			assert.Equal(t, int(status), e.Status)
			assert.Equal(t, maventa.PhaseHTTP, e.Phase)
			rejected := status == 401 || status == 429
			switch status {
			case 400, 403, 404, 405, 409, 410, 413, 415, 422:
				rejected = name == "Assignments.Get" || refuses(name, body) // JSON is JSON, whatever its type says
			}
			assert.Equal(t, rejected, e.Outcome == maventa.OutcomeRejected, "%d is %s", status, e.Outcome)
			assert.Equal(t, !rejected, e.Outcome == maventa.OutcomeUnknown, "%d is %s", status, e.Outcome)
			text := err.Error()
			assert.Less(t, len(text), 4096+4*256*6)
			assert.Negative(t, strings.IndexFunc(text, unicode.IsControl), "%q", text)
			for _, secret := range append(secrets, ct.CanaryToken) {
				assert.NotContains(t, ct.Printed(err), secret)
			}
		}
	})
}
