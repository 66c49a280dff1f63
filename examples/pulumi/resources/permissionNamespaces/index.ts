import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A project, and who may do what with its documents.
const archive = new ory.Project("archive", {
    name: "Archive",
    environment: ory.ProjectEnvironment.Dev,
});
const model = new ory.PermissionNamespaces("model", {
    projectId: archive.id,
    source: `class User implements Namespace {}
class Document implements Namespace { related: { owners: User[] } }`,
});
