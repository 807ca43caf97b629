package calltest

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/internal/decode"
)

const module = "github.com/maventa-go/maventa"

// Models checks the types that the services of a client take and return: unknown
// members are kept in every struct of an answer, and sent from every struct of a
// body that has Extra. What must not be lost in an answer is marked for it.
func Models(t *testing.T, client any) {
	t.Helper()
	results, bodies := map[reflect.Type]bool{}, map[reflect.Type]bool{}
	for f := range reflect.TypeOf(client).Elem().Fields() {
		if f.Type.PkgPath() == "" || !f.IsExported() {
			continue
		}
		for m := range f.Type.Methods() {
			for out := range m.Type.Outs() {
				reach(out, results)
			}
			for i := 2; i < m.Type.NumIn(); i++ { // after the service and the context
				if in := m.Type.In(i); in.Kind() == reflect.Struct {
					bodies[in] = true
				}
			}
		}
	}
	require.NotEmpty(t, results)
	require.NotEmpty(t, bodies)
	fields := reflect.TypeFor[maventa.Extra]()
	for typ := range results {
		if !isWire(typ) {
			continue
		}
		extra, has := typ.FieldByName("Extra")
		assert.True(t, has && extra.Type == fields, "%s is in an answer and has no Extra", typ)
		require.NoError(t, decode.Check(typ))
		for f := range typ.Fields() {
			isKey := f.Type == reflect.TypeFor[maventa.Secret]() && strings.HasSuffix(f.Name, "APIKey") // given once
			if isKey || f.Type == reflect.TypeFor[maventa.Amount]() {
				assert.Equal(t, "must", f.Tag.Get("decode"), "%s.%s would be lost in silence", typ, f.Name)
			}
		}
	}
	sent := 0
	for typ := range bodies {
		if !isWire(typ) {
			continue
		}
		v := reflect.New(typ)
		n := fillExtra(t, v.Elem())
		text, err := json.Marshal(v.Interface())
		require.NoError(t, err, typ)
		assert.Equal(t, n, strings.Count(string(text), `"sent_too":1`), "%s: %s", typ, text)
		sent += n
	}
	require.Positive(t, sent)
}

// isWire reports whether a struct is written or read as JSON.
func isWire(t reflect.Type) bool {
	for f := range t.Fields() {
		if f.Tag.Get("json") != "" {
			return true
		}
	}
	return false
}

// reach collects the structs of this module within a type.
func reach(t reflect.Type, seen map[reflect.Type]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		reach(t.Elem(), seen)
	case reflect.Func: // an iterator
		for in := range t.Ins() {
			reach(in, seen)
		}
	case reflect.Struct:
		if seen[t] || !strings.HasPrefix(t.PkgPath(), module) || t == reflect.TypeFor[maventa.Error]() {
			return
		}
		seen[t] = true
		for f := range t.Fields() {
			if f.IsExported() {
				reach(f.Type, seen)
			}
		}
	default:
	}
}

// fillExtra sets a member in each Extra within v, and counts them.
func fillExtra(t *testing.T, v reflect.Value) (n int) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer:
		if v.Type().Elem().Kind() == reflect.Struct {
			v.Set(reflect.New(v.Type().Elem()))
			return fillExtra(t, v.Elem())
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Struct {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			return fillExtra(t, v.Index(0))
		}
	case reflect.Struct:
		for f, field := range v.Fields() {
			if extra, ok := reflect.TypeAssert[*maventa.Extra](addr(field)); ok {
				require.NoError(t, extra.Set("sent_too", 1))
				n++
			} else if f.IsExported() {
				n += fillExtra(t, field)
			}
		}
	default:
	}
	return n
}

func addr(v reflect.Value) reflect.Value {
	if !v.CanInterface() {
		return reflect.ValueOf("")
	}
	return v.Addr()
}
