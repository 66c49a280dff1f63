package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// The custom domains of a project.
		partners, err := ory.LookupProject(ctx, &ory.LookupProjectArgs{
			Name: pulumi.StringRef("Partners"),
		}, nil)
		if err != nil {
			return err
		}
		_, err = ory.GetCustomDomains(ctx, &ory.GetCustomDomainsArgs{
			ProjectId: pulumi.StringRef(partners.Id),
		}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
