#!/usr/bin/env bash
# Pulumi 3.276.0: a setting about names turns replacements of resources that have no name into "delete first".
#
# Guess: `pulumi:autonaming: {mode: verbatim}` chooses the names of new resources. A resource whose provider does not take
#        part in autonaming, and whose identity does not hang on a name, goes on being replaced as before: the new one is
#        created, then the old one deleted.
# Seen:  with `verbatim` every replacement deletes first, so that the object is away in between; here one of the built-in
#        type Stash, which has an input and no name.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pulumi_stack <<'YAML'
name: finding
runtime: yaml
config: { text: { type: string } }
resources:
  stash:
    type: pulumi:index:Stash
    properties: { input: "${text}" }
    options: { replaceOnChanges: [input] }
YAML
up() {
  echo "$1"
  pulumi config set text "$1"
  pulumi up --yes --skip-preview --non-interactive --color never 2>&1 | { grep -oE 'Stash stash (created|deleted).*[a-z]' || cat; } | sed 's/ (.*//'
}
expect "$(up one; up two; pulumi config set --path pulumi:autonaming.mode verbatim; up three)" <<'WANTED'
one
Stash stash created
two
Stash stash created replacement
Stash stash deleted original
three
Stash stash deleted original
Stash stash created replacement
WANTED
