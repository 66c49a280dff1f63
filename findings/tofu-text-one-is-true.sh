#!/usr/bin/env bash
# OpenTofu 1.12.6: the text "1" is true, and the number 1 is an error.
#
# Guess: a text becomes true or false by the words "true" and "false" alone, as the error for any other text says; if anything
#        else were a truth value, it would be the number 1 before the text.
# Seen:  "1" and "0" are converted like "true" and "false": by tobool(), as a condition, by ! and && and alltrue(), and in a
#        variable of type bool, so that "0" in a file of variables turns something off, and 0 is an error. "01", "yes" and
#        "TRUE" are errors, whose text says that only "true" and "false" are allowed. Back, it is "true".
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
cat >main.tf <<'HCL'
variable "on" { type = bool }
output "on" { value = var.on }
HCL
quietly ./tofu init
expect "$(while read -r expression; do
  ./tofu console -var on=true <<<"$expression" >text 2>&1 || true
  echo "$expression: $(grep -E '^(true|false|".*")$' text || echo "an error$(grep -q 'only the' text && echo ', only "true" and "false" are allowed')")"
done <<'HCL'
tobool("1")
tobool("0")
tobool(1)
tobool("01")
tobool("TRUE")
"0" ? "on" : "off"
0 ? "on" : "off"
!"1"
alltrue(["1", true])
tostring(tobool("1"))
HCL
for value in '"0"' 0 '"1"' '"true"' '"yes"'; do
  echo "on = $value" >terraform.tfvars
  echo "on = $value: $(./tofu plan -no-color 2>&1 | grep -Eo '[+] on *= .*|Error: .*')"
done)" <<'WANTED'
tobool("1"): true
tobool("0"): false
tobool(1): an error
tobool("01"): an error, only "true" and "false" are allowed
tobool("TRUE"): an error, only "true" and "false" are allowed
"0" ? "on" : "off": "off"
0 ? "on" : "off": an error
!"1": false
alltrue(["1", true]): true
tostring(tobool("1")): "true"
on = "0": + on = false
on = 0: Error: Invalid value for input variable
on = "1": + on = true
on = "true": + on = true
on = "yes": Error: Invalid value for input variable
WANTED
