#!/usr/bin/env bash
# Go module github.com/hashicorp/terraform-plugin-sdk/v2 2.40.1, with OpenTofu 1.12.6: a map of integers in which one is 1.5 is an empty map for the provider.
#
# Guess: a member that has not the type of the map is an error, as it is for an integer outside of a map; a key may be any text; and what the
#        plan shows is what the provider gets.
# Seen:  the plan and the state show {a = 1.5, b = 2}, the apply succeeds, and Get() gives the provider a map without members, b
#        is missing too; GetOk() says that nothing is set. A map of texts is applied without a member whose key
#        is "%", and the next plan has "No changes". One whose key is "#" is applied and is in the state, but not in what the
#        provider gets of the state later, and is a change in every plan, as 1.5 is.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
go_program terraform-provider-sdk github.com/hashicorp/terraform-plugin-sdk/v2@v2.40.1 <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/plugin"
)

// A resource with a map of integers and one of texts, which writes those that it is told to the file TOLD.
func maps() *schema.Resource {
	told := func(what string) func(context.Context, *schema.ResourceData, any) diag.Diagnostics {
		return func(_ context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
			data.SetId("maps")
			file, err := os.OpenFile(os.Getenv("TOLD"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			for _, name := range []string{"limits", "labels"} {
				if members, ok := data.GetOk(name); err == nil {
					_, err = fmt.Fprintf(file, "  %s: %s are %v, set: %v\n", what, name, members, ok)
				}
			}
			return diag.FromErr(err)
		}
	}
	return &schema.Resource{
		Schema: map[string]*schema.Schema{
			"limits": {Type: schema.TypeMap, Optional: true, Elem: &schema.Schema{Type: schema.TypeInt}, ForceNew: true},
			"labels": {Type: schema.TypeMap, Optional: true, Elem: &schema.Schema{Type: schema.TypeString}, ForceNew: true},
		},
		CreateContext: told("create"), ReadContext: schema.NoopContext, DeleteContext: told("delete"),
	}
}

func main() {
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: func() *schema.Provider {
		return &schema.Provider{ResourcesMap: map[string]*schema.Resource{"sdk_maps": maps()}}
	}})
}
GO
cat >tofu.tfrc <<HCL
provider_installation {
  dev_overrides { "finding/sdk" = "$PWD" }
}
HCL
export TF_CLI_CONFIG_FILE=$PWD/tofu.tfrc TOLD=$PWD/told
# life NAME VALUE: what the provider is told when the resource is created and deleted, what the state has, and what is planned
# in between.
life() {
  printf 'terraform {\n  required_providers { sdk = { source = "finding/sdk" } }\n}\nresource "sdk_maps" "it" { %s = %s }\n' "$1" "$2" >main.tf
  echo 'output "it" { value = jsonencode(sdk_maps.it) }' >>main.tf
  rm -f told
  echo "$1 = $2"
  quietly ./tofu apply -auto-approve
  echo "  the state has $(./tofu output -raw it)"
  echo "  the next plan: $(./tofu plan -no-color | grep -Eo '^No changes|^Plan: .*')"
  quietly ./tofu destroy -auto-approve
  grep "$1" told
}
expect "$(life limits '{ a = 1, b = 2 }'
life limits '{ a = 1.5, b = 2 }'
life labels '{ "%" = "x", c = "y" }'
life labels '{ "#" = "x", c = "y" }')" <<'WANTED'
limits = { a = 1, b = 2 }
  the state has {"id":"maps","labels":null,"limits":{"a":1,"b":2}}
  the next plan: No changes
  create: limits are map[a:1 b:2], set: true
  delete: limits are map[a:1 b:2], set: true
limits = { a = 1.5, b = 2 }
  the state has {"id":"maps","labels":null,"limits":{"a":1.5,"b":2}}
  the next plan: Plan: 1 to add, 0 to change, 1 to destroy.
  create: limits are map[], set: false
  delete: limits are map[], set: false
labels = { "%" = "x", c = "y" }
  the state has {"id":"maps","labels":{"c":"y"},"limits":null}
  the next plan: No changes
  create: labels are map[c:y], set: true
  delete: labels are map[c:y], set: true
labels = { "#" = "x", c = "y" }
  the state has {"id":"maps","labels":{"#":"x","c":"y"},"limits":null}
  the next plan: Plan: 1 to add, 0 to change, 1 to destroy.
  create: labels are map[#:x c:y], set: true
  delete: labels are map[c:y], set: true
WANTED
