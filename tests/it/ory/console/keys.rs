//! `ory_project_api_key`.

use super::{Setup, entry, id, refusal, text, told};
use crate::{
    support::{faults::Fault, object, replan},
    terraform::core::{Action, Core},
};
use janiform::{
    emulator::switches::Switches,
    engine::{Engine, Journal, State, plan},
    ory::ORY,
    value::Value,
};
use serde_json::{Value as Json, json};

const NAME: &str = "project_api_key";

/// The keys of the project, as the console lists them.
async fn keys(setup: &Setup, project: &str) -> Vec<Json> {
    setup.ask("GET", &format!("/projects/{project}/tokens"), None).await.1.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_key_is_made_waited_for_and_deleted() {
    let setup = Setup::new().await;
    let project = setup.project().await;
    setup.asked();
    let probe = format!("GET /p/{}/admin/clients", text("project", &project.state, "slug"));
    // It has to arrive everywhere first, and a new project's host too.
    let unknown = r#"{"error":{"code":401,"status":"Unauthorized","message":"The request could not be authorized"}}"#;
    setup
        .proxy
        .then(&probe, refusal(401, unknown))
        .then(&probe, Fault::LoseRequest)
        .then(&probe, refusal(503, ""))
        .then(&probe, refusal(401, unknown));
    let set = [("project_id", Value::text(id(&project))), ("name", "ci".into()), ("expires_at", "2031-02-03T05:05:06+01:00".into())];
    let made = setup.create(NAME, &set).await.unwrap();
    assert!(made.warnings.is_empty() && setup.proxy.unused() == 0, "{:?}", made.warnings);
    let value = text(NAME, &made.state, "value");
    assert!(value.starts_with("ory_pat_"), "it is told");
    let sent: Vec<_> = setup.proxy.asked().into_iter().filter(|(asked, _)| asked.starts_with("POST")).collect();
    assert_eq!(
        sent,
        [(format!("POST /projects/{}/tokens", id(&project)), r#"{"expires_at":"2031-02-03T05:05:06+01:00","name":"ci"}"#.to_owned())]
    );
    let again = setup.read(NAME, &made.state).await.unwrap().unwrap();
    // The value is not told again, and stays; the moment is the same in another spelling.
    assert_eq!((again, value.len()), (made.state.clone(), value.len()));
    let resource = entry(NAME).resource;
    let respelled = [("name", Value::text("ci")), ("expires_at", "2031-02-03T04:05:06.000Z".into())];
    assert!(replan(resource, &made.state, &object(resource, &respelled)).changes.is_empty());
    for (attr, other) in [("name", "other"), ("expires_at", "2031-02-03T04:05:07Z"), ("project_id", "00000000-0000-4000-8000-000000000001")]
    {
        let other: Vec<_> = set.iter().map(|(name, value)| (*name, if *name == attr { other.into() } else { value.clone() })).collect();
        assert!(replan(resource, &made.state, &object(resource, &other)).replace.contains(&attr), "{attr}");
    }
    setup.delete(NAME, &made.state).await.unwrap();
    assert!(keys(&setup, &id(&project)).await.is_empty());
    assert!(setup.read(NAME, &made.state).await.unwrap().is_none());
    setup.delete(NAME, &made.state).await.unwrap();
    // With the project, its keys are gone.
    setup.delete("project", &project.state).await.unwrap();
    assert!(setup.read(NAME, &made.state).await.unwrap().is_none());
}

#[tokio::test]
async fn a_key_whose_value_is_lost_is_deleted_and_made_again() {
    for fault in [Fault::LoseAnswer, Fault::CutAnswer] {
        let setup = Setup::new().await;
        let project = setup.project().await;
        let set = [("project_id", Value::text(id(&project))), ("name", "ci".into())];
        let first = setup.create(NAME, &set).await.unwrap();
        setup.proxy.then("POST", fault.clone());
        let second = setup.create(NAME, &set).await.unwrap();
        let mut there: Vec<_> = keys(&setup, &id(&project)).await.iter().map(|key| key["id"].as_str().unwrap().to_owned()).collect();
        let mut wanted = [id(&first), id(&second)];
        there.sort();
        wanted.sort();
        assert_eq!(there, wanted, "{fault:?}");
        assert!(text(NAME, &second.state, "value").starts_with("ory_pat_"));
    }
}

/// What was made again and told is all that there is: no later run takes it for half done.
#[tokio::test]
async fn a_key_that_was_made_again_leaves_no_other_key() {
    let setup = Setup::new().await;
    let project = setup.project().await;
    let dir = tempfile::tempdir().unwrap();
    let run = || Engine::new(&ORY).recording(Journal::in_dir(dir.path().to_owned()));
    let config = object(entry(NAME).resource, &[("project_id", Value::text(id(&project))), ("name", "ci".into())]);
    for lost in [true, false] {
        let engine = run();
        setup.configure_other(&engine, &[]);
        if lost {
            setup.proxy.then("POST", Fault::LoseAnswer);
        }
        let planned = plan(entry(NAME).resource, None, &config);
        let made = engine.create(entry(NAME), planned, config.clone(), Default::default()).await.unwrap();
        assert_eq!(made.warnings, [], "{lost}");
        engine.read(entry(NAME), made.state, Default::default()).await.unwrap();
        engine.run_ended();
    }
}

#[tokio::test]
async fn a_key_is_in_the_providers_project_unless_it_says_otherwise() {
    let setup = Setup::new().await;
    let project = setup.project().await;
    let nowhere = setup.create(NAME, &[("name", "ci".into())]).await.unwrap_err();
    assert!(told(&nowhere.diagnostics).contains("ORY_PROJECT_ID"), "{nowhere:?}");
    setup.configure(&[("project_id", id(&project).into())]);
    let made = setup.create(NAME, &[("name", "ci".into())]).await.unwrap();
    assert_eq!((text(NAME, &made.state, "project_id"), keys(&setup, &id(&project)).await.len()), (id(&project), 1));
    for imported in [id(&made), format!("{}/{}", id(&project), id(&made))] {
        let stub = State::to_import(entry(NAME).resource, &imported).unwrap();
        let read = setup.read(NAME, &stub).await.unwrap().unwrap();
        assert_eq!((read.id.as_ref(), text(NAME, &read, "project_id")), (made.state.id.as_ref(), id(&project)), "{imported}");
        assert_eq!(text(NAME, &read, "value"), "");
        let resource = entry(NAME).resource;
        assert!(replan(resource, &read, &object(resource, &[("name", "ci".into())])).changes.is_empty());
    }
    // The provider turns to another project: the key stays where it is.
    let other = setup.project().await;
    setup.configure(&[("project_id", id(&other).into())]);
    let resource = entry(NAME).resource;
    assert!(replan(resource, &made.state, &object(resource, &[("name", "ci".into())])).changes.is_empty());
    assert_eq!(setup.read(NAME, &made.state).await.unwrap().unwrap(), made.state);
    setup.delete(NAME, &made.state).await.unwrap();
    assert!(keys(&setup, &id(&project)).await.is_empty());
}

#[tokio::test]
async fn a_key_that_has_expired_is_named() {
    let setup = Setup::new().await;
    let project = setup.project().await;
    let set = [("project_id", Value::text(id(&project))), ("name", "ci".into())];
    let made = setup.create(NAME, &set).await.unwrap();
    let mut listed = keys(&setup, &id(&project)).await;
    listed[0]["expires_at"] = json!("2001-02-03T04:05:06Z");
    let listed: &'static str = Box::leak(Json::Array(listed).to_string().into_boxed_str());
    setup.proxy.then("GET", refusal(200, listed));
    let read = setup.engine.read(entry(NAME), made.state.clone(), Default::default()).await.unwrap();
    assert!(told(&read.warnings).contains("`ci` expired at 2001-02-03T04:05:06Z"), "{:?}", read.warnings);
    assert!(read.state.is_some());
}

/// As the official provider writes it, by its published schema and its documentation.
#[tokio::test]
async fn an_official_key_plans_no_change() {
    let setup = Setup::new().await;
    let project = setup.project().await;
    let set = [("project_id", Value::text(id(&project))), ("name", "ci".into()), ("expires_at", "2031-02-03T04:05:06Z".into())];
    let made = setup.create(NAME, &set).await.unwrap();
    let shown = &keys(&setup, &id(&project)).await[0];
    let attributes = json!({
        "id": id(&made), "project_id": id(&project), "name": "ci", "expires_at": "2031-02-03T04:05:06Z", "value": "ory_pat_as-it-was",
        "created_at": shown["created_at"], "owner_id": shown["owner_id"],
    });
    let mut config = super::provider(&setup.emulator.url());
    config["project_id"] = id(&project).into();
    let mut core = Core::direct(&ORY, config).await.unwrap();
    let thing = core.moved("ory_project_api_key", "registry.terraform.io/ory/ory", "ory_project_api_key", 0, &attributes).await.unwrap();
    for config in [
        json!({ "name": "ci", "expires_at": "2031-02-03T04:05:06Z" }),
        json!({ "name": "ci", "expires_at": "2031-02-03T05:05:06+01:00", "project_id": id(&project) }),
    ] {
        let plan = core.plan(&thing, &config).await.unwrap();
        assert_eq!(plan.action, Action::NoOp, "{:?}", plan.value);
        assert_eq!(plan.value.get("value").text(), Some("ory_pat_as-it-was"));
        core.settled(&plan.prior, &config).await.unwrap();
    }
}

/// Ory lets no key manage the keys of workspaces; a person's session may.
#[tokio::test]
async fn only_a_person_can_make_a_key_of_a_workspace() {
    const OF_WORKSPACE: &str = "workspace_api_key";
    let setup = Setup::switched(Switches { mere_keys: true, ..Switches::default() }, &[]).await;
    let (_, all) = setup.ask("GET", "/workspaces", None).await;
    let workspace = all["workspaces"][0]["id"].as_str().unwrap().to_owned();
    let set = [("workspace_id", Value::text(workspace.as_str())), ("name", "ci".into())];
    let explained = "only a person who is signed in may";
    assert!(told(&setup.create(OF_WORKSPACE, &set).await.unwrap_err().diagnostics).contains(explained));
    setup.configure(&[("workspace_api_key", "ory_st_of-a-person".into()), ("workspace_id", workspace.as_str().into())]);
    // The first answer with the value gets lost, so that another key is made.
    setup.proxy.then(&format!("POST /workspaces/{workspace}/tokens"), Fault::LoseAnswer);
    let made = setup.create(OF_WORKSPACE, &set[1..]).await.unwrap();
    assert!(text(OF_WORKSPACE, &made.state, "value").starts_with("ory_wak_"), "it is told");
    assert_eq!(text(OF_WORKSPACE, &made.state, "workspace_id"), workspace);
    assert_eq!(setup.asked().iter().filter(|asked| asked.starts_with("DELETE")).count(), 1);
    assert_eq!(setup.read(OF_WORKSPACE, &made.state).await.unwrap().unwrap(), made.state);
    let stub = State::to_import(entry(OF_WORKSPACE).resource, &format!("{workspace}/{}", id(&made))).unwrap();
    assert_eq!(text(OF_WORKSPACE, &setup.read(OF_WORKSPACE, &stub).await.unwrap().unwrap(), "name"), "ci");
    setup.configure(&[]);
    assert!(told(&setup.read(OF_WORKSPACE, &made.state).await.unwrap_err().diagnostics).contains(explained));
    assert!(told(&setup.delete(OF_WORKSPACE, &made.state).await.unwrap_err().diagnostics).contains(explained));
    setup.configure(&[("workspace_api_key", "ory_st_of-a-person".into())]);
    setup.delete(OF_WORKSPACE, &made.state).await.unwrap();
    assert!(setup.read(OF_WORKSPACE, &made.state).await.unwrap().is_none());
}

/// Plans have no clock, so the apply says it, before anything is made.
#[tokio::test]
async fn a_key_that_would_have_expired_is_not_made() {
    let setup = Setup::new().await;
    let project = setup.project().await;
    setup.asked();
    let set = [("project_id", Value::text(id(&project))), ("name", "ci".into()), ("expires_at", "2001-02-03T04:05:06Z".into())];
    let refused = setup.create(NAME, &set).await.unwrap_err();
    assert!(told(&refused.diagnostics).contains("is 2001-02-03T04:05:06Z, which is in the past. Nothing was sent"), "{refused:?}");
    assert!(refused.state.is_none());
    assert_eq!(setup.asked(), Vec::<String>::new());
    assert!(keys(&setup, &id(&project)).await.is_empty());
}
