#!/usr/bin/env bash
# OpenTofu 1.12.6: "${7}" == "7" is false, and templatestring() gives a number, a list or nothing.
#
# Guess: what stands in quotes is a text, and so is the result of a template, whatever is put into it: "${var.port}" is the usual
#        way to make a text of a number, and a list in a template is an error.
# Seen:  a template that is one interpolation and nothing else is the value itself, with its type: in quotes, in a file for
#        templatefile(), and for templatestring(). So "${7}" is not equal to "7", is not in ["7"], and is a number in
#        jsonencode(), as in the body of a request; a list, and null, pass through. One more character in the template, such
#        as the line end that an editor adds to the file, makes a text of the number, and errors of the others.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
printf '${value}' >value.tftpl
printf '${value}\n' >line.tftpl
cat >main.tf <<'HCL'
locals {
  template = "$${value}"
  longer   = "$${value}!"
}
output "equal" { value = "${7}" == "7" }
output "contained" { value = contains(["7"], "${7}") }
output "body" { value = jsonencode({ port = "${7}", address = "a:${7}" }) }
output "number" { value = jsonencode(templatestring(local.template, { value = 7 })) }
output "list" { value = jsonencode(templatestring(local.template, { value = [7] })) }
output "null" { value = jsonencode(templatestring(local.template, { value = null })) }
output "longer" { value = jsonencode(templatestring(local.longer, { value = 7 })) }
output "longer_list" { value = try(templatestring(local.longer, { value = [7] }), "an error") }
output "file" { value = jsonencode(templatefile("value.tftpl", { value = 7 })) }
output "file_with_line_end" { value = jsonencode(templatefile("line.tftpl", { value = 7 })) }
HCL
quietly ./tofu init
quietly ./tofu apply -auto-approve
expect "$(for name in equal contained body number list null longer longer_list file file_with_line_end; do
  echo "$name: $(./tofu output -raw $name)"
done)" <<'WANTED'
equal: false
contained: false
body: {"address":"a:7","port":7}
number: 7
list: [7]
null: null
longer: "7!"
longer_list: an error
file: 7
file_with_line_end: "7\n"
WANTED
