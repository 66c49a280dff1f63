#!/usr/bin/env bash
# Pulumi 3.276.0 with YAML 1.38.1: a configuration value whose type is string is the number 1.5, a list or nothing.
#
# Guess: `config: version: { type: string }` makes a text of what the user sets, which `pulumi config set` stores as the
#        text it got, and `type: integer` a number or an error. A value that is set is there.
# Seen:  the type is checked, and then the value is read as JSON all the same: 1.50 is 1.5, `true` is no text, `[1]` is
#        a list, and with `null` the output is gone. An integer 007 passes the check and is the text "007"; 1.0 and 1e3 do
#        not pass. A long number of the type string has other digits.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pulumi_stack <<'YAML'
name: finding
runtime: yaml
config:
  text: { type: string }
  integer: { type: integer }
outputs:
  text: "${text}"
  integer: "${integer}"
YAML
show() {
  pulumi config set --non-interactive "$1" "$2"
  local result="an error"
  if pulumi up --yes --skip-preview --non-interactive >log 2>&1; then
    result=$(pulumi stack output --json | python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin).get(sys.argv[1], "not there")))' "$1")
  fi
  printf '%s %s: %s\n' "$1" "$2" "$result"
}
pulumi config set text x
pulumi config set integer 1
expect "$(for value in 1.50 1e3 007 12345678901234567890 true null '[1]' '"x"'; do show text "$value"; done
pulumi config set text x
for value in 7 007 1.0 1e3; do show integer "$value"; done)" <<'WANTED'
text 1.50: 1.5
text 1e3: 1000
text 007: "007"
text 12345678901234567890: 12345678901234567000
text true: true
text null: "not there"
text [1]: [1]
text "x": "x"
integer 7: 7
integer 007: "007"
integer 1.0: an error
integer 1e3: an error
WANTED
