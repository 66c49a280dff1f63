package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Called after somebody has registered with a password; nobody waits for the answer.
		_, err := ory.NewAction(ctx, "welcome", &ory.ActionArgs{
			Flow:           ory.ActionFlowRegistration,
			Timing:         ory.ActionTimingAfter,
			Url:            pulumi.String("https://api.example.com/hooks/welcome"),
			ResponseIgnore: pulumi.Bool(true),
			Body:           pulumi.String("function(ctx) { email: ctx.identity.traits.email }"),
		})
		if err != nil {
			return err
		}
		// Asked before anybody signs in, in whatever way: the answer may stop it.
		_, err = ory.NewAction(ctx, "check", &ory.ActionArgs{
			Flow:         ory.ActionFlowLogin,
			Timing:       ory.ActionTimingBefore,
			Url:          pulumi.String("https://api.example.com/hooks/check"),
			CanInterrupt: pulumi.Bool(true),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
