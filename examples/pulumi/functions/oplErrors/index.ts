import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

export = async () => {
    const errors = await ory.oplErrors("class User implements Namespace {}");
    return {
        errors: errors,
    };
}
