#!/usr/bin/env bash
# Go module github.com/hashicorp/terraform-plugin-framework 1.19.0, with OpenTofu 1.12.6: in a set of objects, an attribute that gets its default makes the computed id beside it null, and the apply fails.
#
# Guess: in a new object of a set, list or map, a computed attribute is "known after apply", whatever the attributes beside it are; and what
#        works for the object that names its kind works for the one that leaves it to the default.
# Seen:  in a list and a map it is so. In a set, the object that leaves the kind to its default has null for its id in the plan; the
#        provider gives it an id, and OpenTofu ends with "inconsistent result after apply". The resource is there, and
#        tainted: the next apply deletes it, makes it again and fails again. With UseStateForUnknown, which is usual for
#        ids, a list whose first object is new gives the ids of its objects to their successors, and the last one's is
#        null, with the same error.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
go_program terraform-provider-framework github.com/hashicorp/terraform-plugin-framework@v1.19.0 <<'GO'
package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type team struct{ provider.Provider }

func (team) Metadata(_ context.Context, _ provider.MetadataRequest, told *provider.MetadataResponse) {
	told.TypeName = "framework"
}
func (team) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (team) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (team) DataSources(context.Context) []func() datasource.DataSource                        { return nil }
func (team) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return group{} }}
}

// A resource of members in a set, a list, a map, and a list whose ids stay; the id of a member is its name in capitals.
type group struct{}

type member struct {
	Name types.String `tfsdk:"name"`
	Kind types.String `tfsdk:"kind"`
	ID   types.String `tfsdk:"id"`
}

type members struct {
	Set  []member          `tfsdk:"set"`
	List []member          `tfsdk:"list"`
	Map  map[string]member `tfsdk:"map"`
	Kept []member          `tfsdk:"kept"`
}

func (group) Metadata(_ context.Context, _ resource.MetadataRequest, told *resource.MetadataResponse) {
	told.TypeName = "framework_group"
}

func (group) Schema(_ context.Context, _ resource.SchemaRequest, told *resource.SchemaResponse) {
	object := func(modifiers ...planmodifier.String) schema.NestedAttributeObject {
		return schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{Required: true},
			"kind": schema.StringAttribute{Optional: true, Computed: true, Default: stringdefault.StaticString("plain")},
			"id":   schema.StringAttribute{Computed: true, PlanModifiers: modifiers},
		}}
	}
	told.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"set":  schema.SetNestedAttribute{Optional: true, NestedObject: object()},
		"list": schema.ListNestedAttribute{Optional: true, NestedObject: object()},
		"map":  schema.MapNestedAttribute{Optional: true, NestedObject: object()},
		"kept": schema.ListNestedAttribute{Optional: true, NestedObject: object(stringplanmodifier.UseStateForUnknown())},
	}}
}

func identified(one member) member {
	if one.ID.IsUnknown() || one.ID.IsNull() {
		one.ID = types.StringValue("id of " + one.Name.ValueString())
	}
	return one
}

func (all *members) identify() *members {
	for _, list := range [][]member{all.Set, all.List, all.Kept} {
		for at := range list {
			list[at] = identified(list[at])
		}
	}
	for key := range all.Map {
		all.Map[key] = identified(all.Map[key])
	}
	return all
}

func (group) Create(ctx context.Context, asked resource.CreateRequest, told *resource.CreateResponse) {
	var all members
	told.Diagnostics.Append(asked.Plan.Get(ctx, &all)...)
	told.Diagnostics.Append(told.State.Set(ctx, all.identify())...)
}

func (group) Update(ctx context.Context, asked resource.UpdateRequest, told *resource.UpdateResponse) {
	var all members
	told.Diagnostics.Append(asked.Plan.Get(ctx, &all)...)
	told.Diagnostics.Append(told.State.Set(ctx, all.identify())...)
}

func (group) Read(context.Context, resource.ReadRequest, *resource.ReadResponse)       {}
func (group) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

func main() {
	options := providerserver.ServeOpts{Address: "registry.opentofu.org/finding/framework"}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return team{} }, options); err != nil {
		panic(err)
	}
}
GO
cat >tofu.tfrc <<HCL
provider_installation {
  dev_overrides { "finding/framework" = "$PWD" }
}
HCL
export TF_CLI_CONFIG_FILE=$PWD/tofu.tfrc
# applied NAME VALUE: how the apply ends, and what the next plan is.
applied() {
  printf 'terraform {\n  required_providers { framework = { source = "finding/framework" } }\n}\nresource "framework_group" "it" { %s = %s }\n' "$1" "$2" >main.tf
  echo "$1 = $2"
  ./tofu apply -auto-approve -no-color 2>&1 | sed -n 's/^Error: /  /p; s/^Apply complete! /  /p' | sort -u
  echo "  the next plan: $(./tofu plan -no-color 2>&1 | grep -Eo '^No changes|^Plan: .*')"
  echo "  the ids: $(sed -n 's/^ *"id": "\(.*\)",$/\1/p' terraform.tfstate | paste -sd,)"
}
start_over() { rm -f terraform.tfstate*; }
expect "$(applied set '[{ name = "a", kind = "plain" }]'
start_over
applied set '[{ name = "a" }]'
applied set '[{ name = "a" }]'
start_over
applied list '[{ name = "a" }]'
start_over
applied map '{ a = { name = "a" } }'
start_over
applied kept '[{ name = "a" }, { name = "b" }]'
applied kept '[{ name = "new" }, { name = "a" }, { name = "b" }]')" <<'WANTED'
set = [{ name = "a", kind = "plain" }]
  Resources: 1 added, 0 changed, 0 destroyed.
  the next plan: No changes
  the ids: id of a
set = [{ name = "a" }]
  Provider produced inconsistent result after apply
  the next plan: Plan: 1 to add, 0 to change, 1 to destroy.
  the ids: id of a
set = [{ name = "a" }]
  Provider produced inconsistent result after apply
  the next plan: Plan: 1 to add, 0 to change, 1 to destroy.
  the ids: id of a
list = [{ name = "a" }]
  Resources: 1 added, 0 changed, 0 destroyed.
  the next plan: No changes
  the ids: id of a
map = { a = { name = "a" } }
  Resources: 1 added, 0 changed, 0 destroyed.
  the next plan: No changes
  the ids: id of a
kept = [{ name = "a" }, { name = "b" }]
  Resources: 1 added, 0 changed, 0 destroyed.
  the next plan: No changes
  the ids: id of a,id of b
kept = [{ name = "new" }, { name = "a" }, { name = "b" }]
  Provider produced inconsistent result after apply
  the next plan: No changes
  the ids: id of a,id of b,id of b
WANTED
