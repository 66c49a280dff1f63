#!/usr/bin/env bash
# OpenTofu 1.12.6: a key provider of state encryption that gets another name cannot read the state any more.
#
# Guess: the names in `key_provider "pbkdf2" "old"` and `method "aes_gcm" "old"` are there to refer to them, as names of
#        variables are: with the same passphrase the state is readable under any. Parameters of the derivation are part of
#        the passphrase's meaning, and have to stay as they are.
# Seen:  the other way round. The state has what was used, iterations and length of the key too, so that these may change, under
#        the name of the key provider: with another name all is lost, and what is said first is that the state
#        lock was not acquired. `encrypted_metadata_alias`, set from the start, is what takes the name's place. The name of the method may change.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
configuration() {
  cat >main.tf <<HCL
resource "terraform_data" "one" {}
terraform {
  encryption {
    key_provider "pbkdf2" "${1:-keys}" {
      passphrase = "only for this run 0123456789"
      iterations = ${3:-200000}
      key_length = ${4:-32}
      ${5:-}
    }
    method "aes_gcm" "${2:-method}" {
      keys = key_provider.pbkdf2.${1:-keys}
    }
    state {
      method = method.aes_gcm.${2:-method}
    }
  }
}
HCL
}
show() {
  local status=0
  configuration "${@:2}"
  ./tofu plan -no-color >log 2>&1 || status=$?
  echo "$1: status $status" $(grep -oE '^Error: .*|no decryption key available|No changes' log)
}
alias='encrypted_metadata_alias = "keys of the shop"'
configuration
quietly ./tofu init
quietly ./tofu apply -auto-approve
expect "$(show 'as it was'; show 'another name of the method' '' other; show 'more iterations' '' '' 300000
  show 'a shorter key' '' '' '' 16; show 'another name of the key provider' other
  rm terraform.tfstate*
  configuration '' '' '' '' "$alias"
  quietly ./tofu apply -auto-approve
  show 'another name, with an alias from the start' other '' '' '' "$alias")" <<'WANTED'
as it was: status 0 No changes
another name of the method: status 0 No changes
more iterations: status 0 No changes
a shorter key: status 0 No changes
another name of the key provider: status 1 Error: Error acquiring the state lock no decryption key available
another name, with an alias from the start: status 0 No changes
WANTED
