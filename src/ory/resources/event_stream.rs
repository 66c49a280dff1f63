//! `ory_event_stream`: events of a project, and where they are sent.
//!
//! Names and types are those of the official provider, as far as it has them, and so is the schema version.
//!
//! The console shows no secret: it masks the secret of an HTTPS endpoint and, in the endpoint's URL, the user information and
//! the values of the query. A masked value must not be sent back, so an update sends only what it changes; and where the endpoint is
//! not known, as in an import, it is null.

use super::{
    super::{client::Client, services::CONSOLE},
    guards::PROTECTION,
    moment::MOMENT,
    project_id::{self, PROJECT},
};
use crate::{
    engine::{Backend, Cx, Failure, Objects, Observed, Offer, State, Wanted, Write, objects},
    rest::{Paging, Rest, id_of, mapping, maybe_left},
    schema::{
        Attr, Cleared, ID, Object, PlanDraft, Problem, Resource, Rule, boolean, conflicts, integer, list, only, refuse, resource, rule,
        string,
    },
    value::Value,
};
use async_trait::async_trait;
use reqwest::Method;
use std::collections::BTreeSet;
use url::Url;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "event_stream",
    "A stream of what happens in a project of Ory Network: sign-ups, sign-ins, permission checks and the like, sent to a topic \
     of Amazon SNS or to an HTTPS endpoint.\n\n\
     It needs a key of the workspace (`workspace_api_key`) and an Enterprise plan. To publish to an SNS topic, Ory assumes \
     your role: its trust policy has to name the AWS account `601538168777` as the principal and to require that \
     `sts:ExternalId` is the id of the project; and the role needs `sns:Publish` on the topic. What Ory masks in its answers \
     stays as the configuration has it: the secret, and the user and the values of the query in `https_endpoint`. A change \
     of these that somebody else makes is not seen. It is imported by `<project_id>/<id>`, or its id alone where the project \
     is the one that the provider is configured with. An import leaves out an endpoint with masked parts, so that the first apply sends \
     the configured one.",
)
.imported_as(|id| project_id::parts(ID, id))
.identified_with(&["project_id"])
.sections(&[PROJECT, ATTRIBUTES, PROTECTION])
.rules(RULES)
.modify_plan(no_authentication)
// Streams have no names.
.occupies(|stream| vec![("event_stream", stream.str("project_id").unwrap_or_default().to_owned())])
.checked();

/// How it is reached.
pub static BACKEND: EventStreams = EventStreams;

static ATTRIBUTES: &[Attr] = &[
    string("type", "Where events are sent: `sns` (a topic of Amazon SNS) or `https` (your own endpoint).").required().check(only(&["sns", "https"])),
    string("topic_arn", "ARN of the SNS topic, such as `arn:aws:sns:eu-central-1:123456789012:ory-events`; required for `sns`.")
        .cleared_by(Cleared::Never)
        .check(refuse(topic)),
    string("role_arn", "ARN of the IAM role that Ory assumes to publish to the topic; required for `sns`.")
        .cleared_by(Cleared::Never)
        .check(refuse(role)),
    string("https_endpoint", "URL of the endpoint, required for `https`. It has to answer with a status from 200 to 299; redirects are not followed. A user and password in it are sent as HTTP Basic authentication.")
        .masked()
        .cleared_by(Cleared::Never)
        .check(refuse(endpoint)),
    string("https_auth_type", "How Ory authenticates at the endpoint: `none` (the default), `api_key` (`https_auth_secret` in the header `https_auth_header_name`) or `bearer` (`https_auth_secret` as `Authorization: Bearer`).")
        .or_server()
        .changes_with(&["type"])
        .check(only(&["none", "api_key", "bearer"])),
    string("https_auth_header_name", "The header with the API key; required for `api_key`.")
        .cleared_by(Cleared::Never)
        .check(refuse(header)),
    string("https_auth_secret", "The API key or bearer token, of at most 4096 bytes. Never read. It is sent when it changes, and again when the endpoint or the way to authenticate there changes.")
        .secret()
        .once()
        .check(refuse(secret))
        .sent_with(&["type", "https_endpoint", "https_auth_type"]),
    string("https_auth_secret_wo", "The API key or bearer token, kept out of the state. It also has to be set when `https_endpoint` or `https_auth_type` changes.")
        .write_only()
        .at("https_auth_secret")
        .check(refuse(secret))
        .sent_with(&["type", "https_endpoint", "https_auth_type"]),
    string("https_auth_secret_wo_version", "Any text; a change sends `https_auth_secret_wo` again.").local(),
    string("status", "`active` (the default of a new stream), or `paused`: events are kept for 7 days, and sent once the stream is active again. Not changed when unset.")
        .or_server()
        .check(only(&["active", "paused"])),
    list("event_types", "Names of the events that are sent, in which `*` stands for anything: `Session*`, `*Failed`. All when unset or empty.")
        .unordered()
        .cleared_by(Cleared::Empty),
    boolean("include_security_context", "Whether events include the request that caused them: IP address, user agent, method, host and path. A new stream leaves it out. Not changed when unset.")
        .or_server(),
    integer("http_protocol_major_version", "The version of HTTP that the endpoint spoke when Ory last tested it: 1 or 2; null until it was tested.")
        .read_only()
        .changes_with(&["type", "https_endpoint", "status"]),
    string("created_at", "When it was made.").read_only().means(MOMENT),
    string("updated_at", "When it was last changed.").read_only().means(MOMENT).changes(),
];

static RULES: &[Rule] = &[
    conflicts(&["https_auth_secret", "https_auth_secret_wo"]),
    rule(&["type", "topic_arn", "role_arn", "https_endpoint", "https_auth_type"], destination),
    rule(
        &["https_auth_type", "https_auth_header_name", "https_auth_secret", "https_auth_secret_wo", "https_auth_secret_wo_version"],
        authentication,
    ),
];

/// When the configuration removes `https_auth_type`, Ory no longer authenticates: the attributes for that are cleared as well.
fn no_authentication(draft: &mut PlanDraft<'_>) {
    if draft.prior.is_some_and(|prior| !prior.get("https_auth_type").is_null()) {
        draft.set("https_auth_type", Value::text("none"));
    }
}

/// Checks the attributes that depend on the type.
fn destination(stream: Object<'_>) -> Option<Problem> {
    let kind = stream.str("type")?;
    let (needed, foreign): (&[&str], &[&str]) = match kind {
        "sns" => (&["topic_arn", "role_arn"], &["https_endpoint", "https_auth_type"]),
        "https" => (&["https_endpoint"], &["topic_arn", "role_arn"]),
        _ => return None,
    };
    let is_set = |name: &&&'static str| stream.str(name).is_some_and(|text| !text.is_empty() && text != "none");
    if let Some(missing) = needed.iter().find(|name| !is_set(name)) {
        let detail = format!("A stream whose `type` is `{kind}` needs `{missing}`: set it.");
        return Some(Problem::refused(missing, format!("{missing} is missing"), detail));
    }
    let foreign = foreign.iter().find(is_set)?;
    let detail = format!("`{foreign}` has no effect where the `type` is `{kind}`: remove it, or choose the other type.");
    Some(Problem::refused(foreign, format!("{foreign} does not go with this type"), detail))
}

/// Checks the attributes that depend on `https_auth_type`.
fn authentication(stream: Object<'_>) -> Option<Problem> {
    let by = stream.str("https_auth_type").unwrap_or("none");
    let is_set = |name: &str| !stream.get(name).is_null();
    let secret = ["https_auth_secret", "https_auth_secret_wo", "https_auth_secret_wo_version"].into_iter().find(|name| is_set(name));
    let missing = |name: &'static str, more: &str| {
        let detail = format!("With `https_auth_type = \"{by}\"`, Ory needs `{name}`{more}: set it.");
        Some(Problem::refused(name, format!("{name} is missing"), detail))
    };
    let useless = |name: &'static str| {
        let detail = format!("`{name}` has no effect where `https_auth_type` is `{by}`: remove it, or choose another way to authenticate.");
        Some(Problem::refused(name, format!("{name} is not used"), detail))
    };
    match by {
        "api_key" if !is_set("https_auth_header_name") => missing("https_auth_header_name", ""),
        "api_key" | "bearer" if secret.is_none() => missing("https_auth_secret", " (or `https_auth_secret_wo`)"),
        "bearer" | "none" if is_set("https_auth_header_name") => useless("https_auth_header_name"),
        "none" => secret.and_then(useless),
        _ => None,
    }
}

fn topic(arn: &str) -> Result<(), String> {
    is_arn(arn, "sns").then_some(()).ok_or_else(|| "Must be the ARN of an SNS topic: `arn:aws:sns:<region>:<account>:<name>`.".into())
}

fn role(arn: &str) -> Result<(), String> {
    let is_role = is_arn(arn, "iam") && arn.splitn(6, ':').nth(5).is_some_and(|resource| resource.starts_with("role/"));
    is_role.then_some(()).ok_or_else(|| "Must be the ARN of an IAM role: `arn:aws:iam::<account>:role/<name>`.".into())
}

/// Whether it is an ARN of that service of AWS, in any partition.
fn is_arn(arn: &str, service: &str) -> bool {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    matches!(parts[..], ["arn", partition, of, _, account, resource]
        if partition.starts_with("aws") && of == service && !account.is_empty() && !resource.is_empty())
}

fn endpoint(url: &str) -> Result<(), String> {
    let is_https = Url::parse(url).is_ok_and(|url| url.scheme() == "https" && url.host().is_some());
    is_https.then_some(()).ok_or_else(|| "Must be a URL that begins with `https://`.".into())
}

fn secret(secret: &str) -> Result<(), String> {
    (secret.len() <= 4096).then_some(()).ok_or_else(|| "Must have at most 4096 bytes.".into())
}

/// RFC 9113 (8.2.2) names the headers that are about one connection.
fn header(name: &str) -> Result<(), String> {
    const OF_CONNECTIONS: [&str; 6] = ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];
    if reqwest::header::HeaderName::from_bytes(name.as_bytes()).is_err() {
        return Err("Must be the name of an HTTP header, such as `X-Api-Key`.".into());
    }
    match OF_CONNECTIONS.contains(&name.to_ascii_lowercase().as_str()) {
        true => Err("HTTP/2 does not allow this header, since it is about a single connection: choose another name.".into()),
        false => Ok(()),
    }
}

/// Event streams, which can only be listed.
pub struct EventStreams;

/// The streams as REST objects, with masked values as the server shows them.
pub(in crate::ory) static REST: Rest =
    Rest::new(&CONSOLE, "/projects/{project_id}/eventstreams").paging(Paging::whole("event_streams")).only_listed();

#[async_trait]
impl Backend<Client> for EventStreams {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let at = REST.collection(cx, planned).await?;
        let made = REST.make(cx, &at, write, mapping::create(write), |found| unmasked(planned, found)).await;
        made.map_err(|error| maybe_left(&RESOURCE, None, error))
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let known = Object::new(&resource.table, &state.value);
        Ok(REST.read(cx, resource, state).await?.map(|found| unmasked(known, found)))
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let id = id_of(&RESOURCE, write.id.as_deref())?;
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let at = REST.collection(cx, planned).await?;
        let changed = REST.change(cx, &at, write, at.about(Method::PUT, id)).await?;
        REST.or_listed(cx, &at, write, changed).await.map(|found| unmasked(planned, found))
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        REST.delete(cx, resource, state).await
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, to: &Objects) -> Result<(), Failure> {
        let nothing = RESOURCE.table.nulls();
        let mut all = objects(cx, &REST, *wanted);
        while let Some(found) = all.next().await? {
            to.send(unmasked(Object::new(&RESOURCE.table, &nothing), found)).await;
        }
        Ok(())
    }
}

/// The observed stream with the known values in place of masked ones, and without what its type does not have. A masked value that
/// is not the known one is null: it must not be sent, nor written into a program.
fn unmasked(known: Object<'_>, mut observed: Observed) -> Observed {
    let shown = Object::new(&RESOURCE.table, &observed.value);
    let (kind, by) = (shown.str("type").unwrap_or_default(), shown.str("https_auth_type").unwrap_or_default());
    let foreign: &[&str] = match (kind, by) {
        ("sns", _) => &["https_endpoint", "https_auth_type", "https_auth_header_name", "https_auth_secret"],
        ("https", "api_key") => &["topic_arn", "role_arn", "https_auth_secret"],
        _ => &["topic_arn", "role_arn", "https_auth_header_name", "https_auth_secret"],
    };
    let endpoint = match (known.str("https_endpoint"), shown.str("https_endpoint")) {
        (Some(known), Some(shown)) if is_masked(known, shown) => Value::text(known),
        (_, Some(shown)) if has_secrets(shown) => Value::Null,
        _ => shown.get("https_endpoint").clone(),
    };
    if let Value::Object(fields) = &mut observed.value {
        let mut put = |name: &str, value: Value| RESOURCE.table.index(name).into_iter().for_each(|place| fields[place] = value.clone());
        put("https_endpoint", endpoint);
        foreign.iter().for_each(|name| put(name, Value::Null));
    }
    observed
}

/// Whether `shown` may be this endpoint with its secrets masked, in whatever way: equal except for the user information and the
/// values of the query.
fn is_masked(known: &str, shown: &str) -> bool {
    fn open(text: &str) -> Option<(Url, bool, BTreeSet<String>)> {
        let mut url = Url::parse(text).ok()?;
        let has_user = !url.username().is_empty() || url.password().is_some();
        let names = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        url.set_query(None);
        Some((url, has_user, names))
    }
    known == shown || matches!((open(known), open(shown)), (Some(known), Some(shown)) if known == shown)
}

/// Whether the endpoint has parts that answers mask.
fn has_secrets(endpoint: &str) -> bool {
    Url::parse(endpoint).map_or(true, |url| !url.username().is_empty() || url.password().is_some() || url.query().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_known_without_its_secrets() {
        let known = "https://ann:s3cret@hooks.example.com:8443/ory?token=abc&b=1&b=2";
        for shown in [
            known,
            "https://***:***@hooks.example.com:8443/ory?token=***&b=***",
            "https://xxxxx@hooks.example.com:8443/ory?b=%2A%2A%2A&token=REDACTED",
        ] {
            assert!(is_masked(known, shown), "{shown}");
        }
        for shown in [
            "https://hooks.example.com:8443/ory?token=***&b=***",
            "https://***@hooks.example.com/ory?token=***&b=***",
            "https://***@hooks.example.com:8443/other?token=***&b=***",
            "https://***@hooks.example.com:8443/ory?token=***",
            "https://***@hooks.example.com:8443/ory?token=***&b=***&c=***",
            "http://***@hooks.example.com:8443/ory?token=***&b=***",
            "***",
        ] {
            assert!(!is_masked(known, shown), "{shown}");
        }
        assert!(is_masked("https://a.example", "https://a.example/") && is_masked("***", "***"));
    }

    #[test]
    fn names_of_amazon_are_known() {
        for arn in ["arn:aws:sns:eu-central-1:123456789012:ory", "arn:aws-cn:sns:cn-north-1:123456789012:ory.fifo"] {
            assert!(topic(arn).is_ok() && role(arn).is_err(), "{arn}");
        }
        assert!(role("arn:aws:iam::123456789012:role/a/ory").is_ok() && role("arn:aws:iam::123456789012:user/ory").is_err());
        for arn in ["", "arn", "arn:aws:sns", "sns:eu-central-1:1:ory", "arn:aws:sns:eu-central-1:123456789012:"] {
            assert!(topic(arn).is_err(), "{arn}");
        }
    }
}
