package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		sessions, err := ory.LookupJsonWebKeySet(ctx, &ory.LookupJsonWebKeySetArgs{
			SetId: pulumi.StringRef("session-tokens"),
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("publicKeys", pulumi.String(sessions.PublicKeys))
		return nil
	})
}
