package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// The organization that the people of a domain belong to.
		partners, err := ory.LookupProject(ctx, &ory.LookupProjectArgs{
			Name: pulumi.StringRef("Partners"),
		}, nil)
		if err != nil {
			return err
		}
		_, err = ory.GetOrganizations(ctx, &ory.GetOrganizationsArgs{
			ProjectId: pulumi.StringRef(partners.Id),
			Domain:    pulumi.StringRef("acme.example"),
		}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
