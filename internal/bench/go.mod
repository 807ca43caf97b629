// What the SDK costs, measured beside what one would use instead: see main.go.
module github.com/maventa-go/maventa/internal/bench

go 1.26.0

require (
	github.com/go-resty/resty/v2 v2.17.2
	github.com/maventa-go/maventa v0.0.0
	github.com/oapi-codegen/runtime v1.8.0
	golang.org/x/oauth2 v0.37.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	golang.org/x/net v0.48.0 // indirect
)

replace github.com/maventa-go/maventa => ../..
