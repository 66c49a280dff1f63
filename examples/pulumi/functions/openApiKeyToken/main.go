package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// What reads orders in this run can do no more.
		reports, err := ory.NewApiKey(ctx, "reports", &ory.ApiKeyArgs{
			Name:    pulumi.String("Reports"),
			ActorId: pulumi.String("reports"),
			Scopes: pulumi.StringArray{
				pulumi.String("orders:read"),
				pulumi.String("orders:write"),
			},
			Ttl: pulumi.String("30d"),
		})
		if err != nil {
			return err
		}
		token := ory.OpenApiKeyTokenOutput(ctx, ory.OpenApiKeyTokenOutputArgs{
			Credential: reports.Secret,
			Ttl:        pulumi.String("15m"),
			Scopes: pulumi.StringArray{
				pulumi.String("orders:read"),
			},
			Audiences: pulumi.StringArray{
				pulumi.String("https://orders.example.com"),
			},
		}, nil)
		ctx.Export("ends", token.ExpireTime())
		return nil
	})
}
