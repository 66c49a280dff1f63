#!/usr/bin/env bash
# Pulumi 3.276.0: `config set --path` takes the plus off a telephone number, and the digits off a long one.
#
# Guess: with --path "integers are treated as numbers" (its help), so 12 becomes a number, and what is more than that, a sign
#        in front or more digits than an integer has, stays as it was typed, as it does without --path.
# Seen:  inside a map or a list "+4915112345678" loses its plus, and an id of 20 digits the last ones: it is stored as a
#        float. 007 stays a text, and so does everything at the top.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pulumi_stack <<'YAML'
name: finding
runtime: yaml
YAML
show() {
  rm -f Pulumi.dev.yaml
  pulumi config set --path -- "$1" "$2"
  echo "set $*: $(pulumi config --json | python3 -c '
import json, sys
[entry] = json.load(sys.stdin).values()
print(json.dumps(entry.get("objectValue", entry["value"])))')"
}
expect "$(show phone +4915112345678; show map.phone +4915112345678
  show id 12345678901234567890; show map.id 12345678901234567890; show map.id 007)" <<'WANTED'
set phone +4915112345678: "+4915112345678"
set map.phone +4915112345678: {"phone": 4915112345678}
set id 12345678901234567890: "12345678901234567890"
set map.id 12345678901234567890: {"id": 12345678901234567000}
set map.id 007: {"id": "007"}
WANTED
