import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Whether Ory takes a permission model, before anything is changed.
const checked = ory.getOplValidation({
    source: "class User implements Namespace {}",
});
export const namespacesAreValid = checked.then(checked => checked.valid);
