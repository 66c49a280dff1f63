package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A new key each quarter; the one before it stays.
		_, err := ory.NewJsonWebKeySetRotate(ctx, "rotated", &ory.JsonWebKeySetRotateArgs{
			SetId: pulumi.String("session-tokens"),
			Keep:  pulumi.Int(1),
			Triggers: pulumi.Array{
				pulumi.Any("2026-Q4"),
			},
		})
		if err != nil {
			return err
		}
		return nil
	})
}
