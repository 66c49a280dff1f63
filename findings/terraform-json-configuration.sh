#!/usr/bin/env bash
# Go module github.com/hashicorp/terraform-json 0.29.0, with OpenTofu 1.12.6: timeouts of "5m" in a plan's configuration are read as an explicit null.
#
# Guess: the configuration in the JSON of a plan has all that a resource's block has, so that one finds in it what a resource refers to;
#        terraform-json reads all of it, tells a constant null from what is computed, and with UseJSONNumber keeps all digits.
# Seen:  a block that may stand once, as `timeouts` does, is an object in the JSON, and terraform-json takes it for an expression
#        without references, which its comments call an explicit null; upper("x") is one too. Blocks that `dynamic` makes
#        are not in the JSON at all, and with them go their references: a reader finds no dependency where the
#        order of the apply has one. Written again, the timeouts are {}, and null is {}. UseJSONNumber does not reach
#        the prior state in the plan: one number has two values there, before any change.
#
# Needs go and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
go_program terraform-provider-sdk github.com/hashicorp/terraform-plugin-sdk/v2@v2.40.1 <<'GO'
package main

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/plugin"
)

func main() {
	create := func(_ context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
		data.SetId("gate")
		return nil
	}
	text := &schema.Schema{Type: schema.TypeString, Optional: true, ForceNew: true}
	rule := &schema.Resource{Schema: map[string]*schema.Schema{"from": text}}
	minute := time.Minute
	gate := &schema.Resource{
		Schema:        map[string]*schema.Schema{"name": text, "note": text, "rule": {Type: schema.TypeList, Optional: true, Elem: rule, ForceNew: true}},
		Timeouts:      &schema.ResourceTimeout{Create: &minute},
		CreateContext: create, ReadContext: schema.NoopContext, DeleteContext: schema.NoopContext,
	}
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: func() *schema.Provider {
		return &schema.Provider{ResourcesMap: map[string]*schema.Resource{"sdk_gate": gate}}
	}})
}
GO
go_program read github.com/hashicorp/terraform-json@v0.29.0 <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"

	tfjson "github.com/hashicorp/terraform-json"
)

func main() {
	text, _ := os.ReadFile("plan.json")
	var plan tfjson.Plan
	plan.UseJSONNumber(true)
	if err := json.Unmarshal(text, &plan); err != nil {
		panic(err)
	}
	for _, resource := range plan.Config.RootModule.Resources {
		if resource.Type != "sdk_gate" {
			continue
		}
		var names []string
		for name := range resource.Expressions {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			expression := resource.Expressions[name]
			again, _ := json.Marshal(expression)
			what := fmt.Sprintf("the constant %v", expression.ConstantValue)
			if expression.ConstantValue == tfjson.UnknownConstantValue {
				what = "computed"
			} else if expression.ConstantValue == nil {
				what = "null, constant"
			}
			if len(expression.NestedBlocks) > 0 {
				what = "blocks"
			}
			fmt.Printf("  %s is %s, references %v; written again it is %s\n", name, what, expression.References, again)
		}
	}
	if plan.PriorState != nil {
		for _, resource := range plan.PriorState.Values.RootModule.Resources {
			if resource.Type == "terraform_data" {
				fmt.Println("  the number in the prior state:", resource.AttributeValues["input"])
			}
		}
		for _, change := range plan.ResourceChanges {
			if change.Type == "terraform_data" {
				fmt.Println("  the number before the change: ", change.Change.Before.(map[string]any)["input"])
			}
		}
	}
}
GO
cat >tofu.tfrc <<HCL
provider_installation {
  dev_overrides { "finding/sdk" = "$PWD" }
}
HCL
export TF_CLI_CONFIG_FILE=$PWD/tofu.tfrc
printf 'terraform {\n  required_providers { sdk = { source = "finding/sdk" } }\n}\n' >versions.tf
echo 'resource "terraform_data" "port" { input = 9007199254740993 }' >port.tf
# planned WHAT: the configuration of the planned resource, as JSON and as terraform-json has it, for the rules on stdin.
planned() {
  { echo 'resource "sdk_gate" "it" {'; cat; echo '}'; } >main.tf
  quietly ./tofu plan -out=plan
  ./tofu show -json plan >plan.json
  echo "$1"
  python3 -c '
import json
for resource in json.load(open("plan.json"))["configuration"]["root_module"]["resources"]:
    if resource["type"] == "sdk_gate":
        print("  the JSON:", json.dumps(resource.get("expressions")))'
  ./read
}
expect "$(planned 'a rule that refers to a port:' <<'HCL'
  rule { from = terraform_data.port.output }
HCL
planned 'the same rule, made by dynamic:' <<'HCL'
  dynamic "rule" {
    for_each = [terraform_data.port.output]
    content { from = rule.value }
  }
HCL
planned 'timeouts, a function and null:' <<'HCL'
  name = upper("x")
  note = null
  timeouts { create = "5m" }
HCL
quietly ./tofu apply -auto-approve
planned 'applied:' <<'HCL'
  name = "x"
HCL
)" <<'WANTED'
a rule that refers to a port:
  the JSON: {"rule": [{"from": {"references": ["terraform_data.port.output", "terraform_data.port"]}}]}
  rule is blocks, references []; written again it is [{"from":{"references":["terraform_data.port.output","terraform_data.port"]}}]
the same rule, made by dynamic:
  the JSON: null
timeouts, a function and null:
  the JSON: {"name": {}, "note": {"constant_value": null}, "timeouts": {"create": {"constant_value": "5m"}}}
  name is null, constant, references []; written again it is {}
  note is null, constant, references []; written again it is {}
  timeouts is null, constant, references []; written again it is {}
applied:
  the JSON: {"name": {"constant_value": "x"}}
  name is the constant x, references []; written again it is {"constant_value":"x"}
  the number in the prior state: 9.007199254740992e+15
  the number before the change:  9007199254740993
WANTED
