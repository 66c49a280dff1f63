//! `ory_onboarding_portal_link`.

use super::{Setup, entry, id, text};
use crate::support::{faults::Fault, object, replan};
use janiform::{
    engine::{State, has_errors},
    value::Value,
};
use serde_json::{Value as Json, json};

const NAME: &str = "onboarding_portal_link";

/// A project, the path to an organization's links in it, and what a link says.
async fn customer(setup: &Setup) -> (String, String, Vec<(&'static str, Value)>) {
    let project = id(&setup.create("project", &[("name", "it".into()), ("environment", "stage".into())]).await.unwrap());
    let (_, made) = setup.ask("POST", &format!("/projects/{project}/organizations"), Some(&json!({ "label": "Acme" }))).await;
    let organization = made["id"].as_str().unwrap().to_owned();
    let set = vec![
        ("project_id", Value::text(project.as_str())),
        ("organization_id", organization.as_str().into()),
        ("enable_sso", Value::Bool(true)),
        ("enable_scim", Value::Bool(false)),
    ];
    (format!("/projects/{project}/organizations/{organization}/onboarding-portal-links"), format!("{project}/{organization}"), set)
}

#[tokio::test]
async fn a_link_shows_its_url_and_three_members_can_change() {
    let setup = Setup::new().await;
    let (path, owner, mut set) = customer(&setup).await;
    set.push(("saml_mapper_url", "local claims = std.extVar('claims'); {}".into()));
    setup.asked();
    setup.proxy.then(&format!("POST {path}"), Fault::LoseAnswer);
    let made = setup.create(NAME, &set).await.unwrap();
    assert!(made.warnings.is_empty(), "{:?}", made.warnings);
    let (_, all) = setup.ask("GET", &path, None).await;
    assert_eq!(all["links"].as_array().unwrap().len(), 1, "a lost answer makes no second one");
    let value = text(NAME, &made.state, "value");
    assert!(
        !value.is_empty() && text(NAME, &made.state, "url").ends_with(&format!("/onboarding/{value}")),
        "{}",
        made.state.value.fields().len()
    );
    let sent: Vec<_> = setup.proxy.asked().into_iter().filter(|(asked, _)| asked.starts_with("POST")).collect();
    assert!(sent[0].1.contains(r#""saml_mapper_url":"base64://"#) && !sent[0].1.contains("organization_id"), "{sent:?}");

    let again = setup.read(NAME, &made.state).await.unwrap().unwrap();
    assert_eq!(again, made.state);
    set.retain(|(name, _)| *name != "enable_scim");
    set.push(("enable_scim", Value::Bool(true)));
    setup.asked();
    let updated = setup.update(NAME, &again, &set).await.unwrap();
    let asked = setup.proxy.asked();
    let body: Json = serde_json::from_str(&asked[0].1).unwrap();
    assert_eq!(
        (asked[0].0.as_str(), body),
        (
            format!("POST {path}/{}", id(&made)).as_str(),
            json!({ "enable_sso": true, "enable_scim": true, "expires_at": text(NAME, &made.state, "expires_at") }),
        )
    );
    assert_eq!(text(NAME, &updated.state, "url"), text(NAME, &made.state, "url"));

    let resource = entry(NAME).resource;
    for (name, value) in [("proxy_acs_url", Value::text("https://sso.example.com")), ("saml_mapper_url", "{}".into())] {
        let mut other = set.clone();
        other.retain(|(set, _)| *set != name);
        other.push((name, value));
        assert_eq!(replan(resource, &updated.state, &object(resource, &other)).replace, [name]);
    }
    // It is imported by where it is.
    let stub = State::to_import(resource, &format!("{owner}/{}", id(&made))).unwrap();
    let imported = setup.read(NAME, &stub).await.unwrap().unwrap();
    let plan = replan(resource, &imported, &object(resource, &set));
    assert!(plan.changes.is_empty() && !has_errors(&plan.diagnostics), "{plan:?}");
    assert_eq!(text(NAME, &imported, "url"), text(NAME, &made.state, "url"));

    // With its organization, it is gone.
    let organization = owner.split('/').nth(1).unwrap();
    let gone = format!("/projects/{}/organizations/{organization}", owner.split('/').next().unwrap());
    assert_eq!(setup.ask("DELETE", &gone, None).await.0, 204);
    assert!(setup.read(NAME, &updated.state).await.unwrap().is_none());
    setup.delete(NAME, &updated.state).await.unwrap();
}
