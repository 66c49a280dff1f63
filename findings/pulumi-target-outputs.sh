#!/usr/bin/env bash
# Pulumi 3.276.0 with YAML 1.38.1: `up --target` of a pattern that fits nothing ends well, and has changed the stack's outputs.
#
# Guess: `--target` with a misspelled pattern ends with an error, and nothing is changed; with a right one, the targets are
#        updated, and outputs that have nothing to do with them stay as they are until an `up` of everything.
# Seen:  a pattern that fits nothing is no error, and the outputs that do not come from a resource are the new ones, for all
#        stacks that read them. With a right pattern, or --exclude, they are new as well: the release that the stack says
#        it has is not the one that its other resource has.
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
variables: { release: '$1' }
resources:
  server: { type: pulumi:index:Stash, properties: { input: '\${release}' } }
  client: { type: pulumi:index:Stash, properties: { input: '\${release}' } }
outputs: { release: '\${release}', server: '\${server.input}', client: '\${client.input}' }
YAML
}
up() {
  local code=0
  pulumi up --yes --skip-preview --non-interactive "$@" >out 2>&1 || code=$?
  echo "up${*:+ $*} ends with $code: $(pulumi stack output --json --non-interactive | python3 -c '
import json, sys
print(json.dumps(json.load(sys.stdin)))')"
}
expect "$(
  program 1
  up
  program 2
  up --target '**serwer'
  program 3
  up --target '**server'
  program 4
  up --exclude '**server'
)" <<'WANTED'
up ends with 0: {"client": "1", "release": "1", "server": "1"}
up --target **serwer ends with 0: {"client": "1", "release": "2", "server": "1"}
up --target **server ends with 0: {"client": "1", "release": "3", "server": "3"}
up --exclude **server ends with 0: {"client": "4", "release": "4", "server": "3"}
WANTED
