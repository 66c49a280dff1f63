package main

import (
	"encoding/json"

	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		tmpJSON0, err := json.Marshal(map[string]string{
			"email": "revoked@example.com",
		})
		if err != nil {
			return err
		}
		json0 := string(tmpJSON0)
		// Who may not sign in any more has no sessions either.
		ann, err := ory.NewIdentity(ctx, "ann", &ory.IdentityArgs{
			SchemaId: pulumi.String("default"),
			State:    ory.IdentityStateValueInactive,
			Traits:   pulumi.String(json0),
		})
		if err != nil {
			return err
		}
		_, err = ory.NewIdentityRevokeSessions(ctx, "revoked", &ory.IdentityRevokeSessionsArgs{
			IdentityId: ann.ID(),
			Triggers: pulumi.Array{
				ann.State,
			},
		})
		if err != nil {
			return err
		}
		return nil
	})
}
