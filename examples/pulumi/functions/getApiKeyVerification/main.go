package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		given, err := ory.GetApiKeyVerification(ctx, &ory.GetApiKeyVerificationArgs{
			Credential: "somebody-s-key",
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("isGood", pulumi.Bool(given.IsValid))
		return nil
	})
}
