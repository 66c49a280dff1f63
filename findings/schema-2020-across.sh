#!/usr/bin/env bash
# npm ajv 8.20.0 and @cfworker/json-schema 4.1.6, PyPI jsonschema 4.26.0 and jsonschema-rs 0.61.2 (Rust), Go santhosh-tekuri/jsonschema/v6 6.0.3 and google/jsonschema-go 0.4.3: `nullable` allows null in a schema of 2020-12, and one `contains` stands for all items, in the most used of them.
#
# Guess: they all say that they are validators for 2020-12, whose test suite is shared, and `$schema` says which rules hold. Keywords
#        of older drafts (`dependencies`) and of OpenAPI (`nullable`) are unknown words then, which hold nothing.
# Seen:  for ajv one item that `contains` names leaves no item unevaluated, an `if` without `then` evaluates nothing, `nullable`
#        allows null, and words beside a `$ref` of draft 7 hold; the others say the opposite. For @cfworker a
#        `$dynamicRef` is an ordinary reference, so that a schema that extends a tree holds at its root only; a `format` is
#        always checked there, and `prefixItems` holds in draft 7. A list of `items`, as before 2020, is an error in four, holds in
#        one, and in google's holds nothing. `dependencies` holds in four of six.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install ajv@8.20.0 @cfworker/json-schema@4.1.6
quietly python3 -m venv python
quietly python/bin/pip install jsonschema==4.26.0 jsonschema-rs==0.61.2
# The draft, the schema without it, and a value.
cat >tests <<'TEXT'
2020-12	{"contains": {"type": "number"}, "unevaluatedItems": false}	[1, "a"]
2020-12	{"if": {"properties": {"a": {"const": 1}}}, "unevaluatedProperties": false}	{"a": 1}
2020-12	{"type": "string", "nullable": true}	null
2020-12	{"dependencies": {"a": ["b"]}}	{"a": 1}
2020-12	{"format": "ipv4"}	"host"
2020-12	{"items": [{"type": "string"}]}	[1]
2020-12	{"$dynamicAnchor": "node", "$ref": "tree", "unevaluatedProperties": false, "$defs": {"t": {"$id": "tree", "$dynamicAnchor": "node", "properties": {"sub": {"$dynamicRef": "#node"}}}}}	{"sub": {"typo": 1}}
2020-12	{"allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false}	{"a": 1}
draft-07	{"$ref": "#/definitions/text", "maxLength": 1, "definitions": {"text": {"type": "string"}}}	"long"
draft-07	{"prefixItems": [{"type": "string"}]}	[1]
TEXT
cat >full.py <<'PYTHON'
import json
addresses = {"2020-12": "https://json-schema.org/draft/2020-12/schema", "draft-07": "http://json-schema.org/draft-07/schema#"}
for line in open("tests"):
    draft, schema, value = line.strip().split("\t")
    print(json.dumps({"$schema": addresses[draft], "$id": "https://schemas.invalid/root"} | json.loads(schema)), value, sep="\t")
PYTHON
python3 full.py >full
go_program in_go github.com/santhosh-tekuri/jsonschema/v6@v6.0.3 github.com/google/jsonschema-go@v0.4.3 <<'GO'
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	google "github.com/google/jsonschema-go/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func main() {
	tests, _ := os.Open("full")
	for lines := bufio.NewScanner(tests); lines.Scan(); {
		text, given, _ := strings.Cut(lines.Text(), "\t")
		tree, _ := jsonschema.UnmarshalJSON(strings.NewReader(text))
		value, _ := jsonschema.UnmarshalJSON(strings.NewReader(given))
		compiler := jsonschema.NewCompiler()
		_ = compiler.AddResource("https://schemas.invalid/root", tree)
		if schema, err := compiler.Compile("https://schemas.invalid/root"); err != nil {
			fmt.Print("error\t")
		} else {
			fmt.Print(schema.Validate(value) == nil, "\t")
		}
		var schema google.Schema
		var plain any
		_ = json.Unmarshal([]byte(given), &plain)
		if json.Unmarshal([]byte(text), &schema) != nil {
			fmt.Println("error")
		} else if resolved, err := schema.Resolve(nil); err != nil {
			fmt.Println("error")
		} else {
			fmt.Println(resolved.Validate(plain) == nil)
		}
	}
}
GO
cat >in_node.mjs <<'JS'
import { readFileSync } from "fs"
import Old from "ajv"
import New from "ajv/dist/2020.js"
import { Validator } from "@cfworker/json-schema"
for (const line of readFileSync("full", "utf8").trim().split("\n")) {
  const [schema, value] = line.split("\t").map((text) => JSON.parse(text))
  const latest = schema.$schema.includes("2020")
  const validators = [() => new (latest ? New : Old).default({ strict: false, logger: false }).compile(schema)(value),
    () => new Validator(schema, latest ? "2020-12" : "7").validate(value).valid]
  console.log(validators.map((validate) => { try { return validate() } catch { return "error" } }).join("\t"))
}
JS
cat >in_python.py <<'PYTHON'
import json, jsonschema, jsonschema_rs

def by_python(schema, value):
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema).is_valid(value)

for line in open("full"):
    results = []
    for validate in by_python, lambda schema, value: jsonschema_rs.validator_for(schema).is_valid(value):
        try:
            results.append(str(validate(*map(json.loads, line.split("\t")))).lower())
        except Exception:
            results.append("error")
    print(*results, sep="\t")
PYTHON
expect "$(paste tests <(node in_node.mjs) <(python/bin/python -W ignore in_python.py) <(./in_go) |
  awk -F'\t' '{ print $1 " " $2 " and " $3 ":\n  ajv " $4 ", cfworker " $5 ", Python " $6 ", Rust " $7 ", santhosh-tekuri " $8 ", google " $9 }')" <<'WANTED'
2020-12 {"contains": {"type": "number"}, "unevaluatedItems": false} and [1, "a"]:
  ajv true, cfworker false, Python false, Rust false, santhosh-tekuri false, google false
2020-12 {"if": {"properties": {"a": {"const": 1}}}, "unevaluatedProperties": false} and {"a": 1}:
  ajv false, cfworker true, Python true, Rust true, santhosh-tekuri true, google true
2020-12 {"type": "string", "nullable": true} and null:
  ajv true, cfworker false, Python false, Rust false, santhosh-tekuri false, google false
2020-12 {"dependencies": {"a": ["b"]}} and {"a": 1}:
  ajv false, cfworker false, Python true, Rust false, santhosh-tekuri false, google true
2020-12 {"format": "ipv4"} and "host":
  ajv true, cfworker false, Python true, Rust true, santhosh-tekuri true, google true
2020-12 {"items": [{"type": "string"}]} and [1]:
  ajv error, cfworker false, Python error, Rust error, santhosh-tekuri error, google true
2020-12 {"$dynamicAnchor": "node", "$ref": "tree", "unevaluatedProperties": false, "$defs": {"t": {"$id": "tree", "$dynamicAnchor": "node", "properties": {"sub": {"$dynamicRef": "#node"}}}}} and {"sub": {"typo": 1}}:
  ajv false, cfworker true, Python false, Rust false, santhosh-tekuri false, google false
2020-12 {"allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false} and {"a": 1}:
  ajv true, cfworker true, Python true, Rust true, santhosh-tekuri true, google true
draft-07 {"$ref": "#/definitions/text", "maxLength": 1, "definitions": {"text": {"type": "string"}}} and "long":
  ajv false, cfworker true, Python true, Rust true, santhosh-tekuri true, google true
draft-07 {"prefixItems": [{"type": "string"}]} and [1]:
  ajv true, cfworker false, Python true, Rust true, santhosh-tekuri true, google true
WANTED
