package ax

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/internal/operation"
)

// TestRequestCarriesTheRow: what the table says of a call goes into its request,
// or is not needed to send it. A new field of a row must be in one of the lists.
func TestRequestCarriesTheRow(t *testing.T) {
	carried := strings.Fields("Name API Method Path Safety Success NoBody NoAuth Siblings PersonalTarget Verify")
	notNeeded := strings.Fields("Scope Paged Experimental Source")
	receivablesOnly := strings.Fields("InferredWrite Gone Expected")
	row := reflect.TypeFor[operation.Op]()
	var all []string
	for f := range row.Fields() {
		all = append(all, f.Name)
	}
	assert.ElementsMatch(t, append(append(carried, notNeeded...), receivablesOnly...), all)

	empty := request(&operation.Op{})
	for _, name := range carried {
		op := reflect.New(row).Elem()
		fill(op.FieldByName(name))
		v, _ := reflect.TypeAssert[operation.Op](op)
		assert.NotEqual(t, empty, request(&v), "request leaves out %s", name)
	}
	for _, op := range operation.AX() {
		assert.False(t, op.InferredWrite || op.Gone != "" || op.Expected != nil, "%s: package ax does not hand this on", op.Name)
		assert.NotEmpty(t, op.Success, "%s: without documented codes a request takes four, and needs proof of none", op.Name)
	}
}

// fill gives a field another value than its zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8:
		v.SetUint(1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	}
}
