package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// What relationships can be in.
		_, err := ory.GetRelationshipNamespaces(ctx, &ory.GetRelationshipNamespacesArgs{}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
