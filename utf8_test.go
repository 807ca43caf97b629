package maventa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/ax"
	ct "github.com/maventa-go/maventa/internal/calltest"
	"github.com/maventa-go/maventa/ledger"
)

const (
	latin1      = "L\xe4mp\xf6" // a name in Windows-1252
	replacement = "caf\uFFFD"   // U+FFFD in the caller's own text, which is UTF-8
)

// bodies are what the calls of the root send, by the call.
func bodies(c *maventa.Client) map[string]struct {
	body any
	send func(context.Context, any) error
} {
	type sent = struct {
		body any
		send func(context.Context, any) error
	}
	opts := []maventa.CallOption{maventa.Unchecked(), maventa.WithoutPreflight()}
	return map[string]sent{
		"event": {&maventa.NewEvent{}, func(ctx context.Context, v any) error {
			return onlyErr(c.Assignments.AddEvent(ctx, "as-1", *v.(*maventa.NewEvent), opts...))
		}},
		"Ropo": {&maventa.RopoTransfer{}, func(ctx context.Context, v any) error {
			return onlyErr(c.Invoices.TransferToRopo(ctx, "in-1", *v.(*maventa.RopoTransfer), opts...))
		}},
		"Amili": {&maventa.AmiliTransfer{}, func(ctx context.Context, v any) error {
			return onlyErr(c.Invoices.TransferToAmili(ctx, "in-1", *v.(*maventa.AmiliTransfer), opts...))
		}},
		"Amili v1": {&maventa.AmiliTransferV1{}, func(ctx context.Context, v any) error {
			return onlyErr(c.Invoices.TransferToAmiliV1(ctx, "in-1", *v.(*maventa.AmiliTransferV1), opts...))
		}},
		"Ropo activation": {&maventa.RopoActivation{}, func(ctx context.Context, v any) error {
			return onlyErr(c.Ropo.Activate(ctx, *v.(*maventa.RopoActivation), opts...))
		}},
		"Amili activation": {&maventa.AmiliActivation{}, func(ctx context.Context, v any) error {
			return onlyErr(c.Amili.Activate(ctx, *v.(*maventa.AmiliActivation), opts...))
		}},
		"Amili update": {&maventa.AmiliUpdate{CurrentServiceType: "x"}, func(ctx context.Context, v any) error {
			return c.Amili.Update(ctx, *v.(*maventa.AmiliUpdate), opts...)
		}},
	}
}

// eachText calls f with every text that v sends: set puts one there.
func eachText(v reflect.Value, f func(set func(string))) {
	switch v.Kind() {
	case reflect.String:
		f(func(s string) { v.SetString(s) })
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		eachText(v.Index(0), f)
	case reflect.Struct:
		if o, isOpt := reflect.TypeAssert[*maventa.Opt[string]](v.Addr()); isOpt {
			f(func(s string) { *o = maventa.Some(s) })
			return
		}
		for i := range v.NumField() {
			tag := v.Type().Field(i).Tag
			if !v.Type().Field(i).IsExported() {
				continue // a date, an amount
			}
			if x, isExtra := reflect.TypeAssert[*maventa.Extra](v.Field(i).Addr()); isExtra {
				f(func(s string) { _ = x.Set("more", json.RawMessage(`"`+s+`"`)) })
			} else if tag.Get("json") != "-" || tag.Get("wire") != "" {
				eachText(v.Field(i), f)
			}
		}
	}
}

// TestNotUTF8 puts a text that is not UTF-8 into every text of every body: it is
// refused before anything is sent, by the name of the field.
func TestNotUTF8(t *testing.T) {
	m := ct.NewMock(t)
	m.OnAny()
	m.On("GET", ropoURL, ct.Reply{Status: 404, Body: "{}"}) // not activated yet
	m.On("GET", amiliURL, ct.Reply{Status: 404, Body: "{}"})
	for name, b := range bodies(m.Client) {
		body, texts := reflect.ValueOf(b.body).Elem(), 0
		eachText(body, func(set func(string)) { set(replacement) })
		written, err := json.Marshal(b.body)
		require.NoError(t, err)
		eachText(body, func(set func(string)) {
			texts++
			m.Sent = nil
			set(latin1)
			if unchanged, _ := json.Marshal(b.body); bytes.Equal(written, unchanged) {
				return // an Extra takes no such text
			}
			err := b.send(t.Context(), b.body)
			set(replacement)
			e := ct.Failure(t, err)
			require.ErrorIs(t, err, maventa.ErrValidation, name)
			assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
			last := e.Fields[len(e.Fields)-1]
			assert.Equal(t, "is not UTF-8", last.Problem, "%s: %v", name, err)
			_, field := split(last.Field)
			assert.Contains(t, string(written), `"`+field+`":`, "%s: %v", name, err)
			ct.AssertHides(t, err, "mp\xf6")
			for _, s := range m.Sent {
				assert.Equal(t, "GET", s.Method, "%s: %v", name, err)
			}
		})
		assert.NotZero(t, texts, name)
	}
}

// split takes the last name of a path such as payers[0].address.city.
func split(path string) (before, name string) {
	i := strings.LastIndexByte(path, '.')
	name, _, _ = strings.Cut(path[i+1:], "[")
	return path[:max(i, 0)], name
}

// TestNotUTF8Elsewhere: nor do they leave in ids, queries, forms, Extra, what has no
// model, license data; and what looks like one that was replaced passes.
func TestNotUTF8Elsewhere(t *testing.T) {
	m := ct.NewMock(t)
	sent := m.OnAny()
	ctx, c, x := t.Context(), m.Client, ax.New(m.Client)
	do := func(r maventa.Request) error {
		r.Method, r.Path = "POST", "/v1/things"
		return c.Do(ctx, r, nil)
	}
	form := func(fill func(*maventa.Form)) error {
		f := &maventa.Form{}
		fill(f)
		return do(maventa.Request{Body: f})
	}
	type named struct {
		Name string
		More any `json:"more"`
	}
	var raw maventa.Extra
	require.Error(t, raw.Set("note", latin1))
	require.Error(t, raw.Set("note", json.RawMessage(`"`+latin1+`"`)))
	require.Error(t, raw.Set("note", map[string]any{"deep": []string{latin1}}))
	require.Error(t, raw.Set(latin1, 1))
	require.NoError(t, raw.Set("note", replacement))
	for want, err := range map[string]error{
		"assignment_id":  onlyErr(c.Assignments.Get(ctx, latin1)),
		"event_id":       c.Events.MarkSeen(ctx, "as-1", latin1),
		"type":           onlyErr(c.Events.List(ctx, maventa.EventFilter{Type: latin1})),
		"debtor_name":    onlyErr(c.Assignments.List(ctx, maventa.AssignmentFilter{DebtorName: latin1})),
		"debtor":         do(maventa.Request{Query: map[string][]string{"debtor": {"x", latin1}}}),
		"L?mp?":          do(maventa.Request{Query: map[string][]string{latin1: {"x"}}}),
		"names":          do(maventa.Request{Arrays: map[string][]string{"names": {latin1}}}),
		"a.b[1]":         do(maventa.Request{Body: map[string]any{"a": map[string]any{"b": []any{1, latin1}}}}),
		"a.L?mp?":        do(maventa.Request{Body: map[string]any{"a": map[string]any{latin1: 1}}}),
		"more.Name":      do(maventa.Request{Body: named{More: &named{Name: latin1}}}),
		"more":           do(maventa.Request{Body: named{More: json.RawMessage(`"` + latin1 + `"`)}}),
		"body":           do(maventa.Request{Body: latin1}),
		"[0].Name":       do(maventa.Request{Body: []named{{Name: latin1}}}),
		"comment":        form(func(f *maventa.Form) { f.Add("comment", latin1) }),
		"ids":            form(func(f *maventa.Form) { f.AddArray("ids", "a", latin1) }),
		"file":           form(func(f *maventa.Form) { f.AddFile("file", latin1, "text/plain", strings.NewReader("x")) }),
		"first_name":     onlyErr(x.Company.AddUser(ctx, ax.AddedUser{Email: "a@b.example", FirstName: latin1})),
		"email":          onlyErr(x.Users.Create(ctx, ax.NewUser{VendorAPIKey: "k", Email: latin1})),
		"payers[0].ssn":  maventa.RopoTransfer{CollectionType: "a", ReceivablesType: "b", Payers: []maventa.Payer{{SSN: latin1}}}.Validate(maventa.WithoutPreflight(), maventa.Unchecked()),
		"recipient_name": x.Invoices.ReroutePrint(ctx, "in-1", ax.ReroutePrint{RecipientName: latin1, RecipientAddress1: "a", RecipientPostCode: "1", RecipientPostOffice: "b", RecipientCountry: "FI"}),
	} {
		e := ct.Failure(t, err)
		require.ErrorIs(t, err, maventa.ErrValidation, want)
		assert.Equal(t, maventa.OutcomeNotSent, e.Outcome)
		require.NotEmpty(t, e.Fields, want)
		assert.Equal(t, maventa.FieldProblem{Field: want, Problem: "is not UTF-8"}, e.Fields[len(e.Fields)-1], "%v", err)
	}
	ct.Refused(t, c.Do(ctx, maventa.Request{Method: "POST", Path: "/v1/" + latin1}, nil), "path")
	assert.Empty(t, *sent, "nothing has left")

	creds := ct.Credentials()
	creds.LicenseData = &maventa.LicenseData{Meta: maventa.LicenseMeta{ERPUser: latin1}}
	ct.Misconfigured(t, onlyErr(c.ForCompany(creds)), "credentials.license_data.meta.erp_user")
	ct.Misconfigured(t, onlyErr(maventa.NewClient(maventa.Stage, ct.Credentials(), maventa.WithScopes(latin1))), "scopes")

	l := ledger.New(c, ledger.NewMemory())
	err := onlyErr(l.EnsureEvent(ctx, "as-1", ledger.Entry{Key: "k", Event: maventa.Comment(latin1)}))
	ct.Refused(t, err, "comment")
	assert.Empty(t, *sent, "the ledger asks for it before it reads")

	event := maventa.Comment(replacement)
	event.Extra = raw
	_, err = c.Assignments.AddEvent(ctx, "as-1", event)
	require.NotErrorIs(t, err, maventa.ErrValidation)
	require.NoError(t, do(maventa.Request{Body: map[string]any{"a": `C:\ufffd`, replacement: replacement}, Query: map[string][]string{"q": {replacement}}}))
	require.NoError(t, form(func(f *maventa.Form) { f.Add("comment", replacement) }))
}
