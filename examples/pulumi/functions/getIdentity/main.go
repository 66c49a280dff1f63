package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// By an id of your own; or by its id.
		ann, err := ory.LookupIdentity(ctx, &ory.LookupIdentityArgs{
			ExternalId: pulumi.StringRef("customer-4711"),
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("traits", pulumi.String(ann.Traits))
		return nil
	})
}
