package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// The people of a customer sign in with the customer's own identity provider.
		acme, err := ory.NewOrganization(ctx, "acme", &ory.OrganizationArgs{
			Label: pulumi.String("Acme"),
			Domains: pulumi.StringArray{
				pulumi.String("acme.example"),
			},
		})
		if err != nil {
			return err
		}
		_, err = ory.NewSamlProvider(ctx, "acmeProvider", &ory.SamlProviderArgs{
			ProviderId:        pulumi.String("acme"),
			Label:             pulumi.String("Acme"),
			OrganizationId:    acme.ID(),
			RawIdpMetadataXml: pulumi.String("https://idp.acme.example/metadata"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
