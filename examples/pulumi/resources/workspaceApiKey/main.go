package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A key of a workspace, by a person who is signed in.
		mine, err := ory.LookupWorkspace(ctx, &ory.LookupWorkspaceArgs{
			Name: pulumi.StringRef("Our company"),
		}, nil)
		if err != nil {
			return err
		}
		_, err = ory.NewWorkspaceApiKey(ctx, "automation", &ory.WorkspaceApiKeyArgs{
			WorkspaceId: pulumi.String(mine.Id),
			Name:        pulumi.String("Automation"),
			ExpiresAt:   pulumi.String("2035-01-01T00:00:00Z"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
