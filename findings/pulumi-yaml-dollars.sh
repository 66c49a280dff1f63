#!/usr/bin/env bash
# Pulumi 3.276.0 with YAML 1.38.1: two dollars anywhere in a text are one.
#
# Guess: `$${name}` writes the text ${name}, as in Terraform's language, and the escape is that: a dollar that no brace
#        follows is a dollar, as many as there are.
# Seen:  each pair of dollars is one, wherever it is: `$$` (a shell's process id, a currency) comes out as `$`, while a
#        single `$` stays. In the name of an output pairs stay pairs.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pulumi_stack <<'YAML'
name: finding
runtime: yaml
outputs:
  brace: $${name}
  single: kill $PID
  double: kill $$
  triple: $$$
  $$: name
YAML
quietly pulumi up --yes --skip-preview --non-interactive
expect "$(pulumi stack output --json)" <<'WANTED'
{
  "$$": "name",
  "brace": "${name}",
  "double": "kill $",
  "single": "kill $PID",
  "triple": "$$"
}
WANTED
