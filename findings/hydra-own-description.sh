#!/usr/bin/env bash
# Ory Hydra 2.3.0: its answer to the simplest request is not what the description in the same module says.
#
# Guess: spec/api.json is made of the server's own types, so that it takes whatever the server of the same version answers.
# Seen:  a client that is created with nothing is answered with null in 15 places that may not be null there: four lists,
#        a boolean, and ten durations.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve hydra
go_program check github.com/getkin/kin-openapi@v0.153.0 <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

func main() {
	description, err := openapi3.NewLoader().LoadFromFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var answer any
	if err := json.NewDecoder(os.Stdin).Decode(&answer); err != nil {
		panic(err)
	}
	var refused []string
	if many, ok := description.Components.Schemas["oAuth2Client"].Value.VisitJSON(answer, openapi3.MultiErrors()).(openapi3.MultiError); ok {
		for _, one := range many {
			if one, ok := one.(*openapi3.SchemaError); ok {
				refused = append(refused, strings.Join(one.JSONPointer(), "/")+": "+one.Reason)
			}
		}
	}
	slices.Sort(refused)
	fmt.Println(strings.Join(refused, "\n"))
}
GO
description=$(cd hydra.src && go mod download -json github.com/ory/hydra/v2 | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')/spec/api.json
expect "$(asking <<'PYTHON' | ./check "$description"
print(json.dumps(ask("POST", "/admin/clients", {})[1]))
PYTHON
)" <<'WANTED'
authorization_code_grant_access_token_lifespan: Value is not nullable
authorization_code_grant_id_token_lifespan: Value is not nullable
authorization_code_grant_refresh_token_lifespan: Value is not nullable
client_credentials_grant_access_token_lifespan: Value is not nullable
contacts: Value is not nullable
grant_types: Value is not nullable
implicit_grant_access_token_lifespan: Value is not nullable
implicit_grant_id_token_lifespan: Value is not nullable
jwt_bearer_grant_access_token_lifespan: Value is not nullable
redirect_uris: Value is not nullable
refresh_token_grant_access_token_lifespan: Value is not nullable
refresh_token_grant_id_token_lifespan: Value is not nullable
refresh_token_grant_refresh_token_lifespan: Value is not nullable
response_types: Value is not nullable
skip_logout_consent: Value is not nullable
WANTED
