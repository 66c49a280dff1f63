package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// A project, and what its customers look like. Their identities name it by its id, which Ory makes of its content.
		club, err := ory.NewProject(ctx, "club", &ory.ProjectArgs{
			Name:        pulumi.String("Club"),
			Environment: pulumi.String(ory.ProjectEnvironmentDev),
		})
		if err != nil {
			return err
		}
		_, err = ory.NewIdentitySchema(ctx, "customer", &ory.IdentitySchemaArgs{
			ProjectId: club.ID(),
			SchemaId:  pulumi.String("customer"),
			Schema:    pulumi.String("{\"type\": \"object\", \"properties\": {\"traits\": {\"type\": \"object\", \"properties\": {\"email\": {\"type\": \"string\", \"format\": \"email\", \"ory.sh/kratos\": {\"credentials\": {\"password\": {\"identifier\": true}}}}}}}}"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
