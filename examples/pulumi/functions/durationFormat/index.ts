import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const text = ory.durationFormat(2592000);
export const aMonth = text;
