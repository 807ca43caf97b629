package call_test

import (
	"net/http"
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
		`{"results":3,"data":[]}`:                                                             {Items: []byte(`[]`), Total: 3},
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
		got.Doubt, got.Pages, got.Page = "", 0, 0 // see TestListDoubt
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

// TestListDoubt: what stands beside an empty list and may say that it is not whole.
func TestListDoubt(t *testing.T) {
	for _, beside := range []string{
		`"status":503`, `"status":"error"`, `"statusCode":401,"message":"Unauthorized"`, `"message":"upstream timed out"`, `"error_code":"E1"`, `"error_message":"x"`,
		`"fault":{}`, `"fault":"x"`, `"exception":"x"`, `"isPartial":true`, `"partialResults":true`, `"timedOut":true`, `"success":"false"`, `"success":0`, `"complete":"no"`,
		`"meta":{"status":"partial"}`, `"total":1.5`, `"meta":{"events":[{}]}`, `"new":1`, `"total":"many"`, `"page":"x"`,
	} {
		got, problem := call.FindList([]byte(`{"items":[],`+beside+`}`), "/v1/events")
		assert.NotEmpty(t, problem+got.Doubt, beside)
	}
	for beside, more := range map[string]bool{
		`"total":1.0`: false, `"totalItems":1`: false, `"totalElements":1`: false, `"nextPage":2`: true, `"cursor":"abc"`: true, `"next_token":"abc"`: true,
		`"total_pages":3`: false, `"page":{"total_pages":3}`: false, `"page":2`: false, `"meta":{"last_page":2}`: false, `"has_more":"true"`: true,
	} {
		got, problem := call.FindList([]byte(`{"items":[],`+beside+`}`), "/v1/events")
		assert.Empty(t, problem+got.Doubt, beside)
		assert.Equal(t, more, got.More, beside)
		assert.True(t, got.More || got.Total == 1 || got.Pages > 1 || got.Page == 2, "%s: %+v", beside, got)
	}
	for _, beside := range []string{`"total":0`, `"has_more":false`, `"meta":{"total":"0","page":1,"per_page":100,"next":null}`, `"status":"ok","success":true`, `"code":0,"message":""`, `"errors":[],"x":null`} {
		got, problem := call.FindList([]byte(`{"items":[],`+beside+`}`), "/v1/events")
		if beside != `"errors":[],"x":null` { // told by an empty list, too
			assert.Empty(t, problem+got.Doubt, beside)
		}
		assert.False(t, got.More)
	}
}

func TestPagingDoubt(t *testing.T) {
	for name, values := range map[string][]string{
		"Content-Range": {"items */1"}, "X-Total-Items": {"1"}, "X-Pagination": {`{"total":1}`}, "X-Total": {"many"},
	} {
		assert.NotEmpty(t, call.PagingDoubt(http.Header{name: values}, 1, ""), name)
	}
	assert.NotEmpty(t, call.PagingDoubt(http.Header{"X-Next-Page": {""}, "Link": {`</x?page=2>; rel="next"`}}, 1, ""))
	assert.NotEmpty(t, call.PagingDoubt(http.Header{"X-Next-Page": {""}, "Link": {`</x?page=3>; rel="last"`}}, 1, ""))
	assert.Empty(t, call.PagingDoubt(http.Header{"X-Total": {"1"}, "X-Next-Page": {""}, "X-Page": {"1"}, "Link": {`</x?page=1>; rel="last"`}}, 1, ""))
	assert.Equal(t, 1, call.Count(http.Header{"X-Total": {"1, 1"}}, "X-Total"))
	assert.Equal(t, 1, call.Count(http.Header{"X-Total": {"1.0"}}, "X-Total"))
}
