//! How Ory Network counts requests: each bucket has one counter for all of its routes, and one for each project.
//!
//! Owns the list, which follows `x-ory-ratelimit-bucket` in Ory's API reference. How much each allows depends on the plan,
//! and is learned from the answers.

use super::talos;
use crate::rest::pace::{
    Access::{Read, Write},
    Bucket,
};

/// The buckets of the requests that the provider sends.
pub static BUCKETS: &[Bucket] = &[
    Bucket {
        name: "hydra-admin-low",
        routes: &[
            (Write, "/admin/clients"),
            (Write, "/admin/clients/*"),
            (Write, "/admin/clients/*/secrets/rotate"),
            (Write, "/admin/keys/*"),
            (Write, "/admin/keys/*/*"),
            (Write, "/admin/oauth2/tokens"),
            (Write, "/admin/trust/grants/jwt-bearer/issuers"),
            (Write, "/admin/trust/grants/jwt-bearer/issuers/*"),
        ],
        serial: false,
    },
    Bucket {
        name: "hydra-admin-medium",
        routes: &[
            (Read, "/admin/clients"),
            (Read, "/admin/keys/*"),
            (Read, "/admin/keys/*/*"),
            (Read, "/admin/trust/grants/jwt-bearer/issuers"),
            (Read, "/admin/trust/grants/jwt-bearer/issuers/*"),
        ],
        serial: false,
    },
    Bucket { name: "hydra-admin-high", routes: &[(Read, "/admin/clients/*"), (Read, "/oauth2/register/*")], serial: false },
    Bucket { name: "hydra-public-low", routes: &[(Write, "/oauth2/register"), (Write, "/oauth2/register/*")], serial: false },
    Bucket { name: "hydra-public-medium", routes: &[(Write, "/oauth2/token"), (Write, "/oauth2/revoke")], serial: false },
    Bucket { name: "keto-admin-low", routes: &[(Write, "/admin/relation-tuples"), (Read, "/namespaces")], serial: false },
    Bucket {
        name: "keto-admin-medium",
        routes: &[(Read, "/relation-tuples"), (Read, "/relation-tuples/expand"), (Write, "/opl/syntax/check")],
        serial: false,
    },
    Bucket {
        name: "keto-public-high",
        routes: &[(Read, "/relation-tuples/check/openapi"), (Write, "/relation-tuples/batch/check")],
        serial: false,
    },
    // Concurrent writes to identities are refused, however few they are.
    Bucket {
        name: "kratos-admin-low",
        routes: &[
            (Write, "/admin/identities"),
            (Write, "/admin/identities/*"),
            (Write, "/admin/identities/*/credentials/*"),
            (Write, "/admin/identities/*/sessions"),
            (Write, "/admin/recovery/link"),
            (Write, "/admin/recovery/code"),
        ],
        serial: true,
    },
    Bucket {
        name: "kratos-admin-medium",
        routes: &[(Read, "/admin/identities"), (Read, "/admin/identities/by/external/*"), (Read, "/schemas"), (Read, "/schemas/*")],
        serial: false,
    },
    Bucket { name: "kratos-admin-high", routes: &[(Read, "/admin/identities/*")], serial: false },
    Bucket { name: "kratos-public-low", routes: &[(Write, "/self-service/recovery")], serial: false },
    Bucket { name: "kratos-public-medium", routes: &[(Read, "/self-service/recovery/api")], serial: false },
    // Ory's description has no buckets for Talos; they are from its documentation of the plans. A verb after a colon is part
    // of the segment.
    Bucket { name: "talos-admin-high", routes: &[(Write, talos::VERIFY), (Write, talos::BATCH_VERIFY)], serial: false },
    Bucket {
        name: "talos-admin-medium",
        routes: &[
            (Read, talos::ISSUED),
            (Read, talos::ANY_ISSUED),
            (Read, talos::IMPORTED),
            (Read, talos::ANY_IMPORTED),
            (Write, talos::DERIVE),
        ],
        serial: false,
    },
    Bucket {
        name: "talos-admin-low",
        routes: &[
            (Write, talos::ISSUED),
            (Write, talos::ANY_ISSUED),
            (Write, talos::IMPORTED),
            (Write, talos::ANY_IMPORTED),
            (Write, talos::BATCH_CREATE),
        ],
        serial: false,
    },
    Bucket { name: "talos-public-low", routes: &[(Write, talos::SELF_REVOKE)], serial: false },
    Bucket { name: "talos-public-high", routes: &[(Read, talos::KEY_SET)], serial: false },
    Bucket {
        name: "backoffice-admin-medium",
        routes: &[
            (Read, "/projects/*"),
            (Read, "/projects/*/eventstreams"),
            (Read, "/projects/*/organizations"),
            (Read, "/projects/*/organizations/*"),
            (Read, "/projects/*/organizations/*/onboarding-portal-links"),
            (Read, "/workspaces/*"),
        ],
        serial: false,
    },
    Bucket {
        name: "backoffice-admin-low",
        routes: &[
            (Read, "/projects"),
            (Write, "/projects"),
            (Write, "/projects/*"),
            (Write, "/projects/*/revision/*"),
            (Write, "/projects/*/eventstreams"),
            (Write, "/projects/*/eventstreams/*"),
            (Write, "/projects/*/opl/validate"),
            (Write, "/projects/*/organizations"),
            (Write, "/projects/*/organizations/*"),
            (Write, "/projects/*/organizations/*/onboarding-portal-links"),
            (Write, "/projects/*/organizations/*/onboarding-portal-links/*"),
            (Read, "/projects/*/members"),
            (Write, "/projects/*/members/*"),
            (Read, "/projects/*/tokens"),
            (Write, "/projects/*/tokens"),
            (Write, "/projects/*/tokens/*"),
            (Read, "/workspaces"),
            (Write, "/workspaces"),
            (Write, "/workspaces/*"),
            (Read, "/workspaces/*/projects"),
            (Read, "/workspaces/*/tokens"),
            (Write, "/workspaces/*/tokens"),
            (Write, "/workspaces/*/tokens/*"),
            // The description does not have the console's own routes: they are counted with the slow ones.
            (Read, "/normalized/projects/*"),
            (Write, "/normalized/projects/*/revision/*"),
            (Write, "/projects/*/environment"),
            (Read, "/projects/*/cname"),
            (Write, "/projects/*/cname"),
            (Write, "/projects/*/cname/*"),
        ],
        serial: false,
    },
];
