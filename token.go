package maventa

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/maventa-go/maventa/internal/call"
)

const (
	assumedTokenLife = time.Hour        // documented; used where an answer names none
	tokenTimeout     = 30 * time.Second // of one token call, whoever waits for it
	youngToken       = 30 * time.Second // a 401 does not discard a token younger than this
	maxTokenMargin   = time.Minute
	minTokenUse      = 5 * time.Second // whatever is said of its life, no sooner is another one fetched
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
		refreshAt: asked.Add(max(life-2*margin, minTokenUse)),
		expiresAt: asked.Add(max(life-margin, minTokenUse)),
	}
}

// tokenCache holds the token of one company. Callers wait for a fetch no longer
// than their own context; the fetch itself runs detached from all of them.
type tokenCache struct {
	fetch   func(ctx context.Context, rejected Secret) (Token, *Error)
	source  string        // what of the caller's code fetch runs
	rotates bool          // the keys may be others at the next fetch, which remembers a refusal itself
	made    time.Time     // one that was just made has had no time to fetch
	secrets *call.Secrets // the keys that tokens are got with, and the tokens

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

// wait waits until the fetch has ended, no longer than the caller's context.
func (f *tokenFlight) wait(ctx context.Context) *Error {
	select {
	case <-f.done:
		return nil
	case <-ctx.Done():
		return &Error{Phase: PhaseAuth, Outcome: OutcomeNotSent, Err: ctx.Err(), Hint: "gave up waiting for a token"}
	}
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

	if err := flight.wait(ctx); err != nil {
		return nil, err
	}
	return flight.token, flight.err.clone()
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
		if err := flight.wait(ctx); err != nil {
			return nil, err
		}
	}
	return c.get(ctx) // the new one; the old one while it still works, should the fetch have failed
}

// noToken is the token of a call that carries none.
func noToken(*tokenCache, context.Context) (*accessToken, *Error) { return nil, nil } //nolint:revive // the form of a method expression

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

// start begins a fetch in its own goroutine, with its own deadline. c.mu is held. What
// panics there is code of the caller's: it fails the fetch, as nobody could recover it.
func (c *tokenCache) start() {
	flight := &tokenFlight{done: make(chan struct{})}
	rejected := c.rejected
	c.flight = flight
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), tokenTimeout)
		defer cancel()
		asked := time.Now() // life is counted from before the request leaves
		token, err := Token{}, &Error{Phase: PhaseAuth, Outcome: OutcomeNotSent, Hint: c.source + " panicked"}
		defer func() {
			if cause, isError := recover().(error); isError {
				err.Err = cause
			}
			c.land(flight, token, err, asked)
		}()
		token, err = c.fetch(ctx, rejected)
	}()
}

// land ends a fetch.
func (c *tokenCache) land(flight *tokenFlight, token Token, err *Error, asked time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flight = nil
	if err != nil {
		err.Err = safeCause(err.Err, c.secrets.Hide)
		flight.err = err
		c.failure, c.failedUntil = err, time.Now()
		if err.temporary || !c.rotates {
			c.failedUntil = c.failedUntil.Add(sharedFor(err))
		}
	} else {
		c.secrets.Add(string(token.Value))
		flight.token = newAccessToken(token, asked)
		c.current, c.rejected = flight.token, ""
		c.failure, c.failedUntil = nil, time.Time{}
	}
	close(flight.done)
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
	return c.flight == nil && now.Sub(c.made) > time.Minute && !now.Before(c.failedUntil) && (c.current == nil || !now.Before(c.current.expiresAt))
}
