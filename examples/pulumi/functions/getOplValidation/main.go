package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Whether Ory takes a permission model, before anything is changed.
		checked, err := ory.GetOplValidation(ctx, &ory.GetOplValidationArgs{
			Source: "class User implements Namespace {}",
		}, nil)
		if err != nil {
			return err
		}
		ctx.Export("namespacesAreValid", pulumi.Bool(checked.Valid))
		return nil
	})
}
