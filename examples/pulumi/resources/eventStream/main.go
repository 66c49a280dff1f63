package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// What happens in a project, sent to an endpoint that asks for a key.
		watched, err := ory.NewProject(ctx, "watched", &ory.ProjectArgs{
			Name:        pulumi.String("Watched"),
			Environment: pulumi.String(ory.ProjectEnvironmentStage),
		})
		if err != nil {
			return err
		}
		_, err = ory.NewEventStream(ctx, "alerts", &ory.EventStreamArgs{
			ProjectId:           watched.ID(),
			Type:                ory.EventStreamTypeHttps,
			HttpsEndpoint:       pulumi.String("https://hooks.example.com/ory"),
			HttpsAuthType:       ory.EventStreamHttpsAuthTypeApiKey,
			HttpsAuthHeaderName: pulumi.String("X-Api-Key"),
			HttpsAuthSecret:     pulumi.String("s3cret-of-the-hook"),
			EventTypes: pulumi.StringArray{
				pulumi.String("Session*"),
				pulumi.String("*Failed"),
			},
		})
		if err != nil {
			return err
		}
		return nil
	})
}
