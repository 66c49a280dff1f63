#!/usr/bin/env bash
# OpenTofu 1.12.6: an empty file of targets is a plan of everything, and a blank line in one is an error.
#
# Guess: `plan -target-file` of a list that came out empty, from git diff or a search, plans nothing; a target that is in
#        no configuration is an error or a warning that names it; blank lines are passed over, as lines with a # are.
# Seen:  the empty file, and one of comments alone, plan every change, without the warning about targets. A name that does
#        not exist is "No changes", with success. The blank line is "Variable name required".
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
cat >main.tf <<'HCL'
resource "terraform_data" "one" {}
resource "terraform_data" "other" {}
HCL
quietly ./tofu init
show() {
  local status=0
  printf "$1" >targets
  ./tofu plan -no-color -target-file=targets >log 2>&1 || status=$?
  printf '%s: %s' "$1" "$(sed -nE 's/^  # (.*) will be created$/\1, /p; s/^(No changes)\..*/\1, /p; s/^(Warning|Error): (.*)/\1: \2, /p' log | tr -d '\n')"
  printf 'status %s\n' "$status"
}
expect "$(show 'terraform_data.one\n'; show '# one\nterraform_data.one\n'; show '\nterraform_data.one\n'
  show ''; show '# none\n'; show 'terraform_data.on\n')" <<'WANTED'
terraform_data.one\n: terraform_data.one, Warning: Resource targeting is in effect, status 0
# one\nterraform_data.one\n: terraform_data.one, Warning: Resource targeting is in effect, status 0
\nterraform_data.one\n: Error: Variable name required, status 1
: terraform_data.one, terraform_data.other, status 0
# none\n: terraform_data.one, terraform_data.other, status 0
terraform_data.on\n: No changes, Warning: Resource targeting is in effect, status 0
WANTED
