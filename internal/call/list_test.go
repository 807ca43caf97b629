package call_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/maventa-go/maventa/internal/call"
)

const eventsPath = "/v1/assignments/{assignment_id}/events"

func TestFindList(t *testing.T) {
	for body, want := range map[string]call.List{
		` [1] `:                 {Items: []byte(`[1]`), Total: -1},
		`{"events":[1]}`:        {Items: []byte(`[1]`), Total: -1},
		`{"Items":[]}`:          {Items: []byte(`[]`), Total: -1},
		`{"data":[],"next":""}`: {Items: []byte(`[]`), Total: -1},
		`{"results":[{}],"status":"ok","success":true,"at":1.5,"x":null}`: {Items: []byte(`[{}]`), Total: -1},
		`{"results":3,"data":[]}`:                                                             {Items: []byte(`[]`), Total: -1},
		`{"data":[],"total":7,"errors":null,"error":false}`:                                   {Items: []byte(`[]`), Total: 7},
		`{"data":[],"meta":{"pagination":{"total_count":"12"},"links":{"next":"/x?page=2"}}}`: {Items: []byte(`[]`), Total: 12, More: true},
		`{"data":[],"_links":{"next":{"href":"/x"}}}`:                                         {Items: []byte(`[]`), Total: -1, More: true},
		`{"data":[],"has_more":true}`:                                                         {Items: []byte(`[]`), Total: -1, More: true},
		`{"data":[],"next_cursor":"abc","page":1,"pages":1}`:                                  {Items: []byte(`[]`), Total: -1, More: true},
		`{"data":[],"code":0,"message":""}`:                                                   {Items: []byte(`[]`), Total: -1},
		`{"data":[],"partial":false,"complete":true}`:                                         {Items: []byte(`[]`), Total: -1},
	} {
		got, problem := call.FindList([]byte(body), eventsPath)
		assert.Empty(t, problem, body)
		assert.Equal(t, want, got, body)
	}
	for body, want := range map[string]string{
		``: "no list", `null`: "no list", `"x"`: "no list", `{}`: "no list", `{"data":5}`: "no list",
		`{"events":[],"events":[{}]}`:                         "twice",
		`{"events":[],"Events":[{}]}`:                         "twice",
		`{"a":1,"events":[],"a":1}`:                           "twice",
		`{"events":[],"meta":{"total":0,"total":1}}`:          "twice",
		`{"events":null,"messages":[]}`:                       "null",
		`{"events":null}`:                                     "null",
		`{"data":null,"events":[]}`:                           "null",
		`{"items":[],"data":[]}`:                              "several lists",
		`{"messages":[]}`:                                     "unknown name",
		`{"assignments":[]}`:                                  "unknown name",
		`{"events":[],"messages":[]}`:                         "several lists",
		`{"data":{"items":[]}}`:                               "another one in it",
		`{"events":[],"user":{}}`:                             "another one in it",
		`{"events":[],"errors":[]}`:                           "an error",
		`{"events":[],"errors":["x"]}`:                        "an error",
		`{"events":[],"error":"x"}`:                           "an error",
		`{"events":[],"error":{}}`:                            "an error",
		`{"code":"unauthorized","message":"no","details":[]}`: "an error",
		`{"events":[],"meta":{"code":401,"message":"no"}}`:    "an error",
		`{"events":[],"meta":{"errors":[{}]}}`:                "an error",
		`{"events":[],"partial":true}`:                        "not whole",
		`{"events":[],"Truncated":1}`:                         "not whole",
		`{"events":[],"incomplete_results":"true"}`:           "not whole",
		`{"events":[],"success":false}`:                       "not whole",
		`{"events":[],"page":{"complete":false}}`:             "not whole",
		`{"events":[]`:                                        "not valid JSON",
		`{"events":[]} []`:                                    "not valid JSON",
		`{"events":[],}`:                                      "not valid JSON",
		`{"events":[`:                                         "not valid JSON",
	} {
		_, problem := call.FindList([]byte(body), eventsPath)
		assert.Contains(t, problem, want, body)
	}
	_, problem := call.FindList([]byte(`{"anything":[]}`), "/{only}/{places}")
	assert.NotEmpty(t, problem)
}

func TestMembers(t *testing.T) {
	members, err := call.Members([]byte(` {"b": 1, "A\u0031":[ ] } `))
	assert.NoError(t, err)
	assert.Equal(t, []call.Member{{"b", []byte(`1`)}, {"A1", []byte(`[ ]`)}}, members)
	for _, body := range []string{``, `[]`, `{"a"}`, `{"a":}`, `{"a":1`, `{"a":1}}`, `{1:2}`} {
		_, err := call.Members([]byte(body))
		assert.Error(t, err, body)
	}
	_, err = call.Members([]byte(`{"a":1,"\u0041":2}`))
	assert.ErrorIs(t, err, call.ErrTwice)
}
