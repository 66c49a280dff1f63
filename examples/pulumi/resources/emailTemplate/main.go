package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// What people get who sign in with a code, by mail and by SMS.
		_, err := ory.NewEmailTemplate(ctx, "login", &ory.EmailTemplateArgs{
			TemplateType:  pulumi.String(ory.EmailTemplateTemplateTypeLoginCodeValid),
			Subject:       pulumi.String("Your code"),
			BodyHtml:      pulumi.String("<p>Your code is <b>{{ .LoginCode }}</b>.</p>"),
			BodyPlaintext: pulumi.String("Your code is {{ .LoginCode }}."),
			SmsBody:       pulumi.String("Your code is {{ .LoginCode }}."),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
