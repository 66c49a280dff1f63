package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Sign-in with Google, with an identity made of the address that Google has.
		_, err := ory.NewSocialProvider(ctx, "google", &ory.SocialProviderArgs{
			ProviderId:   pulumi.String("google"),
			ProviderType: pulumi.String(ory.SocialProviderProviderTypeGoogle),
			ClientId:     pulumi.String("1234.apps.googleusercontent.com"),
			ClientSecret: pulumi.String("what-google-gave"),
			Scope: pulumi.StringArray{
				pulumi.String("email"),
				pulumi.String("profile"),
			},
		})
		if err != nil {
			return err
		}
		return nil
	})
}
