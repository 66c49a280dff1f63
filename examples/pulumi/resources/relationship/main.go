package main

import (
	"github.com/janiform/janiform/sdk/go/ory"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Ann may view the report.
		_, err := ory.NewRelationship(ctx, "annViews", &ory.RelationshipArgs{
			Namespace: pulumi.String("files"),
			Object:    pulumi.String("report.pdf"),
			Relation:  pulumi.String("view"),
			SubjectId: pulumi.String("ann"),
		})
		if err != nil {
			return err
		}
		// So may all members of the staff.
		_, err = ory.NewRelationship(ctx, "staffViews", &ory.RelationshipArgs{
			Namespace:           pulumi.String("files"),
			Object:              pulumi.String("report.pdf"),
			Relation:            pulumi.String("view"),
			SubjectSetNamespace: pulumi.String("groups"),
			SubjectSetObject:    pulumi.String("staff"),
			SubjectSetRelation:  pulumi.String("member"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
