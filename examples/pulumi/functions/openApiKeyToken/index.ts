import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// What reads orders in this run can do no more.
const reports = new ory.ApiKey("reports", {
    name: "Reports",
    actorId: "reports",
    scopes: [
        "orders:read",
        "orders:write",
    ],
    ttl: "30d",
});
const token = ory.openApiKeyTokenOutput({
    credential: reports.secret,
    ttl: "15m",
    scopes: ["orders:read"],
    audiences: ["https://orders.example.com"],
});
export const ends = token.expireTime;
