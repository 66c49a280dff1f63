package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		seconds, err := ory.DurationParse(ctx, "1h30m")
		if err != nil {
			return err
		}
		ctx.Export("anHourAndAHalf", pulumi.Float64(seconds))
		return nil
	})
}
