package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		viewersVar, err := ory.GetRelationships(ctx, &ory.LookupRelationshipsArgs{
			Namespace: pulumi.StringRef("files"),
			Object:    pulumi.StringRef("report.pdf"),
			Relation:  pulumi.StringRef("view"),
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("viewers", viewersVar.Relationships)
		return nil
	})
}
