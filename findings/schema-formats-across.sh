#!/usr/bin/env bash
# npm ajv 8.20.0 with ajv-formats 3.0.1 and @cfworker/json-schema 4.1.6, PyPI jsonschema 4.26.0 with its extra "format", Go ory/jsonschema/v3 3.0.8: for ajv root@localhost is no address and a leap second is a moment; for Ory Kratos' validator it is the other way round.
#
# Guess: where formats are checked, they are those of the RFCs that JSON Schema names: what these allow, a form in the browser
#        that checks an identity schema's traits with ajv takes, and so does Ory Kratos behind it with its own module.
# Seen:  ajv refuses root@localhost and an address whose local part is in quotes. Ory's takes both, and refuses a leap second, as
#        Python does, and the small letters that RFC 3339 allows, which the three others take. A host name with its final
#        dot is none for cfworker. For a "regex" each asks its own engine: `(?<=a)b` is none for Ory's.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >values <<'TEXT'
email "root@localhost"
email "\"a b\"@shop.example"
date-time "2026-01-01T00:00:00Z"
date-time "2016-12-31T23:59:60Z"
date-time "2026-01-01t00:00:00z"
hostname "shop.example."
regex "(?<=a)b"
TEXT
go_program check github.com/ory/jsonschema/v3@v3.0.8 <<'GO'
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/ory/jsonschema/v3"
)

func main() {
	values, _ := os.Open("values")
	for lines := bufio.NewScanner(values); lines.Scan(); {
		format, value, _ := strings.Cut(lines.Text(), " ")
		compiler := jsonschema.NewCompiler()
		_ = compiler.AddResource("test.json", strings.NewReader(`{"format":"`+format+`"}`))
		schema, err := compiler.Compile(context.Background(), "test.json")
		if err != nil {
			panic(err)
		}
		fmt.Println(schema.Validate(strings.NewReader(value)) == nil)
	}
}
GO
cat >check.mjs <<'JS'
import { Validator } from "@cfworker/json-schema"
import ajvModule from "ajv"
import formats from "ajv-formats"
import { readFileSync } from "fs"
const ajv = new ajvModule.default({ strict: false, logger: false })
formats.default(ajv)
for (const line of readFileSync("values", "utf8").trim().split("\n")) {
  const [, format, text] = line.match(/^(\S+) (.*)$/)
  console.log(`${ajv.validate({ format }, JSON.parse(text))}\t${new Validator({ format }).validate(JSON.parse(text)).valid}`)
}
JS
cat >check.py <<'PYTHON'
import json
from jsonschema import Draft7Validator

for line in open("values"):
    format, value = line.strip().split(" ", 1)
    validator = Draft7Validator({"format": format}, format_checker=Draft7Validator.FORMAT_CHECKER)
    print(str(validator.is_valid(json.loads(value))).lower())
PYTHON
quietly npm install ajv@8.20.0 ajv-formats@3.0.1 @cfworker/json-schema@4.1.6
quietly python3 -m venv python
quietly python/bin/pip install 'jsonschema[format]==4.26.0'
expect "$(paste values <(node check.mjs) <(python/bin/python check.py) <(./check) |
  awk -F'\t' '{ print $1 ": ajv " $2 ", cfworker " $3 ", Python " $4 ", Ory " $5 }')" <<'WANTED'
email "root@localhost": ajv false, cfworker true, Python true, Ory true
email "\"a b\"@shop.example": ajv false, cfworker true, Python true, Ory true
date-time "2026-01-01T00:00:00Z": ajv true, cfworker true, Python true, Ory true
date-time "2016-12-31T23:59:60Z": ajv true, cfworker true, Python false, Ory false
date-time "2026-01-01t00:00:00z": ajv true, cfworker true, Python true, Ory false
hostname "shop.example.": ajv true, cfworker false, Python true, Ory true
regex "(?<=a)b": ajv true, cfworker true, Python true, Ory false
WANTED
