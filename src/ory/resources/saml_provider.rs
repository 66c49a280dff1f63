//! `ory_saml_provider`: sign-in over SAML with an identity provider of a company.
//!
//! Names and types are those of the official provider, and so is the schema version. It is an element of a list in the
//! project's document, as a social provider is.

use super::{
    super::{client::Client, project::PROJECT as DOCUMENT},
    content::{self, DEFAULT_MAPPER, FETCHED, MAPPER},
    guards::PROTECTION,
    organization,
    project_id::{self, PROJECT},
    social_provider::{LOCK_OUT, STATES},
};
use crate::{
    engine::Offer,
    rest::{
        address,
        document::{Items, List},
    },
    schema::{
        Attr, Cleared, ID, Object, Problem, Resource, UUID, between, boolean, flag, integer, list, only, refuse, resource, rule, string,
        text,
    },
};

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "saml_provider",
    "Sign-in over SAML with an identity provider of a company, in a project of Ory Network: Okta, Microsoft Entra, and so on.\n\n\
     It needs a key of the workspace (`workspace_api_key`) and a plan that includes SAML. The sign-in method is switched on with the \
     first provider of a project, unless the same run sets `selfservice_methods_saml_enabled` of `ory_project_config`; it stays on \
     without providers. An `ory_project_config` of an earlier run that switches it off wins with the next apply, and the plan warns \
     of this. If nobody could sign in without the provider, it is deleted only if `allow_lockout = true` was applied before.\n\n\
     Each provider needs `raw_idp_metadata_xml`, with a signing key and a single sign-on service. It is served by the engine `jackson` (Ory \
     Polis) unless `engine = \"native\"`, for which `preview_enable_native_saml_engine` of `ory_project_config` has to be on; some \
     attributes are for the native engine only, and refused otherwise.\n\n\
     It is imported by `<project_id>/<provider_id>`, or its id alone where the project is the provider's.",
)
.import("provider_id")
.imported_as(|id| project_id::parts("provider_id", id))
.identified_with(&["project_id"])
.sections(&[PROJECT, IDENTITY, CONTENT, ADDRESSES, NATIVE, LOCK_OUT, PROTECTION])
.rules(&[rule(ENGINE_READS, of_the_engine), rule(&["engine", "additional_acs_urls"], further_addresses)])
.checked();

/// How it is reached.
pub static BACKEND: Items = Items {
    at_first: Some(content::with_mapper),
    switch: Some("services/identity/config/selfservice/methods/saml/enabled"),
    insists: Some("allow_lockout"),
    ..Items::of(&DOCUMENT, List::At("services/identity/config/selfservice/methods/saml/config/providers"))
};

static IDENTITY: &[Attr] = &[
    string("provider_id", "Identifies the provider in the project. It is part of the callback URL.")
        .required()
        .replaces()
        .at("id")
        .check(refuse(address::id)),
    string("label", "The text of the button."),
    string("organization_id", "Id of an organization: only its people can sign in with the provider.")
        .means(UUID)
        .refers_to(&organization::RESOURCE, ID),
    string(
        "state",
        "`enabled`, or `disabled`: the provider is kept, but nobody can use it. Not changed when unset; a new provider is enabled.",
    )
    .or_server()
    .check(only(STATES)),
    string("engine", "The engine: `jackson` (the default) or `native`.")
        .check(only(&["native", "jackson"]))
        .unset_as(text("jackson"))
        .cleared_by(Cleared::To(text("jackson"))),
    boolean("idp_initiated_login_enabled", "Whether people can start the sign-in at their identity provider, in its list of applications.")
        .unset_as(flag(false)),
    string("update_identity_on_login", "Whether each sign-in updates the identity from the claims: `never` (the default) or `automatic`.")
        .check(only(&["automatic", "never"]))
        .unset_as(text("never")),
];

static CONTENT: &[Attr] = &[
    string("raw_idp_metadata_xml", "The identity provider's metadata: the XML itself, `base64://…`, or a URL from which Ory fetches it when it is written. It is compared by its content; a change behind a URL is not found.")
        .required()
        .means(FETCHED)
        .check(refuse(content::there)),
    string("mapper_url", "Jsonnet that maps the claims of the provider to an identity: the text itself, `base64://…`, or a URL from which Ory fetches it when it is written. When unset, the claim `email` becomes the trait `email`.")
        .means(MAPPER)
        .unset_as(text(DEFAULT_MAPPER))
        .cleared_by(Cleared::To(text(DEFAULT_MAPPER))),
    list("valid_to", "When the certificates in the metadata expire.").read_only().changes_with(&["raw_idp_metadata_xml"]),
];

static ADDRESSES: &[Attr] = &[
    string("idp_metadata_url", "URL of the identity provider's metadata.").or_server(),
    string("acs_url", "The assertion consumer service URL for this provider only.").or_server(),
    list(
        "additional_acs_urls",
        "Further assertion consumer service URLs that are accepted as the recipient, at most 10. Only for `jackson`, and only together with `acs_url`.",
    )
    .cleared_by(Cleared::Empty),
    string("sp_entity_id", "The project's entity id for this provider.").or_server(),
    string("audience_override_base_url", "The beginning of the audience (the project's entity id), in place of the project's URL."),
    string("proxy_saml_audience_override", "The audience, in place of the one that Ory makes from the project's URL."),
    string("proxy_acs_url", "A URL of your own in place of the assertion consumer service URL."),
];

static NATIVE: &[Attr] = &[
    string("binding", "How people are sent to the identity provider: `http-post` or `http-redirect`. Only for `native`.")
        .or_server()
        .check(only(&["http-post", "http-redirect"])),
    boolean(
        "force_authn",
        "Whether people have to authenticate again although they have a session at the identity provider. Only for `native`.",
    )
    .unset_as(flag(false)),
    boolean("sign_authn_requests", "Whether requests are signed. Only for `native`.").unset_as(flag(false)),
    boolean("require_encrypted_assertion", "Whether an assertion has to be encrypted. Only for `native`.").unset_as(flag(false)),
    list("allowed_digest_algorithms", "Digest algorithms that signatures may use; the engine's own list when unset. Only for `native`."),
    list("allowed_signature_algorithms", "Algorithms of signatures; the engine's own list when unset. Only for `native`."),
    list("allowed_name_id_formats", "Formats of name ids that are accepted; any when unset. Only for `native`."),
    integer("clock_skew_seconds", "How much clocks may differ, in seconds, from 0 to 300. Only for `native`.")
        .or_server()
        .check(between(0, 300)),
];

/// The attributes that only the native engine has.
const NATIVE_ONLY: [&str; 8] = [
    "binding",
    "force_authn",
    "sign_authn_requests",
    "require_encrypted_assertion",
    "allowed_digest_algorithms",
    "allowed_signature_algorithms",
    "allowed_name_id_formats",
    "clock_skew_seconds",
];

const ENGINE_READS: &[&str] = &[
    "engine",
    "binding",
    "force_authn",
    "sign_authn_requests",
    "require_encrypted_assertion",
    "allowed_digest_algorithms",
    "allowed_signature_algorithms",
    "allowed_name_id_formats",
    "clock_skew_seconds",
];

fn is_native(provider: Object<'_>) -> bool {
    provider.str("engine") == Some("native")
}

fn of_the_engine(provider: Object<'_>) -> Option<Problem> {
    let said = |name: &&&str| RESOURCE.table.index(name).is_some_and(|place| !RESOURCE.table.attr(place).is_unset(provider.get(name)));
    let name = NATIVE_ONLY.iter().find(said).filter(|_| !is_native(provider))?;
    Some(Problem::refused(
        name,
        format!("{name} needs the native engine"),
        format!("Only the native engine has `{name}`: set `engine = \"native\"`, or remove `{name}`."),
    ))
}

fn further_addresses(provider: Object<'_>) -> Option<Problem> {
    let count = provider.strs("additional_acs_urls").len();
    let refused = |summary: &str, detail: &str| Some(Problem::refused("additional_acs_urls", summary, detail));
    match count {
        0 => None,
        _ if is_native(provider) => refused(
            "The native engine has no additional_acs_urls",
            "Ory drops `additional_acs_urls` where `engine` is `native`: remove it.",
        ),
        11.. => refused("Too many URLs", "Ory accepts at most 10 in `additional_acs_urls`: remove some."),
        _ => None,
    }
}
