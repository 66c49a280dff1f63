#!/usr/bin/env bash
# OpenTofu 1.12.6: `"1p3" + 1` is 9, and decimal fractions are exact until they are not.
#
# Guess: a text becomes a number if it is written as one in the language, so `"0x10"`, `"1p3"` and `"inf"` are errors alike.
#        Since 0.1 + 0.2 == 0.3 holds, unlike in most languages, numbers are decimal, and 0.3 * 3 == 0.9 holds too.
#        signum tells the sign of any number. What `distinct` takes for the same, `contains` finds.
# Seen:  "1p3" is 1 times 2 to the 3, "inf" is infinite, "0x10" is an error. Fractions are binary with 512 bits: some sums
#        and products come out even, others do not. signum of a fraction is an error. 1 and "1" are one to `distinct`,
#        and not to `contains`.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
expect "$(for text in '"1p3" + 1' '-tonumber("inf")' 'tonumber("0x10")' '0.1 + 0.2 == 0.3' '0.3 * 3 == 0.9' \
  '1 / 3 * 3 == 1' 'signum(-0.5)' 'length(distinct([1, "1"]))' 'contains([1], "1")'; do
  echo "$text: $(./tofu console -no-color <<<"$text" 2>&1 | grep -oE '^(true|false|-?[0-9]+|-Inf)$|^Error')"
done)" <<'WANTED'
"1p3" + 1: 9
-tonumber("inf"): -Inf
tonumber("0x10"): Error
0.1 + 0.2 == 0.3: true
0.3 * 3 == 0.9: false
1 / 3 * 3 == 1: true
signum(-0.5): Error
length(distinct([1, "1"])): 1
contains([1], "1"): false
WANTED
