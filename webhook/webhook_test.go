package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maventa-go/maventa"
	"github.com/maventa-go/maventa/webhook"
)

func TestHandler(t *testing.T) {
	const secret = "abcdefghijklmnopqrstuvwxyz"
	var calls []*webhook.Call
	var result error
	h, err := webhook.Handler(secret, func(_ context.Context, call *webhook.Call) error {
		calls = append(calls, call)
		return result
	})
	require.NoError(t, err)
	request := func(method, path, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
		return w
	}
	assert.Equal(t, 404, request("POST", "/hook/abcdefghijklmnopqrstuvwxy", "{}").Code)
	assert.Equal(t, 404, request("GET", "/", "").Code)
	assert.Equal(t, 404, request("POST", "/"+secret+"/x", "{}").Code)
	get := request("GET", "/hook/"+secret, "")
	assert.Equal(t, 405, get.Code)
	assert.Equal(t, "POST", get.Header().Get("Allow"))
	assert.Equal(t, 413, request("POST", "/hook/"+secret, strings.Repeat("x", 1<<20+1)).Code)
	assert.Empty(t, calls)

	body := `{"event":"DOCUMENTS.INVOICE.DELIVERED","company_id":"c-1","data":[{"id":"in-1","name":"canary"}]}`
	assert.Equal(t, 204, request("POST", "/hook/"+secret, body).Code)
	require.Len(t, calls, 1)
	assert.Equal(t, body, string(calls[0].Payload))
	assert.Equal(t, "DOCUMENTS.INVOICE.DELIVERED", calls[0].Event)
	assert.Equal(t, map[string]string{"company_id": "c-1", "id": "in-1"}, calls[0].IDs)

	result = errors.New("queue full")
	failed := request("POST", "/hook/"+secret, "not JSON")
	assert.Equal(t, 500, failed.Code)
	assert.Empty(t, failed.Body.String())
	assert.Equal(t, "not JSON", string(calls[1].Payload))
	assert.Empty(t, calls[1].Event)

	for _, bad := range []maventa.Secret{"", "short", "abcdefghijklmnopqrstuvw/yz"} {
		_, err := webhook.Handler(bad, func(context.Context, *webhook.Call) error { return nil })
		require.ErrorIs(t, err, maventa.ErrValidation)
	}
	_, err = webhook.Handler(secret, nil)
	require.ErrorIs(t, err, maventa.ErrValidation)
}

// The payload is not documented, so whatever comes must do no harm.
func TestPayloads(t *testing.T) {
	const secret = "abcdefghijklmnopqrstuvwxyz"
	for name, tt := range map[string]struct {
		body, event string
		ids         map[string]string
	}{
		"empty":        {body: ""},
		"a text":       {body: `"A.B"`, event: "A.B", ids: map[string]string{}},
		"no such name": {body: `{"a":"a.b","b":"A..B","c":"1A.B","d":"A.B ","e":"A"}`, ids: map[string]string{}},
		"ids": {
			body: `{"uuid":"u","invoice_id":"i","party_uuid":"p","paid":"no","id":7,"x":[{"id":"first"},{"id":"second"}]}`,
			ids:  map[string]string{"uuid": "u", "invoice_id": "i", "party_uuid": "p", "id": "first"},
		},
		"outermost": {
			body:  `{"list":[{"id":"deep","note":"DEEP.EVENT"}],"data":{"id":"inner","note":"INNER.EVENT","x_id":"x"},"note":"OUTER.EVENT","id":"outer"}`,
			event: "OUTER.EVENT", ids: map[string]string{"id": "outer", "x_id": "x"},
		},
		"first of equals": {
			body:  `{"b":{"id":"1","e":"B.EVENT"},"a":{"id":"2","e":"A.EVENT"}}`,
			event: "B.EVENT", ids: map[string]string{"id": "1"},
		},
		"a list is a level": {body: `[{"id":["inner"],"data":"x"},[],{"id":"2"}]`, ids: map[string]string{"id": "2"}},
		"given twice":       {body: `{"id":"1","id":"2"}`, ids: map[string]string{"id": "1"}},
		"an event as an id": {body: `{"a":"A.EVENT","id":"B.EVENT","b":{"id":"inner"}}`, event: "A.EVENT", ids: map[string]string{"id": "B.EVENT"}},
		"a deep event":      {body: `{"id":"A.EVENT","b":{"id":"inner"}}`, event: "A.EVENT", ids: map[string]string{"id": "inner"}},
		"not whole":         {body: `{"id":"1"`},
		"two values":        {body: `{"id":"1"}{"id":"2"}`},
		"too long":          {body: `{"id":"` + strings.Repeat("i", 201) + `","e":"A.` + strings.Repeat("B", 128) + `"}`, ids: map[string]string{}},
		"too deep":          {body: strings.Repeat(`[`, 9) + `{"id":"i"}` + strings.Repeat(`]`, 9), ids: map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			var got *webhook.Call
			h, err := webhook.Handler(secret, func(_ context.Context, call *webhook.Call) error {
				got = call
				return nil
			})
			require.NoError(t, err)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("POST", "/"+secret, strings.NewReader(tt.body)))
			assert.Equal(t, 204, w.Code)
			assert.Equal(t, tt.event, got.Event)
			assert.Equal(t, tt.ids, got.IDs)
		})
	}
}

// TestPayloadOrder: of any payload the same is read each time, and of the ids of one
// name it is an outermost one.
func TestPayloadOrder(t *testing.T) {
	const secret = "abcdefghijklmnopqrstuvwxyz"
	var got *webhook.Call
	h, err := webhook.Handler(secret, func(_ context.Context, call *webhook.Call) error {
		got = call
		return nil
	})
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		least := map[string]int{}
		var write func(b *strings.Builder, depth int)
		write = func(b *strings.Builder, depth int) {
			b.WriteByte('{')
			for i := range 1 + random.IntN(6) {
				if i > 0 {
					b.WriteByte(',')
				}
				name := []string{"id", "uuid", "party_id", "event", "data", "x"}[random.IntN(6)]
				fmt.Fprintf(b, "%q:", name)
				if depth < 4 && random.IntN(2) == 0 {
					write(b, depth+1)
					continue
				}
				fmt.Fprintf(b, "%q", fmt.Sprintf("%d-%d", depth, random.IntN(1000)))
				if known, ok := least[name]; !ok || depth < known {
					least[name] = depth
				}
			}
			fmt.Fprintf(b, `,"e%d":"EVENT.E%d"}`, depth, depth)
		}
		var b strings.Builder
		write(&b, 1)
		var first *webhook.Call
		for range 100 {
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/"+secret, strings.NewReader(b.String())))
			if first == nil {
				first = got
			}
			require.Equal(t, first, got, b.String())
		}
		assert.Equal(t, "EVENT.E1", got.Event)
		for name, id := range got.IDs {
			assert.True(t, strings.HasPrefix(id, strconv.Itoa(least[name])+"-"), "%s: %s is not an outermost one of %s", b.String(), id, name)
		}
	}
}

func TestBrokenBody(t *testing.T) {
	const secret = "abcdefghijklmnopqrstuvwxyz"
	h, err := webhook.Handler(secret, func(context.Context, *webhook.Call) error {
		t.Error("half a payload was handed over")
		return nil
	})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/"+secret, iotest.ErrReader(errors.New("broken"))))
	assert.Equal(t, 500, w.Code)
}
