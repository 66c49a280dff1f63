package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// For a gateway that checks tokens derived from API keys by itself.
		keys, err := ory.GetApiKeyJwks(ctx, &ory.GetApiKeyJwksArgs{}, nil)
		if err != nil {
			return err
		}
		ctx.Export("keySet", pulumi.String(keys.Jwks))
		return nil
	})
}
