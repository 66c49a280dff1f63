package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// By its id; or by its label, if only one organization of the project has that.
		partners, err := ory.LookupProject(ctx, &ory.LookupProjectArgs{
			Name: pulumi.StringRef("Partners"),
		}, nil)
		if err != nil {
			return err
		}
		acme, err := ory.LookupOrganization(ctx, &ory.LookupOrganizationArgs{
			ProjectId: pulumi.StringRef(partners.Id),
			Label:     pulumi.StringRef("Acme"),
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("domains", pulumi.ToStringArray(acme.Domains))
		return nil
	})
}
