package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Every client of this name; or of one owner; or all of them.
		_, err := ory.GetOauth2Clients(ctx, &ory.GetOauth2ClientsArgs{
			ClientName: pulumi.StringRef("Shop"),
		}, nil)
		if err != nil {
			return err
		}
		return nil
	})
}
