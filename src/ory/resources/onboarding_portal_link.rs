//! `ory_onboarding_portal_link`: a link with which a customer sets up single sign-on and SCIM for an organization.
//!
//! The official provider does not have it; the names are those of the API.

use super::{
    super::{client::Client, services::CONSOLE},
    content::WRITTEN,
    custom_domain,
    guards::PROTECTION,
    organization,
    project_id::{self, PROJECT},
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Failure, Objects, Observed, Offer, State, Wanted, Write, objects},
    rest::{Collection, Paging, Rest, SendError, address, id_of, mapping, maybe_left},
    schema::{Attr, ID, INSTANT, Object, Resource, Texts, UUID, boolean, refuse, resource, string},
    value::{Json, Value},
};
use async_trait::async_trait;
use reqwest::Method;
use tokio::sync::OnceCell;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "onboarding_portal_link",
    "A link to the onboarding portal of an organization of Ory Network (B2B): the person who has the link can set up single sign-on and SCIM \
     for that organization, without an account at Ory.\n\n\
     It needs a key of the workspace (`workspace_api_key`) and a plan that includes the portal. `url` is what you give to the \
     customer; it is a secret, and can be read again. Only `enable_sso`, `enable_scim` and `expires_at` can change: every other \
     change makes a new link. It is imported by `<project_id>/<organization_id>/<id>`, or `<organization_id>/<id>` where the \
     provider is configured with the project.",
)
.imported_as(parts)
.identified_with(&["project_id", "organization_id"])
.sections(&[PROJECT, ATTRIBUTES, PROTECTION])
// Links have no names.
.occupies(|link| vec![("onboarding_portal_link", link.str("organization_id").unwrap_or_default().to_owned())])
.checked();

/// How it is reached.
pub static BACKEND: Links = Links;

/// A mapper of a provider's claims. It is sent once, when the link is made.
const fn mapper(name: &'static str, doc: &'static str) -> Attr {
    string(name, doc).replaces().means(WRITTEN)
}

static ATTRIBUTES: &[Attr] = &[
    string("organization_id", "Id of the organization that is set up with the link.")
        .required()
        .replaces()
        .means(UUID)
        .refers_to(&organization::RESOURCE, ID)
        .check(refuse(address::id)),
    boolean("enable_sso", "Whether single sign-on can be set up with the link.").required(),
    boolean("enable_scim", "Whether SCIM can be set up with the link.").required(),
    string("expires_at", "When the link expires (RFC 3339): at least a day from now. Ory decides when unset.").or_server().means(INSTANT),
    string("custom_hostname_id", "Id of the `ory_custom_domain` under which the organization is set up.")
        .replaces()
        .means(UUID)
        .refers_to(&custom_domain::RESOURCE, ID)
        .check(refuse(address::id)),
    string("proxy_acs_url", "Assertion consumer service URL of your own that the portal shows in place of Ory's.").replaces(),
    string("proxy_oidc_redirect_url", "Redirect URL of your own that the portal shows in place of Ory's.").replaces(),
    string("proxy_saml_audience_override", "SAML audience of your own that the portal shows in place of Ory's.").replaces(),
    string("proxy_scim_server_url", "URL of a SCIM server of your own that the portal shows in place of Ory's.").replaces(),
    mapper(
        "apple_mapper_url",
        "Jsonnet that maps the claims of Apple to an identity: the code itself, `base64://` and the code in base64, or its URL.",
    ),
    mapper("auth0_mapper_url", "The same for Auth0."),
    mapper("facebook_mapper_url", "The same for Facebook."),
    mapper("generic_oidc_mapper_url", "The same for any other OpenID Connect provider."),
    mapper("github_mapper_url", "The same for GitHub."),
    mapper("gitlab_mapper_url", "The same for GitLab."),
    mapper("google_mapper_url", "The same for Google."),
    mapper("microsoft_mapper_url", "The same for Microsoft."),
    mapper("netid_mapper_url", "The same for netID."),
    mapper("saml_mapper_url", "The same for SAML providers."),
    mapper("scim_mapper_url", "The same for SCIM."),
    string("value", "The secret part of the link. Anybody who has it can set up the organization.").read_only().secret(),
    // No answer has the URL: it is made from the value.
    string("url", "The link: `https://<slug>.projects.oryapis.com/onboarding/<value>`.").read_only().secret().may_be_untold(),
    string("created_at", "When it was made (RFC 3339).").read_only().means(INSTANT),
];

/// The members of a link that can change. An update sends all of them.
const CHANGING: [&str; 3] = ["enable_sso", "enable_scim", "expires_at"];

/// Links, which can only be listed.
pub struct Links;

static REST: Rest = Rest::new(&CONSOLE, "/projects/{project_id}/organizations/{organization_id}/onboarding-portal-links")
    .paging(Paging::whole("links"))
    .only_listed();

#[async_trait]
impl Backend<Client> for Links {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let at = REST.collection(cx, Object::new(&RESOURCE.table, &write.planned)).await?;
        let made = REST.make(cx, &at, write, mapping::create(write), |found| found).await;
        let mut made = made.map_err(|error| maybe_left(&RESOURCE, None, error))?;
        // The link exists even if this fails.
        if let Err(error) = Portal::new(cx, &at).lead(&mut made).await {
            let detail = format!("The link was made, but its `url` is not known yet: a refresh reads it. {}", error.diagnostic.detail);
            made.warnings.push(Diagnostic::warning("The URL of the link is not known yet", detail));
        }
        Ok(made)
    }

    async fn read(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        let known = Object::new(&resource.table, &state.value);
        let Some(mut found) = REST.read(cx, resource, state).await? else { return Ok(None) };
        let is_known = !known.get("url").is_null() && known.get("value") == Object::new(&resource.table, &found.value).get("value");
        if !is_known {
            Portal::new(cx, &REST.collection(cx, known).await?).lead(&mut found).await?;
        }
        Ok(Some(found))
    }

    /// A `POST` with all the members that can change, as planned, whether they change or not.
    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let id = id_of(&RESOURCE, write.id.as_deref())?;
        let (prior, planned) = (Object::new(&RESOURCE.table, &write.prior), Object::new(&RESOURCE.table, &write.planned));
        let at = REST.collection(cx, planned).await?;
        if CHANGING.iter().all(|name| prior.get(name) == planned.get(name)) {
            return REST.or_listed(cx, &at, write, None).await;
        }
        let body = mapping::create(write);
        let body = Json::object(CHANGING.into_iter().map(|name| (name, body.at(name).clone())).filter(|(_, value)| !value.is_null()));
        Ok(REST.sent(cx, &at, write, at.about(Method::POST, id).body(body), id).await?)
    }

    async fn delete(&self, cx: &Cx<Client>, resource: &'static Resource, state: &State) -> Result<(), Failure> {
        REST.delete(cx, resource, state).await
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, to: &Objects) -> Result<(), Failure> {
        let at = REST.collection(cx, wanted.filter).await?;
        let portal = Portal::new(cx, &at);
        let mut all = objects(cx, &REST, *wanted);
        while let Some(mut found) = all.next().await? {
            portal.lead(&mut found).await?;
            to.send(found).await;
        }
        Ok(())
    }
}

/// The portal of a project, whose URLs contain the values of links.
struct Portal<'a> {
    cx: &'a Cx<Client>,
    at: &'a Collection,
    slug: OnceCell<String>,
}

impl<'a> Portal<'a> {
    fn new(cx: &'a Cx<Client>, at: &'a Collection) -> Portal<'a> {
        Portal { cx, at, slug: OnceCell::new() }
    }

    /// Sets the URL of the link.
    async fn lead(&self, link: &mut Observed) -> Result<(), SendError> {
        let slug = self.slug.get_or_try_init(|| project_id::slug(self.cx, self.at)).await?;
        let mut url = self.cx.client.project_url(slug).map_err(SendError::unsent)?;
        if let (Some(value), Ok(mut path)) = (Object::new(&RESOURCE.table, &link.value).str("value"), url.path_segments_mut()) {
            path.pop_if_empty().extend(["onboarding", value]);
        }
        if let (Value::Object(fields), Some(place)) = (&mut link.value, RESOURCE.table.index("url")) {
            fields[place] = Value::text(url.as_str());
        }
        Ok(())
    }
}

/// The parts of an id that is given to an import.
fn parts(id: &str) -> Texts {
    match id.rsplit_once('/') {
        Some((before, id)) => {
            let mut parts = project_id::parts("organization_id", before);
            parts.push((ID, id.to_owned()));
            parts
        }
        None => vec![(ID, id.to_owned())],
    }
}
