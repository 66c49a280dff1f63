#!/usr/bin/env bash
# OpenTofu 1.12.6: pow(2, 64) equals 18446744073709551616 and is written 18446744073709550000; and there is a "-0".
#
# Guess: numbers are exact over hundreds of digits, so what is equal is written alike, in texts, in JSON and for providers;
#        zero has no sign, as in decimal arithmetic, and is one element of a set.
# Seen:  what pow() gives has a double's precision, though its value is exact: it is written with zeros at its end, but not
#        after `+ 0` and not by format("%d"); what goes to a provider is that text, and the apply of a built-in resource ends
#        with "Provider produced inconsistent final plan". -0 equals 0, and is "-0" in texts, in JSON and as a key, and
#        another element of a set: a count that is multiplied by -1 makes the name "item--0".
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
expect "$(while IFS= read -r text; do
  echo "$text: $(./tofu console -no-color <<<"$text" | tr -s '\n ' ' ' | sed 's/ $//')"
done <<'HCL'
pow(2, 64) == 18446744073709551616
pow(2, 64)
tostring(pow(2, 64))
jsonencode(pow(2, 64))
pow(2, 64) + 0
format("%d", pow(2, 64))
0 * -1 == 0
[for factor in [-1, 0, 1] : "item-${factor * -1}"]
jsonencode(0 * -1)
toset([0, 0 * -1])
distinct([0, 0 * -1])
HCL
mkdir resource
cd resource
for number in "pow(2, 64)" "pow(2, 64) + 0"; do
  echo "a resource with $number:"
  echo "resource \"terraform_data\" \"it\" { input = $number }" >main.tf
  quietly ../tofu init
  ../tofu apply -auto-approve -no-color 2>&1 | grep -E '^(Error|Apply complete)' || true
done)" <<'WANTED'
pow(2, 64) == 18446744073709551616: true
pow(2, 64): 18446744073709550000
tostring(pow(2, 64)): "18446744073709550000"
jsonencode(pow(2, 64)): "18446744073709550000"
pow(2, 64) + 0: 18446744073709551616
format("%d", pow(2, 64)): "18446744073709551616"
0 * -1 == 0: true
[for factor in [-1, 0, 1] : "item-${factor * -1}"]: [ "item-1", "item--0", "item--1", ]
jsonencode(0 * -1): "-0"
toset([0, 0 * -1]): toset([ -0, 0, ])
distinct([0, 0 * -1]): tolist([ 0, ])
a resource with pow(2, 64):
Error: Provider produced inconsistent final plan
a resource with pow(2, 64) + 0:
Apply complete! Resources: 1 added, 0 changed, 0 destroyed.
WANTED
