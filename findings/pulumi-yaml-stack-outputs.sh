#!/usr/bin/env bash
# Pulumi 3.276.0 with YAML 1.38.1: all outputs of another stack, handed on as one value, have {} where a secret was.
#
# Guess: `${other.outputs}` is an object with what the other stack has; if one of its members is secret, the whole is, or that member.
#        Whoever writes `${other.outputs.key}` gets the same as from the whole.
# Seen:  a member that is asked for by name comes, and is secret. The whole has an empty object in its place, which is neither secret nor an
#        error, also with --show-secrets and in the state of a resource that got it as an input: the key is lost on
#        its way, and a resource that needs it is made with {}. Through a variable, it is {} by name, too.
#
# Needs go and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pulumi_stack <<'YAML'
name: keys
runtime: yaml
outputs:
  region: eu
  key: { 'fn::secret': of-the-service }
YAML
quietly pulumi up --yes --skip-preview --non-interactive
cat >Pulumi.yaml <<'YAML'
name: finding
runtime: yaml
YAML
quietly pulumi stack init dev --non-interactive
cat >Pulumi.yaml <<'YAML'
name: finding
runtime: yaml
variables:
  others: ${other.outputs}
resources:
  other:
    type: pulumi:pulumi:StackReference
    properties: { name: organization/keys/dev }
  stash:
    type: pulumi:index:Stash
    properties: { input: '${other.outputs}' }
outputs:
  whole: ${other.outputs}
  key: ${other.outputs.key}
  keyOfVariable: ${others.key}
  inputOfResource: ${stash.input}
YAML
quietly pulumi up --yes --skip-preview --non-interactive
expect "$(pulumi stack output --json --show-secrets --non-interactive | python3 -c '
import json, sys
for name, value in json.load(sys.stdin).items():
    print(f"{name}: {json.dumps(value)}")')" <<'WANTED'
inputOfResource: {"key": {}, "region": "eu"}
key: "of-the-service"
keyOfVariable: {}
whole: {"key": {}, "region": "eu"}
WANTED
