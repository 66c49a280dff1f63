package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// By its id; by its slug or its name, if only one project has that; or the provider's own.
		shop, err := ory.LookupProject(ctx, &ory.LookupProjectArgs{
			Name: pulumi.StringRef("Shop"),
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("slug", pulumi.String(shop.Slug))
		return nil
	})
}
