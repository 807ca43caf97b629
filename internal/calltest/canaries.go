package calltest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
)

// Canaries: texts that must never show. Each looks like the thing it stands for,
// some with characters that encoders write differently.
const (
	CanaryUserKey   = "canary-user-key-1f6b"
	CanaryVendorKey = "canary-vendor-key-88c2"
	CanaryToken     = "canary-token-e07a"
	CanaryLicense   = "canary-license-5d"
	CanarySSN       = "131052-308T-canary"
	CanaryIBAN      = "FI2112345600000785-canary"
	CanaryName      = `Maija "Canary" Meikäläinen & Pojat`
	CanaryStreet    = "Canarykuja <7> B\t12"
	CanaryCity      = "Canarylä"
	CanaryEmail     = "maija+canary@example.fi"
	CanaryPhone     = "+358 40 CANARY 7"
	CanaryComment   = "canary: the debtor is ill\nsecond canary line"
	CanarySummary   = `canary\resumee "of" the claim`
	CanaryBID       = "canary-1234567-1"
	CanaryExtra     = "canary-extra"
	CanaryNumber    = int64(4242421337) // in an Extra
)

// canaries are all of them as they are, and the words of those that have some.
var canaries = []string{
	CanaryUserKey, CanaryVendorKey, CanaryToken, CanaryLicense, CanarySSN, CanaryIBAN, CanaryName, CanaryStreet, CanaryCity, CanaryEmail,
	CanaryPhone, CanaryComment, CanarySummary, CanaryBID, CanaryExtra, strconv.FormatInt(CanaryNumber, 10),
	"131052-308T", "FI2112345600000785", "Maija", "Meik", "anarykuja", "anaryl", "maija+", "CANARY 7", "debtor is ill", "anary line", "resumee", "1234567-1",
}

// clockTimes are the times in logs: their nanoseconds can read like a canary.
var clockTimes = regexp.MustCompile(`[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+`)

// Finds lists the canaries that a text shows: in clear, in the form of an
// address, or in hex, as the verbs %x and %X write texts.
func Finds(text string) (found []string) {
	text = clockTimes.ReplaceAllString(text, "")
	inHex := strings.ToLower(text)
	for i, c := range canaries {
		if strings.Contains(text, c) || strings.Contains(text, escapedCanaries[i]) || strings.Contains(inHex, hexCanaries[i]) {
			found = append(found, c)
		}
	}
	return found
}

var escapedCanaries, hexCanaries = func() (escaped, inHex []string) {
	for _, c := range canaries {
		escaped, inHex = append(escaped, url.QueryEscape(c)), append(inHex, fmt.Sprintf("%x", c))
	}
	return escaped, inHex
}()

// CanaryFields are members that the SDK does not know.
func CanaryFields() (x maventa.Extra) {
	_ = x.Set("canary_text", CanaryExtra)
	_ = x.Set("canary_number", CanaryNumber)
	_ = x.Set("canary_deep", map[string]any{"list": []string{CanaryExtra + "-deep"}})
	return x
}

// Tripper is a service in a function. It answers the call for a token itself.
type Tripper func(r *http.Request, body string) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (f Tripper) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	if r.URL.Path == "/oauth2/token" {
		return AnswerOf(r, 200, `{"access_token":"`+CanaryToken+`","token_type":"bearer","expires_in":3600}`), nil
	}
	return f(r, string(body))
}

// AnswerOf is an answer to r.
func AnswerOf(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), ProtoMajor: 1, ProtoMinor: 1,
	}
}

// TrippedClient speaks to f and holds canaries for credentials.
func TrippedClient(t testing.TB, f http.RoundTripper, opts ...maventa.ClientOption) *maventa.Client {
	t.Helper()
	c, err := maventa.NewClient(maventa.Stage, maventa.Credentials{
		CompanyID: CompanyID, UserAPIKey: CanaryUserKey, VendorAPIKey: CanaryVendorKey,
		LicenseData: &maventa.LicenseData{Key: CanaryLicense, Meta: maventa.LicenseMeta{ERPUser: CanaryName}},
	}, append([]maventa.ClientOption{maventa.WithHTTPClient(&http.Client{Transport: f}), maventa.WithRetry(maventa.NoRetry)}, opts...)...)
	require.NoError(t, err)
	return c
}

// requestEchoes are the ways in which a service or a gateway shows a request to
// the one who made it. Each is an answer.
func requestEchoes(r *http.Request, body string) map[string]*http.Response {
	quoted := func(v any) string {
		b, _ := json.Marshal(v)
		return string(b)
	}
	whole, err := url.QueryUnescape(r.URL.RawQuery)
	if err != nil {
		whole = r.URL.RawQuery
	}
	values := stringsIn(body)
	all := []any{r.URL.String(), r.URL.RequestURI(), r.URL.Path, whole, r.Header.Get("Authorization"), body, strings.Join(values, ", ")}
	html := "<html><body><pre>" + fmt.Sprint(all...) + "</pre></body></html>"
	location := AnswerOf(r, 307, "")
	location.Header.Set("Location", "https://elsewhere.example.com/?"+url.QueryEscape(body)+"&"+r.URL.RawQuery)
	page := AnswerOf(r, 502, html)
	page.Header.Set("Content-Type", "text/html")
	list := make([]string, 0, len(all)+len(values))
	for _, v := range all {
		list = append(list, fmt.Sprint(v))
	}
	list = append(list, values...)
	return map[string]*http.Response{
		"message is the body":     AnswerOf(r, 400, `{"code":"invalid_parameters","message":`+quoted(body)+`}`),
		"message is the values":   AnswerOf(r, 422, `{"code":"invalid","message":`+quoted(strings.Join(values, "; "))+`}`),
		"message is the address":  AnswerOf(r, 404, `{"code":"not_found","message":`+quoted("no route for "+r.URL.String()+" ("+r.URL.Path+"?"+whole+")")+`}`),
		"message is the token":    AnswerOf(r, 401, `{"message":`+quoted(r.Header.Get("Authorization"))+`}`),
		"details are everything":  AnswerOf(r, 409, `{"code":"conflict","message":"m","details":`+quoted(list)+`}`),
		"code is a value":         AnswerOf(r, 500, `{"code":`+quoted(strings.Join(values, "_"))+`}`),
		"details are a text":      AnswerOf(r, 400, `{"details":`+quoted(fmt.Sprint(all...))+`}`),
		"a page":                  page,
		"a page with status 200":  AnswerOf(r, 200, html),
		"a redirect":              location,
		"JSON of the request":     AnswerOf(r, 200, `{"request":`+quoted(list)+`,"canary":{"`+CanaryExtra+`":[1]}}`),
		"JSON of a wrong kind":    AnswerOf(r, 200, `{"id":`+quoted(list)+`,"status":`+quoted(list)+`,"amount":`+quoted(CanarySSN)+`}`),
		"a list of a wrong kind":  AnswerOf(r, 200, `[`+quoted(list)+`,{"date":`+quoted(CanaryName)+`}]`),
		"broken JSON":             AnswerOf(r, 201, `{"id":"`+CanaryName),
		"not JSON":                AnswerOf(r, 503, fmt.Sprint(all...)),
		"an instant that is none": AnswerOf(r, 200, `{"id":"x","created_at":`+quoted(CanaryName)+`,"date":`+quoted(CanarySSN)+`}`),
	}
}

// stringsIn lists the texts and long numbers of a JSON document.
func stringsIn(body string) (list []string) {
	var v any
	if json.Unmarshal([]byte(body), &v) != nil {
		return nil
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			list = append(list, v)
		case float64:
			list = append(list, fmt.Sprintf("%.0f", v))
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(v)
	return list
}

// tellTale is an observer that prints all it is given.
type tellTale struct{ text strings.Builder }

func (w *tellTale) Start(ctx context.Context, call maventa.CallInfo) context.Context {
	fmt.Fprintf(&w.text, "%+v\n", call)
	return ctx
}

func (w *tellTale) Attempt(_ context.Context, _ maventa.CallInfo, attempt maventa.AttemptInfo) {
	fmt.Fprintf(&w.text, "%+v\n", attempt)
}

func (w *tellTale) End(_ context.Context, _ maventa.CallInfo, result maventa.ResultInfo) {
	fmt.Fprintf(&w.text, "%+v\n", result)
}

// Canaries makes each call, also those that are no row of the table, whatever the service answers and however the network
// fails: no error, no log and no observer shows what was sent. That is keys,
// token, identity numbers, account numbers, names, addresses, e-mails, phones,
// comments, summaries, Extra, and the customer in the path.
func Canaries(t *testing.T, cases []Case) {
	probe, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://x.example/", http.NoBody)
	require.NoError(t, err)
	echoes := slices.Sorted(maps.Keys(requestEchoes(probe, "")))
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			sent := ""
			for _, echo := range echoes {
				rec, seen := &Recorder{}, &tellTale{}
				client := TrippedClient(t, Tripper(func(r *http.Request, body string) (*http.Response, error) {
					sent = r.Method
					return requestEchoes(r, body)[echo], nil
				}), maventa.WithLogger(slog.New(rec)), maventa.WithObserver(seen))
				_, err := c.call(t.Context(), client)
				shown := fmt.Sprintf("%+v %#v", client, client) + rec.Text.String() + seen.text.String()
				if err != nil {
					shown += shownBy(t, err)
				}
				if found := Finds(shown); len(found) > 0 {
					t.Errorf("%s: shows %q\n\t%v", echo, found, err)
				}
			}
			assert.NotEmpty(t, sent, "what is refused before shows nothing of interest")
			if op := operation.Lookup(c.Name); op != nil {
				assert.Equal(t, op.Method, sent)
			}
			for what, broken := range brokenTransports {
				client := TrippedClient(t, Tripper(func(*http.Request, string) (*http.Response, error) { return nil, broken }))
				_, err := c.call(t.Context(), client)
				require.Error(t, err)
				assert.Empty(t, Finds(shownBy(t, err)), "%s: %v", what, err)
				assert.False(t, errors.As(err, new(*url.Error)), "an error that prints addresses can be reached")
			}
		})
	}
}

// shownBy is all that an error prints.
func shownBy(t testing.TB, err error) string {
	t.Helper()
	Failure(t, err)
	asJSON, jsonErr := json.Marshal(err)
	require.NoError(t, jsonErr)
	return Printed(err) + fmt.Sprintf("%+v", fmt.Errorf("wrapped: %w", err)) + string(asJSON)
}

// brokenTransports are networks whose errors tell too much.
var brokenTransports = map[string]error{
	"plain":   errors.New("proxy said: " + CanaryToken + " " + CanaryName),
	"address": &url.Error{Op: "Post", URL: "https://user:" + CanaryUserKey + "@proxy/?q=" + CanaryName, Err: errors.New("said: " + CanaryName)},
	"wrapped": fmt.Errorf("dial %s: %w", CanaryName, io.ErrUnexpectedEOF),
}
