#!/usr/bin/env bash
# OpenTofu 1.12.6: `state replace-provider` on a state that Terraform wrote finds nothing, and that is a success.
#
# Guess: OpenTofu takes over Terraform's states without ceremony (it reads registry.terraform.io as its own registry
#        wherever the configuration does not name the host), so the short form of an address finds the provider in such a
#        state; and if it found nothing, the command would fail, since it was asked to replace something.
# Seen:  the translation holds for plan and apply, not here: the short form is completed with registry.opentofu.org and
#        compared as it is. "No matching resources found.", exit code 0, the state untouched; a script goes on as if it
#        were done. The full old address works, and the new one may be short.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
cat >terraform.tfstate <<'JSON'
{
  "version": 4,
  "terraform_version": "1.11.4",
  "serial": 1,
  "lineage": "00000000-0000-4000-8000-000000000000",
  "outputs": {},
  "resources": [
    {
      "mode": "managed",
      "type": "one_thing",
      "name": "x",
      "provider": "provider[\"registry.terraform.io/acme/one\"]",
      "instances": [{ "schema_version": 0, "attributes": { "id": "x" }, "sensitive_attributes": [] }]
    }
  ]
}
JSON
replace() {
  ./tofu state replace-provider -no-color -auto-approve "$@" | grep -E '^(No|Success)'
  echo "exit ${PIPESTATUS[0]}"
  grep -o 'registry[a-z./]*' terraform.tfstate
}
expect "$(replace acme/one acme/two; replace registry.terraform.io/acme/one acme/two)" <<'WANTED'
No matching resources found.
exit 0
registry.terraform.io/acme/one
Successfully replaced provider for 1 resources.
exit 0
registry.opentofu.org/acme/two
WANTED
