#!/usr/bin/env bash
# OpenTofu 1.12.6: it tells every provider that it is Terraform 1.13.0.
#
# Guess: the version that a provider is told when it is configured, which ends in user agents, support requests and
#        "needs at least" checks, is the tool's own, as `tofu version` and the state have it.
# Seen:  it is "1.13.0", and nothing else in the call says which tool it is. The state that the same run writes says 1.12.6.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
go_program terraform-provider-told github.com/hashicorp/terraform-plugin-go@v0.29.0 <<'GO'
package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// One data source, told_version, with what the provider was told.
type provider struct {
	tfprotov6.ProviderServer
	version string
}

func (*provider) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	attribute := &tfprotov6.SchemaAttribute{Name: "version", Type: tftypes.String, Computed: true}
	block := &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{attribute}}
	return &tfprotov6.GetProviderSchemaResponse{
		Provider:          &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}},
		DataSourceSchemas: map[string]*tfprotov6.Schema{"told_version": {Block: block}},
	}, nil
}

func (*provider) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{}, nil
}

func (*provider) ValidateProviderConfig(_ context.Context, asked *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{PreparedConfig: asked.Config}, nil
}

func (*provider) ValidateDataResourceConfig(context.Context, *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return &tfprotov6.ValidateDataResourceConfigResponse{}, nil
}

func (p *provider) ConfigureProvider(_ context.Context, asked *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	p.version = asked.TerraformVersion
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (p *provider) ReadDataSource(context.Context, *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"version": tftypes.String}}
	value := map[string]tftypes.Value{"version": tftypes.NewValue(tftypes.String, p.version)}
	state, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, value))
	return &tfprotov6.ReadDataSourceResponse{State: &state}, err
}

func (*provider) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return &tfprotov6.StopProviderResponse{}, nil
}

func main() {
	name := "registry.opentofu.org/finding/told"
	if err := tf6server.Serve(name, func() tfprotov6.ProviderServer { return &provider{} }); err != nil {
		panic(err)
	}
}
GO
cat >tofu.tfrc <<HCL
provider_installation {
  dev_overrides { "finding/told" = "$PWD" }
}
HCL
mkdir root
cat >root/main.tf <<'HCL'
terraform {
  required_providers { told = { source = "finding/told" } }
}
data "told_version" "tool" {}
output "told" { value = data.told_version.tool.version }
HCL
export TF_CLI_CONFIG_FILE=$PWD/tofu.tfrc
cd root
quietly ../tofu apply -auto-approve
expect "$(echo "tofu version: $(../tofu version | sed 's/.* v//; s/-dev//; q')"
  echo "the provider was told: $(../tofu output -raw told)"
  sed -n 's/^ *"terraform_version": "\(.*\)",/the state: \1/p' terraform.tfstate)" <<'WANTED'
tofu version: 1.12.6
the provider was told: 1.13.0
the state: 1.12.6
WANTED
