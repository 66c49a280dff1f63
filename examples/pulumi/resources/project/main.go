package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// The shop's project, and one to try changes in.
		shop, err := ory.NewProject(ctx, "shop", &ory.ProjectArgs{
			Name:               pulumi.String("Shop"),
			Environment:        pulumi.String(ory.ProjectEnvironmentProd),
			HomeRegion:         pulumi.String(ory.ProjectHomeRegionEuCentral),
			DeletionProtection: pulumi.Bool(false),
		})
		if err != nil {
			return err
		}
		_, err = ory.NewProject(ctx, "staging", &ory.ProjectArgs{
			Name:        pulumi.String("Shop, to try things"),
			Environment: pulumi.String(ory.ProjectEnvironmentDev),
		})
		if err != nil {
			return err
		}
		ctx.Export("slug", shop.Slug)
		return nil
	})
}
