package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Mail with which somebody gets back into their account.
		_, err := ory.NewIdentitySendRecovery(ctx, "mail", &ory.IdentitySendRecoveryArgs{
			IdentityId: pulumi.String("9f425a8d-7efc-4768-8f23-7647a74fdf13"),
			Triggers: pulumi.Array{
				pulumi.Any("asked on the phone"),
			},
		})
		if err != nil {
			return err
		}
		return nil
	})
}
