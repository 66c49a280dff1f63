#!/usr/bin/env bash
# Pulumi 3.276.0: an enum whose values differ in a dash and an underscore makes an SDK that Python cannot import.
#
# Guess: two values of one enum that have the same name in a language are an error of the schema (as two properties
#        with one name are), or get two names.
# Seen:  the schema is valid and the SDKs are made. In Python the enum has `A_B` twice, and importing the package is a
#        TypeError; in TypeScript the object has `A_b` twice, which tsc refuses and a bundler lets the last one win. Go gets
#        two names that differ in case.
#
# Needs go and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
sdk_generator
cat >schema.json <<'JSON'
{"name": "probe", "version": "1.0.0",
 "types": {"probe:index:Level": {"type": "string", "enum": [{"value": "a-b"}, {"value": "a_b"}]}},
 "resources": {"probe:index:Box": {"inputProperties": {"level": {"$ref": "#/types/probe:index:Level"}}}}}
JSON
expect "$(
  for file in "python _enums.py" "nodejs types/enums/index.ts" "go pulumiEnums.go"; do
    # shellcheck disable=SC2086
    ./generate $file <schema.json | grep -E '"a[-_]b"' | grep -v Register | tr -s ' \t' ' '
  done
  ./generate python _enums.py <schema.json | sed '/^import pulumi/d; /^@pulumi/d' >enums.py
  python3 enums.py 2>&1 | grep -oE '^TypeError'
)" <<'WANTED'
 A_B = "a-b"
 A_B = "a_b"
 A_b: "a-b",
 A_b: "a_b",
 Level_A_B = Level("a-b")
 Level_A_b = Level("a_b")
TypeError
WANTED
