package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// What runs with it has a token for as long as the run lasts.
		robot, err := ory.NewOauth2Client(ctx, "robot", &ory.Oauth2ClientArgs{
			ClientName: pulumi.String("Robot"),
			GrantTypes: pulumi.StringArray{
				pulumi.String(ory.Oauth2ClientGrantTypeClientCredentials),
			},
			Scope: pulumi.String("orders:read"),
		})
		if err != nil {
			return err
		}
		token := ory.OpenOauth2TokenOutput(ctx, ory.OpenOauth2TokenOutputArgs{
			ClientId:     robot.ClientId,
			ClientSecret: robot.ClientSecret,
			Scope:        pulumi.String("orders:read"),
		}, nil)
		ctx.Export("expiresAt", token.ExpiresAt())
		return nil
	})
}
