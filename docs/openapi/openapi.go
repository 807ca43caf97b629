// Package openapi holds the description of the receivables calls for programs in
// other languages, as a file in the binary.
package openapi

import _ "embed" // for the file

// Receivables is receivables.yaml: OpenAPI 3.0.3, as YAML.
//
//go:embed receivables.yaml
var Receivables []byte
