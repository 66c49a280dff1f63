package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		parts, err := ory.ImportIdParse(ctx, "ory_organization", "9f425a8d-7efc-4768-8f23-7647a74fdf13/3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d")
		if err != nil {
			return err
		}
		ctx.Export("parts", pulumi.ToStringMap(parts))
		return nil
	})
}
