package main

import (
	"encoding/json"

	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		tmpJSON0, err := json.Marshal(map[string]string{
			"email": "ann@example.com",
		})
		if err != nil {
			return err
		}
		json0 := string(tmpJSON0)
		tmpJSON1, err := json.Marshal(map[string]string{
			"plan": "pro",
		})
		if err != nil {
			return err
		}
		json1 := string(tmpJSON1)
		// A person; the schema says which traits there are.
		ann, err := ory.NewIdentity(ctx, "ann", &ory.IdentityArgs{
			SchemaId:       pulumi.String("default"),
			ExternalId:     pulumi.String("customer-4711"),
			State:          ory.IdentityStateValueActive,
			Traits:         pulumi.String(json0),
			MetadataPublic: pulumi.String(json1),
		})
		if err != nil {
			return err
		}
		ctx.Export("annId", ann.ID())
		return nil
	})
}
