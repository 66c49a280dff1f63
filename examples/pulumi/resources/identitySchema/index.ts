import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A project, and what its customers look like. Their identities name it by its id, which Ory makes of its content.
const club = new ory.Project("club", {
    name: "Club",
    environment: ory.ProjectEnvironment.Dev,
});
const customer = new ory.IdentitySchema("customer", {
    projectId: club.id,
    schemaId: "customer",
    schema: "{\"type\": \"object\", \"properties\": {\"traits\": {\"type\": \"object\", \"properties\": {\"email\": {\"type\": \"string\", \"format\": \"email\", \"ory.sh/kratos\": {\"credentials\": {\"password\": {\"identifier\": true}}}}}}}}",
});
