#!/usr/bin/env bash
# Go module yaml.v3 3.0.1: a file that says it is YAML 1.2 is an error, and so is the JSON that PHP writes.
#
# Guess: YAML 1.2 is read (the module's page says that it supports most of 1.1 and 1.2), its directive too; and JSON is
#        YAML, so that a configuration file may be JSON of any writer.
# Seen:  `%YAML 1.2` is "found incompatible YAML document", and JSON with `\/`, which PHP's json_encode writes for each slash,
#        is "found unknown escape character". sigs.k8s.io/yaml 1.6.0, which many take instead, refuses both too.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program reader gopkg.in/yaml.v3@v3.0.1 sigs.k8s.io/yaml@v1.6.0 <<'GO'
package main

import (
	"encoding/json"
	"fmt"

	v3 "gopkg.in/yaml.v3"
	sigs "sigs.k8s.io/yaml"
)

func main() {
	for _, text := range []string{"%YAML 1.1\n---\na: 1\n", "%YAML 1.2\n---\na: 1\n", `{"url":"https:\/\/example.com\/"}`} {
		var value any
		fmt.Printf("%q %t\n", text, json.Valid([]byte(text)))
		fmt.Println(" ", v3.Unmarshal([]byte(text), &value))
		fmt.Println(" ", sigs.Unmarshal([]byte(text), &value))
	}
}
GO
expect "$(./reader)" <<'WANTED'
"%YAML 1.1\n---\na: 1\n" false
  <nil>
  <nil>
"%YAML 1.2\n---\na: 1\n" false
  yaml: found incompatible YAML document
  error converting YAML to JSON: yaml: found incompatible YAML document
"{\"url\":\"https:\\/\\/example.com\\/\"}" true
  yaml: found unknown escape character
  error converting YAML to JSON: yaml: found unknown escape character
WANTED
