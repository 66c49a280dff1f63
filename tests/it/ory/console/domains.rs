//! `ory_custom_domain`.

use super::{Setup, entry, id, refusal, text, told};
use crate::{
    support::{get, object, replan},
    terraform::core::{Action, Core},
};
use janiform::{
    emulator::switches::Switches,
    engine::{Call, Engine, has_errors, plan, validate},
    ory::ORY,
    value::Value,
};
use serde_json::{Value as Json, json};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

const NAME: &str = "custom_domain";

fn written(setup: &Setup) -> Vec<Json> {
    let writes = setup.proxy.asked().into_iter().filter(|(asked, _)| !asked.starts_with("GET"));
    writes.map(|(_, body)| serde_json::from_str(&body).unwrap_or_default()).collect()
}

/// A project that is deleted leaves its host names to others.
#[tokio::test]
async fn a_host_name_is_free_again_with_its_project() {
    let setup = Setup::new().await;
    let projects = [setup.project().await, setup.project().await];
    let set = |project| [("project_id", Value::text(id(project))), ("hostname", "auth.example.com".into())];
    setup.create(NAME, &set(&projects[0])).await.unwrap();
    assert!(told(&setup.create(NAME, &set(&projects[1])).await.unwrap_err().diagnostics).contains("in use"));
    assert_eq!(setup.ask("DELETE", &format!("/projects/{}", id(&projects[0])), None).await.0, 204);
    setup.create(NAME, &set(&projects[1])).await.unwrap();
}

#[tokio::test]
async fn an_attribute_that_is_no_longer_set_is_cleared() {
    let setup = Setup::new().await;
    let project = setup.project().await;
    let origins = Value::List(vec!["https://app.example.com".into()]);
    let mut set = vec![
        ("project_id", Value::text(id(&project))),
        ("hostname", "auth.example.com".into()),
        ("cookie_domain", "example.com".into()),
        ("cors_enabled", Value::Bool(true)),
        ("cors_allowed_origins", origins),
        ("custom_ui_base_url", "https://app.example.com/auth".into()),
    ];
    let made = setup.create(NAME, &set).await.unwrap();
    assert!(made.warnings.is_empty(), "{:?}", made.warnings);
    assert_eq!(text(NAME, &made.state, "cname_target"), format!("{}.projects.oryapis.com", text("project", &project.state, "slug")));
    // The answer to the write does not tell of the certificate, and the list does.
    assert_eq!(text(NAME, &made.state, "ssl_status"), "active");
    setup.asked();
    set.truncate(2);
    let cleared = setup.update(NAME, &made.state, &set).await.unwrap();
    let body = json!({ "hostname": "auth.example.com", "cookie_domain": "", "cors_enabled": false, "cors_allowed_origins": [], "custom_ui_base_url": "" });
    assert_eq!(written(&setup), [body]);
    assert_eq!(setup.read(NAME, &cleared.state).await.unwrap().unwrap(), cleared.state);
    // With another project, the host name has to be let go first.
    let resource = entry(NAME).resource;
    let excludes = resource.excludes.unwrap();
    let moved = object(resource, &[("hostname", "auth.example.com".into())]);
    let (before, after) =
        (janiform::schema::Object::new(&resource.table, &cleared.state.value), janiform::schema::Object::new(&resource.table, &moved));
    assert!(excludes(before, after));
}

#[tokio::test]
async fn invalid_domains_and_origins_are_refused_when_planned() {
    let resource = entry(NAME).resource;
    let origins = |texts: &[&str]| ("cors_allowed_origins", Value::List(texts.iter().map(|text| Value::text(*text)).collect()));
    let many: Vec<String> = (0..51).map(|number| format!("https://app{number}.example.com")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let hostname = || ("hostname", Value::text("auth.example.com"));
    for (set, said) in [
        (vec![("hostname", "https://auth.example.com".into())], "Must be a DNS name"),
        (vec![hostname(), ("cookie_domain", "example.org".into())], "Cookies would not reach the host name"),
        (vec![hostname(), ("cookie_domain", "h.example.com".into())], "Cookies would not reach the host name"),
        (vec![hostname(), origins(&["https://*.example.com"])], "does not accept wildcards"),
        (vec![hostname(), origins(&["null"])], "Must be an origin"),
        (vec![hostname(), origins(&["http://localhost:3000"])], "does not accept origins on the local machine"),
        (vec![hostname(), origins(&["https://app.example.com/path"])], "has nothing after the host and port"),
        (vec![hostname(), origins(&many)], "There are 51 origins"),
    ] {
        let found = validate(resource, &object(resource, &set));
        assert!(has_errors(&found) && told(&found).contains(said), "{said}: {found:?}");
    }
    let fine = [hostname(), ("cookie_domain", "auth.example.com".into()), origins(&many[..50])];
    assert!(!has_errors(&validate(resource, &object(resource, &fine))));
}

#[tokio::test]
async fn the_wait_for_a_domain_is_reported_until_it_is_verified() {
    let setup = Setup::switched(Switches { unverified_looks: 2, ..Switches::default() }, &[]).await;
    let project = setup.project().await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let progress = {
        let heard = heard.clone();
        Arc::new(move |text: &str| heard.lock().unwrap().push(text.to_owned()))
    };
    let set = [("project_id", Value::text(id(&project))), ("hostname", "auth.example.com".into()), ("wait_for_verification", "1m".into())];
    let entry = entry(NAME);
    let config = object(entry.resource, &set);
    let made = setup
        .engine
        .create(entry, plan(entry.resource, None, &config), config.clone(), Call { progress, ..Call::default() })
        .await
        .unwrap();
    assert!(made.warnings.is_empty(), "{:?}", made.warnings);
    assert_eq!(text(NAME, &made.state, "verification_status"), "active");
    assert_eq!(heard.lock().unwrap().as_slice(), ["waiting until Ory has verified the domain"; 2]);
    assert!(replan(entry.resource, &made.state, &config).changes.is_empty());
}

#[tokio::test]
async fn a_domain_that_is_not_verified_in_time_is_kept_and_waited_for_again() {
    let setup = Setup::switched(Switches { unverified_looks: u32::MAX, ..Switches::default() }, &[]).await;
    let project = setup.project().await;
    let set = [("project_id", Value::text(id(&project))), ("hostname", "auth.example.com".into()), ("wait_for_verification", "2s".into())];
    let made = setup.create(NAME, &set).await.unwrap();
    let said = told(&made.warnings);
    let target = text(NAME, &made.state, "cname_target");
    for part in [
        "is not verified yet",
        "within `2s`",
        "`pending`",
        "Ory says: The CNAME record of auth.example.com",
        &format!("to `{target}`, and that no proxy"),
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let entry = entry(NAME);
    let config = object(entry.resource, &set);
    let again = replan(entry.resource, &made.state, &config);
    assert!(get(entry.resource, &again.planned, "verification_status").is_unknown() && again.replace.is_empty(), "{again:?}");
    setup.asked();
    let still = setup.update(NAME, &made.state, &set).await.unwrap();
    assert!(told(&still.warnings).contains("is not verified yet"));
    assert!(!setup.asked().iter().any(|asked| asked.starts_with("PUT")), "nothing but the wait was planned");
    // Who does not wait plans nothing.
    let config = object(entry.resource, &set[..2]);
    assert_eq!(replan(entry.resource, &made.state, &config).changes, ["wait_for_verification"]);
    // Whoever stops the run ends the wait.
    let engine = Engine::new(&ORY);
    setup.configure_other(&engine, &[]);
    let long = [set[0].clone(), set[1].clone(), ("wait_for_verification", "1h".into())];
    let config = object(entry.resource, &long);
    let change = janiform::engine::Change {
        prior: made.state.clone(),
        plan: replan(entry.resource, &made.state, &config),
        config,
        last_config: None,
    };
    let update = engine.update(entry, change, Call::default());
    let stop = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        engine.cancel();
    };
    let (stopped, ()) = tokio::join!(update, stop);
    assert!(told(&stopped.unwrap().warnings).contains("is not verified yet"));
    // Taken away elsewhere, it is gone.
    assert_eq!(setup.ask("DELETE", &format!("/projects/{}/cname/{}", id(&project), id(&made)), None).await.0, 204);
    assert!(setup.read(NAME, &made.state).await.unwrap().is_none());
}

/// The way to custom domains may be taken away: that is no word on the domains.
#[tokio::test]
async fn a_missing_route_does_not_mean_that_domains_are_gone() {
    let setup = Setup::new().await;
    let project = setup.project().await;
    let set = [("project_id", Value::text(id(&project))), ("hostname", "auth.example.com".into())];
    let missing = r#"{"error":{"code":404,"status":"Not Found","message":"The requested resource could not be found"}}"#;
    let path = format!("/projects/{}/cname", id(&project));
    setup.proxy.then(&format!("POST {path}"), refusal(404, missing));
    assert!(told(&setup.create(NAME, &set).await.unwrap_err().diagnostics).contains("An unpublished endpoint is gone"));
    let made = setup.create(NAME, &set).await.unwrap();
    setup.proxy.then(&format!("GET {path}"), refusal(404, missing));
    assert!(told(&setup.read(NAME, &made.state).await.unwrap_err().diagnostics).contains("An unpublished endpoint is gone"));
    setup.proxy.then(&format!("GET {path}"), refusal(200, r#"{"domains":[]}"#));
    assert!(told(&setup.read(NAME, &made.state).await.unwrap_err().diagnostics).contains("answers in another way"));
    for asked in ["DELETE", "GET"] {
        setup.proxy.then(&format!("{asked} {path}"), refusal(404, missing));
    }
    assert!(told(&setup.delete(NAME, &made.state).await.unwrap_err().diagnostics).contains("An unpublished endpoint is gone"));
    assert_eq!(setup.proxy.unused(), 0);
    // With its project, the domain is gone.
    assert_eq!(setup.ask("DELETE", &format!("/projects/{}", id(&project)), None).await.0, 204);
    assert!(setup.read(NAME, &made.state).await.unwrap().is_none());
}

/// As the official provider writes it, by its published schema: moments as Go prints them, and `false` where nothing was said.
#[tokio::test]
async fn an_official_domain_plans_no_change() {
    let setup = Setup::new().await;
    let project = id(&setup.project().await);
    let (_, made) = setup
        .ask(
            "POST",
            &format!("/projects/{project}/cname"),
            Some(&json!({ "hostname": "auth.example.com", "cookie_domain": "example.com" })),
        )
        .await;
    let go = |name: &str| format!("{} +0000 UTC", made[name].as_str().unwrap().trim_end_matches('Z').replace('T', " "));
    let attributes = json!({
        "id": made["id"], "project_id": project, "hostname": "auth.example.com", "cookie_domain": "example.com", "cors_allowed_origins": null,
        "cors_enabled": false, "custom_ui_base_url": null, "verification_status": "pending", "verification_errors": [], "ssl_status": "initializing",
        "created_at": go("created_at"), "updated_at": go("updated_at"),
    });
    let mut config = super::provider(&setup.emulator.url());
    config["project_id"] = json!(project);
    let mut core = Core::direct(&ORY, config).await.unwrap();
    let thing = core.moved("ory_custom_domain", "registry.terraform.io/ory/ory", "ory_custom_domain", 0, &attributes).await.unwrap();
    let said = json!({ "hostname": "auth.example.com", "cookie_domain": "example.com" });
    let plan = core.plan(&thing, &said).await.unwrap();
    assert_eq!(plan.action, Action::NoOp, "{:?}", plan.value);
    core.settled(&plan.prior, &said).await.unwrap();
}
