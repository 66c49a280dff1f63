package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A key that a partner has lost.
		_, err := ory.NewImportedApiKeyRevoke(ctx, "lost", &ory.ImportedApiKeyRevokeArgs{
			KeyId:            pulumi.String("4f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97"),
			RevocationReason: pulumi.String("key_compromise"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
