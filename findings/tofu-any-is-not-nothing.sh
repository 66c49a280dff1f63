#!/usr/bin/env bash
# OpenTofu 1.12.6: a variable with `type = any` reads 007 as 7, and one without a type reads it as "007".
#
# Guess: a variable that says nothing about its type has the type any, as the documentation puts it; writing it out
#        changes nothing.
# Seen:  what comes from -var and from TF_VAR_… is a text for the one, and an expression for the other: 007 is 7, 1e3 is
#        1000, -0 is a number, "x" is without its quotes, and a plain word is an error. A default and a file
#        of variables are read alike by both.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
mkdir module
expect "$(for type in "" "type = any"; do
  cat >module/main.tf <<HCL
variable "id" {
  $type
}
output "id" { value = jsonencode(var.id) }
HCL
  for id in 007 1e3 -0 true '"x"' '[1]' word; do
    seen=$(cd module && TF_VAR_id=$id ../tofu apply -auto-approve -no-color 2>&1 | grep -oE '^id = .*|^Error: .*' || true)
    echo "${type:-no type}, $id: ${seen#id = }"
  done
done)" <<'WANTED'
no type, 007: "\"007\""
no type, 1e3: "\"1e3\""
no type, -0: "\"-0\""
no type, true: "\"true\""
no type, "x": "\"\\\"x\\\"\""
no type, [1]: "\"[1]\""
no type, word: "\"word\""
type = any, 007: "7"
type = any, 1e3: "1000"
type = any, -0: "-0"
type = any, true: "true"
type = any, "x": "\"x\""
type = any, [1]: "[1]"
type = any, word: Error: Variables not allowed
Error: No value for required variable
WANTED
