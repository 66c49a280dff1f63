#!/usr/bin/env bash
# Go modules hashicorp/terraform-plugin-sdk/v2 2.40.1 and terraform-plugin-framework 1.19.0, with OpenTofu 1.12.6: a new password that the server refused is in the state, and the next apply has "No changes".
#
# Guess: an update that ends with an error changes nothing in the state, so that the next plan has the same change again, until it is
#        done or taken back.
# Seen:  with the SDK, what the update was to set is in the state when it returns an error, and what the server has cannot be read
#        back where it is a secret: nothing is planned any more, and the old password stays for good. To take the change
#        back, instead, is a change. The other attributes of the same failed update are in the state as well. With the framework,
#        whose providers look the same to a user, the state keeps what it had.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
go_program terraform-provider-sdk github.com/hashicorp/terraform-plugin-sdk/v2@v2.40.1 <<'GO'
package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/plugin"
)

func main() {
	text := &schema.Schema{Type: schema.TypeString, Optional: true}
	user := &schema.Resource{
		Schema: map[string]*schema.Schema{"password": text, "note": text},
		CreateContext: func(_ context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
			data.SetId("user")
			return nil
		},
		UpdateContext: func(context.Context, *schema.ResourceData, any) diag.Diagnostics {
			return diag.Errorf("the server refuses this password")
		},
		ReadContext: schema.NoopContext, DeleteContext: schema.NoopContext,
	}
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: func() *schema.Provider {
		return &schema.Provider{ResourcesMap: map[string]*schema.Resource{"sdk_user": user}}
	}})
}
GO
go_program terraform-provider-framework github.com/hashicorp/terraform-plugin-framework@v1.19.0 <<'GO'
package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

type users struct{ provider.Provider }

func (users) Metadata(_ context.Context, _ provider.MetadataRequest, told *provider.MetadataResponse) {
	told.TypeName = "framework"
}
func (users) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (users) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (users) DataSources(context.Context) []func() datasource.DataSource                        { return nil }
func (users) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return user{} }}
}

type user struct{}

func (user) Metadata(_ context.Context, _ resource.MetadataRequest, told *resource.MetadataResponse) {
	told.TypeName = "framework_user"
}
func (user) Schema(_ context.Context, _ resource.SchemaRequest, told *resource.SchemaResponse) {
	text := schema.StringAttribute{Optional: true}
	told.Schema = schema.Schema{Attributes: map[string]schema.Attribute{"password": text, "note": text}}
}
func (user) Create(_ context.Context, asked resource.CreateRequest, told *resource.CreateResponse) {
	told.State.Raw = asked.Plan.Raw
}
func (user) Update(_ context.Context, _ resource.UpdateRequest, told *resource.UpdateResponse) {
	told.Diagnostics.AddError("Refused", "the server refuses this password")
}
func (user) Read(context.Context, resource.ReadRequest, *resource.ReadResponse)       {}
func (user) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

func main() {
	options := providerserver.ServeOpts{Address: "registry.opentofu.org/finding/framework"}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return users{} }, options); err != nil {
		panic(err)
	}
}
GO
cat >tofu.tfrc <<HCL
provider_installation {
  dev_overrides {
    "finding/sdk"       = "$PWD"
    "finding/framework" = "$PWD"
  }
}
HCL
export TF_CLI_CONFIG_FILE=$PWD/tofu.tfrc
# applied LIBRARY PASSWORD NOTE
applied() {
  printf 'terraform {\n  required_providers { %s = { source = "finding/%s" } }\n}\n' "$1" "$1" >main.tf
  printf 'resource "%s_user" "it" {\n  password = "%s"\n  note     = "%s"\n}\n' "$1" "$2" "$3" >>main.tf
  ./tofu apply -auto-approve -no-color >log 2>&1 || true
  echo "  applied $2, $3: $(grep -Eio '^No changes|^Error|Resources: .*' log | head -1); the state: $(
    sed -n 's/^ *"\(password\|note\)": "\(.*\)".*/\2/p' terraform.tfstate | sort -r | paste -sd, | sed 's/,/, /')"
}
expect "$(for library in sdk framework; do
  echo "$library:"
  applied $library secret-1 note-1
  applied $library secret-2 note-2
  applied $library secret-2 note-2
  applied $library secret-1 note-1
  rm terraform.tfstate*
done)" <<'WANTED'
sdk:
  applied secret-1, note-1: Resources: 1 added, 0 changed, 0 destroyed.; the state: secret-1, note-1
  applied secret-2, note-2: Error; the state: secret-2, note-2
  applied secret-2, note-2: No changes; the state: secret-2, note-2
  applied secret-1, note-1: Error; the state: secret-1, note-1
framework:
  applied secret-1, note-1: Resources: 1 added, 0 changed, 0 destroyed.; the state: secret-1, note-1
  applied secret-2, note-2: Error; the state: secret-1, note-1
  applied secret-2, note-2: Error; the state: secret-1, note-1
  applied secret-1, note-1: No changes; the state: secret-1, note-1
WANTED
