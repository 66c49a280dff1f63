//! `ory_social_provider`: sign-in with accounts of another service, over OpenID Connect or OAuth 2.0.
//!
//! Names and types are those of the official provider, and so is the schema version.
//!
//! It is an element of a list in the project's document. [`Items`] switches the sign-in method on with the first provider.

use super::{
    super::{client::Client, project::PROJECT as DOCUMENT},
    content::{self, DEFAULT_MAPPER, MAPPER},
    guards::PROTECTION,
    organization,
    project_id::{self, PROJECT},
};
use crate::{
    engine::Offer,
    rest::{
        address,
        document::{Beside, Items, List},
    },
    schema::{
        Attr, Cleared, ID, Object, Problem, Resource, Rule, UUID, boolean, conflicts, flag, known, list, only, refuse, requires, resource,
        rule, string, text,
    },
};

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "social_provider",
    "Social sign-in with another service in a project of Ory Network: Google, GitHub, a company's own OpenID Connect provider.\n\n\
     It needs a key of the workspace (`workspace_api_key`). The sign-in method is switched on with the first provider of a project, \
     unless the same run sets `selfservice_methods_oidc_enabled` of `ory_project_config`; it stays on without providers. An \
     `ory_project_config` of an earlier run that switches it off wins with the next apply, and the plan warns of this. If nobody could \
     sign in without the provider, it is deleted only if `allow_lockout = true` was applied before.\n\n\
     What each type needs, beside `client_id` and `client_secret` (or their write-only variants): `generic` the `issuer_url`, or \
     `auth_url` and `token_url`; `auth0` the `issuer_url`; `microsoft` the `tenant`; `apple`, in place of the secret, all of \
     `apple_team_id`, `apple_private_key_id` and `apple_private_key`. Ory never shows the secrets, so a change of them \
     elsewhere is not found, and an import does not have them.\n\n\
     It is imported by `<project_id>/<provider_id>`, or its id alone where the project is the provider's.",
)
.import("provider_id")
.imported_as(|id| project_id::parts("provider_id", id))
.identified_with(&["project_id"])
.sections(&[PROJECT, IDENTITY, CREDENTIALS, APPLE, ENDPOINTS, CLAIMS, LINKING, METHOD, LOCK_OUT, PROTECTION])
.rules(RULES)
.on_create(&[some_secret])
.checked();

/// How it is reached.
pub static BACKEND: Items = Items {
    at_first: Some(content::with_mapper),
    switch: Some("services/identity/config/selfservice/methods/oidc/enabled"),
    beside: Some(Beside { at: "services/identity/config/selfservice/methods/oidc/config", under: METHOD_CONFIG }),
    insists: Some("allow_lockout"),
    ..Items::of(&DOCUMENT, List::At("services/identity/config/selfservice/methods/oidc/config/providers"))
};

/// The attribute with the settings for all providers.
const METHOD_CONFIG: &str = "method";

/// The types that Ory is known to have, by its configuration schema and its API description.
const TYPES: &[&str] = &[
    "generic",
    "google",
    "github",
    "github-app",
    "gitlab",
    "microsoft",
    "discord",
    "salesforce",
    "slack",
    "facebook",
    "auth0",
    "vk",
    "yandex",
    "apple",
    "spotify",
    "netid",
    "dingtalk",
    "patreon",
    "linkedin",
    "linkedin_v2",
    "lark",
    "line",
    "x",
    "twitch",
    "jackson",
    "uaepass",
    "amazon",
    "fedcm-test",
];

/// The states of a provider.
pub(super) const STATES: &[&str] = &["enabled", "disabled"];

static IDENTITY: &[Attr] = &[
    string("provider_id", "Identifies the provider in the project. It is part of the callback URL, `…/self-service/methods/oidc/callback/<provider_id>`.")
        .required()
        .replaces()
        .at("id")
        .check(refuse(address::id)),
    string("provider_type", "The service: `google`, `github`, `microsoft`, `apple`, `generic` for any OpenID Connect provider, and so on. A change keeps the provider.")
        .required()
        .at("provider")
        .check(known(TYPES)),
    string("label", "The text of the button; the name of the service when unset."),
    string("organization_id", "Id of an organization: only its people can sign in with the provider.")
        .means(UUID)
        .refers_to(&organization::RESOURCE, ID),
    string("state", "`enabled`, or `disabled`: the provider is kept, but nobody can use it. Not changed when unset; a new provider is enabled.")
        .or_server()
        .check(only(STATES)),
    string("proxy_oidc_redirect_url", "The callback URL, if a URL of your own replaces it.").read_only(),
];

static CREDENTIALS: &[Attr] = &[
    string("client_id", "The project's client id at the service. Either this or `client_id_wo`.")
        .unless("client_id_wo")
        .check(refuse(content::there)),
    string("client_id_wo", "The same as `client_id`, kept out of the state.").write_only().at("client_id").check(refuse(content::there)),
    string("client_id_wo_version", "Any text; a change sends `client_id_wo` again.").local(),
    string("client_secret", "The project's client secret at the service. Either this or `client_secret_wo`; `apple` may use keys instead.")
        .secret()
        .once()
        .check(refuse(content::there)),
    string("client_secret_wo", "The same as `client_secret`, kept out of the state.")
        .write_only()
        .at("client_secret")
        .check(refuse(content::there)),
    string("client_secret_wo_version", "Any text; a change sends `client_secret_wo` again.").local(),
];

static APPLE: &[Attr] = &[
    string("apple_team_id", "Id of the team at Apple, such as `KP76DQS54M`. Only for `apple`."),
    string("apple_private_key_id", "Id of the key at Apple, such as `UX56C66723`. Only for `apple`."),
    string(
        "apple_private_key",
        "The private key, in PEM, from which Ory makes the secret. Only for `apple`; either this or `apple_private_key_wo`.",
    )
    .secret()
    .once()
    .check(refuse(content::there)),
    string("apple_private_key_wo", "The same as `apple_private_key`, kept out of the state.")
        .write_only()
        .at("apple_private_key")
        .check(refuse(content::there)),
    string("apple_private_key_wo_version", "Any text; a change sends `apple_private_key_wo` again.").local(),
];

static ENDPOINTS: &[Attr] = &[
    string("issuer_url", "The provider's URL, from which its other URLs are discovered."),
    string("auth_url", "The authorization endpoint, if it cannot be discovered."),
    string("token_url", "The token endpoint, if it cannot be discovered."),
    string("tenant", "The tenant at Microsoft: an id, a domain, or `common`, `organizations` or `consumers`.").at("microsoft_tenant"),
    list("scope", "Scopes to request.").formerly("scopes"),
    string("pkce", "Whether PKCE is used: `auto` (the default: if the provider declares support), `force` or `never`.")
        .check(only(&["force", "never", "auto"])),
    string("fedcm_config_url", "The provider's FedCM configuration, with which browsers sign people in without a redirect.").check(refuse(content::there)),
    string("net_id_token_origin_header", "The `Origin` header of requests for tokens of netID, for FedCM.").check(refuse(content::there)),
    boolean("front_channel_logout", "Whether signing out at the provider ends sessions (OpenID Connect Front-Channel Logout). The provider has to send the claim `sid`; it needs a plan with the feature `kratos_oidc_front_channel_logout`.")
        .unset_as(flag(false)),
];

static CLAIMS: &[Attr] = &[
    string("mapper_url", "Jsonnet that maps the claims of the provider to an identity: the text itself, `base64://…`, or a URL from which Ory fetches it when it is written. When unset, the claim `email` becomes the trait `email`. It is compared by its content; a change behind a URL is not found.")
        .means(MAPPER)
        .unset_as(text(DEFAULT_MAPPER))
        .cleared_by(Cleared::To(text(DEFAULT_MAPPER))),
    string("requested_claims", "Claims to request, as JSON (OpenID Connect Core 1.0, 5.5).").json(),
    string("claims_source", "Source of the claims: `id_token` (the default) or `userinfo`.").check(known(&["userinfo", "id_token"])),
    string("subject_source", "Source of the subject for `microsoft`: `userinfo` (the default) or `me`.").check(known(&["me", "userinfo"])),
    list("additional_id_token_audiences", "Further accepted audiences of ID tokens that applications submit directly."),
    list("aal2_acr_values", "Values of the claim `acr` that make it a session with two factors."),
    list("aal2_amr_values", "Values of the claim `amr` (RFC 8176) that make it a session with two factors."),
];

static LINKING: &[Attr] = &[
    string("account_linking_mode", "What happens if an identity with the same address exists: `confirm_with_existing_credential` (the default: its owner has to sign in once more) or `automatic`.")
        .check(only(&["automatic", "confirm_with_existing_credential"]))
        .unset_as(text("confirm_with_existing_credential")),
    boolean("auto_link", "Whether the account is linked to an identity with the same address without asking. Needs `selfservice_methods_oidc_enable_auto_link_policy`. No answer shows it.")
        .unset_as(flag(false))
        .cleared_by(Cleared::To(flag(false)))
        .may_be_untold(),
    string("update_identity_on_login", "Whether each sign-in updates the identity from the claims: `never` (the default) or `automatic`.")
        .check(only(&["automatic", "never"]))
        .unset_as(text("never")),
];

static METHOD: &[Attr] =
    &[string("base_redirect_uri", "The beginning of the callback URLs of all providers. It stays when the provider is deleted.")
        .while_set()
        .check(refuse(content::there))
        .at("method/base_redirect_uri")
        .deprecated(
            "This is one setting for all providers: use `selfservice_methods_oidc_config_base_redirect_uri` of `ory_project_config`.",
        )];

/// Allows changes that lock people out.
pub(super) static LOCK_OUT: &[Attr] = &[boolean(
    "allow_lockout",
    "Whether a change is made even if nobody could sign in afterwards. For a removal, the value in the state decides: apply it first.",
)
.local()];

static RULES: &[Rule] = &[
    conflicts(&["client_id", "client_id_wo"]),
    conflicts(&["client_secret", "client_secret_wo"]),
    conflicts(&["apple_private_key", "apple_private_key_wo"]),
    requires(&["client_id_wo_version", "client_id_wo"]),
    requires(&["client_secret_wo_version", "client_secret_wo"]),
    requires(&["apple_private_key_wo_version", "apple_private_key_wo"]),
    rule(&["client_id", "client_id_wo"], some_id),
    rule(&["provider_type", "apple_team_id", "apple_private_key_id", "apple_private_key", "apple_private_key_wo"], keys_for_apple),
    rule(&["provider_type", "issuer_url", "auth_url", "token_url", "tenant"], what_the_type_needs),
];

fn is_set(provider: Object<'_>, name: &str) -> bool {
    !provider.get(name).is_null()
}

fn some_id(provider: Object<'_>) -> Option<Problem> {
    let has_one = is_set(provider, "client_id") || is_set(provider, "client_id_wo");
    (!has_one).then(|| {
        Problem::refused("client_id", "The provider has no client id", "Set `client_id`, or `client_id_wo` to keep it out of the state.")
    })
}

/// Whether the value is set, in the state or write-only, or unknown yet.
fn is_given(provider: Object<'_>, names: [&str; 3]) -> bool {
    names.iter().any(|name| is_set(provider, name))
}

fn has_secret(provider: Object<'_>) -> bool {
    is_given(provider, ["client_secret", "client_secret_wo", "client_secret_wo_version"])
}

/// Which of the three parts for Apple are set, from which Ory makes the secret.
fn parts_of_apple(provider: Object<'_>) -> [bool; 3] {
    let key = is_given(provider, ["apple_private_key", "apple_private_key_wo", "apple_private_key_wo_version"]);
    [is_set(provider, "apple_team_id"), is_set(provider, "apple_private_key_id"), key]
}

fn keys_for_apple(provider: Object<'_>) -> Option<Problem> {
    (provider.str("provider_type") != Some("apple") && parts_of_apple(provider).contains(&true)).then(|| {
        Problem::refused(
            "provider_type",
            "Attributes of Apple for another service",
            "`apple_team_id`, `apple_private_key_id` and `apple_private_key` are only for the type `apple`: remove them, or change `provider_type`.",
        )
    })
}

/// Checks the secrets that a new provider needs. An existing one may have secrets that cannot be read.
fn some_secret(provider: Object<'_>) -> Option<Problem> {
    let (kind, parts) = (provider.str("provider_type")?, parts_of_apple(provider));
    let refused = |at, summary: &str, detail: &str| Some(Problem::refused(at, summary, detail));
    match kind {
        "apple" if parts == [true; 3] => None,
        "apple" if parts.contains(&true) => refused(
            "apple_team_id",
            "The key of Apple is incomplete",
            "Ory needs all of `apple_team_id`, `apple_private_key_id` and `apple_private_key` (or `apple_private_key_wo`): set the others too.",
        ),
        _ if has_secret(provider) => None,
        "apple" => refused(
            "client_secret",
            "The provider has no secret",
            "Set all of `apple_team_id`, `apple_private_key_id` and `apple_private_key` (or `apple_private_key_wo`), from which Ory makes the secret; or set `client_secret`, if you make it yourself.",
        ),
        _ => refused(
            "client_secret",
            "The provider has no secret",
            "Set `client_secret`, or `client_secret_wo` to keep it out of the state.",
        ),
    }
}

fn what_the_type_needs(provider: Object<'_>) -> Option<Problem> {
    let is = |name: &str| is_set(provider, name);
    let lacking = match provider.str("provider_type")? {
        "generic" if !(is("issuer_url") || is("auth_url") && is("token_url")) => {
            ("issuer_url", "`issuer_url`, or both of `auth_url` and `token_url`")
        }
        "auth0" if !is("issuer_url") => ("issuer_url", "`issuer_url`"),
        "microsoft" if !is("tenant") => ("tenant", "`tenant`, such as `common`"),
        _ => return None,
    };
    Some(Problem::doubtful(
        lacking.0,
        "This type of provider needs more attributes",
        format!("A provider of this type needs {}: Ory may refuse it otherwise.", lacking.1),
    ))
}
