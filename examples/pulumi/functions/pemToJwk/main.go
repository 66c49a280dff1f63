package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		key, err := ory.PemToJwk(ctx, "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n", map[string]string{
			"use": "sig",
			"alg": "EdDSA",
		})
		if err != nil {
			return err
		}
		ctx.Export("partner", pulumi.String(key))
		return nil
	})
}
