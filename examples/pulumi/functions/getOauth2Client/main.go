package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// By its name, if only one client has it; or by its clientId.
		orderService, err := ory.LookupOauth2Client(ctx, &ory.LookupOauth2ClientArgs{
			ClientName: pulumi.StringRef("Order service"),
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("scope", pulumi.String(orderService.Scope))
		return nil
	})
}
