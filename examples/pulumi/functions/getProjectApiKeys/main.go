package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// The keys of a project, by their last characters.
		partners, err := ory.LookupProject(ctx, &ory.LookupProjectArgs{
			Name: pulumi.StringRef("Partners"),
		}, nil)
		if err != nil {
			return err
		}
		_, err = ory.GetProjectApiKeys(ctx, &ory.GetProjectApiKeysArgs{
			ProjectId: pulumi.StringRef(partners.Id),
		}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
