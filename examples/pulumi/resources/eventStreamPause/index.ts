import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// No events while what they are sent to is down.
const maintenance = new ory.EventStreamPause("maintenance", {
    eventStreamId: "3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d",
    paused: true,
});
