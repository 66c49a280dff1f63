//! A new project with forty parts of its document, of all kinds.
//!
//! Knows no server. A test and a benchmark use it.

use serde_json::{Value as Json, json};

/// A resource: its type, its name, and its attributes.
pub type Part = (&'static str, String, Json);

/// The project itself.
pub fn project() -> Json {
    json!({ "name": "New", "environment": "stage", "home_region": "global" })
}

/// The parts of the document of this project. Some belong to this organization, which is one of the parts.
pub fn parts(project: &str, organization: &str) -> Vec<Part> {
    const FLOWS: [&str; 5] = ["login", "registration", "recovery", "verification", "settings"];
    const TEMPLATES: [&str; 11] = [
        "login_code_valid",
        "recovery_code_invalid",
        "recovery_code_valid",
        "recovery_invalid",
        "recovery_valid",
        "registration_code_valid",
        "verifiable_address_changed",
        "verification_code_invalid",
        "verification_code_valid",
        "verification_invalid",
        "verification_valid",
    ];
    let raw = r#"{"services":{"identity":{"config":{"selfservice":{"flows":{"error":{"ui_url":"https://shop.example.com/error"}}}}}}}"#;
    let settings = json!({
        "cors_enabled": true,
        "cors_origins": ["https://shop.example.com"],
        "session_lifespan": "720h",
        "selfservice_methods_password_config_min_password_length": 12,
        // An attribute in another view of the document.
        "feature_flags": { "kratos.jsonnet_pool": true },
    });
    let saml = json!({ "provider_id": "acme", "organization_id": organization, "raw_idp_metadata_xml": "<EntityDescriptor/>" });
    let scim = json!({
        "client_id": "acme",
        "organization_id": organization,
        "label": "Acme",
        "authorization_header_secret": "a-secret-for-acme",
        "mapper_url": "{ identity: {} }",
    });
    let mut parts: Vec<Part> = vec![
        ("organization", "acme".into(), json!({ "label": "Acme" })),
        ("project_config", "new".into(), settings),
        ("project_raw_config", "new".into(), json!({ "config": raw })),
        ("saml_provider", "acme".into(), saml),
        ("scim_client", "acme".into(), scim),
    ];
    for number in 0..12 {
        let name = format!("p{number}");
        let social = json!({ "provider_id": name, "provider_type": "google", "client_id": "c", "client_secret": "s" });
        let url = format!("https://shop.example.com/{number}");
        let action = json!({ "flow": FLOWS[number % FLOWS.len()], "timing": "after", "url": url });
        parts.extend([("social_provider", name.clone(), social), ("action", name, action)]);
    }
    for name in TEMPLATES {
        parts.push(("email_template", name.into(), json!({ "template_type": name, "body_plaintext": "Your code." })));
    }
    for (_, _, set) in &mut parts {
        set["project_id"] = project.into();
    }
    parts
}
