package maventatest

import (
	"slices"
	"strings"
)

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
