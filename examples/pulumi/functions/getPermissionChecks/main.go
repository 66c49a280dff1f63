package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// What Ann and Bob may do with the report: ten questions go in one request.
		report, err := ory.GetPermissionChecks(ctx, &ory.GetPermissionChecksArgs{
			Checks: []ory.PermissionToCheck{
				{
					Namespace: "files",
					Object:    "report.pdf",
					Relation:  "view",
					SubjectId: pulumi.StringRef("ann"),
				},
				{
					Namespace: "files",
					Object:    "report.pdf",
					Relation:  "view",
					SubjectId: pulumi.StringRef("bob"),
				},
			},
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("bothMayView", pulumi.Bool(report.Allowed))
		return nil
	})
}
