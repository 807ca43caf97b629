package maventatest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa/internal/operation"
)

var tokenCalls = map[*operation.Op]handler{
	operation.AuthToken:   issueToken,
	operation.AuthCurrent: currentToken,
}

// token is an access token that was given out.
type token struct {
	value   string
	company *Company
	user    *user
	scopes  []string // as granted, aliases included
	expires time.Time
	revoked bool
}

func (t *token) valid(now time.Time) bool {
	return !t.revoked && t.company.member(t.user) != nil && now.Before(t.expires)
}

// covers reports whether the token's scopes give a call its scope, or one of
// its scopes.
func (t *token) covers(scope string) bool {
	if scope == "" {
		return true
	}
	granted := expandScopes(t.scopes)
	for one := range strings.FieldsSeq(scope) {
		if coversAll(granted, one) {
			return true
		}
	}
	return false
}

// coversAll reports whether all that a scope stands for was granted.
func coversAll(granted map[string]bool, scope string) bool {
	for one := range expandScopes([]string{scope}) {
		if !granted[one] {
			return false
		}
	}
	return true
}

// issueToken is POST /oauth2/token.
func issueToken(c *call) (any, error) {
	if err := c.needMedia("application/x-www-form-urlencoded"); err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(c.raw))
	if err != nil {
		return nil, invalidParameters("body is not a form")
	}
	switch form.Get("grant_type") {
	case "client_credentials":
	case "":
		return nil, invalidParameters("grant_type is missing")
	default:
		return nil, invalidParameters("grant_type does not have a valid value")
	}
	company := c.srv.companyByID(form.Get("client_id"))
	by := c.srv.userByKey(form.Get("client_secret"))
	if company == nil || company.member(by) == nil {
		return nil, c.badCredentials()
	}
	// That a wrong key is refused is a guess; leaving it out is documented.
	if key := form.Get("vendor_api_key"); key != "" && key != c.srv.vendorKey {
		c.lean("rule a wrong vendor_api_key is refused")
		return nil, c.badCredentials()
	}
	t := c.srv.newToken(company, by, company.grant(form.Get("scope")))
	return map[string]any{
		"access_token": t.value,
		"token_type":   "bearer",
		"expires_in":   int64(c.srv.options.tokenLife / time.Second),
		"scope":        strings.Join(t.scopes, " "),
	}, nil
}

func (c *call) badCredentials() error {
	c.lean("status error invalid_credentials")
	return &apiError{
		orElse(c.srv.options.wire.BadCredentials, http.StatusUnauthorized),
		"invalid_credentials", "The credentials are not valid", nil,
	}
}

// missingScope is the refusal of a good token that does not give access.
func (s *Server) missingScope() error {
	s.lean("status error missing scope")
	if s.options.wire.MissingScope == http.StatusForbidden {
		return forbidden("the token's scopes do not cover this call")
	}
	return unauthorized()
}

func (s *Server) newToken(company *Company, by *user, scopes []string) *token {
	s.sequence++
	sum := sha256.Sum256(fmt.Appendf(nil, "token %s %d", company.id, s.sequence))
	t := &token{
		value:   "maventatest-" + hex.EncodeToString(sum[:]),
		company: company,
		user:    by,
		scopes:  scopes,
		expires: time.Now().Add(s.options.tokenLife),
	}
	s.tokens[t.value] = t
	return t
}

// RevokeTokens makes every token given out so far worthless.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tokens {
		t.revoked = true
	}
}

// revoke makes the token of an Authorization header worthless.
func (s *Server) revoke(authorization string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, value, _ := strings.Cut(authorization, " ")
	if t := s.tokens[value]; t != nil {
		t.revoked = true
	}
}

// currentToken is GET /oauth2/current.
func currentToken(c *call) (any, error) {
	co, by := c.company, c.token.user
	return map[string]any{
		"user": map[string]any{"id": by.id, "first_name": by.first, "last_name": by.last, "email": by.email},
		"company": map[string]any{
			"id": co.id, "name": co.name, "bid": co.bid, "country": co.country, "wizard_done": true, "disabled": false,
		},
		"scopes": c.token.scopes,
	}, nil
}

// inferredScopes marks the calls whose scope no source confirms.
var inferredScopes = map[*operation.Op]bool{
	operation.RopoActivate:            true,
	operation.RopoStatus:              true,
	operation.RopoClose:               true,
	operation.InvoicesTransferToRopo:  true,
	operation.InvoicesTransferToAmili: true,
	operation.InvoicesTransferStatus:  true,
}

// defaultScope is what a token call without a scope gets.
const defaultScope = "global company"

// scopeAliases are the scopes that stand for others.
var scopeAliases = map[string][]string{
	"eui": {
		"eui:open", "company:read", "company:write", "lookup", "receivables:assignments",
		"document:send", "document:receive", "invoice:receive", "invoice:send", "analysis",
	},
	"global":  {"company:read", "document:receive", "document:send", "lookup"},
	"company": {"company:read", "company:write"},
}

// companyScopes are the plain scopes a company's user can have.
var companyScopes = []string{
	"eui:open", "lookup", "document:receive", "document:send", "invoice:receive", "invoice:send",
	"company:read", "company:write", "validate", "receivables:assignments", "analysis", "billing:reports",
	"fi_bank_message:send", "fi_bank_message:receive", "partner:invoice_delivery_actions", "partner:lookups",
}

// expandScopes replaces aliases by what they stand for.
func expandScopes(scopes []string) map[string]bool {
	plain := map[string]bool{}
	for _, scope := range scopes {
		members, isAlias := scopeAliases[scope]
		if !isAlias {
			plain[scope] = true
		}
		for _, member := range members {
			plain[member] = true
		}
	}
	return plain
}

// grant picks from the scopes asked for those that the company's user may have.
// An alias of which only a part may be granted falls apart into that part.
func (co *Company) grant(asked string) []string {
	if strings.TrimSpace(asked) == "" {
		asked = defaultScope
	}
	granted := []string{}
	add := func(scope string) {
		if !slices.Contains(granted, scope) {
			granted = append(granted, scope)
		}
	}
	for scope := range strings.FieldsSeq(asked) {
		members, isAlias := scopeAliases[scope]
		if !isAlias {
			members = []string{scope}
		}
		allowed := slices.DeleteFunc(slices.Clone(members), func(m string) bool { return !co.mayHave(m) })
		if isAlias && len(allowed) == len(members) {
			add(scope)
			continue
		}
		for _, member := range allowed {
			add(member)
		}
	}
	return granted
}

func (co *Company) mayHave(scope string) bool {
	if co.allowed == nil {
		return slices.Contains(companyScopes, scope)
	}
	return co.allowed[scope]
}

// GrantScopes limits what tokens of the company get from now on, whatever they
// ask for. Tokens given out before keep their scopes.
func (co *Company) GrantScopes(scopes ...string) {
	co.srv.mu.Lock()
	defer co.srv.mu.Unlock()
	co.allowed = expandScopes(scopes)
}
