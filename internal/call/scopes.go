package call

import "slices"

// scopeAliases are scopes that stand for others. Source: AX Swagger.
var scopeAliases = map[string][]string{
	"eui": {
		"company:read", "company:write", "lookup", "receivables:assignments", "document:send", "document:receive",
		"invoice:receive", "invoice:send", "analysis",
	},
	"global":  {"company:read", "document:receive", "document:send", "lookup"},
	"company": {"company:read", "company:write"},
}

// MissingScopes are those of needed that granted does not give.
func MissingScopes(needed, granted []string) []string {
	have := map[string]bool{}
	for _, s := range granted {
		have[s] = true
		for _, a := range scopeAliases[s] {
			have[a] = true
		}
	}
	var missing []string
	for _, s := range needed {
		covered := have[s]
		if aliases, isAlias := scopeAliases[s]; isAlias && !covered {
			covered = !slices.ContainsFunc(aliases, func(a string) bool { return !have[a] })
		}
		if !covered {
			missing = append(missing, s)
		}
	}
	return missing
}
