package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A project and how it is configured, in one update. What is not set is left as it is.
		portal, err := ory.NewProject(ctx, "portal", &ory.ProjectArgs{
			Name:        pulumi.String("Portal"),
			Environment: pulumi.String(ory.ProjectEnvironmentDev),
		})
		if err != nil {
			return err
		}
		_, err = ory.NewProjectConfig(ctx, "portalConfig", &ory.ProjectConfigArgs{
			ProjectId:   portal.ID(),
			CorsEnabled: pulumi.Bool(true),
			CorsOrigins: pulumi.StringArray{
				pulumi.String("https://portal.example.com"),
			},
			SelfserviceDefaultBrowserReturnUrl: pulumi.String("https://portal.example.com/"),
			AllowedReturnUrls: pulumi.StringArray{
				pulumi.String("https://portal.example.com/welcome"),
			},
			SelfserviceMethodsPasskeyEnabled:                  pulumi.Bool(true),
			SelfserviceMethodsPasswordConfigMinPasswordLength: pulumi.Int(12),
			SessionLifespan:      pulumi.String("720h"),
			Oauth2TtlAccessToken: pulumi.String("30m"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
