#!/usr/bin/env bash
# Pulumi 3.276.0: `stack output --shell` prints lines that no shell can read.
#
# Guess: what is printed "as a shell script" (its help) can be given to eval: outputs whose names are no names of variables
#        are left out, refused, or written another way. Names with a dash are usual: they are those of the resources.
# Seen:  they are written as they are. `my-url=…` is taken for a command that does not exist: with `set -e` a script ends
#        there, otherwise it goes on without the value.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pulumi_stack <<'YAML'
name: finding
runtime: yaml
outputs: { first: "1", my-url: https://example.com, zone: eu }
YAML
quietly pulumi up --yes --skip-preview --non-interactive
expect "$(pulumi stack output --shell
  pulumi stack output --shell >outputs.sh
  bash -c 'set -e; . ./outputs.sh; echo read' 2>/dev/null || echo "a shell ends with $?")" <<'WANTED'
first=1
my-url=https://example.com
zone=eu
a shell ends with 127
WANTED
