package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// No events while what they are sent to is down.
		_, err := ory.NewEventStreamPause(ctx, "maintenance", &ory.EventStreamPauseArgs{
			EventStreamId: pulumi.String("3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d"),
			Paused:        pulumi.Bool(true),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
