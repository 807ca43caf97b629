package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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
