package maventa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/maventa-go/maventa/internal/call"
	"github.com/maventa-go/maventa/internal/operation"
)

// tokens returns the token cache for creds.
func (r *root) tokens(creds Credentials) *tokenCache {
	scopes := strings.Join(r.scopes, " ")
	license, _ := licenseJSON(creds.LicenseData) // checked before
	// Hashed, so that no key lies about in a map.
	key := call.Hash(r.ax.host, r.ax.path, scopes, creds.CompanyID, string(creds.UserAPIKey), string(creds.VendorAPIKey), license)
	return r.store.cache(key, func() *tokenCache { return r.newTokenCache(creds, license) })
}

func (r *root) newTokenCache(creds Credentials, license string) *tokenCache {
	own := []string{string(creds.UserAPIKey), string(creds.VendorAPIKey)}
	if creds.LicenseData != nil {
		own = append(own, string(creds.LicenseData.Key))
	}
	c := &tokenCache{made: time.Now(), source: "the http.RoundTripper", secrets: call.NewSecrets(redacted, own...)}
	switch {
	case r.tokenSource != nil:
		c.source = "the token source"
	case r.keys != nil:
		c.rotates = true
		c.source = "the key function or the http.RoundTripper"
	}
	// A refusal is remembered against the keys that were refused: those of a function
	// may be others a moment later. Fetches come one after the other.
	var (
		refused Keys
		refusal *Error
		until   time.Time
	)
	c.fetch = func(ctx context.Context, rejected Secret) (Token, *Error) {
		if r.tokenSource != nil {
			return r.sourceToken(ctx, creds.CompanyID, rejected)
		}
		keys := Keys{UserAPIKey: creds.UserAPIKey, VendorAPIKey: creds.VendorAPIKey}
		if r.keys != nil {
			var err error
			if keys, err = r.keys(ctx, creds.CompanyID); err != nil {
				return Token{}, &Error{Phase: PhaseAuth, Outcome: OutcomeNotSent, Err: err, Hint: "the key function failed"}
			}
		}
		if refusal != nil && keys == refused && time.Now().Before(until) {
			return Token{}, refusal.clone()
		}
		c.secrets.Add(string(keys.UserAPIKey), string(keys.VendorAPIKey))
		token, err := r.fetchToken(ctx, creds.CompanyID, keys, license)
		if refusal = nil; err != nil && !err.temporary {
			refused, refusal, until = keys, err.clone(), time.Now().Add(youngToken)
		}
		return token, err
	}
	return c
}

func (r *root) sourceToken(ctx context.Context, company string, rejected Secret) (Token, *Error) {
	t, err := r.tokenSource.Token(ctx, TokenRequest{CompanyID: company, Scopes: r.scopes, Rejected: rejected})
	if err != nil {
		return Token{}, &Error{Phase: PhaseAuth, Outcome: OutcomeNotSent, Err: err, Hint: "the token source failed", temporary: true}
	}
	if problem := call.HeaderProblem(string(t.Value)); problem != "" && len(t.Value) <= 512 {
		return Token{}, &Error{Phase: PhaseAuth, Outcome: OutcomeNotSent, Hint: "the token source's token " + problem}
	}
	return t, nil
}

// fetchToken makes the OAuth2 client-credentials exchange, with everything in
// the form body: that is what is documented, and guessing the style would
// double the requests.
func (r *root) fetchToken(ctx context.Context, company string, keys Keys, license string) (Token, *Error) {
	form := url.Values{}
	if keys.VendorAPIKey != "" {
		form.Set("vendor_api_key", string(keys.VendorAPIKey))
	}
	if license != "" {
		form.Set("license_data", license)
	}
	config := clientcredentials.Config{
		ClientID:       company,
		ClientSecret:   string(keys.UserAPIKey),
		TokenURL:       r.ax.scheme + "://" + r.ax.host + r.ax.path + operation.AuthToken.Path,
		Scopes:         r.scopes,
		EndpointParams: form,
		AuthStyle:      oauth2.AuthStyleInParams,
	}
	tripper := &tokenTripper{root: r}
	token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport:     tripper,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}))
	if err != nil {
		return Token{}, tripper.failure(err)
	}
	t := Token{Value: Secret(strings.TrimSpace(token.AccessToken))}
	if problem := call.HeaderProblem(string(t.Value)); problem != "" && problem != "is longer than 512 bytes" {
		return Token{}, &Error{
			Phase: PhaseAuth, Outcome: OutcomeNotSent, Status: tripper.answer.StatusCode, Kind: ErrUnreadableToken,
			Hint: "the token endpoint answered with a token that cannot be sent: it holds spaces or characters outside ASCII",
		}
	}
	if !token.Expiry.IsZero() {
		t.Expiry = tripper.asked.Add(time.Until(token.Expiry)) // x/oauth2 counts from the answer on
	}
	if scopes, ok := token.Extra("scope").(string); ok {
		t.Scopes = strings.Fields(scopes)
	}
	return t, nil
}

// tokenTripper sends the token call like every other call of the client, notes when
// it left and how it was answered, and puts the answer into a form that x/oauth2
// reads: it knows few of those that servers write.
type tokenTripper struct {
	root   *root
	asked  time.Time
	answer *http.Response
	isJSON bool // the answer is an object
	isPage bool // it is one for people
}

func (t *tokenTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.WithContext(req.Context()) // a copy: the request is not ours to change
	req.Header = maps.Clone(req.Header)
	req.Header["User-Agent"] = t.root.userAgent
	req.Header["Accept"] = acceptJSON
	t.asked = time.Now()
	way := t.root.transport
	if t.root.tokenWay != nil {
		way = t.root.tokenWay
	}
	resp, err := way.RoundTrip(req)
	if err != nil || resp == nil || resp.Body == nil {
		return resp, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	if err != nil {
		return nil, err
	}
	t.answer = resp
	if body, t.isJSON = call.TokenAnswer(body); t.isJSON {
		resp.Header = maps.Clone(resp.Header)
		resp.Header.Set("Content-Type", "application/json") // x/oauth2 reads text/plain as a form
	}
	t.isPage = call.IsHTML(resp.Header, body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// failure turns a failed exchange into an Error that holds nothing of the request:
// x/oauth2 prints whole bodies, and a gateway may echo ours.
func (t *tokenTripper) failure(err error) *Error {
	e := &Error{Phase: PhaseAuth, Outcome: OutcomeNotSent}
	refused, isRefusal := errors.AsType[*oauth2.RetrieveError](err)
	if !isRefusal {
		switch {
		case t.answer == nil || t.answer.StatusCode >= 300:
			e.Err, e.temporary = transportCause(err), true
			return e
		case t.isPage:
			e.Kind = ErrWrongEnvironment
			e.Hint = "the token endpoint answered with a page: is this address Maventa's, or does a proxy answer?"
		default:
			e.Kind, e.Hint = ErrUnreadableToken, "the token endpoint answered without a token"
		}
		e.Status = t.answer.StatusCode
		return e
	}
	e.Status = refused.Response.StatusCode
	e.RequestID = requestID(refused.Response.Header)
	e.RetryAfter, e.throttles = call.RetryAfter(refused.Response.Header, time.Now())
	var body struct {
		Code  string `json:"code"`
		Error string `json:"error"`
		Token string `json:"access_token"`
	}
	_ = json.Unmarshal(refused.Body, &body) // what can be read of it
	for _, code := range []string{body.Code, body.Error} {
		if e.Code == "" && call.IsCode(code) && code != body.Token {
			e.Code = code
		}
	}
	switch status := e.Status; {
	case status == http.StatusTooManyRequests, status >= 500, status == http.StatusRequestTimeout:
		e.temporary = true
	case strings.Contains(e.Code, "scope"):
		e.Kind = ErrMissingScope
		e.Hint = "the credentials do not give the scopes that were asked for"
	case t.isJSON && status < 300:
		e.Kind = ErrUnreadableToken
		e.Hint = "the token endpoint answered success and an error at once"
	case t.isJSON && (status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusBadRequest):
		e.Kind = ErrInvalidCredentials
		e.Hint = "company id, user key or vendor key is wrong or deleted, or belongs to the other environment"
	default:
		e.Kind = ErrWrongEnvironment
		e.Hint = "this address does not answer like Maventa's token endpoint"
	}
	return e
}

// licenseJSON is the license_data field of the token call.
func licenseJSON(l *LicenseData) (string, *Error) {
	if l == nil {
		return "", nil
	}
	for field, text := range map[string]string{
		"key": string(l.Key), "meta.licensing": l.Meta.Licensing, "meta.erp_name": l.Meta.ERPName,
		"meta.erp_version": l.Meta.ERPVersion, "meta.erp_user": l.Meta.ERPUser,
	} {
		if !utf8.ValidString(text) {
			return "", invalid("", field, notUTF8)
		}
	}
	b, err := json.Marshal(struct {
		Key  string      `json:"key,omitzero"`
		Meta LicenseMeta `json:"meta"`
	}{string(l.Key), l.Meta})
	if err != nil { // texts can be written
		return "", invalid("", "body", "cannot be written as JSON")
	}
	return string(b), nil
}
