#!/usr/bin/env bash
# Go modules github.com/goccy/go-yaml 1.19.2 and yaml.v3 3.0.1: what a merge key gives depends on where it stands, in one of them.
#
# Guess: members of the mapping itself win over those of `<<`, and of several mappings in `<<` the first one wins, as the
#        description of the merge key says; two Go modules agree on that.
# Seen:  goccy/go-yaml, read into a map: a `<<` at the end overwrites the mapping's own member, and a list of mappings is an
#        error ("sequence was used where mapping is expected"). Read into a struct, a member beside the merged one of the same
#        name is an error as well ("duplicate key"), wherever it stands. yaml.v3 reads all as described.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program reader gopkg.in/yaml.v3@v3.0.1 github.com/goccy/go-yaml@v1.19.2 <<'GO'
package main

import (
	"fmt"

	goccy "github.com/goccy/go-yaml"
	v3 "gopkg.in/yaml.v3"
)

func main() {
	for _, text := range []string{"{<<: {a: shared}, a: own}", "{a: own, <<: {a: shared}}", "<<: [{a: first}, {a: second}]"} {
		for _, read := range []func([]byte, any) error{
			v3.Unmarshal,
			func(text []byte, into any) error { return goccy.Unmarshal(text, into) },
		} {
			var free map[string]any
			var typed struct{ A string }
			fmt.Println(text, read([]byte(text), &free) == nil, free["a"], read([]byte(text), &typed) == nil)
		}
	}
}
GO
expect "$(./reader)" <<'WANTED'
{<<: {a: shared}, a: own} true own true
{<<: {a: shared}, a: own} true own false
{a: own, <<: {a: shared}} true own true
{a: own, <<: {a: shared}} true shared false
<<: [{a: first}, {a: second}] true first true
<<: [{a: first}, {a: second}] false <nil> false
WANTED
