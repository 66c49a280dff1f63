package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A key that a customer has used for years, and goes on to use.
		_, err := ory.NewImportedApiKey(ctx, "old", &ory.ImportedApiKeyArgs{
			Name:    pulumi.String("Acme's old key"),
			ActorId: pulumi.String("customer-4711"),
			Scopes: pulumi.StringArray{
				pulumi.String("orders:read"),
			},
			RawKey: pulumi.String("acme-8d1f6c3b5a2e"),
			Ttl:    pulumi.String("1y"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
