package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// The private keys of a set, for whoever signs with them.
		sessions, err := ory.OpenJsonWebKeySet(ctx, &ory.OpenJsonWebKeySetArgs{
			SetId: "session-tokens",
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("publicKeys", pulumi.String(sessions.PublicKeys))
		return nil
	})
}
