// What a user's go.mod and binary gain from the SDK: see .ci/run.
module github.com/maventa-go/maventa/internal/consumer

go 1.26.0

require github.com/maventa-go/maventa v0.0.0

require golang.org/x/oauth2 v0.37.0 // indirect

replace github.com/maventa-go/maventa => ../..
