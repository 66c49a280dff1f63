package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// The one who signs in with this address; or everybody.
		_, err := ory.GetIdentities(ctx, &ory.GetIdentitiesArgs{
			CredentialsIdentifier: pulumi.StringRef("ann@example.com"),
		}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
