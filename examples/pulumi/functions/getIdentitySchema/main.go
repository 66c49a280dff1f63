package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		person, err := ory.LookupIdentitySchema(ctx, &ory.LookupIdentitySchemaArgs{
			Id: "default",
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("schema", pulumi.String(person.Schema))
		return nil
	})
}
