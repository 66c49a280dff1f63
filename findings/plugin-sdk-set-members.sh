#!/usr/bin/env bash
# Go module github.com/hashicorp/terraform-plugin-sdk/v2 2.40.1, with OpenTofu 1.12.6: a set of the two texts "gnu" and "codding" has one member.
#
# Guess: the hash of a member of a TypeSet says where it is looked up, as in any hash table, and two members with one hash are
#        compared; what is not taken over from the configuration is an error.
# Seen:  the hash, 32 bits of CRC, is the member: of two texts with one hash, one stays. The plan shows a set of one, the
#        provider gets it, and so does the state; the next plan has "No changes", while the configuration names two. To
#        add the other text later changes nothing. Blocks with such names are one as well, and so are two of the UUIDs that
#        uuidv5() makes of the first 90000 numbers.
#
# Needs go and python3.
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

// A resource with a set of texts and a set of blocks; what it gets is written to the file TOLD.
func team() *schema.Resource {
	name := &schema.Schema{Type: schema.TypeString, Required: true}
	keep := func(_ context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
		data.SetId("team")
		told := fmt.Sprintf("words %d, blocks %d", data.Get("words").(*schema.Set).Len(), data.Get("block").(*schema.Set).Len())
		return diag.FromErr(os.WriteFile(os.Getenv("TOLD"), []byte(told+"\n"), 0o600))
	}
	return &schema.Resource{
		Schema: map[string]*schema.Schema{
			"words": {Type: schema.TypeSet, Optional: true, Elem: &schema.Schema{Type: schema.TypeString}},
			"block": {Type: schema.TypeSet, Optional: true, Elem: &schema.Resource{Schema: map[string]*schema.Schema{"name": name}}},
		},
		CreateContext: keep, UpdateContext: keep, ReadContext: schema.NoopContext, DeleteContext: schema.NoopContext,
	}
}

func main() {
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: func() *schema.Provider {
		return &schema.Provider{ResourcesMap: map[string]*schema.Resource{"sdk_team": team()}}
	}})
}
GO
cat >tofu.tfrc <<HCL
provider_installation {
  dev_overrides { "finding/sdk" = "$PWD" }
}
HCL
export TF_CLI_CONFIG_FILE=$PWD/tofu.tfrc TOLD=$PWD/told
# applied WHAT CONFIGURATION: what the provider was told, what the state has, and what the next plan finds.
applied() {
  printf 'terraform {\n  required_providers { sdk = { source = "finding/sdk" } }\n}\nresource "sdk_team" "it" {\n%s\n}\n' "$2" >main.tf
  : >told
  quietly ./tofu apply -auto-approve
  echo "$1"
  echo "  the provider: $(cat told)"
  ./tofu state pull | python3 -c '
import json, sys
members = json.load(sys.stdin)["resources"][0]["instances"][0]["attributes"]
words = members["words"] or []
print("  the state:", *words, *("block " + block["name"] for block in members["block"]))'
  echo "  the next plan: $(./tofu plan -no-color | grep -o '^No changes' || true)"
}
expect "$(applied 'one word:' 'words = ["gnu"]'
applied 'another beside it:' 'words = ["gnu", "codding"]'
applied 'two UUIDs:' 'words = [for n in [52416, 89016] : uuidv5("url", n)]'
applied 'two blocks:' 'block {
  name = "plumless"
}
block {
  name = "buckeroo"
}')" <<'WANTED'
one word:
  the provider: words 1, blocks 0
  the state: gnu
  the next plan: No changes
another beside it:
  the provider: 
  the state: gnu
  the next plan: No changes
two UUIDs:
  the provider: words 1, blocks 0
  the state: bfc7a1a2-317c-53b9-8e8b-8efc07076798
  the next plan: No changes
two blocks:
  the provider: words 0, blocks 1
  the state: block plumless
  the next plan: No changes
WANTED
