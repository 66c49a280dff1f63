import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const person = ory.getIdentitySchema({
    id: "default",
});
export const schema = person.then(person => person.schema);
