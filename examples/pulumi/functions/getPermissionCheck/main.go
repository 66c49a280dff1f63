package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Whether Ann may view the report, directly or as a member of a group.
		annViews, err := ory.GetPermissionCheck(ctx, &ory.GetPermissionCheckArgs{
			Namespace: "files",
			Object:    "report.pdf",
			Relation:  "view",
			SubjectId: pulumi.StringRef("ann"),
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("annMayView", pulumi.Bool(annViews.Allowed))
		return nil
	})
}
