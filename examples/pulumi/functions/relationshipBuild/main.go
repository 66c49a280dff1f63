package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		text, err := ory.RelationshipBuild(ctx, "files", "report.pdf", "view", []string{
			"groups",
			"staff",
			"member",
		})
		if err != nil {
			return err
		}
		ctx.Export("staffMayView", pulumi.String(text))
		return nil
	})
}
