import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Fails if the relationship does not exist.
const annViews = ory.getRelationship({
    id: "files:report.pdf#view@ann",
});
export const subject = annViews.then(annViews => annViews.subjectId);
