package maventa

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPlainEvent: plainEvent has every field of NewEvent, and writes each as
// NewEvent's own MarshalJSON does, alone and with all others.
func TestPlainEvent(t *testing.T) {
	full := NewEvent{
		Type: EventPaid, Amount: Some(MustAmount("-0.10")), Date: MustDate("2026-11-20"), Comment: "a \"quoted\" <b> & ä\n",
		InvoiceNumber: "CN/1", DueDate: MustDate("2026-12-01"), Until: MustDate("2027-01-01"),
	}
	events := []NewEvent{
		{},
		full, DirectPayment(MustAmount("0"), Date{}), Comment(""),
		{Type: EventPaid, Amount: Null[Amount]()},
		{Type: EventPaid, Amount: Some(MustAmount("9007199254740993.01"))},
	}
	for i := range reflect.TypeFor[NewEvent]().NumField() {
		field := reflect.TypeFor[NewEvent]().Field(i)
		if !field.IsExported() || field.Name == "Extra" {
			continue
		}
		plain, ok := reflect.TypeFor[plainEvent]().FieldByName(field.Name)
		require.True(t, ok, "plainEvent lacks %s", field.Name)
		want, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		got, _, _ := strings.Cut(plain.Tag.Get("json"), ",")
		assert.Equal(t, want, got, field.Name)
		value := reflect.ValueOf(full).Field(i)
		require.False(t, value.IsZero(), "give %s a value above", field.Name)
		var one NewEvent
		reflect.ValueOf(&one).Elem().Field(i).Set(value)
		events = append(events, one)
	}
	for _, e := range events {
		want, err := json.Marshal(e)
		require.NoError(t, err)
		got, err := json.Marshal(e.plain())
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got))
	}
	more := full
	require.NoError(t, more.Extra.Set("amount", 5))
	got, err := json.Marshal(more.plain())
	require.NoError(t, err)
	assert.Contains(t, string(got), `"amount":5`, "Extra wins")
}
