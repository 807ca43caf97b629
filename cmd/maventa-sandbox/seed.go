package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// A seed is a list of actions: {"do": "add-company", "name": "Toinen Oy", "as":
// "second"}. What an action returns is given to later ones by the name behind
// "as": {"do": "add-invoice", "company": "$second"}. $first is the company that is
// always there.

//go:embed assets/demo.json
var demoSeed []byte

// plant runs the seed of the flag -seed.
func (a *app) plant(seed string) error {
	a.acting.Lock()
	defer a.acting.Unlock()
	return a.plantLocked(seed)
}

func (a *app) plantLocked(seed string) error {
	switch seed {
	case "empty":
		return nil
	case "demo":
		return a.plantText("demo", demoSeed)
	}
	text, err := os.ReadFile(seed)
	if err != nil {
		return fmt.Errorf("-seed: %w", err)
	}
	return a.plantText(seed, text)
}

// plantText runs the actions of a seed. An error names the line of the action.
func (a *app) plantText(name string, text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	lineAt := func(offset int64) int {
		rest := text[offset:]
		offset += int64(len(rest) - len(bytes.TrimLeft(rest, " \t\r\n,")))
		return 1 + bytes.Count(text[:offset], []byte("\n"))
	}
	if start, err := dec.Token(); err != nil || start != json.Delim('[') {
		return fmt.Errorf("%s:%d: want a list of actions, such as [{\"do\": \"add-invoice\", \"company\": \"$first\"}]", name, lineAt(0))
	}
	ids := map[string]string{"first": a.srv.CompanyID()}
	isOver := func() bool { return len(bytes.TrimLeft(text[dec.InputOffset():], " \t\r\n,")) == 0 }
	for dec.More() && !isOver() { // Go 1.27 says that there is more where the text ends
		line := lineAt(dec.InputOffset())
		var step map[string]any
		if err := dec.Decode(&step); err != nil {
			if broken, ok := errors.AsType[*json.SyntaxError](err); ok {
				line = lineAt(min(broken.Offset, int64(len(text))))
			}
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
		if err := a.step(step, ids); err != nil {
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return fmt.Errorf("%s:%d: the list does not end: %w", name, lineAt(int64(len(text))), err)
	}
	return nil
}

// step runs one action of a seed and keeps what it returns.
func (a *app) step(step map[string]any, ids map[string]string) error {
	given := map[string]string{}
	for name, value := range step {
		text, err := plain(value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if reference, ok := strings.CutPrefix(text, "$"); ok {
			if text = ids[reference]; text == "" {
				return fmt.Errorf("%s: nothing is named %q before", name, reference)
			}
		}
		given[name] = text
	}
	name, as := given["do"], given["as"]
	delete(given, "do")
	delete(given, "as")
	act, ok := actionNamed(name)
	if !ok || act.do == nil {
		return fmt.Errorf("do: %w: %q", errNoAction, name)
	}
	v, err := act.check(a.srv, given)
	if err != nil {
		return err
	}
	done, err := a.try(act, v)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for what, id := range done {
		if as != "" && what != "message" {
			ids[as] = id
		}
	}
	return nil
}
