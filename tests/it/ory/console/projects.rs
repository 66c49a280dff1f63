//! `ory_project`.

use super::{Setup, entry, id, refusal, text, told};
use crate::{
    support::{faults::Fault, foreign, object, replan},
    terraform::core::{Action, Core},
};
use janiform::{
    engine::{Engine, Journal, Stage, State, has_errors, plan},
    ory::{Client, ORY},
    value::Value,
};
use serde_json::json;

#[tokio::test]
async fn a_project_is_made_renamed_moved_to_another_tier_and_deleted() {
    let setup = Setup::new().await;
    let planned = plan(entry("project").resource, None, &object(entry("project").resource, &[("name", "one".into())]));
    let known = State { id: None, value: planned.planned, private: Default::default() };
    assert_eq!((text("project", &known, "environment"), text("project", &known, "home_region")), ("prod".into(), "eu-central".into()));
    let made = setup.create("project", &[("name", "one".into())]).await.unwrap();
    assert!(made.warnings.is_empty(), "{:?}", made.warnings);
    let (_, shown) = setup.ask("GET", &format!("/projects/{}", id(&made)), None).await;
    for attr in ["name", "environment", "home_region", "slug", "state", "workspace_id"] {
        assert_eq!(shown[attr], text("project", &made.state, attr), "{attr}");
    }
    assert_eq!(shown["environment"], "prod");
    assert_eq!(setup.read("project", &made.state).await.unwrap().unwrap(), made.state);
    setup.asked();

    // Its name goes through the document, so that it goes with all else that changes there.
    let renamed = setup.update("project", &made.state, &[("name", "two".into())]).await.unwrap();
    let sent: Vec<_> = setup.proxy.asked().into_iter().filter(|(asked, _)| !asked.starts_with("GET")).collect();
    let path = format!("PATCH /projects/{}/revision/{}", id(&made), shown["revision_id"].as_str().unwrap());
    assert_eq!(sent, [(path, r#"[{"op":"replace","path":"/name","value":"two"}]"#.to_owned())]);
    assert_eq!((text("project", &renamed.state, "name").as_str(), renamed.warnings.as_slice()), ("two", [].as_slice()));

    // What is of the highest tier is protected, although nobody said so.
    let refused = told(&setup.delete("project", &renamed.state).await.unwrap_err().diagnostics);
    assert!(
        refused.contains("Its environment is `prod`") && refused.contains("set `deletion_protection = false`, apply only this change"),
        "{refused}"
    );

    let moved = setup.update("project", &renamed.state, &[("name", "three".into()), ("environment", "dev".into())]).await.unwrap();
    let sent: Vec<_> = setup.proxy.asked().into_iter().filter(|(asked, _)| !asked.starts_with("GET")).collect();
    assert_eq!(sent[0], (format!("PUT /projects/{}/environment", id(&made)), r#"{"environment":"dev"}"#.to_owned()));
    assert!(sent[1].0.starts_with("PATCH ") && sent.len() == 2 && moved.warnings.is_empty(), "{sent:?}");
    assert_eq!(setup.read("project", &moved.state).await.unwrap().unwrap(), moved.state);

    setup.delete("project", &moved.state).await.unwrap();
    // It is still shown, as one that is deleted.
    assert_eq!(setup.ask("GET", &format!("/projects/{}", id(&made)), None).await.1["state"], "deleted");
    assert!(setup.read("project", &moved.state).await.unwrap().is_none());
    setup.delete("project", &moved.state).await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_project() {
    for fault in [Fault::LoseAnswer, Fault::CutAnswer] {
        let setup = Setup::new().await;
        // One of this name is there, and somebody else's.
        setup.project().await;
        setup.proxy.then("POST /projects", fault.clone());
        let made = setup.project().await;
        assert_eq!((setup.proxy.unused(), setup.projects().await.len()), (0, 2), "{fault:?}");
        assert_eq!(setup.asked().iter().filter(|asked| asked.starts_with("POST")).count(), 2, "{fault:?}");
        assert_eq!(setup.read("project", &made.state).await.unwrap().unwrap(), made.state, "{fault:?}");
        assert!(
            setup
                .projects()
                .await
                .iter()
                .any(|project| project["id"] == id(&made) && project["slug"] == text("project", &made.state, "slug"))
        );
    }
    // What did not arrive is not made by somebody else.
    let setup = Setup::new().await;
    setup.project().await;
    setup.proxy.then("POST /projects", Fault::LoseRequest);
    let failed = setup.create("project", &[("name", "it".into()), ("environment", "dev".into())]).await.unwrap_err();
    assert!(failed.state.is_none() && told(&failed.diagnostics).contains("may have been created"), "{:?}", failed.diagnostics);
    assert_eq!(setup.projects().await.len(), 1);
}

/// Nothing but the server's answer tells which project a run has made that died before it came: the next run says so.
#[tokio::test]
async fn a_project_that_a_crashed_run_may_have_made_is_reported() {
    let setup = Setup::new().await;
    let dir = tempfile::tempdir().unwrap();
    let run = || Engine::new(&ORY).recording(Journal::in_dir(dir.path().to_owned()));
    let config = object(entry("project").resource, &[("name", "it".into()), ("environment", "dev".into())]);
    let create = async |engine: &Engine<Client>| {
        let plan = plan(entry("project").resource, None, &config);
        engine.create(entry("project"), plan, config.clone(), Default::default()).await
    };
    let dead = run();
    setup.configure_other(&dead, &[]);
    // Its process would not hear of a list either.
    setup.proxy.then("POST /projects", Fault::LoseRequest);
    assert!(create(&dead).await.is_err());
    drop(dead);
    let next = run();
    setup.configure_other(&next, &[]);
    let made = create(&next).await.unwrap();
    assert!(told(&made.warnings).contains("Another project may be left over"), "{:?}", made.warnings);
}

/// The server's answer came, and the tool that waited for it was killed.
#[tokio::test]
async fn a_project_that_no_tool_was_told_of_is_named() {
    let setup = Setup::new().await;
    let dir = tempfile::tempdir().unwrap();
    let run = || Engine::new(&ORY).recording(Journal::in_dir(dir.path().to_owned()));
    let config = object(entry("project").resource, &[("name", "it".into()), ("environment", "dev".into())]);
    let create = async |engine: &Engine<Client>| {
        let plan = plan(entry("project").resource, None, &config);
        engine.create(entry("project"), plan, config.clone(), Default::default()).await
    };
    let dead = run();
    setup.configure_other(&dead, &[]);
    assert!(tokio::time::timeout(std::time::Duration::ZERO, create(&dead)).await.is_err());
    dead.finish().await;
    drop(dead);
    let [project] = setup.projects().await.try_into().unwrap_or_else(|all| panic!("{all:?}"));
    let id = project["id"].as_str().unwrap();
    let [left] = Journal::in_dir(dir.path().to_owned()).left().try_into().unwrap();
    assert_eq!((left.id.as_str(), left.stage), (id, Stage::Answered));
    let next = run();
    setup.configure_other(&next, &[]);
    let made = create(&next).await.unwrap();
    assert!(told(&made.warnings).contains(&format!("The project `{id}` may be left over")), "{:?}", made.warnings);
}

#[tokio::test]
async fn projects_of_one_name_that_are_made_at_once_are_not_mixed_up() {
    let setup = Setup::new().await;
    setup.proxy.then("POST /projects", Fault::LoseAnswer);
    let (one, other) = tokio::join!(setup.project(), setup.project());
    assert_ne!(id(&one), id(&other));
    assert_eq!(setup.projects().await.len(), 2);
}

/// Only its own word that it does not exist, or that it was deleted, is one.
#[tokio::test]
async fn a_refused_read_does_not_mean_that_the_project_is_gone() {
    let setup = Setup::new().await;
    let made = setup.project().await;
    let path = format!("GET /projects/{}", id(&made));
    for (status, body, said) in [
        (
            403,
            r#"{"error":{"code":403,"status":"Forbidden","reason":"not yours","message":"The requested action was forbidden"}}"#,
            "Nothing was removed from the state",
        ),
        (401, r#"{"error":{"code":401,"status":"Unauthorized","message":"no"}}"#, "`workspace_api_key`, `ORY_WORKSPACE_API_KEY`"),
        (404, r#"{"error":{"code":404,"status":"Not Found","message":"Not Found"}}"#, "was not reached"),
        (404, r#"{"error":"Not Found"}"#, "was not reached"),
    ] {
        setup.proxy.then(&path, refusal(status, body));
        let failed = setup.read("project", &made.state).await.unwrap_err();
        assert!(told(&failed.diagnostics).contains(said), "{status}: {:?}", failed.diagnostics);
    }
    for body in [
        r#"{"error":{"code":404,"status":"Not Found","message":"The requested resource could not be found"}}"#,
        r#"{"code":404,"status":"Not Found","message":"The requested resource could not be found"}"#,
        r#"{"error":{"status_code":404,"error":"The requested resource could not be found","message":"no"}}"#,
    ] {
        setup.proxy.then(&path, refusal(404, body));
        assert!(setup.read("project", &made.state).await.unwrap().is_none(), "{body}");
    }
    // What answers about another project is not believed.
    setup
        .proxy
        .then(&path, refusal(200, r#"{"id":"00000000-0000-4000-8000-000000000001","revision_id":"r","name":"other","state":"running"}"#));
    let failed = setup.read("project", &made.state).await.unwrap_err();
    assert!(told(&failed.diagnostics).contains("it is about another document"), "{:?}", failed.diagnostics);
    assert_eq!(setup.proxy.unused(), 0);
}

#[tokio::test]
async fn a_project_does_not_move_to_another_region() {
    let setup = Setup::new().await;
    let made = setup.project().await;
    let resource = entry("project").resource;
    let plan = |set: &[(&str, Value)]| replan(resource, &made.state, &object(resource, set));
    let elsewhere = plan(&[("name", "it".into()), ("environment", "dev".into()), ("home_region", "us".into())]);
    assert!(has_errors(&elsewhere.diagnostics) && elsewhere.replace.is_empty(), "{elsewhere:?}");
    assert!(told(&elsewhere.diagnostics).contains("destroy it first in a separate run"));
    assert_eq!(elsewhere.diagnostics[0].path.to_string(), "home_region");
    // Of a new project, it is said once.
    assert!(plan(&[("name", "it".into()), ("environment", "dev".into()), ("home_region", "eu-central".into())]).changes.is_empty());
    let unknown = plan(&[("name", "it".into()), ("environment", "dev".into()), ("home_region", Value::Unknown)]);
    assert!(unknown.diagnostics.is_empty(), "{unknown:?}");
    // It turns out to be another one.
    setup.asked();
    let config = object(resource, &[("name", "it".into()), ("environment", "dev".into()), ("home_region", "us".into())]);
    let change = janiform::engine::Change { prior: made.state.clone(), plan: elsewhere, config, last_config: None };
    let failed = setup.engine.update(entry("project"), change, Default::default()).await.unwrap_err();
    assert!(told(&failed.diagnostics).contains("cannot move to another region") && setup.asked().is_empty(), "{failed:?}");
    // Another workspace is another project, wherever that is.
    let other = [("name", "it".into()), ("workspace_id", "00000000-0000-4000-8000-000000000001".into()), ("home_region", "us".into())];
    let other = plan(&other);
    assert!(other.diagnostics.is_empty() && other.replace == ["workspace_id"], "{other:?}");
}

#[tokio::test]
async fn a_tier_that_cannot_be_changed_leaves_all_as_it_was() {
    let setup = Setup::new().await;
    let made = setup.project().await;
    let wanted = [("name", Value::text("other")), ("environment", "stage".into())];
    let path = format!("PUT /projects/{}/environment", id(&made));
    for (status, body, said) in [
        (
            404,
            r#"{"error":{"code":404,"status":"Not Found","reason":"no route","message":"The requested resource could not be found"}}"#,
            "An unpublished endpoint is gone",
        ),
        (405, "", "Change it in the Ory Console"),
        (
            403,
            r#"{"error":{"id":"feature_not_available","code":403,"reason":"not in your plan","details":{"feature":"project_environment"}}}"#,
            "the feature `project_environment`",
        ),
    ] {
        setup.proxy.then(&path, refusal(status, body));
        let failed = setup.update("project", &made.state, &wanted).await.unwrap_err();
        assert!(told(&failed.diagnostics).contains(said) && failed.state.is_none(), "{status}: {failed:?}");
        assert_eq!(setup.read("project", &made.state).await.unwrap().unwrap(), made.state);
    }
    // The name that is refused after it, does not take it back.
    setup.proxy.then("PATCH", refusal(400, r#"{"error":{"code":400,"reason":"a bad name"}}"#));
    let failed = setup.update("project", &made.state, &wanted).await.unwrap_err();
    let left = failed.state.expect("what is left");
    assert_eq!((text("project", &left, "environment"), text("project", &left, "name")), ("stage".into(), "it".into()));
    assert_eq!(setup.read("project", &left).await.unwrap().unwrap(), left);
    // A read that shows the old tier for a while is not the last word.
    let (_, old) = setup.ask("GET", &format!("/projects/{}", id(&made)), None).await;
    let old: &'static str = Box::leak(old.to_string().into_boxed_str());
    setup.proxy.then(&format!("GET /projects/{}", id(&made)), refusal(200, old));
    let moved = setup.update("project", &left, &[("name", "it".into()), ("environment", "prod".into())]).await.unwrap();
    assert!(moved.warnings.is_empty() && text("project", &moved.state, "environment") == "prod", "{moved:?}");
    assert_eq!(setup.proxy.unused(), 0);
}

#[tokio::test]
async fn a_project_is_in_the_workspace_that_the_provider_is_for() {
    let setup = Setup::new().await;
    let (_, other) = setup.ask("POST", "/workspaces", Some(&json!({ "name": "other" }))).await;
    let other = other["id"].as_str().unwrap();
    setup.configure(&[("workspace_id", other.into())]);
    let made = setup.project().await;
    assert_eq!(text("project", &made.state, "workspace_id"), other);
    // From then on it is its own, whatever the provider is for.
    setup.configure(&[]);
    let resource = entry("project").resource;
    assert!(replan(resource, &made.state, &object(resource, &[("name", "it".into())])).changes.is_empty());
    let elsewhere = replan(
        resource,
        &made.state,
        &object(resource, &[("name", "it".into()), ("workspace_id", "00000000-0000-4000-8000-000000000001".into())]),
    );
    assert_eq!(elsewhere.replace, ["workspace_id"]);
    let respelled =
        replan(resource, &made.state, &object(resource, &[("name", "it".into()), ("workspace_id", other.to_uppercase().into())]));
    assert!(respelled.changes.is_empty());
}

/// As the official provider writes it: an object of the console is in none of its recordings, so that the attributes are
/// those of its published schema, and the values those of its documentation.
#[tokio::test]
async fn an_official_project_plans_no_change() {
    let setup = Setup::new().await;
    let made = setup.create("project", &[("name", "it".into())]).await.unwrap();
    let attributes = json!({
        "id": id(&made), "name": "it", "environment": "prod", "home_region": "eu-central",
        "slug": text("project", &made.state, "slug"), "state": "running",
    });
    let mut core = Core::direct(&ORY, super::provider(&setup.emulator.url())).await.unwrap();
    let thing = core.moved("ory_project", "registry.terraform.io/ory/ory", "ory_project", 0, &attributes).await.unwrap();
    for config in [json!({ "name": "it" }), json!({ "name": "it", "environment": "prod", "home_region": "eu-central" })] {
        let plan = core.plan(&thing, &config).await.unwrap();
        assert_eq!(plan.action, Action::NoOp, "{:?}", plan.value);
        core.settled(&plan.prior, &config).await.unwrap();
    }
    // It is protected too.
    let stop = core.destroy(&mut thing.clone()).await.unwrap_err();
    assert!(stop.says("Its environment is `prod`"), "{stop:?}");
    // Without a refresh nothing is planned either.
    let resource = entry("project").resource;
    let value = object(
        resource,
        &["name", "environment", "home_region", "slug", "state"].map(|name| (name, attributes[name].as_str().unwrap().into())),
    );
    assert!(replan(resource, &foreign(&id(&made), value), &object(resource, &[("name", "it".into())])).changes.is_empty());
}

#[tokio::test]
async fn a_project_is_looked_up_by_its_id_its_slug_and_as_the_providers_own() {
    let setup = Setup::new().await;
    let made = setup.project().await;
    setup.create("project", &[("name", "other".into())]).await.unwrap();
    let mut config = super::provider(&setup.emulator.url());
    let mut core = Core::direct(&ORY, config.clone()).await.unwrap();
    let stop = core.data("ory_project", &json!({})).await.unwrap_err();
    assert!(stop.says("ORY_PROJECT_ID"), "{stop:?}");
    config["project_id"] = id(&made).into();
    core.reconfigure(config).await.unwrap();
    let (slug, workspace) = (text("project", &made.state, "slug"), text("project", &made.state, "workspace_id"));
    for asked in [json!({ "id": id(&made) }), json!({ "slug": slug }), json!({}), json!({ "slug": slug, "workspace_id": workspace })] {
        let found = core.data("ory_project", &asked).await.unwrap().to_json();
        let wanted = json!({
            "id": id(&made), "name": "it", "environment": "dev", "home_region": "eu-central", "slug": slug, "state": "running", "workspace_id": workspace,
        });
        for (name, value) in wanted.as_object().unwrap() {
            assert_eq!(found[name], *value, "{asked}: {name}");
        }
    }
    let stop = core.data("ory_project", &json!({ "slug": "nobody" })).await.unwrap_err();
    assert!(stop.says("No project found"), "{stop:?}");
    setup.delete("project", &made.state).await.unwrap();
    for asked in [json!({ "slug": slug }), json!({})] {
        let stop = core.data("ory_project", &asked).await.unwrap_err();
        assert!(stop.says("No project found"), "{stop:?}");
    }
}
