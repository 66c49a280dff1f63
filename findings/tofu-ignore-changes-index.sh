#!/usr/bin/env bash
# OpenTofu 1.12.6: ignoring changes of object["a"] ignores the changes of every attribute of the object.
#
# Guess: `input["a"]` and `input.a` are two ways to write the same, as they are in expressions: one attribute keeps its value,
#        and the others follow the configuration.
# Seen:  with an index the whole object keeps its value, whether it has that attribute or not, and the plan says that there
#        are no changes; with a dot it is the one. On a map it is the other way round: only the index works, and the dot
#        ignores nothing, without a word.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
# applied TYPE NUMBER [IGNORED]
applied() {
  cat >main.tf <<HCL
resource "terraform_data" "it" {
  input = $1({ a = $2, b = $2 })
  lifecycle { ignore_changes = [${3:-}] }
}
output "it" { value = jsonencode(terraform_data.it.output) }
HCL
  quietly ../tofu apply -auto-approve
}
expect "$(for type in "" tomap; do
  for ignored in input.a 'input["a"]' input.other 'input["other"]'; do
    mkdir module && cd module
    quietly ../tofu init
    applied "$type" 1
    applied "$type" 2 "$ignored"
    echo "${type:-object} from 1 to 2, ignoring $ignored: $(../tofu output -raw it)"
    cd .. && rm -r module
  done
done)" <<'WANTED'
object from 1 to 2, ignoring input.a: {"a":1,"b":2}
object from 1 to 2, ignoring input["a"]: {"a":1,"b":1}
object from 1 to 2, ignoring input.other: {"a":2,"b":2}
object from 1 to 2, ignoring input["other"]: {"a":1,"b":1}
tomap from 1 to 2, ignoring input.a: {"a":2,"b":2}
tomap from 1 to 2, ignoring input["a"]: {"a":1,"b":2}
tomap from 1 to 2, ignoring input.other: {"a":2,"b":2}
tomap from 1 to 2, ignoring input["other"]: {"a":2,"b":2}
WANTED
