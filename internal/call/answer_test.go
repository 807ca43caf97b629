package call_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/internal/call"
)

func TestDisproves(t *testing.T) {
	type base struct {
		Status string `json:"status"`
	}
	type declared struct {
		base
		Title   string `json:"title"`
		Code    string `json:"code"`
		Error   string `json:"error_reason"`
		Success bool   `json:"success"`
	}
	for body, want := range map[string]bool{
		`{}`: false, `{"id":"x"}`: false, `[{"error":"x"}]`: false, ``: false, `{`: false, `{"`: false, `{"id":"x","error`: false,
		"\ufeff{\"error\":\"x\"}": true, "\ufeff": false, "\ufeff{}": false,
		`{"error":"x"}`: true, `{"ERROR":"x"}`: true, `{"errorſ":["x"]}`: true, `{"\u0065rror":"x"}`: true, `{"_error":"x"}`: true,
		`{"error":null}`: false, `{"error":false}`: false, `{"error":null,"error":"x"}`: true, `{"error":"x","error":null}`: true,
		`{"errors":[]}`: true, `{"error_code":0}`: false, `{"errorCode":"E1"}`: true, `{"error-message":""}`: false,
		`{"fault":{"x":1}}`: true, `{"Exception":"x"}`: true, `{"error_reason":"x"}`: true,
		`{"comment":"\"error\":1","x":{"error":1},"y":["error",{"error":"}"}]}`: false,
		`{ "x" : "}" , "error" : "x" }`:                                         true, `{"error":"x"} trailing`: true,
		`{"code":"c"}`: false, `{"code":"c","Message":"m"}`: true, `{"code":null,"message":"m"}`: false,
		`{"status":503}`: true, `{"status":"503"}`: true, `{"status":403.0}`: true, `{"status":"404 Not Found"}`: true, `{"status":201}`: false,
		`{"status":"sent"}`: false, `{"statusCode":500}`: true, `{"title":"T","status":1}`: true, `{"detail":"d","status":200}`: true, `{"detail":"d"}`: false,
	} {
		assert.Equal(t, want, call.Disproves([]byte(body), nil, true), body)
		assert.Equal(t, want, call.Disproves([]byte(body), &map[string]any{}, true), body)
		assert.Equal(t, want, call.Disproves([]byte(body), nil, false), body)
	}
	for _, body := range []string{`{"success":false}`, `{"Success":"false"}`, `{"success":0}`, `{"ok":"no"}`, `{"status":"error"}`, `{"status":"Failed"}`, `{"status":"\u0065rror"}`} {
		assert.True(t, call.Disproves([]byte(body), nil, true), body)
		assert.False(t, call.Disproves([]byte(body), nil, false), "%s, read", body)
		assert.False(t, call.Disproves([]byte(body), &map[string]any{}, true), "%s, into a map", body)
	}
	for _, body := range []string{
		`{"status":"error"}`, `{"status":503}`, `{"error_reason":"x"}`, `{"success":false}`, `{"code":"c","message":"m"}`, `{"title":"T","status":403}`,
	} {
		assert.False(t, call.Disproves([]byte(body), &declared{}, true), body)
	}
	plain := []byte(`{"id":"e1","type":"paid","status":"open","success":true,"message":"x","amount":{"error":1}}`)
	out := &declared{}
	assert.LessOrEqual(t, testing.AllocsPerRun(10, func() { call.Disproves(plain, out, true) }), 1.0)
}
