import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const errors = ory.oplErrors("class User implements Namespace {}");
