package main

import (
	"encoding/json"

	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A service that calls others on its own behalf.
		machine, err := ory.NewOauth2Client(ctx, "machine", &ory.Oauth2ClientArgs{
			ClientName: pulumi.String("Order service"),
			GrantTypes: pulumi.StringArray{
				pulumi.String(ory.Oauth2ClientGrantTypeClientCredentials),
			},
			Scope: pulumi.String("orders:read orders:write"),
			Audience: pulumi.StringArray{
				pulumi.String("https://orders.example.com"),
			},
			ClientCredentialsGrantAccessTokenLifespan: pulumi.String("1h"),
		})
		if err != nil {
			return err
		}
		tmpJSON0, err := json.Marshal(map[string]string{
			"team": "shop",
		})
		if err != nil {
			return err
		}
		json0 := string(tmpJSON0)
		// A web application whose server keeps the secret.
		_, err = ory.NewOauth2Client(ctx, "web", &ory.Oauth2ClientArgs{
			ClientName: pulumi.String("Shop"),
			GrantTypes: pulumi.StringArray{
				pulumi.String(ory.Oauth2ClientGrantTypeAuthorizationCode),
				pulumi.String(ory.Oauth2ClientGrantTypeRefreshToken),
			},
			ResponseTypes: pulumi.StringArray{
				pulumi.String("code"),
			},
			Scope: pulumi.String("openid offline_access profile"),
			RedirectUris: pulumi.StringArray{
				pulumi.String("https://shop.example.com/callback"),
			},
			PostLogoutRedirectUris: pulumi.StringArray{
				pulumi.String("https://shop.example.com/goodbye"),
			},
			AllowedCorsOrigins: pulumi.StringArray{
				pulumi.String("https://shop.example.com"),
			},
			Metadata: pulumi.String(json0),
		})
		if err != nil {
			return err
		}
		// A single-page application: it cannot keep a secret, so it has none.
		_, err = ory.NewOauth2Client(ctx, "spa", &ory.Oauth2ClientArgs{
			ClientName: pulumi.String("Dashboard"),
			GrantTypes: pulumi.StringArray{
				pulumi.String(ory.Oauth2ClientGrantTypeAuthorizationCode),
				pulumi.String(ory.Oauth2ClientGrantTypeRefreshToken),
			},
			ResponseTypes: pulumi.StringArray{
				pulumi.String("code"),
			},
			Scope: pulumi.String("openid profile"),
			RedirectUris: pulumi.StringArray{
				pulumi.String("https://dashboard.example.com/callback"),
			},
			TokenEndpointAuthMethod: pulumi.String(ory.Oauth2ClientTokenEndpointAuthMethodNone),
		})
		if err != nil {
			return err
		}
		ctx.Export("clientId", machine.ClientId)
		ctx.Export("clientSecret", machine.ClientSecret)
		return nil
	})
}
