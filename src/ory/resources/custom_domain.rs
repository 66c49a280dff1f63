//! `ory_custom_domain`: a host name of the customer's own for a project.
//!
//! Names and types are those of the official provider, and so is the schema version. Ory publishes no API for custom domains:
//! the routes that the official provider uses are in [`unpublished`](crate::ory::unpublished).

use super::{
    super::{
        client::Client,
        services::CONSOLE,
        unpublished::{CHANGE_DOMAIN, CREATE_DOMAIN, DELETE_DOMAIN, DOMAINS},
    },
    arrival::until_there,
    guards::PROTECTION,
    moment::MOMENT,
    project_id::{self, PROJECT},
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Failure, Objects, Observed, Offer, State, Wanted, Write, one_line, semantically_equal},
    rest::{Collection, Paging, REPLACING, Rest, SendError, http::is_this_machine, id_of, mapping, maybe_left},
    schema::{
        Attr, Cleared, DURATION, Equality, ID, Object, PlanDraft, Problem, Resource, Rule, URL, boolean, flag, list, refuse, resource,
        rule, string,
    },
    value::{Json, Value, duration},
};
use async_trait::async_trait;
use reqwest::Method;
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use url::Url;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "custom_domain",
    "A host name of your own under which a project of Ory Network is reached, such as `auth.example.com`, with cookies of your \
     own domain.\n\n\
     It needs a key of the workspace (`workspace_api_key`) and a paid plan. The DNS needs a CNAME record from the host name to \
     `cname_target`: until Ory sees it, `verification_status` is `pending`. Ory publishes no API for custom \
     domains: this uses what the Ory Console uses, and an error says so if that changes. It is imported by \
     `<project_id>/<id>`, or its id alone where the provider is configured with the project.",
)
.imported_as(|id| project_id::parts(ID, id))
.identified_with(&["project_id"])
.sections(&[PROJECT, ATTRIBUTES, PROTECTION])
.rules(RULES)
.modify_plan(wait_again)
// A host name leads to one project.
.excludes(|old, new| old.get("hostname") == new.get("hostname"))
.occupies(|domain| vec![("custom_domain", domain.str("hostname").unwrap_or_default().to_owned())])
.checked();

/// How it is reached.
pub static BACKEND: CustomDomains = CustomDomains;

static ATTRIBUTES: &[Attr] = &[
    string("hostname", "The host name, such as `auth.example.com`.").required().check(refuse(hostname)),
    string("cookie_domain", "The domain that cookies are set for: the host name or a domain that it is in, such as `example.com`.")
        .cleared_by(Cleared::Empty)
        .check(refuse(hostname)),
    boolean("cors_enabled", "Whether pages of other origins may call the project from a browser (CORS).").default(flag(false)).absent_is(flag(false)),
    list("cors_allowed_origins", "Origins whose pages may call it, such as `https://app.example.com`: at most 50, each named in full.")
        .unordered()
        .cleared_by(Cleared::Empty)
        .each(refuse(origin)),
    string("custom_ui_base_url", "URL of a user interface of your own, to which people are sent, such as `https://app.example.com/auth`.")
        .means(UI)
        .cleared_by(Cleared::Empty),
    string("wait_for_verification", "How long an apply waits for Ory to verify the domain and put its certificate to use, as a duration such as `10m`. If that is not enough, a warning says so, and the next apply waits again. The CNAME record has to exist before this resource: make it from the project's `slug`, and let this resource depend on it.")
        .local()
        .means(DURATION),
    string("cname_target", "The target that the CNAME record of the host name needs: `<slug>.projects.oryapis.com`.").read_only().may_be_untold(),
    string("verification_status", "Whether Ory has seen the CNAME record: such as `pending` or `active`.").read_only().changes_with(&["hostname"]),
    list("verification_errors", "Why Ory has not verified the domain.").read_only().changes_with(&["hostname"]),
    string("ssl_status", "Status of the certificate: `active` when it is in use.").read_only().may_be_untold().changes_with(&["hostname"]),
    string("created_at", "When it was made.").read_only().means(MOMENT),
    string("updated_at", "When it was last changed.").read_only().means(MOMENT).changes(),
];

static RULES: &[Rule] = &[rule(&["hostname", "cookie_domain"], cookies_reach_it), rule(&["cors_allowed_origins"], not_too_many)];

/// A URL that is checked to be one.
const UI: &Equality = &Equality { valid: super::super::client::http_url, ..*URL };

/// The status of a domain that is verified, and of a certificate that is in use.
const DONE: &str = "active";
/// How many origins Ory accepts at most.
const MOST_ORIGINS: usize = 50;

fn hostname(name: &str) -> Result<(), String> {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_name = name.len() <= 253 && name.contains('.') && name.split('.').all(is_label);
    is_name.then_some(()).ok_or_else(|| "Must be a DNS name without scheme, port or path, such as `auth.example.com`.".into())
}

fn origin(origin: &str) -> Result<(), String> {
    let wrong = |why: &str| Err(format!("{why} Write one origin in full, such as `https://app.example.com`."));
    if origin.contains('*') {
        return wrong("Ory does not accept wildcards here.");
    }
    match Url::parse(origin) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) => wrong("Must be an origin."),
        Ok(url) if is_this_machine(&url) => wrong("Ory does not accept origins on the local machine."),
        Ok(url) if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() => {
            wrong("An origin has nothing after the host and port.")
        }
        Ok(_) => Ok(()),
        Err(_) => wrong("Must be an origin."),
    }
}

fn cookies_reach_it(domain: Object<'_>) -> Option<Problem> {
    let (host, cookies) = (domain.str("hostname")?.to_ascii_lowercase(), domain.str("cookie_domain")?.to_ascii_lowercase());
    let is_inside = host == cookies || host.strip_suffix(&cookies).is_some_and(|rest| rest.ends_with('.'));
    (!is_inside).then(|| {
        Problem::refused(
            "cookie_domain",
            "Cookies would not reach the host name",
            "Browsers drop a cookie for a domain that the host name is not in. Set the host name itself, or a domain above it: for `auth.example.com`, that is `example.com`.",
        )
    })
}

fn not_too_many(domain: Object<'_>) -> Option<Problem> {
    let count = domain.get("cors_allowed_origins").as_list().map_or(0, <[Value]>::len);
    (count > MOST_ORIGINS).then(|| {
        let detail = format!("There are {count} origins, and Ory accepts at most {MOST_ORIGINS} for one domain. Remove some.");
        Problem::refused("cors_allowed_origins", "Too many origins", detail)
    })
}

/// Plans another wait for a domain that was not verified by the end of the last wait.
fn wait_again(draft: &mut PlanDraft<'_>) {
    let waits = !draft.config.get("wait_for_verification").is_null();
    if draft.prior.is_some_and(|prior| waits && !is_verified(prior)) {
        ["verification_status", "verification_errors", "ssl_status"].into_iter().for_each(|name| draft.set(name, Value::Unknown));
    }
}

/// Whether the project is reachable by the domain. Not every answer has the status of the certificate.
fn is_verified(domain: Object<'_>) -> bool {
    domain.str("verification_status") == Some(DONE) && domain.str("ssl_status").is_none_or(|status| matches!(status, "" | DONE))
}

/// Custom domains, which can only be listed.
pub struct CustomDomains;

static REST: Rest = Rest::new(&CONSOLE, "/projects/{project_id}/cname").paging(Paging::whole("")).only_listed();

#[async_trait]
impl Backend<Client> for CustomDomains {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let at = REST.collection(cx, Object::new(&RESOURCE.table, &write.planned)).await?;
        let made = REST.make(cx, &at, write, mapping::create(write), |found| found).await;
        let made = made.map_err(|error| maybe_left(&RESOURCE, None, taken(CREATE_DOMAIN.explain(error))))?;
        Ok(finished(cx, &at, write, made).await)
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let known = Object::new(&resource.table, &state.value);
        let id = id_of(resource, state.id.as_deref())?;
        let at = REST.collection(cx, known).await?;
        let Some(mut found) = listed(cx, &at, id).await? else { return Ok(None) };
        if known.get("cname_target").is_null() {
            put(&mut found, "cname_target", target(cx, &at).await?);
        }
        Ok(Some(found))
    }

    /// The whole object is sent, since no source says what happens to members that are left out.
    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let id = id_of(&RESOURCE, write.id.as_deref())?;
        let (prior, planned) = (Object::new(&RESOURCE.table, &write.prior), Object::new(&RESOURCE.table, &write.planned));
        let at = REST.collection(cx, planned).await?;
        let sent = [
            ("hostname", Json::from("")),
            ("cookie_domain", Json::from("")),
            ("cors_enabled", Json::Bool(false)),
            ("cors_allowed_origins", Json::Array(Vec::new())),
            ("custom_ui_base_url", Json::from("")),
        ];
        let changes = |name: &str| {
            let attr = RESOURCE.table.attrs().find(|attr| attr.name == name);
            attr.is_some_and(|attr| !semantically_equal(attr, prior.get(name), planned.get(name)))
        };
        let changed = match sent.iter().any(|(name, _)| changes(name)) {
            true => {
                let set = mapping::create(write);
                let or_empty =
                    |(name, empty): (&'static str, Json)| (name, if set.at(name).is_null() { empty } else { set.at(name).clone() });
                let request = at.about(Method::PUT, id).body(Json::object(sent.into_iter().map(or_empty)));
                let sent = REST.sent(cx, &at, write, request, id).await;
                Some(sent.map_err(|error| taken(CHANGE_DOMAIN.explain(error)))?)
            }
            false => listed(cx, &at, id).await?,
        };
        let changed = REST.or_listed(cx, &at, write, changed).await?;
        Ok(finished(cx, &at, write, changed).await)
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        let id = id_of(resource, state.id.as_deref())?;
        let at = REST.collection(cx, Object::new(&resource.table, &state.value)).await?;
        let reply = at.endpoint.send(cx, &CONSOLE, at.about(Method::DELETE, id)).await?;
        if reply.is_success() || matches!(listed(cx, &at, id).await, Ok(None)) {
            return Ok(());
        }
        Err(DELETE_DOMAIN.refuse(&CONSOLE, &reply).into())
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        let at = REST.collection(cx, wanted.filter).await?;
        let found = REST.all(cx, &at, &RESOURCE).await.map_err(|error| DOMAINS.explain(error))?;
        // No answer has the target of the CNAME records.
        let target = if wanted.whole && !found.is_empty() { Some(target(cx, &at).await?) } else { None };
        for mut domain in found.into_iter().filter(|domain| wanted.holds(&domain.value)) {
            if let Some(target) = &target {
                put(&mut domain, "cname_target", target.clone());
            }
            objects.send(domain).await;
        }
        Ok(())
    }
}

/// Adds to the error what to do about a host name that another domain has.
fn taken(mut error: SendError) -> SendError {
    if error.status == Some(409) {
        error.diagnostic.detail.push_str(&format!("\n\nA host name can belong to one project only. If this project has it already, import the domain by its id (`terraform import`, an `import` block, or `pulumi import`); otherwise remove it from the other project first.{REPLACING}"));
    }
    error
}

/// The domain of this id in the list. If the list itself is missing, either the project is gone, or the route is.
async fn listed(cx: &Cx<Client>, at: &Collection, id: &str) -> Result<Option<Observed>, SendError> {
    match REST.all(cx, at, &RESOURCE).await {
        Ok(all) => Ok(all.into_iter().find(|domain| domain.id.eq_ignore_ascii_case(id))),
        Err(error) if error.status == Some(404) && project_id::is_gone(cx, at).await? => Ok(None),
        Err(error) => Err(DOMAINS.explain(error)),
    }
}

/// The domain after the wait, with what no answer has.
async fn finished(cx: &Cx<Client>, at: &Collection, write: &Write, written: Observed) -> Observed {
    let mut domain = match Object::new(&RESOURCE.table, &write.planned).str("wait_for_verification") {
        Some(patience) => verified(cx, at, patience, written).await,
        // The list may have what the answer to a write leaves out.
        None => match Object::new(&RESOURCE.table, &written.value).get("ssl_status").is_null() {
            true => listed(cx, at, &written.id).await.ok().flatten().unwrap_or(written),
            false => written,
        },
    };
    if Object::new(&RESOURCE.table, &write.prior).get("cname_target").is_null() {
        match target(cx, at).await {
            Ok(target) => put(&mut domain, "cname_target", target),
            Err(error) => {
                let detail = format!("The domain exists, and a refresh reads its `cname_target`. {}", error.diagnostic.detail);
                domain.warnings.push(Diagnostic::warning("The target of the CNAME record is not known yet", detail));
            }
        }
    }
    domain
}

/// Waits until the domain is verified. A domain that is not verified in time is a warning and no error: an error would make
/// Terraform replace it.
async fn verified(cx: &Cx<Client>, at: &Collection, patience: &str, written: Observed) -> Observed {
    let id = written.id.clone();
    let limit = duration::parse(patience).ok().and_then(|nanoseconds| u64::try_from(nanoseconds).ok()).map(Duration::from_nanos);
    let seen = Mutex::new(written);
    let state = || {
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let domain = Object::new(&RESOURCE.table, &seen.value);
        let of = |name: &str| domain.str(name).unwrap_or_default();
        let errors: String = domain.strs("verification_errors").iter().map(|error| format!(" Ory says: {}.", one_line(error))).collect();
        match is_verified(domain) {
            true => Ok(()),
            false => Err(format!(
                "Its `verification_status` is `{}` and its `ssl_status` `{}`.{errors}",
                of("verification_status"),
                of("ssl_status")
            )),
        }
    };
    let ask = || async {
        match listed(cx, at, &id).await {
            Ok(Some(found)) => *seen.lock().unwrap_or_else(PoisonError::into_inner) = found,
            Ok(None) => return Err("It is not in the list of the project's domains any more.".to_owned()),
            Err(error) => return Err(error.diagnostic.detail),
        }
        state()
    };
    let waited = until_there(cx, limit.unwrap_or_default(), "waiting until Ory has verified the domain", ask).await;
    let waited = waited.and_then(|()| state());
    let mut domain = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Err(why) = waited {
        let target = target(cx, at).await.map(|target| format!(" to `{target}`")).unwrap_or_default();
        let host = Object::new(&RESOURCE.table, &domain.value).str("hostname").unwrap_or_default().to_owned();
        let detail = format!(
            "The domain exists and is in the state, but it was not verified within `{patience}`. {why} Check that the DNS has a CNAME record of `{}`{target}, and that no proxy is in between; then apply again, which waits again.",
            one_line(&host)
        );
        domain.warnings.push(Diagnostic::warning("The custom domain is not verified yet", detail));
    }
    domain
}

/// The target that the CNAME record needs.
async fn target(cx: &Cx<Client>, at: &Collection) -> Result<String, SendError> {
    Ok(format!("{}.projects.oryapis.com", project_id::slug(cx, at).await?))
}

fn put(domain: &mut Observed, name: &str, text: String) {
    if let (Value::Object(fields), Some(place)) = (&mut domain.value, RESOURCE.table.index(name)) {
        fields[place] = Value::text(text);
    }
}
