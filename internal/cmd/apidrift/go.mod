// The drift check, a module of its own: what it imports is no business of the
// SDK's users.
module github.com/maventa-go/maventa/internal/cmd/apidrift

go 1.26.0

require (
	github.com/getkin/kin-openapi v0.152.0
	github.com/maventa-go/maventa v0.0.0
	github.com/oasdiff/yaml v0.1.1
)

require (
	github.com/go-openapi/jsonpointer v0.22.5 // indirect
	github.com/go-openapi/swag/jsonname v0.25.5 // indirect
	github.com/kr/pretty v0.3.1 // indirect
	github.com/oasdiff/yaml3 v0.0.14 // indirect
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3 // indirect
	golang.org/x/oauth2 v0.37.0 // indirect
	golang.org/x/text v0.14.0 // indirect
)

replace github.com/maventa-go/maventa => ../../..
