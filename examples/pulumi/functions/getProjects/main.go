package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Every project that the key may see.
		_, err := ory.GetProjects(ctx, &ory.GetProjectsArgs{}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
