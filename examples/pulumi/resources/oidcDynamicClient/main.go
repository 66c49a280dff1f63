package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A client that registers itself, where dynamic client registration is on.
		wiki, err := ory.NewOidcDynamicClient(ctx, "wiki", &ory.OidcDynamicClientArgs{
			ClientName: pulumi.String("Wiki"),
			GrantTypes: pulumi.StringArray{
				pulumi.String(ory.OidcDynamicClientGrantTypeAuthorizationCode),
				pulumi.String(ory.OidcDynamicClientGrantTypeRefreshToken),
			},
			ResponseTypes: pulumi.StringArray{
				pulumi.String("code"),
			},
			Scope: pulumi.String("openid offline_access"),
			RedirectUris: pulumi.StringArray{
				pulumi.String("https://wiki.example.com/callback"),
			},
			Contacts: pulumi.StringArray{
				pulumi.String("wiki@example.com"),
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("registrationUri", wiki.RegistrationClientUri)
		ctx.Export("registrationToken", wiki.RegistrationAccessToken)
		return nil
	})
}
