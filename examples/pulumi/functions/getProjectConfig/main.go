package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// What is in force in a project: in the provider's own, or in that with this id.
		shop, err := ory.LookupProject(ctx, &ory.LookupProjectArgs{
			Name: pulumi.StringRef("Shop"),
		}, nil)
		if err != nil {
			return err
		}
		shopConfig, err := ory.LookupProjectConfig(ctx, &ory.LookupProjectConfigArgs{
			ProjectId: pulumi.StringRef(shop.Id),
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("returnUrl", pulumi.String(shopConfig.SelfserviceDefaultBrowserReturnUrl))
		return nil
	})
}
