#!/usr/bin/env bash
# Go module github.com/hashicorp/terraform-plugin-sdk/v2 2.40.1, with OpenTofu 1.12.6: a longer timeout for deletion, written and applied before the resource is destroyed, is not used.
#
# Guess: who adds `timeouts { delete = "60m" }` to a resource, because its deletion took too long, applies that and destroys it then
#        has 60 minutes for it; and a change of a timeout is in the plan and the state, as that of other settings is.
# Seen:  the apply has "No changes", the state keeps what the resource was created with, and the deletion has that: the
#        default of 20 minutes without a block, or the earlier 30. It is the same when the block is taken out again. The
#        new timeouts get into the state only together with a change of something else.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
go_program terraform-provider-sdk github.com/hashicorp/terraform-plugin-sdk/v2@v2.40.1 <<'GO'
package main

import (
	"context"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/plugin"
)

// A resource whose deletion has 20 minutes by default, and which writes what it has to the file TOLD.
func database() *schema.Resource {
	keep := func(_ context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
		data.SetId("database")
		return nil
	}
	twenty := 20 * time.Minute
	return &schema.Resource{
		Schema:   map[string]*schema.Schema{"note": {Type: schema.TypeString, Optional: true}},
		Timeouts: &schema.ResourceTimeout{Delete: &twenty},
		DeleteContext: func(_ context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
			return diag.FromErr(os.WriteFile(os.Getenv("TOLD"), []byte(data.Timeout(schema.TimeoutDelete).String()), 0o600))
		},
		CreateContext: keep, ReadContext: schema.NoopContext, UpdateContext: keep,
	}
}

func main() {
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: func() *schema.Provider {
		return &schema.Provider{ResourcesMap: map[string]*schema.Resource{"sdk_database": database()}}
	}})
}
GO
cat >tofu.tfrc <<HCL
provider_installation {
  dev_overrides { "finding/sdk" = "$PWD" }
}
HCL
export TF_CLI_CONFIG_FILE=$PWD/tofu.tfrc TOLD=$PWD/told
applied() {
  printf 'terraform {\n  required_providers { sdk = { source = "finding/sdk" } }\n}\nresource "sdk_database" "it" {\n%s\n}\n' "$1" >main.tf
  ./tofu apply -auto-approve -no-color >log || die "the apply fails"
  echo "  applied with $(tr -s '\n ' ' ' <<<"${1:-nothing}" | sed 's/ $//'): $(grep -o '^No changes\|Resources: .*' log | head -1)"
}
destroyed() {
  quietly ./tofu destroy -auto-approve
  echo "  destroyed with a timeout of $(cat told)"
}
expect "$(echo 'from the beginning:'
applied 'timeouts { delete = "30m" }'
destroyed
echo 'added:'
applied ''
applied 'timeouts { delete = "60m" }'
destroyed
echo 'changed:'
applied 'timeouts { delete = "30m" }'
applied 'timeouts { delete = "60m" }'
destroyed
echo 'taken out:'
applied 'timeouts { delete = "30m" }'
applied ''
destroyed
echo 'added with something else:'
applied ''
applied 'note = "x"
  timeouts { delete = "60m" }'
destroyed)" <<'WANTED'
from the beginning:
  applied with timeouts { delete = "30m" }: Resources: 1 added, 0 changed, 0 destroyed.
  destroyed with a timeout of 30m0s
added:
  applied with nothing: Resources: 1 added, 0 changed, 0 destroyed.
  applied with timeouts { delete = "60m" }: No changes
  destroyed with a timeout of 20m0s
changed:
  applied with timeouts { delete = "30m" }: Resources: 1 added, 0 changed, 0 destroyed.
  applied with timeouts { delete = "60m" }: No changes
  destroyed with a timeout of 30m0s
taken out:
  applied with timeouts { delete = "30m" }: Resources: 1 added, 0 changed, 0 destroyed.
  applied with nothing: No changes
  destroyed with a timeout of 30m0s
added with something else:
  applied with nothing: Resources: 1 added, 0 changed, 0 destroyed.
  applied with note = "x" timeouts { delete = "60m" }: Resources: 0 added, 1 changed, 0 destroyed.
  destroyed with a timeout of 1h0m0s
WANTED
