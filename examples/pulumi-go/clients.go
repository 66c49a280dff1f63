// Three OAuth 2.0 clients, one for each kind of application.
//
// The provider is configured by the environment: ORY_HYDRA_ADMIN_URL for a
// self-hosted Ory Hydra or `janiform emulator`, or ORY_PROJECT_SLUG and
// ORY_PROJECT_API_KEY for a project of Ory Network.
package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	webOrigin = "https://shop.example.com"
	spaOrigin = "https://dashboard.example.com"
)

func program(ctx *pulumi.Context) error {
	// Machine to machine: a service that calls others on its own behalf.
	machine, err := ory.NewOauth2Client(ctx, "machine", &ory.Oauth2ClientArgs{
		ClientName: pulumi.String("Order service"),
		GrantTypes: pulumi.StringArray{ory.Oauth2ClientGrantTypeClientCredentials},
		Scope:      pulumi.String("orders:read orders:write"),
		Audience:   pulumi.ToStringArray([]string{"https://orders.example.com"}),
		ClientCredentialsGrantAccessTokenLifespan: pulumi.String("1h"),
	})
	// To take over a client that exists already, add an option with its id:
	// pulumi.Import(pulumi.ID("0f1c2d3e-4b5a-4697-8897-a6b5c4d3e2f1")).
	if err != nil {
		return err
	}

	// A web application: its server keeps the secret and refreshes tokens.
	web, err := ory.NewOauth2Client(ctx, "web", &ory.Oauth2ClientArgs{
		ClientName:              pulumi.String("Shop"),
		GrantTypes:              pulumi.StringArray{ory.Oauth2ClientGrantTypeAuthorizationCode, ory.Oauth2ClientGrantTypeRefreshToken},
		ResponseTypes:           pulumi.ToStringArray([]string{"code"}),
		Scope:                   pulumi.String("openid offline_access profile email"),
		TokenEndpointAuthMethod: ory.Oauth2ClientTokenEndpointAuthMethodClientSecretBasic,
		RedirectUris:            pulumi.ToStringArray([]string{webOrigin + "/callback"}),
		PostLogoutRedirectUris:  pulumi.ToStringArray([]string{webOrigin + "/goodbye"}),
		AllowedCorsOrigins:      pulumi.ToStringArray([]string{webOrigin}),
		SkipConsent:             pulumi.Bool(true), // an application of our own
	})
	if err != nil {
		return err
	}

	// A single-page application: what runs in a browser keeps no secret.
	spa, err := ory.NewOauth2Client(ctx, "spa", &ory.Oauth2ClientArgs{
		ClientName:              pulumi.String("Dashboard"),
		GrantTypes:              pulumi.StringArray{ory.Oauth2ClientGrantTypeAuthorizationCode, ory.Oauth2ClientGrantTypeRefreshToken},
		ResponseTypes:           pulumi.ToStringArray([]string{"code"}),
		Scope:                   pulumi.String("openid profile"),
		TokenEndpointAuthMethod: ory.Oauth2ClientTokenEndpointAuthMethodNone,
		RedirectUris:            pulumi.ToStringArray([]string{spaOrigin + "/callback", "http://localhost:3000/callback"}),
		AllowedCorsOrigins:      pulumi.ToStringArray([]string{spaOrigin}),
	})
	if err != nil {
		return err
	}

	ctx.Export("machineClientId", machine.ClientId)
	ctx.Export("machineClientSecret", machine.ClientSecret) // encrypted in the stack, hidden in outputs
	// A look-up: what the server says about the client.
	found := ory.LookupOauth2ClientOutput(ctx, ory.LookupOauth2ClientOutputArgs{ClientId: machine.ClientId})
	ctx.Export("machineScope", found.Scope())
	ctx.Export("webClientId", web.ClientId)
	ctx.Export("webClientSecret", web.ClientSecret)
	ctx.Export("spaClientId", spa.ClientId)
	return nil
}
