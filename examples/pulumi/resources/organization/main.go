package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A project, and the people of a customer in it.
		partners, err := ory.NewProject(ctx, "partners", &ory.ProjectArgs{
			Name:        pulumi.String("Partners"),
			Environment: pulumi.String(ory.ProjectEnvironmentStage),
		})
		if err != nil {
			return err
		}
		_, err = ory.NewOrganization(ctx, "acme", &ory.OrganizationArgs{
			ProjectId: partners.ID(),
			Label:     pulumi.String("Acme"),
			Domains: pulumi.StringArray{
				pulumi.String("acme.example"),
				pulumi.String("acme.test"),
			},
			SessionLifespan: pulumi.String("12h"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
