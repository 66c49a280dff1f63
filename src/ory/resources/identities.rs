//! `ory_identities`: the identities of a project or server.

use super::{
    identity::{self, RECOVERY_KIND, VERIFIABLE_KIND},
    target::{TARGET_OF_CALL, WHOLE_TARGET},
};
use crate::{
    engine::{Offer, Plural, plural},
    ory::Client,
    schema::{Attr, Kind, Nested, Query, Rule, Table, UUID, conflicts, list, objects, query, refuse, string},
};

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::query(&LIST, &LISTING)];

/// The data source.
static LIST: Query = query(
    "identities",
    "The identities of a project or server: all of them, or those that match one filter. `metadata_admin` is not included; \
     `ory_identity` has it.",
    &[FILTERS, IDENTITIES, TARGET_OF_CALL],
)
.rules(RULES);

/// How it is answered.
static LISTING: Plural<Client> = plural(&LIST, "identities", &identity::RESOURCE, &identity::BACKEND);

/// The filters of a list of identities.
pub static FILTERS: &[Attr] = &[
    list("ids", "Only those of these ids, at most 500.").unordered().each(refuse(UUID.valid)),
    string(
        "credentials_identifier",
        "Only the one that signs in with exactly this identifier: an address, a user name, or what else its schema declares.",
    )
    .empty_counts(),
    string(
        "preview_credentials_identifier_similar",
        "Only those that sign in with an identifier that starts with this. Ory may remove this filter.",
    )
    .empty_counts(),
    string("organization_id", "Only those of this organization.").empty_counts().means(UUID),
];

static IDENTITIES: &[Attr] = &[objects("identities", "The identities.", &LISTED_KIND).read_only()];

/// The rules of the filters.
pub static RULES: &[Rule] =
    &[conflicts(&["ids", "credentials_identifier", "preview_credentials_identifier_similar", "organization_id"]), WHOLE_TARGET];

static LISTED_KIND: Kind = Kind::Object(&LISTED);

static LISTED: Nested = Nested {
    name: "ListedIdentity",
    table: Table::new(&[&[
        string("id", "Identifies the identity."),
        string("external_id", "The id of your own that it was given."),
        string("schema_id", "Identity schema that the traits follow."),
        string("schema_url", "Where the identity schema is served."),
        string("traits", "What is known of the identity, as JSON.").json(),
        string("state", "Whether the identity may sign in: `active` or `inactive`."),
        string("metadata_public", "JSON of your own that the identity itself can see.").json(),
        objects("verifiable_addresses", "Addresses that can be verified.", &VERIFIABLE_KIND),
        objects("recovery_addresses", "Addresses through which the identity can recover its account.", &RECOVERY_KIND),
        string("organization_id", "Organization that the identity belongs to, on Ory Network.").means(UUID),
        string("created_at", "When the identity was created (RFC 3339)."),
        string("updated_at", "When the identity was last changed (RFC 3339)."),
    ]]),
};
