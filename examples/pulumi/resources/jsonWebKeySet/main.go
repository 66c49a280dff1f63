package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A key that the server makes. A new keyId rotates it: the new key is there before the old one goes.
		sessions, err := ory.NewJsonWebKeySet(ctx, "sessions", &ory.JsonWebKeySetArgs{
			SetId:     pulumi.String("session-tokens"),
			KeyId:     pulumi.String("2026-01"),
			Algorithm: pulumi.String("ES256"),
			Use:       pulumi.String(ory.JsonWebKeySetUseSig),
		})
		if err != nil {
			return err
		}
		ctx.Export("sessionKeys", sessions.PublicKeys)
		return nil
	})
}
