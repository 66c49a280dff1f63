//! Ory's resources and what else the provider offers: one file each, one line here.

pub mod action;
mod arrival;
pub(super) mod content;
pub mod email_template;
mod guards;
pub mod identities;
pub mod identity;
pub mod identity_schemas;
mod jose;
pub mod json_web_key_set;
mod moment;
pub mod oauth2_client;
pub mod oidc_dynamic_client;
pub mod organization;
mod origin;
mod password_hash;
pub mod permission_check;
pub mod project;
pub mod project_api_key;
pub mod project_config;
mod project_id;
pub mod project_raw_config;
pub mod relationship;
pub mod relationships;
pub mod saml_provider;
pub mod scim_client;
pub mod social_provider;
mod target;
pub mod trusted_issuer;
pub mod workspace;

use super::Client;
use crate::engine::Offer;

/// All that the provider offers, in the order in which documents have it.
pub static OFFERS: &[&[Offer<Client>]] = &[
    oauth2_client::OFFERS,
    oidc_dynamic_client::OFFERS,
    json_web_key_set::OFFERS,
    trusted_issuer::OFFERS,
    identity::OFFERS,
    identities::OFFERS,
    identity_schemas::OFFERS,
    relationship::OFFERS,
    relationships::OFFERS,
    permission_check::OFFERS,
    project_config::OFFERS,
    project_raw_config::OFFERS,
    workspace::OFFERS,
    project::OFFERS,
    project_api_key::OFFERS,
    organization::OFFERS,
    action::OFFERS,
    email_template::OFFERS,
    social_provider::OFFERS,
    saml_provider::OFFERS,
    scim_client::OFFERS,
];
