package main

import (
	"encoding/json"

	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		tmpJSON0, err := json.Marshal(map[string]string{
			"kty": "EC",
			"kid": "partner-2026",
			"use": "sig",
			"alg": "ES256",
			"crv": "P-256",
			"x":   "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
			"y":   "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
		})
		if err != nil {
			return err
		}
		json0 := string(tmpJSON0)
		// Assertions of this issuer may name one subject.
		_, err = ory.NewTrustedOauth2JwtGrantIssuer(ctx, "partner", &ory.TrustedOauth2JwtGrantIssuerArgs{
			Issuer:  pulumi.String("https://partner.example.com"),
			Subject: pulumi.String("orders@partner.example.com"),
			Scope: pulumi.StringArray{
				pulumi.String("orders:read"),
			},
			ExpiresAt: pulumi.String("2035-01-01T00:00:00Z"),
			Jwk:       pulumi.String(json0),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
