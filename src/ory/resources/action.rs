//! `ory_action`: a webhook of a flow in which people sign in, register and so on.
//!
//! Names, types and defaults are those of the official provider. That one tells hooks apart by URL and method as well, but leaves
//! the method out of the id: such an id stays as it is.

use super::{guards::PROTECTION, project_id::PROJECT};
use crate::{
    engine::Offer,
    ory::{client::Client, project as document},
    rest::document::{Items, List, Slot, Tagged},
    schema::{
        Attr, Object, Problem, Resource, Rule, Texts, boolean, conflicts, flag, known, only, only_with, refuse, requires, resource, rule,
        string, text,
    },
    value::Json,
};

use super::content::WRITTEN;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "action",
    "A webhook of an Ory Network project: it is called before or after people sign in, register, recover their account, verify \
     an address or change their settings.\n\n\
     It needs a key of the workspace (`workspace_api_key`). A hook is identified by its flow, timing, sign-in method, URL and HTTP \
     method: two hooks that differ in one of these are two hooks, and a hook that exists already is not taken over. New hooks are \
     called after the existing ones. The hooks that Ory provides itself are attributes of `ory_project_config`; this resource does not touch them.\n\n\
     It is imported by `<project_id>:<flow>:<timing>:<auth_method>:<METHOD>:<url>`. The project may be left out where the \
     provider is configured with it, the method where it is `POST`, and the sign-in method where it has no effect.",
)
.imported_as(parts)
.identified_with(&["project_id"])
.sections(&[PROJECT, TRIGGER, REQUEST, AUTH, PROTECTION])
.rules(RULES)
.found_by(id)
.excludes(is_the_same)
.checked();

static TRIGGER: &[Attr] = &[
    string("flow", "The flow in which the hook is called.").required().replaces().check(only(FLOWS)),
    string("timing", "Whether the hook is called before or after the flow.").required().replaces().check(only(&[BEFORE, AFTER])),
    string(
        "auth_method",
        "The sign-in method with which the hook is called. It has an effect only `after` people sign in (`login`), register (`registration`) or \
         change their `settings`, and none otherwise.",
    )
    .default(text(PASSWORD))
    .replaces()
    .check(known(METHODS)),
];

static REQUEST: &[Attr] = &[
    string("url", "The URL that is called.").required().replaces().at("config/url").check(refuse(address)),
    string("method", "The HTTP method.").default(text("POST")).replaces().at("config/method").check(known(VERBS)),
    string("body", "Jsonnet that makes the body: the text itself, such as that of a file, or `base64://…`.")
        .means(WRITTEN)
        .at("config/body"),
    boolean("response_ignore", "Whether the flow goes on without waiting for the answer.")
        .default(flag(false))
        .absent_is(flag(false))
        .at("config/response/ignore"),
    boolean("response_parse", "Whether the answer may change the identity, or stop the flow.")
        .default(flag(false))
        .absent_is(flag(false))
        .at("config/response/parse"),
    boolean("can_interrupt", "Whether the answer may stop the flow.")
        .default(flag(false))
        .absent_is(flag(false))
        .at("config/can_interrupt"),
];

static AUTH: &[Attr] = &[
    string("webhook_auth_type", "How the call is authenticated.").at("config/auth/type").check(only(&["basic_auth", "api_key"])),
    string("webhook_auth_basic_auth_user", "The user, for `basic_auth`.").at("config/auth/config/user"),
    string("webhook_auth_basic_auth_password", "The password, for `basic_auth`. No answer shows it.")
        .at("config/auth/config/password")
        .secret()
        .once(),
    string(
        "webhook_auth_basic_auth_password_wo",
        "The same, but not kept in the state. Change `webhook_auth_basic_auth_password_wo_version` to send it again.",
    )
    .write_only()
    .at("config/auth/config/password"),
    string("webhook_auth_basic_auth_password_wo_version", "Change it to send `webhook_auth_basic_auth_password_wo` again.").local(),
    string("webhook_auth_api_key_name", "The name of the header or cookie that holds the key, for `api_key`.")
        .at("config/auth/config/name"),
    string("webhook_auth_api_key_value", "The key, for `api_key`. No answer shows it.").at("config/auth/config/value").secret().once(),
    string(
        "webhook_auth_api_key_value_wo",
        "The same, but not kept in the state. Change `webhook_auth_api_key_value_wo_version` to send it again.",
    )
    .write_only()
    .at("config/auth/config/value"),
    string("webhook_auth_api_key_value_wo_version", "Change it to send `webhook_auth_api_key_value_wo` again.").local(),
    string("webhook_auth_api_key_in", "Whether the key is sent in a header or a cookie, for `api_key`.")
        .at("config/auth/config/in")
        .check(only(&["header", "cookie"])),
];

/// How it is reached.
pub static BACKEND: Items = Items {
    like: Some(|action| {
        let config = Json::object(["url", "method"].map(|name| (name, action.str(name).unwrap_or_default().into())));
        Json::object([("hook", "web_hook".into()), ("config", config)])
    }),
    tagged: &[Tagged { at: "config/auth", tag: "type" }],
    ..Items::of(&document::PROJECT, List::In(&LISTS))
};

/// There is one list of hooks for each trigger.
static LISTS: Slot = Slot {
    attrs: &["flow", "timing", "auth_method"],
    at: |action| format!("services/identity/config/selfservice/flows/{}/hooks", slot(action)),
    all: || {
        let before = FLOWS.iter().map(|flow| vec![*flow, BEFORE, PASSWORD]);
        let after = FLOWS.iter().flat_map(|flow| ways(flow).unwrap_or(&[PASSWORD]).iter().map(|way| vec![*flow, AFTER, *way]));
        before.chain(after).collect()
    },
};

/// The part of the list's place that depends on the hook.
fn slot(action: Object<'_>) -> String {
    let of = |name: &str| action.str(name).unwrap_or_default();
    match (of("timing"), ways(of("flow"))) {
        (AFTER, Some(_)) => format!("{}/{AFTER}/{}", of("flow"), of("auth_method")),
        (timing, _) => format!("{}/{timing}", of("flow")),
    }
}

const BEFORE: &str = "before";
const AFTER: &str = "after";
const PASSWORD: &str = "password";
const FLOWS: &[&str] = &["login", "registration", "recovery", "settings", "verification"];
const VERBS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];
const METHODS: &[&str] = &["password", "oidc", "code", "profile", "webauthn", "passkey", "totp", "lookup_secret", "saml"];

/// The sign-in methods of this flow that have hooks of their own, if the flow has such.
fn ways(flow: &str) -> Option<&'static [&'static str]> {
    match flow {
        "login" => Some(&["password", "oidc", "code", "webauthn", "passkey", "totp", "lookup_secret", "saml"]),
        "registration" => Some(&["password", "oidc", "code", "webauthn", "passkey", "saml"]),
        "settings" => Some(&["password", "oidc", "profile", "webauthn", "passkey", "totp", "lookup_secret", "saml"]),
        _ => None,
    }
}

/// Identifies a hook: its list, and what no two hooks of a list have in common.
fn id(action: Object<'_>) -> Option<String> {
    let parts = ["project_id", "flow", "timing", "auth_method", "method", "url"].map(|name| action.str(name));
    parts.into_iter().collect::<Option<Vec<_>>>().map(|parts| parts.join(":"))
}

/// Whether both are the same hook. The project of a new one may be known only when it is made.
fn is_the_same(before: Object<'_>, after: Object<'_>) -> bool {
    let project = after.get("project_id");
    let same = |name: &str| before.get(name) == after.get(name);
    (project.is_null() || project.is_unknown() || same("project_id")) && slot(before) == slot(after) && same("url") && same("method")
}

/// The parts of an id that is given to an import. Of those before the URL, only flow and timing are required.
fn parts(id: &str) -> Texts {
    let (project, rest) = match id.split_once(':') {
        Some((project, rest)) if !FLOWS.contains(&project) => (Some(project), rest),
        _ => (None, id),
    };
    let (flow, rest) = rest.split_once(':').unwrap_or_default();
    let (timing, mut rest) = rest.split_once(':').unwrap_or_default();
    // It is ambiguous which hook is meant.
    if !FLOWS.contains(&flow) || ![BEFORE, AFTER].contains(&timing) {
        return vec![("url", id.to_owned())];
    }
    let (mut way, mut method) = (PASSWORD, "POST".to_owned());
    // A colon before two slashes belongs to the scheme of the URL.
    while let Some((part, more)) = rest.split_once(':').filter(|(_, more)| !more.starts_with("//")) {
        match part.to_ascii_uppercase() {
            verb if VERBS.contains(&verb.as_str()) => method = verb,
            // The official provider's ids have these where there is no sign-in method.
            _ if ["", "_", "none"].contains(&part) => {}
            _ => way = part,
        }
        rest = more;
    }
    let said = [("flow", flow), ("timing", timing), ("auth_method", way), ("url", rest), ("method", &method)];
    let project = project.map(|project| ("project_id", project));
    project.into_iter().chain(said).filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name, text.to_owned())).collect()
}

fn address(text: &str) -> Result<(), String> {
    let is_one = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if is_one { Ok(()) } else { Err("Must be an http or https URL, such as `https://example.com/hooks/signed-in`.".into()) }
}

static RULES: &[Rule] = &[
    conflicts(&["webhook_auth_basic_auth_password", "webhook_auth_basic_auth_password_wo"]),
    conflicts(&["webhook_auth_api_key_value", "webhook_auth_api_key_value_wo"]),
    requires(&["webhook_auth_basic_auth_password_wo_version", "webhook_auth_basic_auth_password_wo"]),
    requires(&["webhook_auth_api_key_value_wo_version", "webhook_auth_api_key_value_wo"]),
    only_with(
        "basic_auth",
        &[
            "webhook_auth_type",
            "webhook_auth_basic_auth_user",
            "webhook_auth_basic_auth_password",
            "webhook_auth_basic_auth_password_wo",
            "webhook_auth_basic_auth_password_wo_version",
        ],
    ),
    only_with(
        "api_key",
        &[
            "webhook_auth_type",
            "webhook_auth_api_key_name",
            "webhook_auth_api_key_value",
            "webhook_auth_api_key_in",
            "webhook_auth_api_key_value_wo",
            "webhook_auth_api_key_value_wo_version",
        ],
    ),
    rule(&["flow", "timing", "auth_method"], no_effect),
    rule(&["response_ignore", "response_parse", "can_interrupt"], unheard),
];

/// Warns where the sign-in method has no effect, or Ory accepts the hook and discards it.
fn no_effect(action: Object<'_>) -> Option<Problem> {
    let (flow, timing, way) = (action.str("flow")?, action.str("timing")?, action.str("auth_method"));
    let why = match (timing, ways(flow), way) {
        (_, _, None) => return None,
        (BEFORE, _, Some(_)) => {
            "With `timing = \"before\"`, the hook is called before a sign-in method is chosen, so `auth_method` has no effect: remove it."
                .to_owned()
        }
        (_, None, Some(_)) => {
            format!("The flow `{flow}` has no hooks of single sign-in methods, so `auth_method` has no effect: remove it.")
        }
        (_, Some(ways), Some(way)) if !ways.contains(&way) => {
            let ways = ways.iter().map(|way| format!("`{way}`")).collect::<Vec<_>>().join(", ");
            return Some(Problem::doubtful(
                "auth_method",
                "Ory may discard this hook",
                format!("The flow `{flow}` has no such `auth_method`, and Ory accepts such a hook without keeping it. Use one of {ways}."),
            ));
        }
        _ => return None,
    };
    Some(Problem::doubtful("auth_method", "auth_method has no effect", why))
}

/// Warns where answers are both ignored and used, by the configuration schema of Ory Kratos.
fn unheard(action: Object<'_>) -> Option<Problem> {
    let is_on = |name: &str| action.bool(name) == Some(true);
    let heard = ["response_parse", "can_interrupt"].into_iter().find(|name| is_on(name)).filter(|_| is_on("response_ignore"))?;
    Some(Problem::doubtful(
        heard,
        "The answer is ignored",
        format!(
            "The configuration schema of Ory Kratos forbids `response_ignore` and `{heard}` at once: Ory may refuse it. Set one of the two."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The forms of the official provider's documentation and its releases, and our own.
    #[test]
    fn an_import_understands_every_form_of_an_id() {
        let project = "550e8400-e29b-41d4-a716-446655440000";
        let url = "https://api.example.com:8443/hooks?a=b:c";
        for (id, flow, timing, way, method) in [
            (format!("{project}:registration:after:password:POST:{url}"), "registration", "after", "password", "POST"),
            (format!("{project}:registration:after:oidc:get:{url}"), "registration", "after", "oidc", "GET"),
            (format!("{project}:registration:after:oidc:{url}"), "registration", "after", "oidc", "POST"),
            (format!("{project}:recovery:after:_:PUT:{url}"), "recovery", "after", "password", "PUT"),
            (format!("{project}:recovery:after::{url}"), "recovery", "after", "password", "POST"),
            (format!("{project}:verification:after:none:{url}"), "verification", "after", "password", "POST"),
            (format!("{project}:login:before:{url}"), "login", "before", "password", "POST"),
            (format!("{project}:login:before:PATCH:{url}"), "login", "before", "password", "PATCH"),
            (format!("{project}:login:before:password:DELETE:{url}"), "login", "before", "password", "DELETE"),
        ] {
            let wanted = [("flow", flow), ("timing", timing), ("auth_method", way), ("url", url), ("method", method)];
            let wanted: Vec<_> = wanted.into_iter().map(|(name, text)| (name, text.to_owned())).collect();
            let with_project = [vec![("project_id", project.to_owned())], wanted.clone()].concat();
            assert_eq!(parts(&id), with_project, "{id}");
            assert_eq!(parts(&id[project.len() + 1..]), wanted, "{id}");
        }
    }
}
