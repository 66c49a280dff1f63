package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A project, and who may do what with its documents.
		archive, err := ory.NewProject(ctx, "archive", &ory.ProjectArgs{
			Name:        pulumi.String("Archive"),
			Environment: pulumi.String(ory.ProjectEnvironmentDev),
		})
		if err != nil {
			return err
		}
		_, err = ory.NewPermissionNamespaces(ctx, "model", &ory.PermissionNamespacesArgs{
			ProjectId: archive.ID(),
			Source:    pulumi.String("class User implements Namespace {}\nclass Document implements Namespace { related: { owners: User[] } }"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
