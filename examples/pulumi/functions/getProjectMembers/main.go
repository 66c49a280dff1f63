package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Who may get into a project.
		partners, err := ory.LookupProject(ctx, &ory.LookupProjectArgs{
			Name: pulumi.StringRef("Partners"),
		}, nil)
		if err != nil {
			return err
		}
		_, err = ory.GetProjectMembers(ctx, &ory.GetProjectMembersArgs{
			ProjectId: pulumi.StringRef(partners.Id),
		}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
