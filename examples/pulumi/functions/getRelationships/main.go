package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Who may view the report.
		_, err := ory.LookupRelationships(ctx, &ory.LookupRelationshipsArgs{
			Namespace: pulumi.StringRef("files"),
			Object:    pulumi.StringRef("report.pdf"),
			Relation:  pulumi.StringRef("view"),
		}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
