#!/usr/bin/env bash
# Go module github.com/getkin/kin-openapi 0.153.0: a schema that says nothing takes everything but null.
#
# Guess: `{}` rules nothing out, so that it takes null too. OpenAPI 3.0.3 has `nullable` add null to the type that the same
#        schema names; where it names none, there is nothing to be added to.
# Seen:  null is refused, also by a schema whose enum lists it; `nullable: true` without a type, which says nothing there,
#        lets it through.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program check github.com/getkin/kin-openapi@v0.153.0 <<'GO'
package main

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
)

func main() {
	for _, text := range []string{`{}`, `{"nullable":true}`, `{"enum":[null,1]}`, `{"type":"object"}`, `{"type":"object","nullable":true}`} {
		var schema openapi3.Schema
		if err := schema.UnmarshalJSON([]byte(text)); err != nil {
			panic(err)
		}
		fmt.Printf("%-34s takes", text)
		for _, value := range []any{map[string]any{}, "text", 1.0, nil} {
			if schema.VisitJSON(value) == nil {
				fmt.Printf(" %v", value)
			}
		}
		fmt.Println()
	}
}
GO
expect "$(./check)" <<'WANTED'
{}                                 takes map[] text 1
{"nullable":true}                  takes map[] text 1 <nil>
{"enum":[null,1]}                  takes 1
{"type":"object"}                  takes map[]
{"type":"object","nullable":true}  takes map[] <nil>
WANTED
