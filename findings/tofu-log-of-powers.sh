#!/usr/bin/env bash
# OpenTofu 1.12.6: floor(log(1000, 10)) is 2.
#
# Guess: numbers have 512 bits and pow() is exact for them, so that log() of a power is the exponent, and the documented use,
#        ceil(log(n, 2)) for the bits that n subnets need, and floor(log(n, 10)) for the digits, are right.
# Seen:  log() divides two logarithms of 64 bits. With the base 10 it is a little less than 3 for 1000, and less than 6, 9, ... for
#        others, so that floor() has one too few; with the base 5 it is more than 3 for 125, and with the base 2
#        more than 29 for 536870912, so that ceil() has one too many.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
expect "$(while read -r expression; do
  echo "$expression: $(echo "jsonencode($expression)" | ./tofu console | tr -d '"\n')"
done <<'HCL'
log(1000, 10)
floor(log(1000, 10))
ceil(log(125, 5))
ceil(log(536870912, 2))
pow(10, 3) == 1000
[for n in range(0, 16) : n if floor(log(pow(10, n), 10)) != n]
[for n in range(0, 12) : n if ceil(log(pow(5, n), 5)) != n]
[for n in range(0, 64) : n if ceil(log(pow(2, n), 2)) != n]
HCL
)" <<'WANTED'
log(1000, 10): 2.9999999999999996
floor(log(1000, 10)): 2
ceil(log(125, 5)): 4
ceil(log(536870912, 2)): 30
pow(10, 3) == 1000: true
[for n in range(0, 16) : n if floor(log(pow(10, n), 10)) != n]: [3,6,9,12,13,15]
[for n in range(0, 12) : n if ceil(log(pow(5, n), 5)) != n]: [3,6]
[for n in range(0, 64) : n if ceil(log(pow(2, n), 2)) != n]: [29,31,39,47,51,55,58,59,62]
WANTED
