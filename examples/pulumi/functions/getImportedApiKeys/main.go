package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := ory.GetImportedApiKeys(ctx, &ory.GetImportedApiKeysArgs{
			Status: pulumi.StringRef("active"),
		}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
