package maventa_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
)

type optBody struct {
	Mail maventa.Opt[string]         `json:"mail,omitzero"`
	Cap  maventa.Opt[maventa.Amount] `json:"cap,omitzero"`
}

func ExampleOpt() {
	type update struct {
		Mail  maventa.Opt[string] `json:"mail,omitzero"`
		Phone maventa.Opt[string] `json:"phone,omitzero"`
		Note  maventa.Opt[string] `json:"note,omitzero"`
	}
	body, err := json.Marshal(update{
		Mail:  maventa.Some("invoices@example.com"),
		Phone: maventa.Null[string](),
	})
	fmt.Println(string(body), err)
	// Output: {"mail":"invoices@example.com","phone":null} <nil>
}

func TestOptStates(t *testing.T) {
	for _, c := range []struct {
		name         string
		opt          maventa.Opt[string]
		value        string
		ok           bool
		null, unset  bool
		json, member string
	}{
		{"unset", maventa.Opt[string]{}, "", false, false, true, `null`, `{}`},
		{"null", maventa.Null[string](), "", false, true, false, `null`, `{"mail":null}`},
		{"empty", maventa.Some(""), "", true, false, false, `""`, `{"mail":""}`},
		{"value", maventa.Some("x"), "x", true, false, false, `"x"`, `{"mail":"x"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			value, ok := c.opt.Get()
			assert.Equal(t, c.value, value)
			assert.Equal(t, c.ok, ok)
			assert.Equal(t, c.null, c.opt.IsNull())
			assert.Equal(t, c.unset, c.opt.IsZero())

			alone, err := json.Marshal(c.opt)
			require.NoError(t, err)
			assert.Equal(t, c.json, string(alone))

			out, err := json.Marshal(optBody{Mail: c.opt})
			require.NoError(t, err)
			assert.Equal(t, c.member, string(out))

			var back optBody
			require.NoError(t, json.Unmarshal(out, &back))
			assert.Equal(t, optBody{Mail: c.opt}, back)
		})
	}
}

func TestOptUnmarshal(t *testing.T) {
	b := optBody{Mail: maventa.Some("old"), Cap: maventa.Some(maventa.MustAmount("1"))}
	require.NoError(t, json.Unmarshal([]byte(`{"mail":null,"cap":10.50}`), &b))
	assert.True(t, b.Mail.IsNull())
	value, ok := b.Cap.Get()
	assert.True(t, ok)
	assert.Equal(t, "10.50", value.String())

	requireUnreadable(t, json.Unmarshal([]byte(`{"cap":"canary"}`), &b))
	require.Error(t, json.Unmarshal([]byte(`{"mail":1}`), &b))
	value, _ = b.Cap.Get()
	assert.Equal(t, "10.50", value.String())
	assert.True(t, b.Mail.IsNull())

	_, err := json.Marshal(maventa.Some(func() {}))
	require.Error(t, err)
}
