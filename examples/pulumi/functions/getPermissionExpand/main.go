package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Who may view the report, directly or as a member of a group.
		viewers, err := ory.GetPermissionExpand(ctx, &ory.GetPermissionExpandArgs{
			Namespace: "files",
			Object:    "report.pdf",
			Relation:  "view",
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("viewers", pulumi.ToStringArray(viewers.SubjectIds))
		return nil
	})
}
