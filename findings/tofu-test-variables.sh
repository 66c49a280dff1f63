#!/usr/bin/env bash
# OpenTofu 1.12.6: in a test, var.port is the text "3" where the module has the number 3.
#
# Guess: an assertion that names `var.port` sees the variable as the module sees it: converted to its type, a set without
#        repetitions, an object with its optional attributes and no others, and the default where null is not
#        allowed.
# Seen:  of what a run, -var or a file of variables sets, the assertion sees what was written. `var.port == 3` is false where
#        the module's own `var.port == 3` is true; a set has its element twice, an attribute that the type lacks is
#        there, and null is null. Only the default, where nothing is set, has the type.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
cat >main.tf <<'HCL'
variable "port" {
  type    = number
  default = "1"
}
variable "names" {
  type    = set(string)
  default = ["a", "a"]
}
variable "user" {
  type    = object({ age = number, name = optional(string, "nobody") })
  default = { age = "1" }
}
variable "text" {
  type     = string
  nullable = false
  default  = "default"
}
output "seen" {
  value = jsonencode([var.port, var.names, var.user, var.text])
}
HCL
quietly ./tofu init
show() {
  cat >probe.tftest.hcl <<HCL
run "probe" {
  variables {
    $1
  }
  assert {
    condition     = var.text == "never"
    error_message = "test:   \${jsonencode([var.port, var.names, var.user, var.text])}"
  }
  assert {
    condition     = output.seen == "never"
    error_message = "module: \${output.seen}"
  }
}
HCL
  echo "${1:-nothing}" "${@:2}"
  ./tofu test -no-color "${@:2}" 2>&1 | sed -nE 's/^((test|module): +.*)/  \1/p'
}
expect "$(show ''; show 'port = "3"'; show 'names = ["b", "b"]'; show 'user = { age = "2", other = true }'; show 'text = null'
  show '' -var port=3)" <<'WANTED'
nothing
  test:   [1,["a"],{"age":1,"name":"nobody"},"default"]
  module: [1,["a"],{"age":1,"name":"nobody"},"default"]
port = "3"
  test:   ["3",["a"],{"age":1,"name":"nobody"},"default"]
  module: [3,["a"],{"age":1,"name":"nobody"},"default"]
names = ["b", "b"]
  test:   [1,["b","b"],{"age":1,"name":"nobody"},"default"]
  module: [1,["b"],{"age":1,"name":"nobody"},"default"]
user = { age = "2", other = true }
  test:   [1,["a"],{"age":"2","name":"nobody","other":true},"default"]
  module: [1,["a"],{"age":2,"name":"nobody"},"default"]
text = null
  test:   [1,["a"],{"age":1,"name":"nobody"},null]
  module: [1,["a"],{"age":1,"name":"nobody"},"default"]
nothing -var port=3
  test:   ["3",["a"],{"age":1,"name":"nobody"},"default"]
  module: [3,["a"],{"age":1,"name":"nobody"},"default"]
WANTED
