#!/usr/bin/env bash
# Go module github.com/hashicorp/terraform-plugin-sdk/v2 2.40.1, with OpenTofu 1.12.6: what was created as 9007199254740993 is deleted as 9007199254740992.
#
# Guess: a TypeInt is a Go int of 64 bits, the state has all digits in it, and so a provider gets the number back that it
#        stored; a number that is kept in a float is a TypeFloat.
# Seen:  on creation the number is exact, in the state too. To read, change or delete the resource, the SDK reads the state as JSON
#        with floats, and hands the provider a neighbour of the number from 2^53 on: it asks for, and deletes, what somebody
#        else may have. Every plan finds a change. 123456789012345678 is
#        123456789012345680. With UseJSONNumber, which each resource has to set for itself, both are exact.
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

// A resource with a number, which writes the numbers that it is told to the file TOLD.
func account(exact bool) *schema.Resource {
	told := func(what string) func(context.Context, *schema.ResourceData, any) diag.Diagnostics {
		return func(_ context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
			file, err := os.OpenFile(os.Getenv("TOLD"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err == nil {
				_, err = fmt.Fprintln(file, " ", what, data.Get("number"))
			}
			if what == "create" {
				data.SetId("account")
			}
			return diag.FromErr(err)
		}
	}
	return &schema.Resource{
		UseJSONNumber: exact,
		Schema:        map[string]*schema.Schema{"number": {Type: schema.TypeInt, Required: true, ForceNew: true}},
		CreateContext: told("create"), ReadContext: schema.NoopContext, DeleteContext: told("delete"),
	}
}

func main() {
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: func() *schema.Provider {
		return &schema.Provider{ResourcesMap: map[string]*schema.Resource{"sdk_account": account(false), "sdk_exact": account(true)}}
	}})
}
GO
cat >tofu.tfrc <<HCL
provider_installation {
  dev_overrides { "finding/sdk" = "$PWD" }
}
HCL
export TF_CLI_CONFIG_FILE=$PWD/tofu.tfrc TOLD=$PWD/told
# life KIND NUMBER: what the provider is told when the resource is created and deleted, and what is planned in between.
life() {
  printf 'terraform {\n  required_providers { sdk = { source = "finding/sdk" } }\n}\nresource "%s" "it" { number = %s }\n' "$1" "$2" >main.tf
  rm -f told
  echo "$1 $2"
  quietly ./tofu apply -auto-approve
  echo "  the state has $(sed -n 's/^ *"number": \([^,]*\).*/\1/p' terraform.tfstate), the next plan $(
    ./tofu plan -no-color | grep -Eo '^No changes|[0-9]+ -> [0-9]+' || true)"
  quietly ./tofu destroy -auto-approve
  cat told
}
expect "$(life sdk_account 9007199254740993
life sdk_account 123456789012345678
life sdk_exact 9007199254740993
life sdk_exact 123456789012345678)" <<'WANTED'
sdk_account 9007199254740993
  the state has 9007199254740993, the next plan 9007199254740992 -> 9007199254740993
  create 9007199254740993
  delete 9007199254740992
sdk_account 123456789012345678
  the state has 123456789012345678, the next plan 123456789012345680 -> 123456789012345678
  create 123456789012345678
  delete 123456789012345680
sdk_exact 9007199254740993
  the state has 9007199254740993, the next plan No changes
  create 9007199254740993
  delete 9007199254740993
sdk_exact 123456789012345678
  the state has 123456789012345678, the next plan No changes
  create 123456789012345678
  delete 123456789012345678
WANTED
