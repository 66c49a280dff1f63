package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Fails if the relationship does not exist.
		annViews, err := ory.LookupRelationship(ctx, &ory.LookupRelationshipArgs{
			Id: pulumi.StringRef("files:report.pdf#view@ann"),
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("subject", pulumi.String(annViews.SubjectId))
		return nil
	})
}
