package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Whoever has a token of the client has to get another one when what the client may do changes.
		shop, err := ory.NewOauth2Client(ctx, "shop", &ory.Oauth2ClientArgs{
			ClientName: pulumi.String("Shop"),
			GrantTypes: pulumi.StringArray{
				pulumi.String(ory.Oauth2ClientGrantTypeClientCredentials),
			},
			Scope: pulumi.String("orders:read"),
		})
		if err != nil {
			return err
		}
		_, err = ory.NewOauth2ClientRevokeTokens(ctx, "revoked", &ory.Oauth2ClientRevokeTokensArgs{
			ClientId: shop.ClientId,
			Triggers: pulumi.Array{
				shop.Scope,
			},
		})
		if err != nil {
			return err
		}
		return nil
	})
}
