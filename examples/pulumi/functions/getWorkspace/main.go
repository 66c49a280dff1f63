package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// By its id or, if only one workspace has that, its name; or the provider's own.
		ours, err := ory.LookupWorkspace(ctx, &ory.LookupWorkspaceArgs{
			Name: pulumi.StringRef("Our company"),
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("createdAt", pulumi.String(ours.CreatedAt))
		return nil
	})
}
