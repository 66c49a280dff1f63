package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		parts, err := ory.RelationshipParse(ctx, "files:report.pdf#view@groups:staff#member")
		if err != nil {
			return err
		}
		ctx.Export("namespace", pulumi.String(parts.Namespace))
		return nil
	})
}
