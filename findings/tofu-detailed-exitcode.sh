#!/usr/bin/env bash
# OpenTofu 1.12.6: "No changes. Your infrastructure matches the configuration." has the exit code 2 with -detailed-exitcode, when an output becomes sensitive.
#
# Guess: the exit code and the text say the same: 0 and "No changes", or 2 and what will change. A resource that is named with -replace or
#        -target and is not there is an error, or a warning at least that names it.
# Seen:  an output that becomes sensitive is "No changes" with 2, as it is to be written to the state; a pipeline that waits for somebody
#        to look at the plan shows an empty one. With -refresh-only, a move is described, is written by an apply, and has 0. A
#        resource that is not there is "No changes" with 0 for -replace and -target alike, and nothing names it: a
#        typing mistake replaces nothing.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
configuration() {
  cat >main.tf <<HCL
resource "terraform_data" "$1" {
  input = "x"
}
output "of" {
  value     = terraform_data.$1.output
  sensitive = $2
}
$3
HCL
}
moved='moved {
  from = terraform_data.one
  to   = terraform_data.two
}'
# plan WHAT ARGUMENTS...: the exit code, and whether the text says that there are no changes, names two, or names wrong.
plan() {
  local code=0
  ./tofu plan -no-color -detailed-exitcode "${@:2}" >text 2>&1 || code=$?
  echo "$1: exit code $code$(grep -q '^No changes' text && echo ', no changes' || true)$(
    grep -q 'has moved to' text && echo ', has moved' || true)$(grep -q wrong text && echo ', names it' || true)"
}
configuration one false ''
quietly ./tofu init
quietly ./tofu apply -auto-approve
expect "$(plan 'as it was'
configuration one true ''
plan 'an output becomes sensitive'
plan 'an output becomes sensitive, -refresh-only' -refresh-only
configuration one false ''
plan 'something else is replaced' -replace=terraform_data.wrong
plan 'something else is the target' -target=terraform_data.wrong
configuration two false "$moved"
plan 'a move'
plan 'a move, -refresh-only' -refresh-only
quietly ./tofu apply -auto-approve -refresh-only
./tofu state list)" <<'WANTED'
as it was: exit code 0, no changes
an output becomes sensitive: exit code 2, no changes
an output becomes sensitive, -refresh-only: exit code 2, no changes
something else is replaced: exit code 0, no changes
something else is the target: exit code 0, no changes
a move: exit code 2, has moved
a move, -refresh-only: exit code 0, has moved
terraform_data.two
WANTED
