package maventatest

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/maventa-go/maventa/internal/operation"
	"github.com/maventa-go/maventa/internal/swagger"
)

// The facts of Maventa's Swagger file, as the drift check has written them down.

type axFact struct {
	Method     string
	Path       string
	Token      bool
	Scopes     []string
	Parameters []axField
	Body       struct {
		Media  []string
		Fields []axField
	}
	Answers []axAnswer
}

type axField struct {
	Name      string
	In        string
	Type      string
	Required  bool
	Enum      []string
	MaxLength int `json:"max_length"`
}

type axAnswer struct {
	Status string
	Type   string
	Fields []axField
}

const axFactsFile = "../testdata/ax-facts.json"

var axFacts = sync.OnceValues(func() (map[string]axFact, error) {
	text, err := os.ReadFile(axFactsFile)
	if err != nil {
		return nil, err
	}
	var all struct{ Operations []axFact }
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	byPath := map[string]axFact{}
	for _, one := range all.Operations {
		byPath[one.Method+" "+one.Path] = one
	}
	return byPath, nil
})

// factOf finds the facts of a call; the calls of 2026 have none.
func factOf(t testing.TB, op *operation.Op) (axFact, bool) {
	t.Helper()
	all, err := axFacts()
	if err != nil {
		t.Fatal(err)
	}
	fact, ok := all[op.Method+" "+op.Path]
	return fact, ok && op.API == operation.AutoXChange
}

// handRead are the calls of AX whose handlers read their bodies themselves: their
// own tests check them.
var handRead = map[*operation.Op]bool{
	operation.AuthToken: true, operation.AmiliActivate: true, operation.AmiliUpdate: true, operation.InvoicesTransferToAmiliV1: true,
}

// required elsewhere: the Swagger file says so, and its examples do otherwise.
var notRequired = map[string]bool{
	"Company.UpdateSettings details": true, "Company.UpdateSettings address": true, "Company.UpdateSettings invoice_notifications": true,
}

func TestDeclarationsAreThoseOfTheSwagger(t *testing.T) {
	calls := allAXCalls()
	for _, id := range operation.All() {
		fact, ok := factOf(t, id)
		if !ok || handRead[id] {
			continue
		}
		declared := calls[id].spec
		var query []axField
		for _, p := range fact.Parameters {
			if p.In == "query" {
				query = append(query, p)
			}
		}
		compareFields(t, id, flat(declared.Query, ""), query)
		compareFields(t, id, flat(declared.Body, ""), fact.Body.Fields)
		media := map[swagger.Media]string{swagger.MediaJSON: "application/json", swagger.MediaForm: "multipart/form-data"}[declared.Media]
		if len(fact.Body.Fields) > 0 && !slices.Equal(fact.Body.Media, []string{media}) {
			t.Errorf("%s takes %q, want %q", id, media, fact.Body.Media)
		}
		if fact.Token == id.NoAuth {
			t.Errorf("%s: a token is needed: %v", id, fact.Token)
		}
	}
}

func compareFields(t *testing.T, id *operation.Op, got, want []axField) {
	t.Helper()
	for _, w := range want {
		i := slices.IndexFunc(got, func(g axField) bool { return g.Name == w.Name })
		if i < 0 {
			t.Errorf("%s does not declare %q", id, w.Name)
			continue
		}
		g := got[i]
		slices.Sort(g.Enum)
		if notRequired[id.String()+" "+w.Name] {
			w.Required = false
		}
		if g.Type != w.Type || g.Required != w.Required || !slices.Equal(g.Enum, w.Enum) || w.MaxLength != 0 && g.MaxLength != w.MaxLength {
			t.Errorf("%s %s: declared %+v, want %+v", id, w.Name, g, w)
		}
	}
	for _, g := range got {
		if !slices.ContainsFunc(want, func(w axField) bool { return w.Name == g.Name }) {
			t.Errorf("%s declares %q, which is not there", id, g.Name)
		}
	}
}

// flat lists the fields as the facts do, those of objects by their path.
func flat(fs swagger.Fields, path string) []axField {
	types := map[swagger.Kind]string{
		swagger.KindText: "string", swagger.KindBool: "boolean", swagger.KindInteger: "integer", swagger.KindNumber: "number", swagger.KindDate: "string date",
		swagger.KindTime: "string date-time", swagger.KindList: "[]string", swagger.KindObject: "object", swagger.KindFile: "file",
	}
	var all []axField
	for _, f := range fs {
		one := axField{Name: path + f.Name, Type: types[f.Kind], Required: f.Must, Enum: slices.Clone(f.Values)}
		if f.Kind == swagger.KindText {
			one.MaxLength = f.Most
		}
		all = append(all, one)
		all = append(all, flat(f.Fields, path+f.Name+".")...)
	}
	return all
}

// checkAnswer compares an answer with its declaration: names, types, values and
// what is required.
func checkAnswer(t testing.TB, id *operation.Op, r *result) {
	t.Helper()
	fact, ok := factOf(t, id)
	if !ok || r.err != nil || r.status/100 != 2 || !strings.HasPrefix(r.header.Get("Content-Type"), "application/json") {
		return
	}
	i := slices.IndexFunc(fact.Answers, func(a axAnswer) bool { return a.Status == jsonNumber(r.status) })
	if i < 0 {
		t.Errorf("%s answers %d, which is not declared", id, r.status)
		return
	}
	declared := fact.Answers[i]
	if len(declared.Fields) == 0 {
		return
	}
	var body any
	r.decode(&body)
	items, isList := body.([]any)
	if isList != strings.HasPrefix(declared.Type, "[]") {
		t.Errorf("%s: want %s: %s", id, declared.Type, r.body)
		return
	}
	if !isList {
		items = []any{body}
	}
	for _, item := range items {
		checkObject(t, id, declared.Fields, "", item)
	}
}

func jsonNumber(n int) string {
	text, _ := json.Marshal(n)
	return string(text)
}

func checkObject(t testing.TB, id *operation.Op, declared []axField, path string, value any) {
	t.Helper()
	members, ok := value.(map[string]any)
	if !ok {
		t.Errorf("%s %s is no object: %v", id, path, value)
		return
	}
	seen := map[string]bool{}
	for _, f := range declared {
		name, isOurs := strings.CutPrefix(f.Name, path)
		if !isOurs || strings.ContainsAny(name, ".[") {
			continue
		}
		seen[name] = true
		member, there := members[name]
		if !there {
			if f.Required {
				t.Errorf("%s %s is missing", id, f.Name)
			}
			continue
		}
		checkValue(t, id, declared, f, member)
	}
	if len(seen) == 0 {
		return // a free object
	}
	for name := range members {
		if !seen[name] {
			t.Errorf("%s %s%s is not declared", id, path, name)
		}
	}
}

func checkValue(t testing.TB, id *operation.Op, declared []axField, f axField, value any) {
	t.Helper()
	bad := false
	switch base, isList := strings.CutPrefix(f.Type, "[]"); {
	case isList:
		items, ok := value.([]any)
		bad = !ok
		for _, item := range items {
			one := f
			one.Type = base
			if base == "object" {
				checkObject(t, id, declared, f.Name+"[].", item)
			} else {
				checkValue(t, id, declared, one, item)
			}
		}
	case strings.HasPrefix(base, "string"):
		text, ok := value.(string)
		bad = !ok || f.Enum != nil && !slices.Contains(f.Enum, text)
	case base == "object":
		checkObject(t, id, declared, f.Name+".", value)
	case base == "boolean":
		_, ok := value.(bool)
		bad = !ok
	default:
		_, ok := value.(json.Number)
		bad = !ok
	}
	if bad {
		t.Errorf("%s %s: %v is no %s of %v", id, f.Name, value, f.Type, f.Enum)
	}
}
