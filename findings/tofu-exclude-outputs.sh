#!/usr/bin/env bash
# OpenTofu 1.12.6: with -exclude=RESOURCE, outputs that have nothing to do with the resource are left as they are.
#
# Guess: -exclude leaves out the resource and what depends on it, as its help says, and all the rest is planned and applied:
#        an output that another resource changes, an output of a constant, a new one, and the removal of one.
# Seen:  of the outputs only that is written which depends on a changed resource. A constant keeps its old value, the new output
#        is missing and the removed one stays, also when what is excluded does not exist. A script that reads
#        outputs after such an apply reads two configurations at once.
#
# Needs go and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
configuration() {
  cat >main.tf <<HCL
resource "terraform_data" "one" { input = "$1" }
resource "terraform_data" "other" { input = "$1" }
output "of_one" { value = terraform_data.one.output }
output "constant" { value = "$1" }
output "only_$1" { value = "here" }
HCL
}
show() {
  printf '%s: ' "$1"
  ./tofu output -json | python3 -c 'import json, sys; print(*(name + " = " + output["value"] for name, output in json.load(sys.stdin).items()), sep=", ")'
}
configuration old
quietly ./tofu init
quietly ./tofu apply -auto-approve
expect "$(show 'before'
configuration new
quietly ./tofu apply -auto-approve -exclude=terraform_data.other
show 'without the other'
quietly ./tofu apply -auto-approve -exclude=terraform_data.nothing
show 'without what does not exist'
quietly ./tofu apply -auto-approve
show 'all')" <<'WANTED'
before: constant = old, of_one = old, only_old = here
without the other: constant = old, of_one = new, only_old = here
without what does not exist: constant = old, of_one = new, only_old = here
all: constant = new, of_one = new, only_new = here
WANTED
