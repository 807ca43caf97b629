package maventa_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"io"
	"log"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/maventatest"
)

// Canaries: texts that must never show. Each looks like the thing it stands for,
// some with characters that encoders write differently.
const (
	canaryUserKey   = "canary-user-key-1f6b"
	canaryVendorKey = "canary-vendor-key-88c2"
	canaryToken     = "canary-token-e07a"
	canaryLicense   = "canary-license-5d"
	canarySSN       = "131052-308T-canary"
	canaryIBAN      = "FI2112345600000785-canary"
	canaryName      = `Maija "Canary" Meikäläinen & Pojat`
	canaryStreet    = "Canarykuja <7> B\t12"
	canaryCity      = "Canarylä"
	canaryEmail     = "maija+canary@example.fi"
	canaryPhone     = "+358 40 CANARY 7"
	canaryComment   = "canary: the debtor is ill\nsecond canary line"
	canarySummary   = `canary\resumee "of" the claim`
	canaryBID       = "canary-1234567-1"
	canaryExtra     = "canary-extra"
	canaryNumber    = 4242421337 // in an Extra
)

// canaries are all of them as they are, and the words of those that have some.
var canaries = []string{
	canaryUserKey, canaryVendorKey, canaryToken, canaryLicense, canarySSN, canaryIBAN, canaryName, canaryStreet, canaryCity, canaryEmail,
	canaryPhone, canaryComment, canarySummary, canaryBID, canaryExtra, fmt.Sprint(canaryNumber),
	"131052-308T", "FI2112345600000785", "Maija", "Meik", "anarykuja", "anaryl", "maija+", "CANARY 7", "debtor is ill", "anary line", "resumee", "1234567-1",
}

// clockTimes are the times in logs: their nanoseconds can read like a canary.
var clockTimes = regexp.MustCompile(`[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+`)

// finds lists the canaries that a text shows: in clear, in the form of an
// address, or in hex, as the verbs %x and %X write texts.
func finds(text string) (found []string) {
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

func canaryFields() (x maventa.Extra) {
	_ = x.Set("canary_text", canaryExtra)
	_ = x.Set("canary_number", canaryNumber)
	_ = x.Set("canary_deep", map[string]any{"list": []string{canaryExtra + "-deep"}})
	return x
}

func canaryAddress() maventa.Address {
	return maventa.Address{Country: "FI", Streets: []string{canaryStreet}, City: canaryCity, ZipCode: "00100"}
}

func canaryEvent() maventa.NewEvent {
	e := maventa.DirectPayment(amount("40.00"), date("2026-11-20"))
	e.Comment, e.Extra = canaryComment, canaryFields()
	return e
}

func canaryRopoActivation() maventa.RopoActivation {
	return maventa.RopoActivation{AgreementContactEmail: canaryEmail, Extra: canaryFields(), Again: true}
}

func canaryAmiliActivation() maventa.AmiliActivation {
	return maventa.AmiliActivation{
		IBAN: canaryIBAN, BIC: "NDEAFIHH", Bank: "Nordea", ContactPerson: canaryName, ContactEmail: canaryEmail,
		ContactPhoneNumber: canaryPhone, CustomerServiceEmail: canaryEmail, CustomerServicePhoneNumber: canaryPhone, AuthorizationEmail: canaryEmail,
		AccountableParty: maventa.AccountablePartyAgency, ServiceType: maventa.ServiceTypeExpress,
		BillingAddress: canaryAddress(), PostalAddress: new(canaryAddress()), Again: true,
	}
}

func canaryPayer() maventa.Payer {
	return maventa.Payer{
		Name: canaryName, BusinessID: canaryBID, SSN: canarySSN, CustomerNumber: "canary-77", Email: canaryEmail, PhoneNumber: canaryPhone,
		Address: canaryAddress(), Extra: canaryFields(),
	}
}

func canaryRopoTransfer() maventa.RopoTransfer {
	t := ropoTransfer()
	t.Payers, t.AssignmentSummary, t.Extra = []maventa.Payer{canaryPayer(), canaryPayer()}, canarySummary, canaryFields()
	t.Rental = &maventa.RentalDetails{Address: canaryStreet}
	return t
}

func canaryAmiliTransfer() maventa.AmiliTransfer {
	t := amiliTransfer()
	t.Payers, t.AssignmentSummary, t.Extra = []maventa.Payer{canaryPayer()}, canarySummary, canaryFields()
	return t
}

func canaryAmiliTransferV1() maventa.AmiliTransferV1 {
	t := amiliTransferV1()
	t.PayerIdentifiers, t.PayerSSNs, t.AssignmentSummary = []string{"canary-77"}, []maventa.Secret{canarySSN}, canarySummary
	return t
}

// canaryCalls makes each call of the operation table with canaries wherever a
// request can hold one. The value is what the call returned.
var canaryCalls = map[string]func(ctx context.Context, c *maventa.Client) (any, error){
	"Auth.Current": func(ctx context.Context, c *maventa.Client) (any, error) { return valueOf(c.Check(ctx)) },
	"Ropo.Activate": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Ropo.Activate(ctx, canaryRopoActivation()))
	},
	"Ropo.Status": func(ctx context.Context, c *maventa.Client) (any, error) { return valueOf(c.Ropo.Status(ctx)) },
	"Ropo.Close":  func(ctx context.Context, c *maventa.Client) (any, error) { return "closed", c.Ropo.Close(ctx) },
	"Amili.Activate": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Amili.Activate(ctx, canaryAmiliActivation()))
	},
	"Amili.Status": func(ctx context.Context, c *maventa.Client) (any, error) { return valueOf(c.Amili.Status(ctx)) },
	"Amili.Update": func(ctx context.Context, c *maventa.Client) (any, error) {
		return "updated", c.Amili.Update(ctx, maventa.AmiliUpdate{AccountableParty: maventa.AccountablePartyCompany})
	},
	"Amili.Close": func(ctx context.Context, c *maventa.Client) (any, error) { return "closed", c.Amili.Close(ctx) },
	"Invoices.TransferToRopo": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Invoices.TransferToRopo(ctx, "in-1", canaryRopoTransfer()))
	},
	"Invoices.TransferToAmili": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Invoices.TransferToAmili(ctx, "in-1", canaryAmiliTransfer()))
	},
	"Invoices.TransferToAmiliV1": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Invoices.TransferToAmiliV1(ctx, "in-1", canaryAmiliTransferV1()))
	},
	"Invoices.TransferStatus": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Invoices.TransferStatus(ctx, "in-1"))
	},
	"Invoices.TransferStatusV1": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Invoices.TransferStatusV1(ctx, "in-1"))
	},
	"Assignments.List": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Assignments.List(ctx, maventa.AssignmentFilter{DebtorName: canaryName}))
	},
	"Assignments.Get": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Assignments.Get(ctx, "as-1"))
	},
	"Assignments.Overview": func(ctx context.Context, c *maventa.Client) (any, error) { return valueOf(c.Assignments.Overview(ctx)) },
	"Assignments.Events": func(ctx context.Context, c *maventa.Client) (any, error) {
		events, err := collect(c.Assignments.Events(ctx, "as-1"))
		return &maventa.Page[maventa.Event]{Items: events}, err
	},
	"Assignments.AddEvent": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Assignments.AddEvent(ctx, "as-1", canaryEvent()))
	},
	"Events.List": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Events.List(ctx, maventa.EventFilter{}))
	},
	"Events.MarkSeen": func(ctx context.Context, c *maventa.Client) (any, error) {
		return "seen", c.Events.MarkSeen(ctx, "as-1", "ev-1")
	},
	"ServiceLevels.List": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.ServiceLevels.List(ctx, maventa.ListOptions{}))
	},
	"ServiceLevels.Set": func(ctx context.Context, c *maventa.Client) (any, error) {
		return "set", c.ServiceLevels.Set(ctx, canaryBID, maventa.ServiceLevelVIP)
	},
}

// valueOf makes a nil pointer a nil value, so that nil, nil can be seen.
func valueOf[T any](v *T, err error) (any, error) {
	if v == nil {
		return nil, err
	}
	return v, err
}

func TestCanaryCallsAreComplete(t *testing.T) {
	var want []string
	for _, id := range operation.All() {
		if id != operation.AuthToken {
			want = append(want, id.String())
		}
	}
	sameNames(t, "the table", want, "canaryCalls", slices.Collect(maps.Keys(canaryCalls)))
	// Each of them is sent: what is refused before shows nothing of interest.
	for name, call := range canaryCalls {
		sent := ""
		c := trippedClient(t, tripper(func(r *http.Request, _ string) (*http.Response, error) {
			sent = r.Method
			return answerOf(r, 404, `{}`), nil
		}))
		_, err := call(t.Context(), c)
		if op := operation.Lookup(name); op != nil {
			assert.Equal(t, op.Method, sent, "%s: %v", name, err)
		}
	}
}

// tripper is a service in a function. It answers the token call itself.
type tripper func(r *http.Request, body string) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	if r.URL.Path == "/oauth2/token" {
		return answerOf(r, 200, `{"access_token":"`+canaryToken+`","token_type":"bearer","expires_in":3600}`), nil
	}
	return f(r, string(body))
}

func answerOf(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), ProtoMajor: 1, ProtoMinor: 1,
	}
}

// trippedClient speaks to f and holds canaries for credentials.
func trippedClient(t testing.TB, f http.RoundTripper, opts ...maventa.ClientOption) *maventa.Client {
	t.Helper()
	c, err := maventa.NewClient(maventa.Stage, maventa.Credentials{
		CompanyID: companyID, UserAPIKey: canaryUserKey, VendorAPIKey: canaryVendorKey,
		LicenseData: &maventa.LicenseData{Key: canaryLicense, Meta: maventa.LicenseMeta{ERPUser: canaryName}},
	}, append([]maventa.ClientOption{maventa.WithHTTPClient(&http.Client{Transport: f}), maventa.WithRetry(maventa.NoRetry)}, opts...)...)
	require.NoError(t, err)
	return c
}

// requestEchoes are the ways in which a service or a gateway shows a request to the one
// who made it. Each is an answer.
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
	location := answerOf(r, 307, "")
	location.Header.Set("Location", "https://elsewhere.example.com/?"+url.QueryEscape(body)+"&"+r.URL.RawQuery)
	page := answerOf(r, 502, html)
	page.Header.Set("Content-Type", "text/html")
	list := make([]string, 0, len(all)+len(values))
	for _, v := range all {
		list = append(list, fmt.Sprint(v))
	}
	list = append(list, values...)
	return map[string]*http.Response{
		"message is the body":     answerOf(r, 400, `{"code":"invalid_parameters","message":`+quoted(body)+`}`),
		"message is the values":   answerOf(r, 422, `{"code":"invalid","message":`+quoted(strings.Join(values, "; "))+`}`),
		"message is the address":  answerOf(r, 404, `{"code":"not_found","message":`+quoted("no route for "+r.URL.String()+" ("+r.URL.Path+"?"+whole+")")+`}`),
		"message is the token":    answerOf(r, 401, `{"message":`+quoted(r.Header.Get("Authorization"))+`}`),
		"details are everything":  answerOf(r, 409, `{"code":"conflict","message":"m","details":`+quoted(list)+`}`),
		"code is a value":         answerOf(r, 500, `{"code":`+quoted(strings.Join(values, "_"))+`}`),
		"details are a text":      answerOf(r, 400, `{"details":`+quoted(fmt.Sprint(all...))+`}`),
		"a page":                  page,
		"a page with status 200":  answerOf(r, 200, html),
		"a redirect":              location,
		"JSON of the request":     answerOf(r, 200, `{"request":`+quoted(list)+`,"canary":{"`+canaryExtra+`":[1]}}`),
		"JSON of a wrong kind":    answerOf(r, 200, `{"id":`+quoted(list)+`,"status":`+quoted(list)+`,"amount":`+quoted(canarySSN)+`}`),
		"a list of a wrong kind":  answerOf(r, 200, `[`+quoted(list)+`,{"date":`+quoted(canaryName)+`}]`),
		"broken JSON":             answerOf(r, 201, `{"id":"`+canaryName),
		"not JSON":                answerOf(r, 503, fmt.Sprint(all...)),
		"an instant that is none": answerOf(r, 200, `{"id":"x","created_at":`+quoted(canaryName)+`,"date":`+quoted(canarySSN)+`}`),
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

// compoundCalls are those that are no row of the table.
var compoundCalls = map[string]func(ctx context.Context, c *maventa.Client) (any, error){
	"Do": func(ctx context.Context, c *maventa.Client) (any, error) {
		request := maventa.Request{
			API: maventa.Receivables, Method: http.MethodPost, Path: "/v1/things", Query: url.Values{"debtor": {canaryName}, "page": {"1"}},
			Body: map[string]any{"ssn": canarySSN, "deep": []any{canaryStreet, canaryNumber}},
		}
		var out map[string]any
		return request, c.Do(ctx, request, &out)
	},
	"EnsureEvent": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Assignments.EnsureEvent(ctx, "as-1", maventa.LedgerEntry{Key: "bank-1", Event: canaryEvent()}))
	},
	"EnsureTransfer": func(ctx context.Context, c *maventa.Client) (any, error) {
		transfer := canaryRopoTransfer()
		return valueOf(c.Invoices.EnsureTransfer(ctx, "in-1", maventa.TransferEntry{Key: "collect-1", Ropo: &transfer}))
	},
	"ForInvoice": func(ctx context.Context, c *maventa.Client) (any, error) {
		return valueOf(c.Assignments.ForInvoice(ctx, "in-1"))
	},
}

// tellTale is an observer that prints all it is told.
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

// TestCanaries: whatever a service answers, no error, no log and no observer
// shows what was sent: keys, token, identity numbers, account numbers, names,
// addresses, e-mails, phones, comments, summaries, Extra, and the customer in
// the path.
func TestCanaries(t *testing.T) {
	probe, _ := http.NewRequest(http.MethodGet, "https://x.example/", http.NoBody)
	calls := maps.Clone(compoundCalls)
	maps.Copy(calls, canaryCalls)
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for echo := range requestEchoes(probe, "") {
				rec, seen := &recorder{}, &tellTale{}
				c := trippedClient(t, tripper(func(r *http.Request, body string) (*http.Response, error) {
					return requestEchoes(r, body)[echo], nil
				}), maventa.WithLogger(slog.New(rec)), maventa.WithObserver(seen), maventa.WithJournal(maventa.NewMemoryJournal()))
				value, err := call(t.Context(), c)
				shown := fmt.Sprintf("%+v %#v", c, c) + rec.text.String() + seen.text.String()
				if err != nil {
					failure(t, err)
					asJSON, jsonErr := json.Marshal(err)
					require.NoError(t, jsonErr)
					shown += printed(err) + fmt.Sprintf("%+v", fmt.Errorf("wrapped: %w", err)) + string(asJSON)
				} else if request, ok := value.(maventa.Request); ok {
					shown += printed(request)
				}
				if found := finds(shown); len(found) > 0 {
					t.Errorf("%s: shows %q\n\t%v", echo, found, err)
				}
			}
		})
	}
}

// brokenTransports are networks whose errors tell too much.
var brokenTransports = map[string]error{
	"plain":   errors.New("proxy said: " + canaryToken + " " + canaryName),
	"address": &url.Error{Op: "Post", URL: "https://user:" + canaryUserKey + "@proxy/?q=" + canaryName, Err: errors.New("said: " + canaryName)},
	"wrapped": fmt.Errorf("dial %s: %w", canaryName, io.ErrUnexpectedEOF),
}

// TestCanariesInNetworkErrors: nor does the error of a transport.
func TestCanariesInNetworkErrors(t *testing.T) {
	for name, call := range canaryCalls {
		for what, broken := range brokenTransports {
			c := trippedClient(t, tripper(func(*http.Request, string) (*http.Response, error) { return nil, broken }))
			_, err := call(t.Context(), c)
			require.Error(t, err)
			asJSON, jsonErr := json.Marshal(err)
			require.NoError(t, jsonErr)
			assert.Empty(t, finds(printed(err)+string(asJSON)), "%s, %s: %v", name, what, err)
			assert.False(t, errors.As(err, new(*url.Error)), "an error that prints addresses can be reached")
		}
	}
}

// echoToken is a token endpoint that shows what it was sent.
type echoToken struct{ status int }

func (e echoToken) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	text, _ := json.Marshal(fmt.Sprint(string(body), form))
	return answerOf(r, e.status, `{"code":`+string(text)+`,"error":`+string(text)+`,"error_description":`+string(text)+`,"message":`+string(text)+`,"details":[`+string(text)+`]}`), nil
}

// TestCanariesInTokenErrors: nor does a token endpoint that echoes its request.
func TestCanariesInTokenErrors(t *testing.T) {
	for _, status := range []int{200, 302, 400, 401, 403, 429, 500, 503} {
		c := trippedClient(t, echoToken{status})
		for _, call := range []string{"Assignments.AddEvent", "Auth.Current"} {
			_, err := canaryCalls[call](t.Context(), c)
			require.Error(t, err)
			assert.Equal(t, maventa.OutcomeNotSent, failure(t, err).Outcome)
			asJSON, jsonErr := json.Marshal(err)
			require.NoError(t, jsonErr)
			assert.Empty(t, finds(printed(err)+string(asJSON)), "%d: %v", status, err)
		}
	}
}

// failingJournal is a caller's journal whose errors tell too much.
type failingJournal struct {
	maventa.MemoryJournal
	err error
}

func (j *failingJournal) Find(context.Context, maventa.JournalKey) (maventa.JournalEntry, bool, error) {
	return maventa.JournalEntry{}, false, j.err
}

func (j *failingJournal) Pending(context.Context, string, string) ([]maventa.JournalEntry, error) {
	return nil, j.err
}

func (j *failingJournal) ForAssignment(context.Context, string, string, string) ([]maventa.JournalEntry, error) {
	return nil, j.err
}

// TestCanariesOfJournals: the error of a caller's own journal is shown, without
// keys and passwords, and stays reachable.
func TestCanariesOfJournals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := maventatest.NewServer(t)
		id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{})
		keys := srv.Credentials()
		errJournal := errors.New("INSERT of " + string(keys.UserAPIKey) + ", " + string(keys.VendorAPIKey) + " at postgres://app:" + canaryUserKey + "@db failed")
		c := srv.Client(t, maventa.WithJournal(&failingJournal{err: errJournal}))
		transfer := canaryRopoTransfer()
		for name, err := range map[string]error{
			"EnsureEvent":    onlyErr(c.Assignments.EnsureEvent(t.Context(), id, payment("bank-1", "1.00"))),
			"EnsureEvents":   c.Assignments.EnsureEvents(t.Context(), []maventa.LedgerItem{{InvoiceID: "in-1", LedgerEntry: payment("bank-1", "1.00")}})[0].Err,
			"EnsureTransfer": onlyErr(c.Invoices.EnsureTransfer(t.Context(), "in-1", maventa.TransferEntry{Key: "k", Ropo: &transfer})),
			"Recover":        onlyErr(c.Recover(t.Context())),
		} {
			require.ErrorIs(t, err, errJournal, name)
			assert.ErrorContains(t, err, "INSERT of [redacted], [redacted] at postgres://[redacted]@db failed", name)
			assert.Empty(t, finds(printed(err)), "%s: %v", name, err)
			assertHides(t, err, string(keys.UserAPIKey), string(keys.VendorAPIKey))
		}
	})
}

// scoreRedirects: no redirect is followed, by calls or for tokens, and nothing
// is sent in clear.
func scoreRedirects(t *testing.T, s *scorecard) {
	var followed []string
	answers := 0
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{foreignURL, "//elsewhere.example.com/x", "https://receivables.maventa.com/"} {
			for op, call := range canaryCalls {
				synctest.Test(t, func(t *testing.T) {
					srv := maventatest.NewServer(t)
					c := srv.Client(t, maventa.WithTimeout(10*time.Second))
					target, fault := op, maventatest.Redirect(status, to)
					if to == "//elsewhere.example.com/x" { // the token call this time
						target = "Auth.Token"
						if row := operation.Lookup(op); row == nil || row.NoAuth {
							return
						}
					}
					srv.Inject(fault.On(target).Times(maventatest.Always))
					_, err := call(t.Context(), c)
					answers++
					if strays := srv.StrayAddresses(); len(strays) > 0 || err == nil {
						followed = append(followed, fmt.Sprintf("%s %d to %s: %v, %v", op, status, to, strays, err))
					}
					if target == "Auth.Token" {
						require.ErrorIs(t, err, maventa.ErrAuth)
						assert.Equal(t, maventa.OutcomeNotSent, failure(t, err).Outcome)
					}
				})
			}
		}
	}
	s.none(t, "R2", fmt.Sprintf("redirects followed, of %d", answers), followed)

	var open []string
	for _, address := range []string{"http://ax.maventa.com", "http://10.0.0.1", "http://localhost.example.com", "http://[2001:db8::1]", "ftp://localhost"} {
		for _, env := range []maventa.Environment{
			{Name: "mine", AutoXChangeURL: address, ReceivablesURL: "https://receivables.example.com"},
			{Name: "mine", AutoXChangeURL: "https://ax.example.com", ReceivablesURL: address},
		} {
			if _, err := maventa.NewClient(env, credentials); err == nil {
				open = append(open, address)
			}
		}
	}
	s.none(t, "R2", "addresses taken that would send a token in clear", open)
}

// scoreIDs: no id leaves its segment, and no request is made to find out.
func scoreIDs(t *testing.T, s *scorecard) {
	hostile := []string{
		"", ".", "..", "../x", "a/b", "/", `\`, `..\x`, "a%2fb", "%2e%2e", "%", "a\nb", "a\r\nHost: evil", "\x00", "\x7f", "a\u0085b",
		strings.Repeat("x", 201), "\xff", "overview/../x", "?/..",
	}
	srv := maventatest.NewServer(t)
	c := srv.Client(t)
	calls := idCalls(t)
	for name, call := range calls {
		for _, id := range hostile {
			assert.ErrorIs(t, call(c, id), maventa.ErrValidation, "%s %q", name, id)
		}
	}
	n := len(srv.Requests())
	s.row(t, "R3", fmt.Sprintf("requests for %d hostile ids in %d parameters", len(hostile), len(calls)), "0", n, n == 0)
}

// allocatedBy measures the memory that f asks for in all.
func allocatedBy(f func()) (bytes uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// scoreSizes: an answer of any size costs at most twice its cap, counted after
// decompression.
func scoreSizes(t *testing.T, s *scorecard) {
	const (
		mib     = 1 << 20
		success = 32 * mib // the caps of the SDK
		failed  = 64 << 10
		token   = 1 * mib
		spare   = 512 << 10 // buffers of both sides, a connection, the inflater
	)
	for _, test := range []struct {
		what  string
		op    string
		fault maventatest.Fault
		limit int
		ok    bool // the answer is a small one after all
	}{
		{"250 kB of gzip for a payment", "Assignments.AddEvent", maventatest.GzipBomb(256 * mib), success, false},
		{"4 MB of gzip for a payment", "Assignments.AddEvent", maventatest.GzipBomb(4 << 30), success, false},
		{"250 kB of gzip for a read", "Assignments.Get", maventatest.GzipBomb(256 * mib), success, false},
		{"250 kB of gzip for a list", "Assignments.List", maventatest.GzipBomb(256 * mib), success, false},
		{"an endless answer", "Assignments.Get", maventatest.HugeBody(1 << 50), success, false},
		{"250 kB of gzip for a refusal", "Assignments.AddEvent", maventatest.StatusAfterCommit(500).And(maventatest.GzipBomb(256 * mib)), failed, false},
		{"an endless refusal", "Assignments.Get", maventatest.StatusAfterCommit(404).And(maventatest.HugeBody(1 << 50)), failed, false},
		{"250 kB of gzip for a token", "Auth.Token", maventatest.GzipBomb(256 * mib), token, true},
	} {
		t.Run(test.what, func(t *testing.T) {
			srv := maventatest.NewServer(t, maventatest.OverTCP()) // the pipes in memory allocate too
			c := srv.Client(t)
			id := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "100.00"})
			var err error
			call := func() {
				switch test.op {
				case "Assignments.AddEvent":
					err = onlyErr(c.Assignments.AddEvent(t.Context(), id, canaryEvent()))
				case "Assignments.List":
					err = onlyErr(c.Assignments.List(t.Context(), maventa.AssignmentFilter{}))
				case "Auth.Token":
					fresh := srv.Client(t) // without a token
					err = onlyErr(fresh.Assignments.Get(t.Context(), id))
				default:
					err = onlyErr(c.Assignments.Get(t.Context(), id))
				}
			}
			call()
			ordinary := allocatedBy(call)
			srv.Inject(test.fault.On(test.op))
			allocated := allocatedBy(call) - ordinary
			s.row(t, "R4", "allocated for "+test.what, fmt.Sprintf("at most 2 x %d + %d kB", test.limit>>10, spare>>10),
				fmt.Sprintf("%d kB", allocated>>10), allocated <= uint64(2*test.limit+spare))
			if test.ok {
				require.NoError(t, err)
				return
			}
			e := failure(t, err)
			if test.limit == success {
				assert.Equal(t, maventa.OutcomeApplied, e.Outcome)
				assert.ErrorContains(t, err, "larger than 32 MiB")
				assert.Equal(t, 1, e.Attempts)
			}
		})
	}
}

// scoreServerText: what a server says is cut and quoted, and only what is on the
// list of what may be shown reaches a log.
func scoreServerText(t *testing.T, s *scorecard) {
	evil := "\x1b[31mred\x00\n2026-11-22 INFO all is well\r\u2028\u202e" + strings.Repeat("long ", 200)
	body, err := json.Marshal(map[string]any{"code": evil, "message": evil, "details": slices.Repeat([]string{evil}, 40)})
	require.NoError(t, err)
	var problems []string
	longest := 0
	for name, call := range canaryCalls {
		for _, status := range []int{400, 404, 500} {
			c := trippedClient(t, tripper(func(r *http.Request, _ string) (*http.Response, error) {
				resp := answerOf(r, status, string(body))
				resp.Header.Set("X-Request-Id", evil)
				resp.Header.Set("Location", evil)
				return resp, nil
			}))
			_, err := call(t.Context(), c)
			e := failure(t, err)
			longest = max(longest, len(err.Error()))
			for _, text := range append([]string{e.Message}, e.Details...) {
				if len(text) > 256 {
					problems = append(problems, name+": a text of "+fmt.Sprint(len(text)))
				}
			}
			var logged strings.Builder
			slog.New(slog.NewTextHandler(&logged, nil)).Error("x", "err", err)
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), strings.TrimSuffix(logged.String(), "\n")} {
				if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u202e' }); i >= 0 {
					problems = append(problems, fmt.Sprintf("%s: %q", name, text[i:i+3]))
				}
			}
			for attr := range attrsOf(e) {
				if !slices.Contains([]string{"operation", "phase", "outcome", "error", "target", "environment", "code", "request_id", "status", "attempts"}, attr) {
					problems = append(problems, name+": logs "+attr)
				}
			}
		}
	}
	s.none(t, "R7", fmt.Sprintf("server texts longer than 256 bytes or not quoted (longest error %d)", longest), problems)
	assert.Less(t, longest, 4096)
}

func attrsOf(e *maventa.Error) map[string]bool {
	names := map[string]bool{}
	for _, a := range e.LogValue().Group() {
		names[a.Key] = true
	}
	return names
}

// wire sends a request as bytes and reads it as a server does, without a network.
type wire struct{ got []*http.Request }

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent bytes.Buffer
	if err := r.Write(&sent); err != nil {
		return nil, err
	}
	got, err := http.ReadRequest(bufio.NewReader(&sent))
	if err != nil {
		return nil, err
	}
	if _, err := io.ReadAll(got.Body); err != nil {
		return nil, err
	}
	if sent.Len() > 0 {
		return nil, errors.New("more than one request on the wire")
	}
	if got.URL.Path == "/oauth2/token" {
		return answerOf(r, 200, `{"access_token":"t","token_type":"bearer","expires_in":3600}`), nil
	}
	w.got = append(w.got, got)
	return answerOf(r, 404, `{}`), nil
}

// FuzzPath: for every call with an id, what the server reads as its path is the
// template with the id in its place, or nothing is sent. Nor does the id change
// the query.
func FuzzPath(f *testing.F) {
	for _, id := range []string{"as-1", "..", "a/b", "a%2Fb", "a b?c#d;e", "ä", "overview", ".\u200b.", "a&b=c", "://", "@evil:80", "{id}", " ", "\xff", "a\tb"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		for name, call := range idCalls(t) {
			opName, param, _ := strings.Cut(name, " ")
			op := opNamed(t, opName)
			w := &wire{}
			c := trippedClient(t, w)
			err := call(c, id)
			e := failure(t, err)
			if len(w.got) == 0 {
				assert.Equal(t, maventa.OutcomeNotSent, e.Outcome, "%s %q: %v", name, id, err)
				assert.Equal(t, maventa.PhaseBuild, e.Phase, "%s %q: %v", name, id, err)
				continue
			}
			others := strings.NewReplacer("{id}", "in-1", "{file_id}", "f-1", "{report_id}", "r-1", "{assignment_id}", "as-1", "{event_id}", "ev-1")
			head, tail, _ := strings.Cut(op.Path, "{"+param+"}")
			want := others.Replace(head) + id + others.Replace(tail)
			plain := &wire{}
			_ = call(trippedClient(t, plain), "plain-1")
			for _, got := range w.got {
				assert.Equal(t, want, got.URL.Path, "%s %q", name, id)
				assert.Equal(t, op.Method, got.Method)
				assert.Contains(t, []string{"ax-stage.maventa.com", "receivables-stage.maventa.com"}, got.Host)
				assert.Empty(t, got.URL.Fragment)
				assert.Equal(t, strings.Count(op.Path, "/"), strings.Count(got.URL.EscapedPath(), "/"))
				assert.Equal(t, plain.got[0].URL.RawQuery, got.URL.RawQuery, "%s %q: the id reached the query", name, id)
			}
		}
	})
}

// FuzzErrorBody: whatever body a refusal has, the error is whole, short, quoted,
// and hides what was sent; its outcome comes from the status alone.
func FuzzErrorBody(f *testing.F) {
	for i, body := range []string{
		``, `{}`, `null`, `[]`, `{"code":"c","message":"m","details":["d"]}`, `{"details":"one"}`, `{"details":[1]}`, `{"code":1}`,
		`<html>`, `{"message":"` + canaryComment[:20] + `"}`, `{"MESSAGE":"x","message":"y"}`, "\xff\xfe", `{"message":"\u0000\ud800"}`,
		`{"message":"` + canaryToken + canaryToken[1:] + `"}`, strings.Repeat("[", 5000), `{"code":"` + canaryExtra + `"}`,
	} {
		f.Add(uint16(400+i), body, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, status uint16, body string, html bool) {
		status = 300 + status%300
		for name, secrets := range map[string][]string{ // beside the token
			"Assignments.AddEvent": {canaryComment, canaryExtra}, "Assignments.Get": nil, "Amili.Update": nil,
			"Invoices.TransferToAmiliV1": {canarySSN, canarySummary}, "ServiceLevels.Set": {canaryBID},
		} {
			c := trippedClient(t, tripper(func(r *http.Request, _ string) (*http.Response, error) {
				resp := answerOf(r, int(status), body)
				if html {
					resp.Header.Set("Content-Type", "text/html")
				}
				return resp, nil
			}))
			_, err := canaryCalls[name](t.Context(), c)
			e := failure(t, err)
			assert.Equal(t, int(status), e.Status)
			assert.Equal(t, maventa.PhaseHTTP, e.Phase)
			rejected := status >= 400 && status < 500 && status != 408
			assert.Equal(t, rejected, e.Outcome == maventa.OutcomeRejected, "%d is %s", status, e.Outcome)
			assert.Equal(t, !rejected, e.Outcome == maventa.OutcomeUnknown, "%d is %s", status, e.Outcome)
			text := err.Error()
			assert.Less(t, len(text), 4096+4*256*6)
			assert.Negative(t, strings.IndexFunc(text, unicode.IsControl), "%q", text)
			for _, secret := range append(secrets, canaryToken) {
				assert.NotContains(t, printed(err), secret)
			}
		}
	})
}

// FuzzAnswer: whatever a service answers, no call panics or returns neither value
// nor error.
func FuzzAnswer(f *testing.F) {
	names := make([]string, 0, len(canaryCalls))
	for name := range canaryCalls {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, body := range []string{
		`{"id":"x","type":"paid","amount":1.5}`, `[{"id":"x"},{"id":"y","events":[{"id":"e"}]}]`, `{"data":[]}`, `{"data":[],"more":[]}`, `null`, `[null]`,
		`[1]`, `{"status":"ACTIVE","vfsfi":null}`, `{"status":"pending","url":"https://x/v1/assignments/.."}`, `<html>`, ``, `{"id":`, "\xef\xbb\xbf{}",
		`{"open":"1","open":2}`, `{"amount":1e999}`, `{"amount":"1,5","date":"2026-02-30"}`, `[{"created_at":"yesterday"}]`,
		`{"user":{"id":null},"company":[],"scopes":"a b"}`, `{"customer_bid":{},"service_level":7}`, strings.Repeat(`{"a":`, 3000),
	} {
		f.Add(uint8(i), uint16(200+i%5), body, "2", i%3 == 0)
	}
	f.Fuzz(func(t *testing.T, which uint8, status uint16, body, header string, html bool) {
		name := names[int(which)%len(names)]
		status = 100 + status%900
		pages := 0
		c := trippedClient(t, tripper(func(r *http.Request, _ string) (*http.Response, error) {
			resp := answerOf(r, int(status), body)
			for _, h := range []string{"X-Next-Page", "Link", "X-Total", "Retry-After", "Retry-After-Ms", "X-Request-Id"} {
				resp.Header.Set(h, header)
			}
			if html {
				resp.Header.Set("Content-Type", "text/html")
			}
			if pages++; pages > 100 {
				t.Fatalf("%s does not end", name)
			}
			return resp, nil
		}))
		value, err := canaryCalls[name](t.Context(), c)
		if err == nil {
			require.NotNil(t, value, "%s: nil, nil", name)
			assert.NotEmpty(t, printed(value))
			return
		}
		e := failure(t, err)
		assert.NotEmpty(t, e.Operation)
		assert.NotEmpty(t, e.Phase)
		if status >= 200 && status < 300 && e.Status == int(status) {
			assert.NotEqual(t, maventa.OutcomeNotSent, e.Outcome, "%s: %v", name, err)
			assert.NotEqual(t, maventa.OutcomeRejected, e.Outcome, "%s: %v", name, err)
		}
	})
}

// tlsEnvironment is a server behind TLS, reached with the SDK's own transport.
func tlsEnvironment(t *testing.T, config *tls.Config) (env maventa.Environment, requests func() int, server *httptest.Server) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		n++
		_, _ = io.WriteString(w, `{"id":"as-1"}`)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = config
	server.StartTLS()
	t.Cleanup(server.Close)
	return maventa.Environment{Name: "tls", AutoXChangeURL: server.URL, ReceivablesURL: server.URL}, func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}, server
}

// heldToken is a token that the caller has already.
type heldToken struct{}

func (heldToken) Token(context.Context, maventa.TokenRequest) (maventa.Token, error) {
	return maventa.Token{Value: canaryToken}, nil
}

// TestTLS: an old version of TLS and a certificate that nobody vouches for are
// refused before anything is sent, and the error says so.
func TestTLS(t *testing.T) {
	for _, test := range []struct {
		name   string
		config *tls.Config
		host   string
		trust  bool
		says   string
	}{
		{name: "TLS 1.1", config: &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, says: "protocol version"},
		{name: "unknown authority", config: &tls.Config{MinVersion: tls.VersionTLS12}, says: "signed by an unknown authority"},
		{name: "another host", config: &tls.Config{MinVersion: tls.VersionTLS12}, host: "localhost", trust: true, says: "for another host"},
	} {
		t.Run(test.name, func(t *testing.T) {
			env, requests, server := tlsEnvironment(t, test.config)
			var opts []maventa.ClientOption
			if test.trust {
				pool := x509.NewCertPool()
				pool.AddCert(server.Certificate())
				transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
				opts = append(opts, maventa.WithHTTPClient(&http.Client{Transport: transport}))
			}
			if test.host != "" {
				env.AutoXChangeURL = strings.Replace(env.AutoXChangeURL, "127.0.0.1", test.host, 1)
				env.ReceivablesURL = env.AutoXChangeURL
			}
			for name, source := range map[string][]maventa.ClientOption{"call": {maventa.WithTokenSource(heldToken{})}, "token": nil} {
				c, err := maventa.NewClient(env, credentials, append(append(source, opts...), maventa.WithRetry(maventa.NoRetry))...)
				require.NoError(t, err)
				_, err = c.Assignments.AddEvent(t.Context(), "as-1", canaryEvent())
				require.ErrorContains(t, err, test.says, name)
				require.ErrorIs(t, err, maventa.ErrUnavailable)
				assert.Equal(t, maventa.OutcomeNotSent, failure(t, err).Outcome, "%s: no connection came about", name)
				c.CloseIdleConnections()
			}
			assert.Zero(t, requests())
		})
	}
	// The same server, trusted: all is well.
	env, _, server := tlsEnvironment(t, &tls.Config{MinVersion: tls.VersionTLS12})
	c, err := maventa.NewClient(env, credentials, maventa.WithTokenSource(heldToken{}), maventa.WithHTTPClient(server.Client()))
	require.NoError(t, err)
	_, err = c.Assignments.Get(t.Context(), "as-1")
	require.NoError(t, err)
}

// TestNoSurprises: calls write nothing to the terminal, to the standard loggers
// or to disk, and leave the process as it was.
func TestNoSurprises(t *testing.T) {
	home := t.TempDir()
	t.Chdir(home)
	for _, name := range []string{"HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, home)
	}
	// If the environment were read, these would break every call.
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	for _, name := range []string{"MAVENTA_ENVIRONMENT", "MAVENTA_COMPANY_ID", "MAVENTA_USER_API_KEY", "MAVENTA_VENDOR_API_KEY"} {
		t.Setenv(name, "nonsense")
	}
	read, write, err := os.Pipe()
	require.NoError(t, err)
	stdout, stderr, logger := os.Stdout, os.Stderr, slog.Default()
	os.Stdout, os.Stderr = write, write
	log.SetOutput(write)
	slog.SetDefault(slog.New(slog.NewTextHandler(write, nil)))
	func() {
		defer func() {
			os.Stdout, os.Stderr = stdout, stderr
			log.SetOutput(stderr)
			slog.SetDefault(logger)
		}()
		synctest.Test(t, func(t *testing.T) {
			srv := maventatest.NewServer(t)
			c := srv.Client(t)
			for _, fault := range maventatest.AllFaults(time.Second) {
				for _, call := range canaryCalls {
					srv.Inject(fault)
					_, _ = call(t.Context(), c)
				}
				srv.ClearFaults()
			}
		})
	}()
	require.NoError(t, write.Close())
	written, err := io.ReadAll(read)
	require.NoError(t, err)
	assert.Empty(t, string(written))
	files, err := os.ReadDir(home)
	require.NoError(t, err)
	assert.Empty(t, files)
}

// TestNoGlobalState: the sources neither write to the terminal nor read the
// environment, but for the one function whose name says so.
func TestNoGlobalState(t *testing.T) {
	for _, file := range goFiles(t, ".") {
		for _, imported := range file.Imports {
			assert.NotEqual(t, `"log"`, imported.Path.Value)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if fn, ok := n.(*ast.FuncDecl); ok && fn.Name.Name == "NewClientFromEnv" {
				return false
			}
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok {
				assert.NotContains(t, []string{
					"os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv", "os.Stdout", "os.Stderr", "os.Exit", "fmt.Print", "fmt.Println",
					"fmt.Printf", "slog.Default", "slog.Info", "slog.Warn", "slog.Error", "http.DefaultClient", "http.DefaultTransport",
					"http.ProxyFromEnvironment", "signal.Notify",
				}, pkg.Name+"."+sel.Sel.Name)
			}
			return true
		})
	}
}

// TestSharedOptions: options, bodies and a journal shared between 64 goroutines
// and as many clients. The race detector is the judge.
func TestSharedOptions(t *testing.T) {
	srv := maventatest.NewServer(t)
	srv.Company().Activate(maventatest.Ropo)
	shared := srv.Company().AddAssignment(maventatest.Ropo, maventatest.Invoice{Total: "1000.00"})
	clientOpts := []maventa.ClientOption{
		maventa.WithHTTPClient(srv.HTTPClient()), maventa.WithScopes(maventa.DefaultScopes()...), maventa.WithProduct("Acme/1"),
		maventa.WithLogger(slog.New(slog.DiscardHandler)), maventa.WithJournal(maventa.NewMemoryJournal()), maventa.WithTimeout(time.Minute),
		maventa.WithRetry(maventa.RetryPolicy{MaxAttempts: 2}), maventa.WithSettleTime(time.Hour), maventa.AllowInferredWrites(),
	}
	callOpts := []maventa.CallOption{maventa.Unchecked(), maventa.WithoutPreflight(), maventa.WithTimeout(time.Minute), maventa.WithRetry(maventa.NoRetry)}
	event, transfer := canaryEvent(), canaryRopoTransfer()
	entry := maventa.TransferEntry{Key: "t", Ropo: &transfer}
	invoice := srv.AddInvoice(maventatest.Invoice{})
	all := srv.Client(t).Assignments.All(t.Context(), maventa.AssignmentFilter{DebtorName: "Velallinen"}, callOpts...)
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			c, err := maventa.NewClient(srv.Environment(), srv.Credentials(), clientOpts...)
			if !assert.NoError(t, err) {
				return
			}
			_, err = c.Assignments.AddEvent(t.Context(), shared, event, callOpts...)
			assert.NoError(t, err)
			ledger := maventa.LedgerEntry{Key: fmt.Sprint("bank-", i), Event: event}
			_, err = c.Assignments.EnsureEvent(t.Context(), shared, ledger, callOpts...)
			for isDuplicate(err) { // the others'
				ledger.Post = append(ledger.Post, asFailure(err).Details...)
				_, err = c.Assignments.EnsureEvent(t.Context(), shared, ledger, callOpts...)
			}
			assert.True(t, err == nil || errors.Is(err, maventa.ErrOutcomeUnknown), "%v", err)
			_, err = c.Invoices.EnsureTransfer(t.Context(), invoice, entry, callOpts...)
			assert.True(t, err == nil || errors.Is(err, maventa.ErrOutcomeUnknown), "%v", err)
			_, err = collect(all)
			assert.NoError(t, err)
			assert.Empty(t, finds(printed(c)))
		})
	}
	wg.Wait()
}
