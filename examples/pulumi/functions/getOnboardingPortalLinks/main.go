package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// The links of one customer. They are secret.
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
		_, err = ory.GetOnboardingPortalLinks(ctx, &ory.GetOnboardingPortalLinksArgs{
			ProjectId:      pulumi.StringRef(partners.Id),
			OrganizationId: acme.Id,
		}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
