#!/usr/bin/env bash
# Go module github.com/ory/jsonschema/v3 3.0.8, which validates identity schemas: keywords of today are no errors and hold nothing.
#
# Guess: a schema that it does not understand is refused, as one is that names draft 2020-12; draft 7 may be named with or
#        without the `#` at its end; `1.0` is an integer, as draft 6 and later say.
# Seen:  `dependentRequired`, `unevaluatedProperties`, `prefixItems` and `minContains` are passed over where no draft is
#        named, so that what they forbid is valid. Draft 7 without the `#` is unknown, like 2020-12. `1.0` and `1e2` are no integers.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program validate github.com/ory/jsonschema/v3@v3.0.8 <<'GO'
package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/ory/jsonschema/v3"
)

func main() {
	for _, test := range [][2]string{
		{`{"dependentRequired": {"phone": ["country"]}}`, `{"phone": 1}`},
		{`{"unevaluatedProperties": false}`, `{"phone": 1}`},
		{`{"prefixItems": [{"type": "string"}]}`, `[1]`},
		{`{"contains": {"const": 1}, "minContains": 2}`, `[1]`},
		{`{"type": "integer"}`, `1.0`},
		{`{"type": "integer"}`, `1e2`},
		{`{"$schema": "http://json-schema.org/draft-07/schema#"}`, `1`},
		{`{"$schema": "http://json-schema.org/draft-07/schema"}`, `1`},
		{`{"$schema": "https://json-schema.org/draft/2020-12/schema"}`, `1`},
	} {
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource("test.json", strings.NewReader(test[0])); err != nil {
			panic(err)
		}
		outcome := "valid"
		if schema, err := compiler.Compile(context.Background(), "test.json"); err != nil {
			outcome = "no schema"
		} else if schema.Validate(strings.NewReader(test[1])) != nil {
			outcome = "invalid"
		}
		fmt.Println(test[0], test[1], "is", outcome)
	}
}
GO
expect "$(./validate)" <<'WANTED'
{"dependentRequired": {"phone": ["country"]}} {"phone": 1} is valid
{"unevaluatedProperties": false} {"phone": 1} is valid
{"prefixItems": [{"type": "string"}]} [1] is valid
{"contains": {"const": 1}, "minContains": 2} [1] is valid
{"type": "integer"} 1.0 is invalid
{"type": "integer"} 1e2 is invalid
{"$schema": "http://json-schema.org/draft-07/schema#"} 1 is valid
{"$schema": "http://json-schema.org/draft-07/schema"} 1 is no schema
{"$schema": "https://json-schema.org/draft/2020-12/schema"} 1 is no schema
WANTED
