package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// The keys of a workspace, for a person who is signed in.
		mine, err := ory.LookupWorkspace(ctx, &ory.LookupWorkspaceArgs{
			Name: pulumi.StringRef("Our company"),
		}, nil)
		if err != nil {
			return err
		}
		_, err = ory.GetWorkspaceApiKeys(ctx, &ory.GetWorkspaceApiKeysArgs{
			WorkspaceId: pulumi.StringRef(mine.Id),
		}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
