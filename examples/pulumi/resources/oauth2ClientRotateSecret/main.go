package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		cfg := config.New(ctx, "")
		newSecret := "a-secret-for-the-examples"
		if param := cfg.Get("newSecret"); param != "" {
			newSecret = param
		}
		_, err := ory.NewOauth2ClientRotateSecret(ctx, "rotated", &ory.Oauth2ClientRotateSecretArgs{
			ClientId:     pulumi.String("shop"),
			ClientSecret: pulumi.ToSecret(newSecret).(pulumi.StringOutput),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
