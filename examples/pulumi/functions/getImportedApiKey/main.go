package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		known, err := ory.NewImportedApiKey(ctx, "known", &ory.ImportedApiKeyArgs{
			Name:    pulumi.String("Known, too"),
			ActorId: pulumi.String("customer-4712"),
			RawKey:  pulumi.String("known-5c2d8f1e9a7b"),
			Ttl:     pulumi.String("30d"),
		})
		if err != nil {
			return err
		}
		found := ory.LookupImportedApiKeyOutput(ctx, ory.LookupImportedApiKeyOutputArgs{
			KeyId: known.KeyId,
		}, nil)
		ctx.Export("status", found.Status())
		return nil
	})
}
