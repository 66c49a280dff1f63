#!/usr/bin/env bash
# Pulumi 3.276.0 with YAML 1.38.1: `replaceOnChanges: [input.a]` replaces nothing when input.a changes; `ignoreChanges` of the same path works.
#
# Guess: both options take the same paths of properties, so that a path that one of them knows the other knows too; a path
#        that names nothing is at least a warning.
# Seen:  `ignoreChanges` knows members and items; `replaceOnChanges` is compared with what the provider says has changed, and
#        one that names only the property (as Pulumi's own resources do) changes no member: the resource is updated in
#        place. Only `input`, and a star for everything, replace it. A path that names nothing is taken by both
#        without a word.
#
# Needs go and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pulumi_stack <<'YAML'
name: finding
runtime: yaml
YAML
program() {
  cat >Pulumi.yaml <<YAML
name: finding
runtime: yaml
resources:
  stash:
    type: pulumi:index:Stash
    properties: { input: $1 }
    options: { $2 }
YAML
}
program '{ a: 1, list: [1, 2] }' ''
quietly pulumi up --yes --skip-preview --non-interactive
expect "$(for option in ignoreChanges replaceOnChanges; do
  for path in input input.a 'input.list[0]' 'input.*' '*' input.nothing; do
    program '{ a: 2, list: [2, 2] }' "$option: ['$path']"
    pulumi preview --non-interactive --json 2>log | python3 -c '
import json, sys
preview = json.load(sys.stdin)
steps = [step for step in preview["steps"] if "Stash" in step["urn"]]
warnings = [d for d in preview.get("diagnostics", []) if "nothing" in d["message"]]
print(*sys.argv[1:], *[step["op"] + " " + json.dumps(step["newState"]["inputs"]["input"]) for step in steps] or ["no change"], *warnings)' "$option" "$path"
  done
done)" <<'WANTED'
ignoreChanges input no change
ignoreChanges input.a update {"a": 1, "list": [2, 2]}
ignoreChanges input.list[0] update {"a": 2, "list": [1, 2]}
ignoreChanges input.* no change
ignoreChanges * no change
ignoreChanges input.nothing update {"a": 2, "list": [2, 2]}
replaceOnChanges input replace {"a": 2, "list": [2, 2]}
replaceOnChanges input.a update {"a": 2, "list": [2, 2]}
replaceOnChanges input.list[0] update {"a": 2, "list": [2, 2]}
replaceOnChanges input.* update {"a": 2, "list": [2, 2]}
replaceOnChanges * replace {"a": 2, "list": [2, 2]}
replaceOnChanges input.nothing update {"a": 2, "list": [2, 2]}
WANTED
