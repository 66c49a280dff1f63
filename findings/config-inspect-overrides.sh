#!/usr/bin/env bash
# Go module github.com/hashicorp/terraform-config-inspect 75d64de68c31 (2026-09-04), with OpenTofu 1.12.6: a secret variable that an override file gives a default is no secret.
#
# Guess: an override file is merged into the blocks of the module: what it does not name stays. A reader of modules that knows override
#        files, as this one does, and the generators of documents and forms that use it, see what OpenTofu sees.
# Seen:  the block of the override file takes the place of the other: the variable has lost its type, its description and that it is
#        sensitive, and so has the output. The source of a provider, which an override may change, is an error, while
#        OpenTofu takes the new one; the version of the tool that the override replaces is demanded as well.
#        A default of 123456789012345678 is 123456789012345680, with and without an override.
#
# Needs go and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
go_program inspect github.com/hashicorp/terraform-config-inspect@v0.0.0-20260904064934-75d64de68c31 <<'GO'
package main

import (
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-config-inspect/tfconfig"
)

func main() {
	module, problems := tfconfig.LoadModule("module")
	for _, name := range []string{"account", "password"} {
		variable := module.Variables[name]
		value, _ := json.Marshal(variable.Default)
		fmt.Printf("  variable %s: type %q, description %q, sensitive %v, default %s\n",
			name, variable.Type, variable.Description, variable.Sensitive, value)
	}
	output := module.Outputs["password"]
	fmt.Printf("  output password: description %q, sensitive %v\n", output.Description, output.Sensitive)
	fmt.Printf("  tool: %q\n", module.RequiredCore)
	for _, problem := range problems {
		fmt.Println("  error:", problem.Summary)
	}
}
GO
mkdir module
cat >module/main.tf <<'HCL'
terraform {
  required_version = ">= 1.0, < 1.1"
  required_providers {
    it = { source = "example/it" }
  }
}
variable "account" {
  type    = number
  default = 123456789012345678
}
variable "password" {
  type        = string
  description = "Of the database"
  sensitive   = true
}
output "password" {
  description = "The same"
  value       = var.password
  sensitive   = true
}
HCL
# In OpenTofu's view of the module, a value that is not there is a false or a text without characters.
seen() {
  cd module
  quietly ../tofu init
  quietly ../tofu plan -out=plan
  ../tofu show -json plan | python3 -c '
import json, sys
module = json.load(sys.stdin)["configuration"]["root_module"]
for name, variable in sorted(module["variables"].items()):
    print("  variable %s: type \"%s\", description \"%s\", sensitive %s, default %s" % (name, variable.get("type", ""),
        variable.get("description", ""), str(variable.get("sensitive", False)).lower(), json.dumps(variable.get("default"))))
output = module["outputs"]["password"]
print("  output password: description \"%s\", sensitive %s" % (output.get("description", ""), str(output.get("sensitive", False)).lower()))'
}
expect "$(echo 'terraform-config-inspect, without the override:'
./inspect
cat >module/override.tf <<'HCL'
terraform {
  required_version = ">= 1.1"
  required_providers {
    it = { source = "terraform.io/builtin/terraform" }
  }
}
variable "password" {
  default = "only for tests"
}
output "password" {
  value = "${var.password}!"
}
HCL
echo 'terraform-config-inspect, with it:'
./inspect
echo 'OpenTofu, with it:'
seen)" <<'WANTED'
terraform-config-inspect, without the override:
  variable account: type "number", description "", sensitive false, default 123456789012345680
  variable password: type "string", description "Of the database", sensitive true, default null
  output password: description "The same", sensitive true
  tool: [">= 1.0, < 1.1"]
terraform-config-inspect, with it:
  variable account: type "number", description "", sensitive false, default 123456789012345680
  variable password: type "", description "", sensitive false, default "only for tests"
  output password: description "", sensitive false
  tool: [">= 1.0, < 1.1" ">= 1.1"]
  error: Multiple provider source attributes
OpenTofu, with it:
  variable account: type "number", description "", sensitive false, default 123456789012345678
  variable password: type "string", description "Of the database", sensitive true, default "only for tests"
  output password: description "The same", sensitive true
WANTED
