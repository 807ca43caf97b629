package main

import (
	"slices"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
)

func TestKnownListMustNotGoStale(t *testing.T) {
	entries := []known{{Kind: wrongNeed, Calls: []string{"Amili.Activate", "Amili.Close"}, Names: []string{"body.iban", "body.bic"}, Reason: "because"}}
	list := []difference{
		{call: "Amili.Activate", kind: wrongNeed, name: "body.iban"},
		{call: "Amili.Activate", kind: wrongType, name: "body.bic"},              // another kind
		{call: "Amili.Close", kind: wrongNeed, name: "body.iban", note: true},    // a note needs no excuse
		{call: "Amili.Activate", kind: wrongNeed, name: "body.authorization_id"}, // another name
	}
	stale := excuse(list, entries, onlyAX)
	want := []string{"Amili.Activate  required body.bic", "Amili.Close  required body.iban", "Amili.Close  required body.bic"}
	if !slices.Equal(stale, want) {
		t.Errorf("stale are %q, not %q", stale, want)
	}
	for i, d := range list {
		if (d.reason != "") != (i == 0) {
			t.Errorf("difference %d has the reason %q", i, d.reason)
		}
	}
}

func TestEntriesAboutWhatWasNotComparedAreLeftAlone(t *testing.T) {
	entries := []known{{Kind: missingThere, Calls: []string{"Events.List"}, Reason: "because"}}
	if stale := excuse(nil, entries, onlyAX); stale != nil {
		t.Errorf("stale are %q", stale)
	}
	if stale := excuse(nil, entries, func(operation.API) bool { return true }); len(stale) != 1 {
		t.Errorf("stale are %q", stale)
	}
}

func TestKnownListIsChecked(t *testing.T) {
	for _, text := range []string{
		`{}`,
		`[{"kind": "type", "calls": ["Events.List"]}]`,
		`[{"kind": "type", "reason": "because"}]`,
		`[{"calls": ["Events.List"], "reason": "because"}]`,
		`[{"kind": "type", "calls": ["Events.List"], "name": "x", "reason": "because"}]`,
	} {
		if _, err := readKnown([]byte(text)); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}
