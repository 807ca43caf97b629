package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	"github.com/maventa-go/maventa/internal/operation"
)

// sdkCall is what the SDK does for one row of the operation table: what its
// methods were seen to send, and what their results can hold.
type sdkCall struct {
	op      *operation.Op
	methods []string
	problem string // why nothing was seen; empty: all is well

	token  bool
	media  []string
	query  []sdkField
	body   []sdkField
	result string // type of the answer: "object", "[]object", "file", or empty: it is not read
	answer []sdkField
}

// sdkField is one parameter or member as the SDK knows it.
type sdkField struct {
	name     string
	kind     string // as field.Type; empty: anything
	presence presence
	enum     *enum
	owner    string // the Go type that declares it
	inferred bool
	fixed    []string // what is sent whatever the caller says, or for true
	encoding string   // of a list in the query
}

// presence says what the SDK makes of a field that its caller leaves empty.
type presence uint8

const (
	always   presence = iota // it is sent all the same
	optional                 // it is left out
	required                 // the call is refused
)

// callTimeout ends a call that waits for something that cannot come.
const callTimeout = 5 * time.Second

// observer looks at the SDK's methods.
type observer struct {
	constants map[string][]string // values of string types, by the type's name
}

// all observes every row of the operation table.
func (o *observer) all(ctx context.Context) []sdkCall {
	var calls []sdkCall
	for _, op := range operation.All() {
		calls = append(calls, o.call(ctx, op))
	}
	return calls
}

// call observes one row: the method of the row's name, or those that the
// registry names instead.
func (o *observer) call(ctx context.Context, op *operation.Op) sdkCall {
	c := sdkCall{op: op}
	special := registry[op]
	names := special.methods
	if names == nil {
		names = []string{c.op.Name}
	}
	for i, name := range names {
		m := sdkMethod{observer: o, op: op, name: name, special: special}
		if !m.exists() {
			c.problem = "there is no method " + name
			return c
		}
		if err := m.observe(ctx, &c, i > 0); err != nil {
			c.problem = name + ": " + err.Error()
			return c
		}
		c.methods = append(c.methods, name)
	}
	byName := func(a, b sdkField) int { return cmp.Compare(a.name, b.name) }
	slices.SortFunc(c.query, byName)
	slices.SortFunc(c.body, byName)
	slices.SortFunc(c.answer, byName)
	return c
}

// sdkMethod is one method under observation.
type sdkMethod struct {
	*observer
	op      *operation.Op
	name    string
	special special

	filler *filler
	opts   []reflect.Value
}

// method finds Service.Method, of the client or of package ax, or a method of the
// client itself.
func method(c *maventa.Client, name string) reflect.Value {
	service, name, found := strings.Cut(name, ".")
	if !found {
		return reflect.ValueOf(c).MethodByName(service)
	}
	for _, v := range []reflect.Value{reflect.ValueOf(c), reflect.ValueOf(ax.New(c))} {
		f := v.Elem().FieldByName(service)
		if !f.IsValid() || !f.CanInterface() {
			continue
		}
		if m := f.MethodByName(name); m.IsValid() {
			return m
		}
	}
	return reflect.Value{}
}

func (m *sdkMethod) exists() bool {
	return method(&maventa.Client{}, m.name).IsValid()
}

// observe calls the method with everything filled in, and then once more for
// each field, without it. again says that another method of the same row has
// been observed before.
func (m *sdkMethod) observe(ctx context.Context, c *sdkCall, again bool) error {
	m.filler = newFiller(m.special.values)
	m.opts = []reflect.Value{reflect.ValueOf(maventa.Unchecked())}
	full, err := m.try(ctx, "")
	if err != nil {
		// The agencies' rules look for days and currencies that markers are not.
		m.opts = append(m.opts, reflect.ValueOf(maventa.WithoutPreflight()))
		if full, err = m.try(ctx, ""); err != nil {
			return err
		}
	}
	without := map[string]*sent{}
	for _, p := range slices.Clone(m.filler.order) {
		without[p.path], _ = m.try(ctx, p.path) // an error means refused: nil
	}
	c.token = full.token
	if full.media != "" && !slices.Contains(c.media, full.media) {
		c.media = append(c.media, full.media)
	}
	fields := m.fields(ctx, full, without)
	c.query = merge(c.query, strip(fields, "query."), again)
	c.body = merge(c.body, strip(fields, "body."), again)
	kind, answer := m.result()
	c.result = cmp.Or(c.result, kind)
	c.answer = merge(c.answer, answer, again)
	return nil
}

// try makes the call without the field at skip and returns its request.
func (m *sdkMethod) try(ctx context.Context, skip string) (*sent, error) {
	rec := &recorder{answers: m.special.answers}
	client, err := maventa.NewClient(
		maventa.Environment{Name: "apidrift", AutoXChangeURL: "https://" + hostAX, ReceivablesURL: "https://" + hostReceivables},
		credentials(),
		maventa.WithHTTPClient(&http.Client{Transport: rec}),
		maventa.WithRetry(maventa.NoRetry),
		maventa.WithTimeout(callTimeout),
	)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	callErr := m.run(ctx, method(client, m.name), skip)
	if s := rec.of(m.op); s != nil {
		return s, nil
	}
	return nil, cmp.Or(rec.problem, callErr, errors.New("made no request of "+m.op.String()))
}

// credentials have every part, so that the token call shows all its fields.
func credentials() maventa.Credentials {
	return maventa.Credentials{
		CompanyID:    "00000000-0000-4000-8000-000000000001",
		UserAPIKey:   "user-key",
		VendorAPIKey: "vendor-key",
		LicenseData:  &maventa.LicenseData{Key: "license-key", Meta: maventa.LicenseMeta{ERPName: "erp"}},
	}
}

// run calls fn with filled arguments and uses up what it returns.
func (m *sdkMethod) run(ctx context.Context, fn reflect.Value, skip string) error {
	m.filler.begin(skip)
	t := fn.Type()
	var args []reflect.Value
	for i := range t.NumIn() {
		switch in := t.In(i); {
		case in == reflect.TypeFor[context.Context]():
			args = append(args, reflect.ValueOf(ctx))
		case t.IsVariadic() && i == t.NumIn()-1:
			if in.Elem() == reflect.TypeFor[maventa.CallOption]() {
				args = append(args, m.opts...)
			}
		default:
			args = append(args, m.filler.argument(in, argumentName(in, i)))
		}
	}
	var failed error
	for _, out := range fn.Call(args) {
		failed = cmp.Or(failed, useUp(out))
	}
	return failed
}

// argumentName is that of the argument's struct type, or its position.
func argumentName(t reflect.Type, i int) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct && t.Name() != "" {
		return typeName(t)
	}
	return fmt.Sprintf("arg%d", i)
}

// useUp takes the first item of an iterator and closes what can be closed.
func useUp(out reflect.Value) error {
	if out.Type().CanSeq2() && out.Kind() == reflect.Func {
		for _, err := range out.Seq2() {
			failed, _ := reflect.TypeAssert[error](err) // nil is no error
			return failed
		}
		return nil
	}
	if out.Kind() == reflect.Pointer && out.IsNil() {
		return nil
	}
	switch v := out.Interface().(type) {
	case error:
		return v
	case io.Closer:
		return v.Close()
	}
	return nil
}

// fields are what full sent, with what became of each when it was left out.
func (m *sdkMethod) fields(ctx context.Context, full *sent, without map[string]*sent) []sdkField {
	places := m.placesOf(full, without)
	var list []sdkField
	for _, name := range slices.Sorted(maps.Keys(full.wire)) {
		w := full.wire[name]
		f := sdkField{name: name, kind: w.kind, owner: m.special.owner}
		for i, p := range places[name] {
			presence := seen(name, full, without, p.path)
			if i == 0 || f.presence == always && presence != always {
				f.presence = presence
			}
			if i > 0 {
				continue
			}
			f.kind = refine(w.kind, goKind(p.goTyp))
			f.owner = cmp.Or(p.owner, f.owner)
			f.inferred = p.field != nil && p.field.Tag.Get("api") == "inferred"
		}
		f.enum = m.accepted(ctx, name, places[name])
		if (places[name] == nil || f.kind == "boolean") && !strings.HasSuffix(w.kind, "object") {
			f.fixed = w.values
		}
		if strings.HasPrefix(name, "query.") {
			f.encoding = m.encoding(w)
			if f.encoding != "" && !strings.HasPrefix(f.kind, "[]") {
				f.kind = "[]" + f.kind
			}
			if inner, ok := strings.CutSuffix(f.name, "[]"); ok {
				f.name, f.encoding = inner, "brackets"
			}
		}
		list = append(list, f)
	}
	return list
}

// seen is what became of a field when the place that it comes from was empty. A
// field that took its object with it says nothing about itself.
func seen(name string, full *sent, without map[string]*sent, path string) presence {
	s, tried := without[path]
	switch {
	case !tried:
		return always
	case s == nil:
		return required
	}
	if _, still := s.wire[name]; still {
		return always
	}
	if _, isMember := full.wire[parent(name)]; isMember {
		if _, still := s.wire[parent(name)]; !still {
			return always
		}
	}
	return optional
}

// placesOf maps the names on the wire to the places that they come from, the
// most telling first.
func (m *sdkMethod) placesOf(full *sent, without map[string]*sent) map[string][]*place {
	names := map[string]map[string]bool{} // by path
	note := func(path, name string) {
		if names[path] == nil {
			names[path] = map[string]bool{}
		}
		names[path][name] = true
	}
	for name, w := range full.wire {
		for _, value := range w.values {
			for _, part := range append([]string{value}, strings.Split(value, ",")...) {
				if p := m.filler.marked[part]; p != nil {
					note(p.path, name)
				}
			}
		}
	}
	m.mapSwitches(full, without, note)
	m.mapContainers(full, names, note)
	places := map[string][]*place{}
	for _, p := range m.filler.order {
		for name := range names[p.path] {
			places[name] = append(places[name], p)
		}
	}
	return places
}

// mapSwitches finds the fields of booleans, which no marker fits: they are what
// differs when the boolean is false.
func (m *sdkMethod) mapSwitches(full *sent, without map[string]*sent, note func(path, name string)) {
	for _, p := range m.filler.order {
		s := without[p.path]
		if s == nil || innermost(p.goTyp).Kind() != reflect.Bool {
			continue
		}
		for name, w := range full.wire {
			if now, still := s.wire[name]; !still || !slices.Equal(now.values, w.values) {
				note(p.path, name)
			}
		}
	}
}

// mapContainers finds the objects and lists: they stand around what their own
// fields are sent as.
func (m *sdkMethod) mapContainers(full *sent, names map[string]map[string]bool, note func(path, name string)) {
	for _, p := range slices.Backward(m.filler.order) {
		outer, ok := container(p.path)
		if !ok {
			continue
		}
		for name := range names[p.path] {
			if strings.HasSuffix(p.path, "[]") || strings.HasSuffix(p.path, "?") {
				note(outer, name)
				continue
			}
			i := strings.LastIndex(name, ".")
			around := strings.TrimSuffix(name[:i], "[]")
			if w, there := full.wire[around]; there && strings.HasSuffix(w.kind, "object") {
				note(outer, around)
			}
		}
	}
}

// container is the path around path.
func container(path string) (string, bool) {
	for _, suffix := range []string{"[]", "?"} {
		if outer, ok := strings.CutSuffix(path, suffix); ok {
			return outer, true
		}
	}
	i := strings.LastIndex(path, ".")
	if i < 0 {
		return "", false
	}
	return strings.TrimSuffix(path[:i], "[]"), true
}

// encoding tells how a list stands in the query: two markers of one place.
func (m *sdkMethod) encoding(w wire) string {
	isList := func(values []string) bool {
		return len(values) > 1 && m.filler.marked[values[0]] != nil && m.filler.marked[values[0]] == m.filler.marked[values[1]]
	}
	switch {
	case isList(w.values):
		return "multi"
	case len(w.values) == 1 && isList(strings.Split(w.values[0], ",")):
		return "csv"
	}
	return ""
}

// enum is a string type with a list of values.
type enum struct {
	name   string
	known  func(string) bool // also: taken, of a field that the SDK checks
	values []string          // the type's constants, those that are taken
	all    []string          // the type's constants
}

func (o *observer) enumOf(t reflect.Type) *enum {
	t = innermost(t)
	if t.Kind() != reflect.String {
		return nil
	}
	e := &enum{name: t.Name(), values: o.constants[t.Name()], all: o.constants[t.Name()]}
	e.known = func(s string) bool { return slices.Contains(e.values, s) }
	if _, ok := reflect.TypeAssert[interface{ Known() bool }](reflect.Zero(t)); ok {
		e.known = func(s string) bool {
			v, ok := reflect.TypeAssert[interface{ Known() bool }](reflect.ValueOf(s).Convert(t))
			return ok && v.Known()
		}
	} else if e.values == nil {
		return nil
	}
	return e
}

// accepted is the enum of a field that is sent. Where the SDK checks the field,
// the values are those that it lets through: one type may serve several fields,
// and not every value fits each.
func (m *sdkMethod) accepted(ctx context.Context, name string, places []*place) *enum {
	for _, p := range places {
		e := m.enumOf(p.goTyp)
		if p.goTyp.Kind() != reflect.String {
			continue
		}
		if !m.refuses(ctx, name, p.path, "") {
			return e // a filter, for example: anything goes
		}
		if e == nil {
			e = &enum{name: "a list"}
		}
		e.known = func(value string) bool { return !m.refuses(ctx, name, p.path, value) }
		e.values = slices.DeleteFunc(slices.Clone(e.values), func(v string) bool { return !e.known(v) })
		return e
	}
	return nil
}

// refuses makes the call without Unchecked and with value at path, or a marker
// if that is empty, and reports whether the SDK finds fault with that field.
func (m *sdkMethod) refuses(ctx context.Context, name, path, value string) bool {
	strict := *m
	strict.opts = nil
	if value != "" {
		f := *m.filler
		f.values = maps.Clone(f.values)
		if f.values == nil {
			f.values = map[string]any{}
		}
		f.values[path] = value
		f.marked = map[string]*place{} // the value is no marker
		strict.filler = &f
	}
	_, err := strict.try(ctx, "")
	refused, ok := errors.AsType[*maventa.Error](err)
	if !ok {
		return false
	}
	_, name, _ = strings.Cut(name, ".")
	return slices.ContainsFunc(refused.Fields, func(f maventa.FieldProblem) bool { return plain(f.Field) == plain(name) })
}

// plain is a name without positions and brackets: files[0][file_type] and
// files[].file_type are both files.file_type.
func plain(name string) string {
	name = position.ReplaceAllString(name, "")
	return strings.TrimRight(strings.NewReplacer("[n]", "", "[]", "", "][", ".", "[", ".", "]", "").Replace(name), ".")
}

// innermost is the type within pointers, lists and options.
func innermost(t reflect.Type) reflect.Type {
	for {
		switch {
		case isOpt(t):
			t = optInner(t)
		case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice && t != typeBytes && t != typeRaw:
			t = t.Elem()
		default:
			return t
		}
	}
}

// goKind is how a Go type goes over the wire, in the words of field.Type.
func goKind(t reflect.Type) string {
	switch {
	case t == typeTime:
		return "string date-time"
	case t == typeDate:
		return "string date"
	case t == typeAmount:
		return "number"
	case t == typeRaw:
		return ""
	case t == typeBytes, t.Implements(reflect.TypeFor[io.Reader]()):
		return "file"
	case isOpt(t):
		return goKind(optInner(t))
	case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(typeUnmarshaler):
		return decodes(t)
	}
	switch t.Kind() { //nolint:exhaustive // others do not go over the wire
	case reflect.Pointer:
		return goKind(t.Elem())
	case reflect.Slice:
		return "[]" + goKind(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Struct, reflect.Map:
		return "object"
	}
	return ""
}

var typeUnmarshaler = reflect.TypeFor[json.Unmarshaler]()

// decodes finds out what a type that decodes itself takes.
func decodes(t reflect.Type) string {
	var kinds []string
	for _, sample := range []struct{ kind, text string }{
		{"string", `"text"`}, {"number", "1"}, {"boolean", "true"}, {"[]string", `["text"]`}, {"object", "{}"},
	} {
		if json.Unmarshal([]byte(sample.text), reflect.New(t).Interface()) == nil {
			kinds = append(kinds, sample.kind)
		}
	}
	return strings.Join(kinds, "|")
}

// refine makes what was seen on the wire more exact by the Go type: a text may
// be a date, a number a whole one.
func refine(seen, kind string) string {
	switch {
	case seen == "" || kind == "" || strings.HasPrefix(kind, seen):
		return kind
	case strings.TrimPrefix(seen, "[]") == "number" && strings.TrimPrefix(kind, "[]") == "integer":
		return kind
	case strings.HasPrefix(seen, "[]") && !strings.HasPrefix(kind, "[]"):
		return "[]" + refine(seen[2:], kind)
	}
	return seen
}

// merge adds the fields of another method of the same row. What not every
// method sends may be left out.
func merge(have, more []sdkField, again bool) []sdkField {
	if !again {
		return append(have, more...)
	}
	at := func(list []sdkField, name string) int {
		return slices.IndexFunc(list, func(f sdkField) bool { return f.name == name })
	}
	for i := range have {
		if at(more, have[i].name) < 0 {
			have[i].presence = optional
		}
	}
	for _, f := range more {
		if i := at(have, f.name); i < 0 {
			f.presence = optional
			have = append(have, f)
		} else if f.presence == optional {
			have[i].presence = optional
		}
	}
	return have
}

// strip keeps the fields whose names begin with prefix, without it.
func strip(fields []sdkField, prefix string) []sdkField {
	var list []sdkField
	for _, f := range fields {
		if name, ok := strings.CutPrefix(f.name, prefix); ok {
			f.name = name
			list = append(list, f)
		}
	}
	return list
}
