package maventatest

import (
	"bytes"
	"encoding/json"
)

// take reads the declared members of a JSON object.
func (p *params) take(fs fields) map[string]any {
	taken := map[string]any{}
	for _, f := range fs {
		raw, _ := p.member(f.name, []rule{{required: f.must}})
		if raw == nil {
			continue
		}
		if value, ok := p.value(f, raw); ok {
			taken[f.name] = value
		}
	}
	return taken
}

func (p *params) value(f field, raw json.RawMessage) (value any, ok bool) {
	problem := "is invalid"
	switch f.kind {
	case kindObject:
		inner := p.nest(f.name, raw)
		if inner == nil {
			return nil, false
		}
		if f.fields == nil {
			return decodeAny(raw), true
		}
		return inner.take(f.fields), true
	case kindList:
		var items []string
		if json.Unmarshal(raw, &items) == nil {
			value, problem = items, f.checkList(items)
		}
	case kindBool:
		var b bool
		if json.Unmarshal(raw, &b) == nil {
			value, problem = b, ""
		}
	case kindInteger, kindNumber:
		if raw[0] != '"' {
			value, problem = f.parse(string(raw))
		}
	default:
		var text string
		if json.Unmarshal(raw, &text) == nil {
			value, problem = f.parse(text)
		}
	}
	if problem != "" {
		p.problem(f.name, problem)
		return nil, false
	}
	return value, true
}

func decodeAny(raw json.RawMessage) any {
	var value any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	_ = dec.Decode(&value) // it was valid before
	return value
}
