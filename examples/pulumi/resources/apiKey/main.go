package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A key for a customer of your API, which another one takes the place of in time.
		customer, err := ory.NewApiKey(ctx, "customer", &ory.ApiKeyArgs{
			Name:    pulumi.String("Acme's integration"),
			ActorId: pulumi.String("customer-4711"),
			Scopes: pulumi.StringArray{
				pulumi.String("orders:read"),
				pulumi.String("orders:write"),
			},
			Ttl:         pulumi.String("90d"),
			RenewBefore: pulumi.String("14d"),
		})
		if err != nil {
			return err
		}
		ctx.Export("customerApiKey", customer.Secret)
		return nil
	})
}
