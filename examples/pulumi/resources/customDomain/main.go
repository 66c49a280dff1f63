package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// The CNAME record of the host name has to lead to the target.
		named, err := ory.NewProject(ctx, "named", &ory.ProjectArgs{
			Name:        pulumi.String("Named"),
			Environment: pulumi.String(ory.ProjectEnvironmentStage),
		})
		if err != nil {
			return err
		}
		auth, err := ory.NewCustomDomain(ctx, "auth", &ory.CustomDomainArgs{
			ProjectId:    named.ID(),
			Hostname:     pulumi.String("auth.example.com"),
			CookieDomain: pulumi.String("example.com"),
			CorsEnabled:  pulumi.Bool(true),
			CorsAllowedOrigins: pulumi.StringArray{
				pulumi.String("https://app.example.com"),
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("target", auth.CnameTarget)
		return nil
	})
}
