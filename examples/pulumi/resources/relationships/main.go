package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Everybody who may view or edit the plan, and nobody else.
		_, err := ory.NewRelationships(ctx, "plan", &ory.RelationshipsArgs{
			Namespace: pulumi.String("files"),
			Object:    pulumi.String("plan.pdf"),
			Exclusive: pulumi.Bool(true),
			Relationships: ory.RelationshipsRelationshipArray{
				&ory.RelationshipsRelationshipArgs{
					Relation:  pulumi.String("edit"),
					SubjectId: pulumi.String("bob"),
				},
				&ory.RelationshipsRelationshipArgs{
					Relation:            pulumi.String("view"),
					SubjectSetNamespace: pulumi.String("groups"),
					SubjectSetObject:    pulumi.String("staff"),
					SubjectSetRelation:  pulumi.String("member"),
				},
			},
		})
		if err != nil {
			return err
		}
		return nil
	})
}
