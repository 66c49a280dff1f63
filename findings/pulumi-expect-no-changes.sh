#!/usr/bin/env bash
# Pulumi 3.276.0: `preview --expect-no-changes` is content with changed outputs.
#
# Guess: the option is the guard of a pipeline: an error if an `up` would change anything in the stack. Outputs are what
#        other stacks read, and are printed as changes.
# Seen:  it looks at resources alone. With an output changed, one removed and one added, all of which it prints, it ends
#        with 0, and the `up` after it changes what other stacks read.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pulumi_stack <<'YAML'
name: finding
runtime: yaml
outputs: { kept: before, gone: before }
YAML
show() {
  local code=0
  pulumi "$@" --non-interactive --color never >out 2>&1 || code=$?
  grep -E '^ *[-+~] [a-z]+ *:|unchanged' out || true
  echo "$1 ends with $code"
}
quietly pulumi up --yes --skip-preview --non-interactive
sed -i 's/^outputs.*/outputs: { kept: after, come: after }/' Pulumi.yaml
expect "$(show preview --expect-no-changes; show up --yes --skip-preview --expect-no-changes; pulumi stack output --json)" <<'WANTED'
  + come: "after"
  - gone: "before"
  ~ kept: "before" => "after"
    1 unchanged
preview ends with 0
  + come: "after"
  - gone: "before"
  ~ kept: "before" => "after"
    1 unchanged
up ends with 0
{
  "come": "after",
  "kept": "after"
}
WANTED
