package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// mapping is a YAML mapping whose members keep their order.
type mapping struct {
	keys   []string
	values map[string]any // *mapping, list, flow, string, bool or int
}

// flow is written as it is.
type flow string

// list is a YAML sequence.
type list []any

// pairs makes a mapping of keys and values in turn.
func pairs(keysAndValues ...any) *mapping {
	m := &mapping{values: map[string]any{}}
	for i := 0; i+1 < len(keysAndValues); i += 2 {
		m.set(fmt.Sprint(keysAndValues[i]), keysAndValues[i+1])
	}
	return m
}

// set adds a member, or gives one another value; an empty text or mapping is left out.
func (m *mapping) set(key string, value any) *mapping {
	switch v := value.(type) {
	case string:
		if v == "" {
			return m
		}
	case *mapping:
		if len(v.keys) == 0 {
			return m
		}
	case list:
		if len(v) == 0 {
			return m
		}
	}
	if _, has := m.values[key]; !has {
		m.keys = append(m.keys, key)
	}
	m.values[key] = value
	return m
}

// yamlText is a document as YAML, in block style.
func yamlText(m *mapping) string {
	var b strings.Builder
	m.write(&b, "")
	return b.String()
}

func (m *mapping) write(b *strings.Builder, indent string) {
	for i, key := range m.keys {
		if i > 0 {
			b.WriteString(indent)
		}
		b.WriteString(scalar(key) + ":")
		writeValue(b, m.values[key], indent+"  ")
	}
}

// writeValue writes what follows a key or a dash, and the end of its line.
func writeValue(b *strings.Builder, value any, indent string) {
	switch v := value.(type) {
	case *mapping:
		b.WriteString("\n" + indent)
		v.write(b, indent)
	case list:
		for _, item := range v {
			b.WriteString("\n" + indent + "- ")
			if m, ok := item.(*mapping); ok {
				m.write(b, indent+"  ")
				trimNewline(b)
				continue
			}
			b.WriteString(scalar(fmt.Sprint(item)))
		}
		b.WriteString("\n")
	case string:
		if !strings.Contains(v, "\n") {
			b.WriteString(" " + scalar(v) + "\n")
			return
		}
		b.WriteString(" |-\n")
		for line := range strings.SplitSeq(v, "\n") {
			if line != "" {
				b.WriteString(indent + line)
			}
			b.WriteString("\n")
		}
	case flow:
		b.WriteString(" " + string(v) + "\n")
	case bool:
		b.WriteString(" " + strconv.FormatBool(v) + "\n")
	case int:
		b.WriteString(" " + strconv.Itoa(v) + "\n")
	default:
		panic(fmt.Sprintf("docs: no YAML for a %T", value)) //nolint:forbidigo // a mistake in this program
	}
}

// trimNewline takes back the end of the last line: the next item begins one.
func trimNewline(b *strings.Builder) {
	text := strings.TrimSuffix(b.String(), "\n")
	b.Reset()
	b.WriteString(text)
}

// plain are the texts that mean themselves without quotes in YAML 1.1 and 1.2.
var plain = regexp.MustCompile(`^[$A-Za-z/][A-Za-z0-9_/{}.()-]*( [A-Za-z0-9_/.,;()-]+)*$`)

// words that YAML reads as something else than a text.
var yamlWords = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|null|y|n)$`)

func scalar(s string) string {
	if plain.MatchString(s) && !yamlWords.MatchString(s) {
		return s
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) //nolint:forbidigo // a string has a JSON form
	}
	return strings.TrimSpace(b.String())
}
