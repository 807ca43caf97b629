package call_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/internal/call"
)

func TestTokenAnswer(t *testing.T) {
	for body, want := range map[string]string{
		`{"access_token":"t","expires_in":3600}`:                     `{"access_token":"t","expires_in":3600}`,
		"\uFEFF" + `{"access_token":"t"}`:                            `{"access_token":"t"}`,
		"\r\n\uFEFF\r\n" + `{"access_token":"t"}` + "\r\n":           `{"access_token":"t"}`,
		`{"access_token":"t\n","scope":"a b"}`:                       `{"access_token":"t\n","scope":"a b"}`,
		`{"expires_in":3600.0}`:                                      `{"expires_in":3600}`,
		`{"expires_in":3.6e3}`:                                       `{"expires_in":3600}`,
		`{"expires_in":0.4}`:                                         `{"expires_in":1}`,
		`{"expires_in":"3600"}`:                                      `{"expires_in":3600}`,
		`{"expires_in":" 3600.5 "}`:                                  `{"expires_in":3601}`,
		`{"expires_in":-1}`:                                          `{"expires_in":-1}`,
		`{"expires_in":"-99999"}`:                                    `{"expires_in":-1}`,
		`{"expires_in":1e300}`:                                       `{"expires_in":2147483647}`,
		`{"expires_in":1e999}`:                                       `{}`,
		`{"expires_in":0}`:                                           `{}`,
		`{"expires_in":"0"}`:                                         `{}`,
		`{"expires_in":""}`:                                          `{}`,
		`{"expires_in":null}`:                                        `{}`,
		`{"expires_in":"1h"}`:                                        `{}`,
		`{"expires_in":"NaN"}`:                                       `{}`,
		`{"expires_in":true}`:                                        `{}`,
		`{"expires_in":[3600]}`:                                      `{}`,
		`{"expires_in":{"seconds":3600}}`:                            `{}`,
		`{"error":"invalid_client","error_description":"\u00e4"}`:    `{"error":"invalid_client","error_description":"\u00e4"}`,
		`{"access_token":"t","expires_in":3600,"expires_in":"7200"}`: `{"access_token":"t","expires_in":7200}`,
	} {
		got, isJSON := call.TokenAnswer([]byte(body))
		assert.True(t, isJSON, body)
		assert.Equal(t, want, string(got), body)
	}
	for _, body := range []string{``, ` `, "\uFEFF", `null`, `[]`, `"t"`, `<html>`, `{"access_token":"t"`, `access_token=t&expires_in=3600`, `{} {}`} {
		got, isJSON := call.TokenAnswer([]byte(body))
		assert.False(t, isJSON, body)
		assert.Equal(t, body, string(got), "unchanged")
	}
}
