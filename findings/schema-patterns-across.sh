#!/usr/bin/env bash
# npm ajv 8.17.1, PyPI jsonschema 4.26.0, Go ory/jsonschema 3.0.8, crate jsonschema 0.61.2: one pattern is four.
#
# Guess: a pattern is ECMAScript's, as JSON Schema recommends. Validators differ in what is exotic, such as looking back,
#        and all of them know plain classes, marks and counts.
# Seen:  a count beyond 1000 is an error in Ory's. `\-` outside of brackets
#        is an error in ajv, \u00e9 in Ory's. `\w` has other letters in Python's, and `a{,2}` and `{a}` are texts, counts or
#        errors; `\s` has no vertical tab in Ory's.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
expect "$(schema_validators <<'TESTS'
{"pattern": "^.{1,1000}$"}	"a"
{"pattern": "^.{1,1001}$"}	"a"
{"pattern": "^a\\-b$"}	"a-b"
{"pattern": "^[\\w-.]+$"}	"a-b"
{"pattern": "^\\u00e9$"}	"é"
{"pattern": "^\\p{Letter}$"}	"é"
{"pattern": "^\\w$"}	"é"
{"pattern": "^\\s$"}	"\u000b"
{"pattern": "^.$"}	"\u2028"
{"pattern": "^a{,2}$"}	"aa"
{"pattern": "^a{,2}$"}	"a{,2}"
{"pattern": "^{a}$"}	"{a}"
TESTS
)" <<'WANTED'
{"pattern": "^.{1,1000}$"} "a": ajv true, Python true, Ory true, Rust true
{"pattern": "^.{1,1001}$"} "a": ajv true, Python true, Ory error, Rust true
{"pattern": "^a\\-b$"} "a-b": ajv error, Python true, Ory true, Rust true
{"pattern": "^[\\w-.]+$"} "a-b": ajv error, Python error, Ory true, Rust error
{"pattern": "^\\u00e9$"} "é": ajv true, Python true, Ory error, Rust true
{"pattern": "^\\p{Letter}$"} "é": ajv true, Python error, Ory true, Rust true
{"pattern": "^\\w$"} "é": ajv false, Python true, Ory false, Rust false
{"pattern": "^\\s$"} "\u000b": ajv true, Python true, Ory false, Rust true
{"pattern": "^.$"} "\u2028": ajv false, Python true, Ory true, Rust false
{"pattern": "^a{,2}$"} "aa": ajv error, Python true, Ory false, Rust error
{"pattern": "^a{,2}$"} "a{,2}": ajv error, Python false, Ory true, Rust error
{"pattern": "^{a}$"} "{a}": ajv error, Python true, Ory true, Rust error
WANTED
