#!/usr/bin/env bash
# Go module github.com/hashicorp/terraform-plugin-framework-timetypes 0.5.0, with OpenTofu 1.12.6: a timestamp that was changed within its second keeps its old value in the state.
#
# Guess: the type RFC3339 takes two spellings of one time for the same, "Z" and "+00:00"; another time is another value, and a refresh
#        writes it to the state.
# Seen:  it compares the times after it wrote both without fractions of a second. When what an API shows as the time of the last
#        change goes from 12:00:00.1 to 12:00:00.9, a refresh keeps 12:00:00.1, for as long as nothing changes in another
#        second; a request that has to name the latest time, as for an optimistic lock, names an old one. One
#        time in two zones, in turn, is two values.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
go_program terraform-provider-framework github.com/hashicorp/terraform-plugin-framework@v1.19.0 \
  github.com/hashicorp/terraform-plugin-framework-timetypes@v0.5.0 <<'GO'
package main

import (
	"context"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
)

type notes struct{ provider.Provider }

func (notes) Metadata(_ context.Context, _ provider.MetadataRequest, told *provider.MetadataResponse) {
	told.TypeName = "framework"
}
func (notes) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (notes) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (notes) DataSources(context.Context) []func() datasource.DataSource                        { return nil }
func (notes) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return note{} }}
}

// A resource with the time of its last change, which is what the file CHANGED has.
type note struct{ resource.Resource }

func (note) Metadata(_ context.Context, _ resource.MetadataRequest, told *resource.MetadataResponse) {
	told.TypeName = "framework_note"
}
func (note) Schema(_ context.Context, _ resource.SchemaRequest, told *resource.SchemaResponse) {
	told.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"changed": schema.StringAttribute{Computed: true, CustomType: timetypes.RFC3339Type{}},
	}}
}
func look(ctx context.Context, state *tfsdk.State, problems *diag.Diagnostics) {
	text, _ := os.ReadFile(os.Getenv("CHANGED"))
	changed, more := timetypes.NewRFC3339Value(strings.TrimSpace(string(text)))
	problems.Append(more...)
	problems.Append(state.SetAttribute(ctx, path.Root("changed"), changed)...)
}
func (note) Create(ctx context.Context, _ resource.CreateRequest, told *resource.CreateResponse) {
	look(ctx, &told.State, &told.Diagnostics)
}
func (note) Read(ctx context.Context, _ resource.ReadRequest, told *resource.ReadResponse) {
	look(ctx, &told.State, &told.Diagnostics)
}

func main() {
	options := providerserver.ServeOpts{Address: "registry.opentofu.org/finding/framework"}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return notes{} }, options); err != nil {
		panic(err)
	}
}
GO
cat >tofu.tfrc <<HCL
provider_installation {
  dev_overrides { "finding/framework" = "$PWD" }
}
HCL
cat >main.tf <<'HCL'
terraform {
  required_providers { framework = { source = "finding/framework" } }
}
resource "framework_note" "it" {}
output "changed" { value = framework_note.it.changed }
HCL
export TF_CLI_CONFIG_FILE=$PWD/tofu.tfrc CHANGED=$PWD/changed
expect "$(for changed in 2026-05-04T12:00:00.1Z 2026-05-04T12:00:00.9Z 2026-05-04T12:00:00Z 2026-05-04T12:00:00+00:00 2026-05-04T12:00:01.2Z 2026-05-04T14:00:01.2+02:00; do
  echo "$changed" >changed
  quietly ./tofu apply -auto-approve
  echo "there: $changed, the state: $(./tofu output -raw changed)"
done)" <<'WANTED'
there: 2026-05-04T12:00:00.1Z, the state: 2026-05-04T12:00:00.1Z
there: 2026-05-04T12:00:00.9Z, the state: 2026-05-04T12:00:00.1Z
there: 2026-05-04T12:00:00Z, the state: 2026-05-04T12:00:00.1Z
there: 2026-05-04T12:00:00+00:00, the state: 2026-05-04T12:00:00.1Z
there: 2026-05-04T12:00:01.2Z, the state: 2026-05-04T12:00:01.2Z
there: 2026-05-04T14:00:01.2+02:00, the state: 2026-05-04T14:00:01.2+02:00
WANTED
