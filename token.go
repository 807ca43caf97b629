package maventa

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/maventa-go/maventa/internal/operation"
)

const (
	assumedTokenLife = time.Hour        // documented; used where an answer names none
	tokenTimeout     = 30 * time.Second // of one token call, whoever waits for it
	youngToken       = 30 * time.Second // a 401 does not discard a token younger than this
	maxTokenMargin   = time.Minute
)

// accessToken is a token as calls use it.
type accessToken struct {
	header    []string // the Authorization header, built once
	value     Secret
	scopes    []string
	fetched   time.Time // when the request for it left
	refreshAt time.Time // from then on one caller fetches the next one in the background
	expiresAt time.Time // from then on it is not used
}

func newAccessToken(t Token, asked time.Time) *accessToken {
	life := t.Expiry.Sub(asked)
	if t.Expiry.IsZero() {
		life = assumedTokenLife
	}
	margin := min(maxTokenMargin, life/5)
	return &accessToken{
		header:    []string{"Bearer " + string(t.Value)},
		value:     t.Value,
		scopes:    t.Scopes,
		fetched:   asked,
		refreshAt: asked.Add(life - 2*margin),
		expiresAt: asked.Add(life - margin),
	}
}

// secret is the token itself; a call without one has none.
func (t *accessToken) secret() Secret {
	if t == nil {
		return ""
	}
	return t.value
}

// tokenCache holds the token of one company. Callers wait for a fetch no longer
// than their own context; the fetch itself runs detached from all of them.
type tokenCache struct {
	fetch func(ctx context.Context, rejected Secret) (Token, *Error)
	keys  func() []string // that the tokens are got with

	mu          sync.Mutex // never held during a fetch
	current     *accessToken
	rejected    Secret // dropped after a 401, named to the token source
	flight      *tokenFlight
	failure     *Error // of the last fetch, shared until failedUntil
	failedUntil time.Time
}

// tokenFlight is one fetch that is under way.
type tokenFlight struct {
	done  chan struct{}
	token *accessToken
	err   *Error
}

// get returns a token, waiting for a fetch if there is none.
func (c *tokenCache) get(ctx context.Context) (*accessToken, *Error) {
	c.mu.Lock()
	now := time.Now()
	if t := c.current; t != nil && now.Before(t.expiresAt) {
		if !now.Before(t.refreshAt) && c.flight == nil && !now.Before(c.failedUntil) {
			c.start()
		}
		c.mu.Unlock()
		return t, nil
	}
	if c.flight == nil && now.Before(c.failedUntil) {
		err := c.failure.clone()
		c.mu.Unlock()
		return nil, err
	}
	if c.flight == nil {
		c.start()
	}
	flight := c.flight
	c.mu.Unlock()

	select {
	case <-flight.done:
		return flight.token, flight.err.clone()
	case <-ctx.Done():
		return nil, &Error{Phase: PhaseAuth, Outcome: OutcomeNotSent, Err: ctx.Err(), Hint: "gave up waiting for a token"}
	}
}

// fresh returns a token for a call that cannot be repeated with another one: not
// one that is about to expire, if a fetch can be waited for.
func (c *tokenCache) fresh(ctx context.Context) (*accessToken, *Error) {
	t, err := c.get(ctx)
	if err != nil || time.Now().Before(t.refreshAt) {
		return t, err
	}
	c.mu.Lock()
	flight := c.flight
	c.mu.Unlock()
	if flight != nil {
		select {
		case <-flight.done:
		case <-ctx.Done():
			return nil, &Error{Phase: PhaseAuth, Outcome: OutcomeNotSent, Err: ctx.Err(), Hint: "gave up waiting for a token"}
		}
	}
	return c.get(ctx) // the new one; the old one while it still works, should the fetch have failed
}

// noToken is the token of a call that carries none.
func noToken(*tokenCache, context.Context) (*accessToken, *Error) { return nil, nil } //nolint:nilnil,revive // there is none

// replace is called after a 401. It returns the token to try instead of refused,
// or the error that the call ends with: answer, where another token would not
// help. AX answers 401 for "no access" too, so a token that was fetched a moment
// ago is kept.
func (c *tokenCache) replace(ctx context.Context, refused *accessToken, answer *Error) (*accessToken, *Error) {
	c.mu.Lock()
	if c.current == refused {
		if time.Since(refused.fetched) < youngToken {
			c.mu.Unlock()
			return nil, answer
		}
		c.current, c.rejected = nil, refused.value
	}
	c.mu.Unlock()
	token, err := c.get(ctx)
	if err != nil {
		err.Outcome = OutcomeRejected // the call has been sent, and refused
	}
	return token, err
}

// start begins a fetch in its own goroutine, with its own deadline. c.mu is held.
func (c *tokenCache) start() {
	flight := &tokenFlight{done: make(chan struct{})}
	rejected := c.rejected
	c.flight = flight
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), tokenTimeout)
		defer cancel()
		asked := time.Now() // life is counted from before the request leaves
		token, err := c.fetch(ctx, rejected)

		c.mu.Lock()
		defer c.mu.Unlock()
		c.flight = nil
		if err != nil {
			err.Err = safeCause(err.Err, c.secretTexts())
			flight.err = err
			c.failure, c.failedUntil = err, time.Now().Add(sharedFor(err))
		} else {
			flight.token = newAccessToken(token, asked)
			c.current, c.rejected = flight.token, ""
			c.failure, c.failedUntil = nil, time.Time{}
		}
		close(flight.done)
	}()
}

// secrets are the texts that nothing may show.
func (c *tokenCache) secrets() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.secretTexts()
}

// secretTexts is secrets with c.mu held.
func (c *tokenCache) secretTexts() []string {
	list := append(c.keys(), string(c.rejected))
	if c.current != nil {
		list = append(list, string(c.current.value))
	}
	return list
}

// sharedFor is how long a failed fetch answers for all callers.
func sharedFor(err *Error) time.Duration {
	if err.temporary {
		return min(max(time.Second, err.RetryAfter), youngToken)
	}
	return youngToken
}

// tokenStore holds the token caches of a client and all clients derived from it.
type tokenStore struct {
	mu      sync.Mutex
	caches  map[[sha256.Size]byte]*tokenCache
	sweepAt int // how many caches make the next sweep due
}

// cache returns the one cache for a key.
func (s *tokenStore) cache(key [sha256.Size]byte, fresh func() *tokenCache) *tokenCache {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.caches[key]; c != nil {
		return c
	}
	if s.caches == nil {
		s.caches, s.sweepAt = map[[sha256.Size]byte]*tokenCache{}, 1024
	}
	if len(s.caches) >= s.sweepAt {
		s.sweep()
	}
	c := fresh()
	s.caches[key] = c
	return c
}

// sweep forgets caches without a usable token, so that rotated keys and
// companies of long ago do not pile up. A client that still has one goes on
// with it.
func (s *tokenStore) sweep() {
	for key, c := range s.caches {
		if c.isIdle() {
			delete(s.caches, key)
		}
	}
	s.sweepAt = max(1024, 2*len(s.caches))
}

func (c *tokenCache) isIdle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	return c.flight == nil && !now.Before(c.failedUntil) && (c.current == nil || !now.Before(c.current.expiresAt))
}

// tokenKey hashes what a token depends on, so that no key lies about in a map.
func tokenKey(parts ...string) [sha256.Size]byte {
	h := sha256.New()
	var size [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		h.Write(size[:])
		h.Write([]byte(p))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// tokens returns the token cache for creds.
func (r *root) tokens(creds Credentials) *tokenCache {
	scopes := strings.Join(r.scopes, " ")
	license, _ := licenseJSON(creds.LicenseData) // checked before
	key := tokenKey(r.ax.host, r.ax.path, scopes, creds.CompanyID, string(creds.UserAPIKey), string(creds.VendorAPIKey), license)
	return r.store.cache(key, func() *tokenCache { return r.newTokenCache(creds, license) })
}

func (r *root) newTokenCache(creds Credentials, license string) *tokenCache {
	var last atomic.Pointer[Keys] // that the key function gave
	c := &tokenCache{keys: func() []string {
		list := []string{string(creds.UserAPIKey), string(creds.VendorAPIKey)}
		if creds.LicenseData != nil {
			list = append(list, string(creds.LicenseData.Key))
		}
		if keys := last.Load(); keys != nil {
			list = append(list, string(keys.UserAPIKey), string(keys.VendorAPIKey))
		}
		return list
	}}
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
		last.Store(&keys)
		return r.fetchToken(ctx, creds.CompanyID, keys, license)
	}
	return c
}

func (r *root) sourceToken(ctx context.Context, company string, rejected Secret) (Token, *Error) {
	t, err := r.tokenSource.Token(ctx, TokenRequest{CompanyID: company, Scopes: r.scopes, Rejected: rejected})
	if err != nil {
		return Token{}, &Error{Phase: PhaseAuth, Outcome: OutcomeNotSent, Err: err, Hint: "the token source failed", temporary: true}
	}
	if problem := headerSafe(string(t.Value)); problem != "" && len(t.Value) <= 512 {
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
		TokenURL:       r.ax.scheme + "://" + r.ax.host + r.ax.path + operation.AuthToken.Op().Path,
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
		return Token{}, tokenError(err, tripper.answer)
	}
	t := Token{Value: Secret(token.AccessToken)}
	if problem := headerSafe(strings.TrimSpace(token.AccessToken)); problem != "" && problem != "is longer than 512 bytes" {
		return Token{}, &Error{
			Phase: PhaseAuth, Outcome: OutcomeNotSent, Status: http.StatusOK,
			Hint: "the token endpoint answered with a token that cannot be sent",
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

// tokenTripper sends the token call like every other call of the client and
// notes when it left and how it was answered.
type tokenTripper struct {
	root   *root
	asked  time.Time
	answer *http.Response
}

func (t *tokenTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.WithContext(req.Context()) // a copy: the request is not ours to change
	req.Header = maps.Clone(req.Header)
	req.Header["User-Agent"] = t.root.userAgent
	req.Header["Accept"] = acceptJSON
	t.asked = time.Now()
	resp, err := t.root.transport.RoundTrip(req)
	t.answer = resp
	if err == nil && resp != nil && resp.Body != nil { // x/oauth2 would read a megabyte
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxErrorBody), resp.Body}
	}
	return resp, err
}

// isCode reports whether s is an error code that may be shown: a short word,
// never an echo of the request.
func isCode(s string) bool {
	const letters, rest = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789_.-"
	return s != "" && len(s) <= 64 && strings.Contains(letters, s[:1]) && strings.Trim(s, letters+rest) == ""
}

// tokenError turns a failed exchange into an Error that holds nothing of the
// request: x/oauth2 prints whole bodies, and a gateway may echo ours.
func tokenError(err error, answer *http.Response) *Error {
	e := &Error{Phase: PhaseAuth, Outcome: OutcomeNotSent}
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		if answer != nil && answer.StatusCode < 300 && !brokeOff(err) {
			e.Status = answer.StatusCode
			e.Kind = ErrWrongEnvironment
			e.Hint = "the token endpoint answered without a readable token: is this address Maventa's, or does a proxy answer?"
			return e
		}
		e.Err, e.temporary = transportCause(err), true
		return e
	}
	e.Status = refused.Response.StatusCode
	e.RequestID = requestID(refused.Response.Header)
	e.RetryAfter = retryAfter(refused.Response.Header, time.Now())
	var body struct {
		Code  string `json:"code"`
		Error string `json:"error"`
	}
	isJSON := json.Unmarshal(refused.Body, &body) == nil
	for _, code := range []string{body.Code, body.Error} {
		if e.Code == "" && isCode(code) {
			e.Code = code
		}
	}
	switch status := e.Status; {
	case status == http.StatusTooManyRequests, status >= 500, status == http.StatusRequestTimeout:
		e.temporary = true
	case strings.Contains(e.Code, "scope"):
		e.Kind = ErrMissingScope
		e.Hint = "the credentials do not give the scopes that were asked for"
	case isJSON && (status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusBadRequest):
		e.Kind = ErrInvalidCredentials
		e.Hint = "company id, user key or vendor key is wrong or deleted, or belongs to the other environment"
	default:
		e.Kind = ErrWrongEnvironment
		e.Hint = "this address does not answer like Maventa's token endpoint"
	}
	return e
}

// licenseJSON is the license_data field of the token call.
func licenseJSON(l *LicenseData) (string, error) {
	if l == nil {
		return "", nil
	}
	b, err := json.Marshal(struct {
		Key  string      `json:"key,omitzero"`
		Meta LicenseMeta `json:"meta"`
	}{string(l.Key), l.Meta})
	return string(b), err
}
