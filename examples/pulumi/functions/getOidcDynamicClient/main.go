package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// By its name, if only one client has it; or by its clientId.
		wiki, err := ory.LookupOidcDynamicClient(ctx, &ory.LookupOidcDynamicClientArgs{
			ClientName: pulumi.StringRef("Wiki"),
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("scope", pulumi.String(wiki.Scope))
		return nil
	})
}
