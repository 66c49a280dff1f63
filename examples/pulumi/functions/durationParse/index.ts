import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const seconds = ory.durationParse("1h30m");
export const anHourAndAHalf = seconds;
