package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// The identity provider of a customer says who works there.
		acme, err := ory.NewOrganization(ctx, "acme", &ory.OrganizationArgs{
			Label: pulumi.String("Acme"),
			Domains: pulumi.StringArray{
				pulumi.String("acme.example"),
			},
		})
		if err != nil {
			return err
		}
		_, err = ory.NewScimClient(ctx, "okta", &ory.ScimClientArgs{
			ClientId:                  pulumi.String("okta-acme"),
			OrganizationId:            acme.ID(),
			Label:                     pulumi.String("Okta"),
			AuthorizationHeaderSecret: pulumi.String("a-secret-for-okta"),
			MapperUrl:                 pulumi.String("https://example.com/scim-mapper.jsonnet"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
