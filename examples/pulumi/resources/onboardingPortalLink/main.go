package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A customer, and the link with which they set up their own sign-in.
		customers, err := ory.NewProject(ctx, "customers", &ory.ProjectArgs{
			Name:        pulumi.String("Customers"),
			Environment: pulumi.String(ory.ProjectEnvironmentStage),
		})
		if err != nil {
			return err
		}
		globex, err := ory.NewOrganization(ctx, "globex", &ory.OrganizationArgs{
			ProjectId: customers.ID(),
			Label:     pulumi.String("Globex"),
		})
		if err != nil {
			return err
		}
		globexLink, err := ory.NewOnboardingPortalLink(ctx, "globexLink", &ory.OnboardingPortalLinkArgs{
			ProjectId:      customers.ID(),
			OrganizationId: globex.ID(),
			EnableSso:      pulumi.Bool(true),
			EnableScim:     pulumi.Bool(false),
		})
		if err != nil {
			return err
		}
		ctx.Export("link", globexLink.Url)
		return nil
	})
}
