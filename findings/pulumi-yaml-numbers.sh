#!/usr/bin/env bash
# Pulumi 3.276.0 with YAML 1.38.1: a long id becomes its neighbour, and an infinite number is an object in `--json`.
#
# Guess: a whole number in a program arrives as it stands or is an error, also in `fn::toJSON`; an infinite one, which JSON
#        cannot say, is refused or null in `stack output --json`.
# Seen:  9007199254740993 is 9007199254740992 without a word, in the state and in the JSON text. `.inf` is an object in the
#        output, with two members that are Pulumi's own envelope, so that jq and other programs meet a key of 32 digits.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pulumi_stack <<'YAML'
name: finding
runtime: yaml
outputs:
  id: 9007199254740993
  quoted: "9007199254740993"
  text: { fn::toJSON: { id: 9007199254740993 } }
  limit: .inf
YAML
quietly pulumi up --yes --skip-preview --non-interactive
expect "$(pulumi stack output --json)" <<'WANTED'
{
  "id": 9007199254740992,
  "limit": {
    "4dabf18193072939515e22adb298388d": "8ad145fe-0d11-4827-bfd7-1abcbf086f5c",
    "value": "7ff0000000000000"
  },
  "quoted": "9007199254740993",
  "text": "{\"id\":9007199254740992}"
}
WANTED
