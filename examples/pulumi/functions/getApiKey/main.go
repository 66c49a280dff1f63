package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		known, err := ory.NewApiKey(ctx, "known", &ory.ApiKeyArgs{
			Name:    pulumi.String("Known"),
			ActorId: pulumi.String("customer-4712"),
			Ttl:     pulumi.String("30d"),
		})
		if err != nil {
			return err
		}
		found := ory.LookupApiKeyOutput(ctx, ory.LookupApiKeyOutputArgs{
			KeyId: known.KeyId,
		}, nil)
		ctx.Export("ends", found.ExpireTime())
		return nil
	})
}
