package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// It was made in the Ory Console: import it.
		_, err := ory.NewWorkspace(ctx, "ours", &ory.WorkspaceArgs{
			Name: pulumi.String("Our company"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
