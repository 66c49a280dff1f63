package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		text, err := ory.DurationFormat(ctx, 2592000)
		if err != nil {
			return err
		}
		ctx.Export("aMonth", pulumi.String(text))
		return nil
	})
}
