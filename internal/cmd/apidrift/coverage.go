package main

import (
	"fmt"
	"strings"

	"github.com/maventa-go/maventa/internal/operation"
)

// coverage is docs/ax-coverage.md: what becomes of every call of the Swagger
// file.
func coverage(s *spec, calls []sdkCall, entries []known) string {
	reasons := map[string]string{}
	for _, k := range entries {
		if k.Kind == missingHere && len(k.Names) == 0 {
			for _, c := range k.Calls {
				reasons[c] = k.Reason
			}
		}
	}
	var rows strings.Builder
	count := map[string]int{}
	listed := map[*call]bool{}
	for i := range s.Operations {
		c := &s.Operations[i]
		state, text := "missing", "no method yet"
		sdk := callOf(calls, s, c)
		switch reason := reasons[c.String()]; {
		case sdk != nil && sdk.problem == "":
			listed[c] = true
			state, text = "covered", "`"+sdk.op.Name+"`"+other(sdk)
			if c.Experimental {
				text += ", experimental"
			}
		case sdk != nil:
			text = "`" + sdk.op.Name + "`: no method yet"
		case c.Operator:
			state, text = "operator", "needs an operator's token"
		case c.Experimental:
			state, text = "experimental", "Maventa may change it without notice"
		case reason != "":
			state, text = "left out", reason
		}
		count[state]++
		fmt.Fprintf(&rows, "| `%s` | %s | %s |\n", c, state, text)
	}

	var b strings.Builder
	b.WriteString("<!-- Written by apidrift -coverage. Changes made here are lost. -->\n\n# Coverage of AutoXChange\n\n")
	fmt.Fprintf(&b, "Every call of Maventa's %s, version %s, as its Swagger file lists them: %d calls, of which %d have a method here", s.Title, s.Version, len(s.Operations), count["covered"])
	for _, state := range []struct{ name, text string }{
		{"experimental", "are experimental"}, {"operator", "are for operators"}, {"left out", "are left out"}, {"missing", "are missing"},
	} {
		if count[state.name] > 0 {
			fmt.Fprintf(&b, ", %d %s", count[state.name], state.text)
		}
	}
	b.WriteString(".\n\nA call without a method can be made with `Client.Do`.\n\n")
	b.WriteString("| Call | State | Method or reason |\n|---|---|---|\n")
	b.WriteString(rows.String())
	b.WriteString("\n## Calls that this version of the Swagger file does not list\n\n| Call | Method | Source |\n|---|---|---|\n")
	for _, sdk := range calls {
		if sdk.op.API == operation.AutoXChange && s.find(sdk.op.Method, sdk.op.Path) == nil {
			fmt.Fprintf(&b, "| `%s %s` | `%s` | %s |\n", sdk.op.Method, sdk.op.Path, sdk.op.Name, sdk.op.Source)
		}
	}
	return b.String()
}

// other names the methods that make a call whose row has another name.
func other(sdk *sdkCall) string {
	if len(sdk.methods) == 1 && sdk.methods[0] == sdk.op.Name {
		return ""
	}
	if !strings.Contains(sdk.methods[0], ".") {
		return ", by the client itself"
	}
	return ", by `" + strings.Join(sdk.methods, "`, `") + "`"
}

// callOf is the SDK's call for one of the description, or nil.
func callOf(calls []sdkCall, s *spec, c *call) *sdkCall {
	for i := range calls {
		if calls[i].op.API == operation.AutoXChange && s.find(calls[i].op.Method, calls[i].op.Path) == c {
			return &calls[i]
		}
	}
	return nil
}
