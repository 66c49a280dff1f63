package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A key that has leaked.
		_, err := ory.NewApiKeyRevoke(ctx, "leaked", &ory.ApiKeyRevokeArgs{
			KeyId:            pulumi.String("9c2b6a52-3f0e-4a8f-8a43-6f0b1c2d3e4f"),
			RevocationReason: pulumi.String("key_compromise"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
