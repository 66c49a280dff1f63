#!/usr/bin/env bash
# OpenTofu 1.12.6: `true && null` is false, and `false || null` is an error.
#
# Guess: null is no truth value: each of these is an error, in both tools that share the language; or the operators look no
#        further than they must, and then only `false && null` and `true || null` have a value.
# Seen:  && with a null on either side is false whatever the other is, and says nothing; || is an error where the other is
#        false. A condition on a variable that is null by mistake is false instead of an error.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
expect "$(for text in "true && null" "null && true" "false && null" "true || null" "null || true" "false || null"; do
  echo "$text: $(./tofu console -no-color <<<"$text" 2>&1 | grep -oE '^(true|false)$|argument must not be null')"
done)" <<'WANTED'
true && null: false
null && true: false
false && null: false
true || null: true
null || true: true
false || null: argument must not be null
WANTED
