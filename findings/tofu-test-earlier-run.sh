#!/usr/bin/env bash
# OpenTofu 1.12.6: an assertion that names an earlier run finds nothing any more, not even its own outputs.
#
# Guess: `run.first.name`, an output of an earlier run, can be used in the later run's assertions as it can in its variables
#        (it can in Terraform's): to see that an update kept an id, the two are compared.
# Seen:  with `run.…` anywhere in the condition, "There is no variable named" is said of `output`, of `run` itself, and of
#        every other thing in it, and `run` is looked for as a type of resources. Handed on as a variable it works.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
mkdir module
cat >module/main.tf <<'HCL'
variable "name" { default = "n" }
variable "earlier" { default = "" }
output "name" { value = var.name }
output "earlier" { value = var.earlier }
HCL
# assert CONDITION [EARLIER]
assert() {
  local earlier=${2:-'""'}
  cat >module/main.tftest.hcl <<HCL
run "first" {}
run "second" {
  variables { earlier = $earlier }
  assert {
    condition     = $1
    error_message = "They differ."
  }
}
HCL
  echo "$1${2:+ with earlier = $2}"
  (cd module && ../tofu test -no-color 2>&1) | { grep -E '^(There|Success|Failure)' || true; } | sed 's/^/  /'
}
expect "$(assert 'output.name == "n"'
  assert 'output.name == run.first.name'
  assert 'run.first.name == "n"'
  assert 'output.name == output.earlier' run.first.name)" <<'WANTED'
output.name == "n"
  Success! 2 passed, 0 failed.
output.name == run.first.name
  There is no variable named "output".
  There is no variable named "run".
  There is no managed resource "run" "first" definition in the root module.
  Failure! 1 passed, 1 failed.
run.first.name == "n"
  There is no variable named "run".
  There is no managed resource "run" "first" definition in the root module.
  Failure! 1 passed, 1 failed.
output.name == output.earlier with earlier = run.first.name
  Success! 2 passed, 0 failed.
WANTED
