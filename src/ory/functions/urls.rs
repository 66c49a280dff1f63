//! URLs that are made from the slug of an Ory Network project.

use crate::{
    ory::client::slug,
    rest::address,
    schema::{Attr, Function, Object, Refused, function, refuse, string},
    value::Value,
};
use url::Url;

/// The issuer of tokens.
pub static ISSUER: Function = function(
    "issuer_url",
    "The issuer of the tokens of an Ory Network project, for the configuration of OpenID Connect clients: they find \
     everything else at `/.well-known/openid-configuration` below it.",
    string("url", "The URL, without a slash at the end: `https://<slug>.projects.oryapis.com`."),
    |asked| project(asked).map(|url| Value::text(url.as_str().trim_end_matches('/'))),
)
.params(&[&[PROJECT]]);

/// The URL of a SCIM client.
pub static SCIM: Function = function(
    "scim_url",
    "The URL of a SCIM client of an Ory Network project, for an identity provider such as Okta or Microsoft Entra.",
    string("url", "The URL: `https://<slug>.projects.oryapis.com/scim/<client_id>/v2`."),
    scim,
)
.params(&[&[PROJECT, string("client_id", "The `client_id` of the `ory_scim_client`.").required().check(refuse(address::id))]]);

const PROJECT: Attr = string("project", "The project's slug, or the host name of its custom domain, such as `auth.example.com`.")
    .required()
    .check(refuse(host));

/// A host's name has dots, and a slug has none.
fn host(text: &str) -> Result<(), String> {
    let is_host = || {
        let url = Url::parse(&format!("https://{text}")).ok()?;
        (url.host_str()? == text.to_ascii_lowercase() && url.domain().is_some()).then_some(())
    };
    match text.contains('.') {
        true => {
            is_host().ok_or_else(|| "Must be a project's slug, or a host name such as `auth.example.com`, without `https://`.".to_owned())
        }
        false => slug(text),
    }
}

fn project(asked: Object<'_>) -> Result<Url, Refused> {
    let project = asked.str("project").unwrap_or_default();
    let url = if project.contains('.') { format!("https://{project}") } else { format!("https://{project}.projects.oryapis.com") };
    Url::parse(&url).map_err(|_| Refused::argument("project", "It does not make a valid URL."))
}

fn scim(asked: Object<'_>) -> Result<Value, Refused> {
    let mut url = project(asked)?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["scim", asked.str("client_id").unwrap_or_default(), "v2"]);
    }
    Ok(Value::String(url.into()))
}
