package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		url, err := ory.IssuerUrl(ctx, "elegant-swirles-k2f5a8b3c1")
		if err != nil {
			return err
		}
		ctx.Export("issuer", pulumi.String(url))
		return nil
	})
}
