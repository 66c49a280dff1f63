package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A project, its key, and what is inside it, from nothing in one update.
		docs, err := ory.NewProject(ctx, "docs", &ory.ProjectArgs{
			Name:        pulumi.String("Documentation"),
			Environment: pulumi.String(ory.ProjectEnvironmentDev),
		})
		if err != nil {
			return err
		}
		deployer, err := ory.NewProjectApiKey(ctx, "deployer", &ory.ProjectApiKeyArgs{
			ProjectId: docs.ID(),
			Name:      pulumi.String("Pulumi"),
			ExpiresAt: pulumi.String("2035-01-01T00:00:00Z"),
		})
		if err != nil {
			return err
		}
		insideDocs, err := ory.NewProvider(ctx, "insideDocs", &ory.ProviderArgs{
			ProjectSlug:   docs.Slug,
			ProjectApiKey: deployer.Value,
		})
		if err != nil {
			return err
		}
		_, err = ory.NewOauth2Client(ctx, "reader", &ory.Oauth2ClientArgs{
			ClientName: pulumi.String("Documentation"),
			GrantTypes: pulumi.StringArray{
				pulumi.String(ory.Oauth2ClientGrantTypeClientCredentials),
			},
		}, pulumi.Provider(insideDocs))
		if err != nil {
			return err
		}
		ctx.Export("key", deployer.Value)
		return nil
	})
}
