package main

import (
	"bytes"
	_ "embed" // known.json
	"encoding/json"
	"fmt"
	"slices"

	"github.com/maventa-go/maventa/internal/operation"
)

// known is one entry of known.json: differences that were looked at and
// accepted, with the reason. An entry holds every pair of its calls and names.
type known struct {
	Kind   string   `json:"kind"`
	Calls  []string `json:"calls"`
	Names  []string `json:"names,omitzero"` // none: the calls as a whole
	Reason string   `json:"reason"`
}

//go:embed known.json
var knownJSON []byte

func readKnown(data []byte) ([]known, error) {
	var list []known
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("known.json: %w", err)
	}
	for i, k := range list {
		if k.Kind == "" || len(k.Calls) == 0 || k.Reason == "" {
			return nil, fmt.Errorf("known.json: entry %d lacks kind, calls or reason", i+1)
		}
	}
	return list, nil
}

// excuse gives the known differences their reasons and returns the entries
// that excuse nothing. Those about an API that was not compared are left alone.
func excuse(list []difference, entries []known, compared func(operation.API) bool) (stale []string) {
	for _, k := range entries {
		names := k.Names
		if len(names) == 0 {
			names = []string{""}
		}
		for _, c := range k.Calls {
			if !compared(apiOf(c)) {
				continue
			}
			for _, n := range names {
				at := slices.IndexFunc(list, func(d difference) bool { return !d.note && d.kind == k.Kind && d.call == c && d.name == n })
				if at < 0 {
					stale = append(stale, fmt.Sprintf("%s  %s %s", c, k.Kind, n))
					continue
				}
				list[at].reason = k.Reason
			}
		}
	}
	return stale
}

// apiOf is the API of a call of the SDK; what it has no call for is AX.
func apiOf(name string) operation.API {
	for _, op := range operation.All() {
		if op.Name == name {
			return op.API
		}
	}
	return operation.AutoXChange
}
