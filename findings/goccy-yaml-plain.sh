#!/usr/bin/env bash
# Go module github.com/goccy/go-yaml 1.19.2: a tab inside of a plain text is lost, and `1e3` is no number.
#
# Guess: a plain text keeps what is between its first and last character; `1e3` is a number, as in YAML 1.1, 1.2 and JSON;
#        a block of empty lines is a text; `{a:1}` has a member called `a:1`, since no blank follows the colon.
# Seen:  the tab goes without an error, `1e3` is a text, an empty block that another member follows is an error, and
#        `{a:1}` has a member `a`. yaml.v3 3.0.1 reads all four as guessed.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program reader gopkg.in/yaml.v3@v3.0.1 github.com/goccy/go-yaml@v1.19.2 <<'GO'
package main

import (
	"encoding/json"
	"fmt"

	goccy "github.com/goccy/go-yaml"
	v3 "gopkg.in/yaml.v3"
)

func main() {
	for _, text := range []string{"k: a\tb\n", "k: 1e3\n", "k: {a:1}\n", "k: |+\n\nl: end\n"} {
		var one, other map[string]any
		first, second := v3.Unmarshal([]byte(text), &one), goccy.Unmarshal([]byte(text), &other)
		read, _ := json.Marshal(one)
		also, _ := json.Marshal(other)
		fmt.Printf("%q: %s %t, %s %t\n", text, read, first == nil, also, second == nil)
	}
}
GO
expect "$(./reader)" <<'WANTED'
"k: a\tb\n": {"k":"a\tb"} true, {"k":"ab"} true
"k: 1e3\n": {"k":1000} true, {"k":"1e3"} true
"k: {a:1}\n": {"k":{"a:1":null}} true, {"k":{"a":1}} true
"k: |+\n\nl: end\n": {"k":"\n","l":"end"} true, null false
WANTED
