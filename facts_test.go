package maventa_test

import (
	"go/ast"
	"go/token"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/internal/facts"
	"github.com/maventa-go/maventa/internal/operation"
)

// goSource is what the tests below need to know about a package's files.
type goSource struct {
	docs   map[string]string          // doc and line comment of each exported identifier
	fields map[string]map[string]bool // type, wire name: inferred?
	values map[string]string          // "EventType paid": constant
}

// oneLine folds white space, so that a comment's line breaks do not matter.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// bodyModels are types of request bodyModels that stand for a part of a model.
var bodyModels = map[string]string{"serviceLevelChange": "CustomerServiceLevel"}

func readSource(t *testing.T) *goSource {
	t.Helper()
	s := readPackage(t, ".")
	for _, pkg := range upperPackages {
		upper := readPackage(t, pkg)
		for symbol, doc := range upper.docs {
			s.docs[pkg+"."+symbol] = doc
		}
		maps.Copy(s.fields, upper.fields)
		maps.Copy(s.values, upper.values)
	}
	return s
}

// upperPackages have inferred rules of their own, which name them: "webhook.Call".
var upperPackages = []string{"ax", "follow", "webhook"}

func readPackage(t *testing.T, dir string) *goSource {
	t.Helper()
	s := &goSource{docs: map[string]string{}, fields: map[string]map[string]bool{}, values: map[string]string{}}
	for _, file := range ct.GoFiles(t, dir) {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				s.function(d)
			case *ast.GenDecl:
				s.declaration(d)
			}
		}
	}
	return s
}

func (s *goSource) note(symbol string, comments ...*ast.CommentGroup) {
	name := symbol[strings.LastIndex(symbol, ".")+1:]
	if !ast.IsExported(symbol) || !ast.IsExported(name) {
		return
	}
	for _, c := range comments {
		s.docs[symbol] += " " + oneLine(c.Text())
	}
}

func (s *goSource) function(d *ast.FuncDecl) {
	if d.Recv == nil {
		s.note(d.Name.Name, d.Doc)
		return
	}
	receiver := d.Recv.List[0].Type
	if p, ok := receiver.(*ast.StarExpr); ok {
		receiver = p.X
	}
	name, ok := receiver.(*ast.Ident)
	if !ok {
		return // a generic type: no model
	}
	s.note(name.Name+"."+d.Name.Name, d.Doc)
	// A MarshalJSON adds members that the type hides.
	ast.Inspect(d, func(n ast.Node) bool {
		if st, ok := n.(*ast.StructType); ok {
			s.structFields(name.Name, st)
		}
		return true
	})
}

func (s *goSource) declaration(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			s.note(spec.Name.Name, spec.Doc, spec.Comment)
			if len(d.Specs) == 1 {
				s.note(spec.Name.Name, d.Doc)
			}
			if st, ok := spec.Type.(*ast.StructType); ok {
				s.structFields(spec.Name.Name, st)
			}
		case *ast.ValueSpec:
			s.note(spec.Names[0].Name, spec.Doc, spec.Comment)
			typ, typed := spec.Type.(*ast.Ident)
			if !typed || d.Tok != token.CONST || len(spec.Values) != 1 {
				continue
			}
			if v, ok := spec.Values[0].(*ast.BasicLit); ok && v.Kind == token.STRING {
				wire, _ := strconv.Unquote(v.Value)
				s.values[typ.Name+" "+wire] = spec.Names[0].Name
			}
		}
	}
}

func (s *goSource) structFields(typ string, st *ast.StructType) {
	model := typ
	if m, ok := bodyModels[typ]; ok {
		model = m
	}
	for _, f := range st.Fields.List {
		if len(f.Names) == 0 {
			continue
		}
		s.note(typ+"."+f.Names[0].Name, f.Doc, f.Comment)
		if f.Tag == nil {
			continue
		}
		text, _ := strconv.Unquote(f.Tag.Value)
		tag := reflect.StructTag(text)
		wire, _, _ := strings.Cut(tag.Get("json"), ",")
		if w := tag.Get("wire"); w != "" { // sent by the type's MarshalJSON
			wire = w
		}
		if wire == "" || wire == "-" {
			continue
		}
		if s.fields[model] == nil {
			s.fields[model] = map[string]bool{}
		}
		s.fields[model][wire] = s.fields[model][wire] || tag.Get("api") == "inferred"
	}
}

// saysInferred finds the word in a comment that marks something as inferred.
var saysInferred = regexp.MustCompile(`\bInferred\b`)

func TestFieldFacts(t *testing.T) {
	s := readSource(t)
	for typ, fields := range s.fields {
		hasInferred := slices.Contains(slices.Collect(maps.Values(fields)), true)
		for wire, isInferred := range fields {
			f, found := facts.Lookup("field " + typ + "." + wire)
			if hasInferred && !isInferred && !found {
				t.Errorf("%s has inferred fields, but internal/facts does not say that %s is documented", typ, wire)
			}
			if isInferred && (!found || f.Mark != facts.Inferred) {
				t.Errorf("%s.%s is tagged api:\"inferred\" but internal/facts has no inferred fact for it", typ, wire)
			}
		}
	}
	for _, f := range facts.All() {
		if f.Kind() != "field" {
			continue
		}
		typ, wire, _ := strings.Cut(f.Name(), ".")
		isInferred, exists := s.fields[typ][wire]
		switch {
		case !exists:
			t.Errorf("%s: the models have no such field", f.Subject)
		case isInferred != (f.Mark == facts.Inferred):
			t.Errorf("%s is %v, but its struct tag says inferred: %v", f.Subject, f.Mark, isInferred)
		case isInferred && !saysInferred.MatchString(s.docs[typ]) && !s.fieldSaysSo(typ):
			t.Errorf("%s is inferred, but the doc comment of %s does not say that fields are", f.Subject, typ)
		}
	}
}

// fieldSaysSo reports whether a field's comment says that it is inferred.
func (s *goSource) fieldSaysSo(typ string) bool {
	for symbol, doc := range s.docs {
		if strings.HasPrefix(symbol, typ+".") && saysInferred.MatchString(doc) {
			return true
		}
	}
	return false
}

func TestDocCommentsAndFactsAgree(t *testing.T) {
	s := readSource(t)
	about := map[string]bool{} // symbols that an inferred fact is about
	for _, f := range facts.All() {
		if f.Kind() == "field" && f.Mark == facts.Inferred {
			typ, _, _ := strings.Cut(f.Name(), ".")
			about[typ] = true
			for symbol := range s.docs {
				// A comment on one field of a model is about that model's fields.
				if strings.HasPrefix(symbol, typ+".") {
					about[symbol] = true
				}
			}
		}
		for symbol := range strings.FieldsSeq(f.Symbols) {
			about[symbol] = true
			switch doc, exists := s.docs[symbol]; {
			case !exists:
				t.Errorf("%s names %s, which does not exist or has no comment", f.Subject, symbol)
			case !saysInferred.MatchString(doc):
				t.Errorf("%s is inferred, but the doc comment of %s does not say so", f.Subject, symbol)
			}
		}
	}
	for symbol, doc := range s.docs {
		if saysInferred.MatchString(doc) && !about[symbol] {
			t.Errorf("the doc comment of %s says Inferred, but no inferred fact names it", symbol)
		}
	}
}

// saysWireName finds the constants whose spelling is inferred.
var saysWireName = regexp.MustCompile(`Inferred: the (wire name|spelling)`)

func TestValueFacts(t *testing.T) {
	s := readSource(t)
	for value, constant := range s.values {
		f, found := facts.Lookup("value " + value)
		if isInferred := saysWireName.MatchString(s.docs[constant]); isInferred && (!found || f.Mark != facts.Inferred) {
			t.Errorf("%s is inferred, but internal/facts has no inferred fact %q", constant, "value "+value)
		} else if found && f.Mark == facts.Inferred && !isInferred && !saysInferred.MatchString(s.docs[strings.Fields(value)[0]]) {
			t.Errorf("%s is inferred, but neither %s nor its type says so", f.Subject, constant)
		}
	}
	for _, f := range facts.All() {
		// The stages of collection are an open string, which only the fake fills.
		if f.Kind() == "value" && !strings.HasPrefix(f.Name(), "CollectionStatus ") && s.values[f.Name()] == "" {
			t.Errorf("%s: there is no such constant", f.Subject)
		}
	}
}

// ofOneAgency are the types of events that only Kassavirta has, which is Amili's.
var ofOneAgency = []string{"service_level_changed"}

func TestEventFacts(t *testing.T) {
	types := 0
	for value := range readSource(t).values {
		wire, isType := strings.CutPrefix(value, "EventType ")
		if !isType {
			continue
		}
		types++
		if !maventa.EventType(wire).Known() {
			t.Errorf("event type %s is not Known", wire)
		}
		if _, found := facts.Lookup("value " + value); !found {
			t.Errorf("internal/facts has no entry %q", "value "+value)
		}
		for _, agency := range []string{"Amili", "Ropo"} {
			_, found := facts.Lookup("event " + wire + " " + agency)
			if want := agency == "Amili" || !slices.Contains(ofOneAgency, wire); found != want {
				t.Errorf("internal/facts has an entry %q: %v, want %v", "event "+wire+" "+agency, found, want)
			}
		}
	}
	if types == 0 {
		t.Error("no event types found")
	}
}

func TestOperationFacts(t *testing.T) {
	rows := map[string]*operation.Op{}
	for _, op := range operation.All() {
		rows[op.Name] = op
		mustBeInferred := func(subject string) {
			if f, found := facts.Lookup(subject); !found || f.Mark != facts.Inferred {
				t.Errorf("internal/facts has no inferred fact %q", subject)
			}
		}
		if op.InferredStatus() {
			mustBeInferred("status " + op.Name)
		}
		if op.Paged == operation.PagedInferred {
			mustBeInferred("paging " + op.Name)
			mustBeInferred("param " + op.Name + " page")
			mustBeInferred("param " + op.Name + " per_page")
		}
	}
	for _, f := range facts.All() {
		name := f.Name()
		switch f.Kind() {
		case "status":
			if op := rows[name]; op != nil && !op.InferredStatus() {
				t.Errorf("%s: the operation table has a documented status", f.Subject)
			} else if op == nil && !strings.Contains(name, " ") {
				t.Errorf("%s: there is no such operation", f.Subject)
			}
		case "paging":
			if op := rows[name]; op == nil || op.Paged != operation.PagedInferred {
				t.Errorf("%s: the operation table does not say so", f.Subject)
			}
		case "scope":
			if op := rows[name]; op == nil || !strings.HasPrefix(f.Value, op.Scope) {
				t.Errorf("%s: the operation table has another scope", f.Subject)
			}
		case "safety":
			if op := rows[name]; op == nil || !strings.HasPrefix(f.Value, op.Safety.String()) {
				t.Errorf("%s: the operation table says otherwise", f.Subject)
			}
		case "param":
			if rows[strings.Fields(name)[0]] == nil {
				t.Errorf("%s: there is no such operation", f.Subject)
			}
		}
	}
}

// TestMethodsAndTable compares the comment and the results of each call's method
// with its row.
func TestMethodsAndTable(t *testing.T) {
	s := readSource(t)
	for _, op := range operation.All() {
		if op == operation.AuthToken {
			continue // made by the client itself: no method
		}
		service, name, _ := strings.Cut(op.Name, ".")
		var field reflect.StructField
		var method reflect.Method
		found := false
		for _, client := range []reflect.Type{reflect.TypeFor[maventa.Client](), reflect.TypeFor[ax.Client]()} {
			if f, has := client.FieldByName(service); has && !found {
				field = f
				method, found = f.Type.MethodByName(name)
			}
		}
		if !found {
			t.Errorf("%s: neither maventa.Client nor ax.Client has such a method", op.Name)
			continue
		}
		symbol := strings.TrimPrefix(field.Type.String()+"."+name, "maventa.") // as in the facts: ax.InvoiceService.Send
		doc := s.docs[symbol]
		for _, want := range []string{op.Method + " " + op.Path, "Source:"} {
			if !regexp.MustCompile(` ` + regexp.QuoteMeta(want) + `[.,]? `).MatchString(doc) {
				t.Errorf("%s: its comment does not say %q", op.Name, want)
			}
		}
		// TransferToAmiliV1 makes its result itself.
		if op.InferredStatus() || op == operation.InvoicesTransferToAmiliV1 {
			continue
		}
		if onlyError := method.Type.Out(0) == reflect.TypeFor[error](); op.NoBody != onlyError {
			t.Errorf("%s: NoBody is %v, but the method is a %v", op.Name, op.NoBody, method.Type)
		}
	}
}

// TestFakeFacts finds the subjects that the fake names as a whole.
func TestFakeFacts(t *testing.T) {
	for _, file := range ct.GoFiles(t, "maventatest") {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			fun, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || fun.Sel.Name != "lean" {
				return true
			}
			if lit, ok := call.Args[0].(*ast.BasicLit); ok {
				subject, _ := strconv.Unquote(lit.Value)
				if _, found := facts.Lookup(subject); !found {
					t.Errorf("the fake leans on %q, which internal/facts does not have", subject)
				}
			}
			return true
		})
	}
}
