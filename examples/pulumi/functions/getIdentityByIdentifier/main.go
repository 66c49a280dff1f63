package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Whoever signs in with this address.
		ann, err := ory.GetIdentityByIdentifier(ctx, &ory.GetIdentityByIdentifierArgs{
			Identifier: "ann@example.com",
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("annByIdentifier", pulumi.String(ann.Id))
		return nil
	})
}
