package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// The keys of a customer that are neither revoked nor expired.
		_, err := ory.GetApiKeys(ctx, &ory.GetApiKeysArgs{
			ActorId: pulumi.StringRef("customer-4711"),
			Status:  pulumi.StringRef("active"),
		}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
