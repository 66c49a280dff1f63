//! The programs that the pages show. They are files that tests run, put into the binary so that an
//! installed one can export its pages without the sources at hand.
//!
//! This table is the exports' only word about a particular provider.

/// A file below `examples/terraform`.
pub struct Example {
    /// Its path there.
    pub path: &'static str,
    /// Its content.
    pub text: &'static str,
}

impl Example {
    /// True for the examples of importing, which stand in a place of their own.
    pub fn is_import(&self) -> bool {
        self.path.rsplit('/').next().is_some_and(|file| file.starts_with("import"))
    }
}

/// The examples of this provider, in the order in which a page shows them.
pub fn of(namespace: &str, name: &str) -> &'static [Example] {
    match (namespace, name) {
        #[cfg(feature = "ory")]
        ("janiform", "ory") => ORY,
        _ => &[],
    }
}

#[cfg(feature = "ory")]
macro_rules! embed {
    ($($path:literal),* $(,)?) => {
        &[$(Example { path: $path, text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/terraform/", $path)) }),*]
    };
}

#[cfg(feature = "ory")]
static ORY: &[Example] = embed![
    "provider/provider.tf",
    "provider-ory-network/provider.tf",
    "resources/ory_oauth2_client/resource.tf",
    "resources/ory_oauth2_client/write-only.tf",
    "resources/ory_oauth2_client/rotation.tf",
    "resources/ory_oauth2_client/import-by-identity.tf",
    "resources/ory_oauth2_client/import-by-string-id.tf",
    "resources/ory_oauth2_client/import.sh",
    "data-sources/ory_oauth2_client/data-source.tf",
    "data-sources/ory_oauth2_clients/data-source.tf",
    "resources/ory_identity/resource.tf",
    "resources/ory_identity/credentials.tf",
    "resources/ory_identity/write-only.tf",
    "resources/ory_identity/second-factors.tf",
    "resources/ory_identity/import-by-identity.tf",
    "resources/ory_identity/import-by-string-id.tf",
    "resources/ory_identity/import.sh",
    "data-sources/ory_identity/data-source.tf",
    "data-sources/ory_identities/data-source.tf",
    "data-sources/ory_identity_by_identifier/data-source.tf",
    "data-sources/ory_identity_schema/data-source.tf",
    "data-sources/ory_identity_schemas/data-source.tf",
    "resources/ory_relationship/resource.tf",
    "resources/ory_relationship/import-by-identity.tf",
    "resources/ory_relationship/import-by-string-id.tf",
    "resources/ory_relationship/import.sh",
    "data-sources/ory_relationship/data-source.tf",
    "data-sources/ory_relationships/data-source.tf",
    "data-sources/ory_permission_check/data-source.tf",
    "data-sources/ory_permission_checks/data-source.tf",
    "data-sources/ory_permission_expand/data-source.tf",
    "resources/ory_relationships/resource.tf",
    "resources/ory_relationships/import-by-identity.tf",
    "resources/ory_relationships/import-by-string-id.tf",
    "resources/ory_relationships/import.sh",
    "resources/ory_json_web_key_set/resource.tf",
    "resources/ory_json_web_key_set/own-keys.tf",
    "resources/ory_json_web_key_set/write-only.tf",
    "resources/ory_json_web_key_set/import-by-identity.tf",
    "resources/ory_json_web_key_set/import-by-string-id.tf",
    "resources/ory_json_web_key_set/import.sh",
    "data-sources/ory_json_web_key_set/data-source.tf",
    "resources/ory_oidc_dynamic_client/resource.tf",
    "resources/ory_oidc_dynamic_client/import-by-identity.tf",
    "resources/ory_oidc_dynamic_client/import-by-string-id.tf",
    "resources/ory_oidc_dynamic_client/import.sh",
    "data-sources/ory_oidc_dynamic_client/data-source.tf",
    "resources/ory_trusted_oauth2_jwt_grant_issuer/resource.tf",
    "resources/ory_trusted_oauth2_jwt_grant_issuer/import-by-identity.tf",
    "resources/ory_trusted_oauth2_jwt_grant_issuer/import-by-string-id.tf",
    "resources/ory_trusted_oauth2_jwt_grant_issuer/import.sh",
    "data-sources/ory_trusted_oauth2_jwt_grant_issuer/data-source.tf",
    "resources/ory_workspace/resource.tf",
    "resources/ory_workspace/import-by-identity.tf",
    "resources/ory_workspace/import-by-string-id.tf",
    "resources/ory_workspace/import.sh",
    "data-sources/ory_workspace/data-source.tf",
    "resources/ory_project/resource.tf",
    "resources/ory_project/import-by-identity.tf",
    "resources/ory_project/import-by-string-id.tf",
    "resources/ory_project/import.sh",
    "data-sources/ory_project/data-source.tf",
    "resources/ory_project_config/resource.tf",
    "resources/ory_project_config/write-only.tf",
    "resources/ory_project_config/import-by-identity.tf",
    "resources/ory_project_config/import-by-string-id.tf",
    "resources/ory_project_config/import.sh",
    "data-sources/ory_project_config/data-source.tf",
    "resources/ory_project_raw_config/import-by-string-id.tf",
    "resources/ory_project_raw_config/import.sh",
    "resources/ory_project_raw_config/resource.tf",
    "resources/ory_project_api_key/resource.tf",
    "resources/ory_project_api_key/bootstrap.tf",
    "resources/ory_project_api_key/import-by-identity.tf",
    "resources/ory_project_api_key/import-by-string-id.tf",
    "resources/ory_project_api_key/import.sh",
    "resources/ory_organization/resource.tf",
    "resources/ory_organization/import-by-identity.tf",
    "resources/ory_organization/import-by-string-id.tf",
    "resources/ory_organization/import.sh",
    "data-sources/ory_organization/data-source.tf",
    "resources/ory_action/resource.tf",
    "resources/ory_action/write-only.tf",
    "resources/ory_action/import-by-identity.tf",
    "resources/ory_action/import-by-string-id.tf",
    "resources/ory_action/import.sh",
    "resources/ory_email_template/resource.tf",
    "resources/ory_email_template/import-by-identity.tf",
    "resources/ory_email_template/import-by-string-id.tf",
    "resources/ory_email_template/import.sh",
    "resources/ory_social_provider/resource.tf",
    "resources/ory_social_provider/import-by-identity.tf",
    "resources/ory_social_provider/import-by-string-id.tf",
    "resources/ory_social_provider/import.sh",
    "resources/ory_saml_provider/resource.tf",
    "resources/ory_saml_provider/import-by-identity.tf",
    "resources/ory_saml_provider/import-by-string-id.tf",
    "resources/ory_saml_provider/import.sh",
    "resources/ory_scim_client/resource.tf",
    "resources/ory_scim_client/import-by-identity.tf",
    "resources/ory_scim_client/import-by-string-id.tf",
    "resources/ory_scim_client/import.sh",
    "resources/ory_identity_schema/resource.tf",
    "resources/ory_identity_schema/import-by-identity.tf",
    "resources/ory_identity_schema/import-by-string-id.tf",
    "resources/ory_identity_schema/import.sh",
    "resources/ory_permission_namespaces/resource.tf",
    "resources/ory_permission_namespaces/import-by-identity.tf",
    "resources/ory_permission_namespaces/import-by-string-id.tf",
    "resources/ory_permission_namespaces/import.sh",
    "data-sources/ory_opl_validation/data-source.tf",
    "resources/ory_onboarding_portal_link/resource.tf",
    "resources/ory_onboarding_portal_link/import-by-identity.tf",
    "resources/ory_onboarding_portal_link/import-by-string-id.tf",
    "resources/ory_onboarding_portal_link/import.sh",
    "resources/ory_event_stream/resource.tf",
    "resources/ory_event_stream/import-by-identity.tf",
    "resources/ory_event_stream/import-by-string-id.tf",
    "resources/ory_event_stream/import.sh",
    "resources/ory_custom_domain/resource.tf",
    "resources/ory_custom_domain/import-by-identity.tf",
    "resources/ory_custom_domain/import-by-string-id.tf",
    "resources/ory_custom_domain/import.sh",
    "resources/ory_workspace_api_key/resource.tf",
    "resources/ory_workspace_api_key/import-by-identity.tf",
    "resources/ory_workspace_api_key/import-by-string-id.tf",
    "resources/ory_workspace_api_key/import.sh",
    "data-sources/ory_workspaces/data-source.tf",
    "data-sources/ory_workspace_api_keys/data-source.tf",
    "data-sources/ory_projects/data-source.tf",
    "data-sources/ory_project_api_keys/data-source.tf",
    "data-sources/ory_project_members/data-source.tf",
    "data-sources/ory_organizations/data-source.tf",
    "data-sources/ory_onboarding_portal_links/data-source.tf",
    "data-sources/ory_event_streams/data-source.tf",
    "data-sources/ory_custom_domains/data-source.tf",
    "data-sources/ory_relationship_namespaces/data-source.tf",
];
