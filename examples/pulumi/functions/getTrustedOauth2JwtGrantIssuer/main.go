package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// By the issuer, if it has one grant; or by its grantId.
		partner, err := ory.LookupTrustedOauth2JwtGrantIssuer(ctx, &ory.LookupTrustedOauth2JwtGrantIssuerArgs{
			Issuer: pulumi.StringRef("https://partner.example.com"),
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("trustedUntil", pulumi.String(partner.ExpiresAt))
		return nil
	})
}
