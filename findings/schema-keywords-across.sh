#!/usr/bin/env bash
# npm ajv 8.17.1, PyPI jsonschema 4.26.0, Go ory/jsonschema 3.0.8, crate jsonschema 0.61.2: an empty object has a `constructor`, and 1e300 is no multiple of 1.
#
# Guess: on the keywords of draft 7 validators agree, as a test suite that all of them share makes sure; what is beside
#        a `$ref` counts nowhere, as draft 7 says; formats are an annotation, or hold in none of them by default.
# Seen:  for ajv an empty object has the member `constructor`, 1e300 is no multiple of 1, and keywords beside a `$ref` hold.
#        Formats and contentEncoding hold in Go and Rust. An enum
#        that names a value twice is an error in two, and `minItems: 1.0` in Ory's.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
expect "$(schema_validators <<'TESTS'
{"properties": {"constructor": {"type": "string"}}}	{}
{"multipleOf": 1}	1e300
{"$ref": "#/definitions/text", "maxLength": 1, "definitions": {"text": {"type": "string"}}}	"abc"
{"format": "email"}	"abc"
{"contentEncoding": "base64"}	"%"
{"enum": [1, 1]}	1
{"minItems": 1.0}	[1]
TESTS
)" <<'WANTED'
{"properties": {"constructor": {"type": "string"}}} {}: ajv false, Python true, Ory true, Rust true
{"multipleOf": 1} 1e300: ajv false, Python true, Ory true, Rust true
{"$ref": "#/definitions/text", "maxLength": 1, "definitions": {"text": {"type": "string"}}} "abc": ajv false, Python true, Ory true, Rust true
{"format": "email"} "abc": ajv true, Python true, Ory false, Rust false
{"contentEncoding": "base64"} "%": ajv true, Python true, Ory false, Rust false
{"enum": [1, 1]} 1: ajv error, Python true, Ory error, Rust true
{"minItems": 1.0} [1]: ajv true, Python true, Ory error, Rust true
WANTED
