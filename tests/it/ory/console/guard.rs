//! `allowed_project_ids`, and access to the console.

use super::{Setup, id, told};
use crate::support::texts;
use janiform::{engine::State, value::Value};

const OTHER: &str = "00000000-0000-4000-8000-000000000001";

#[tokio::test]
async fn no_other_project_than_the_allowed_ones_is_touched() {
    let setup = Setup::new().await;
    let (allowed, other) = (setup.project().await, setup.project().await);
    let set = |project: &str| vec![("project_id", Value::text(project)), ("name", "ci".into())];
    let key = setup.create("project_api_key", &set(&id(&other))).await.unwrap();
    setup.configure(&[("allowed_project_ids", texts(&[OTHER, &id(&allowed).to_uppercase()])), ("project_id", id(&other).into())]);
    setup.asked();
    let mut said = vec![
        told(&setup.read("project", &other.state).await.unwrap_err().diagnostics),
        told(
            &setup.update("project", &other.state, &[("name", "x".into()), ("environment", "stage".into())]).await.unwrap_err().diagnostics,
        ),
        told(&setup.update("project", &other.state, &[("name", "x".into())]).await.unwrap_err().diagnostics),
        told(&setup.delete("project", &other.state).await.unwrap_err().diagnostics),
        told(&setup.read("project_api_key", &key.state).await.unwrap_err().diagnostics),
        told(&setup.delete("project_api_key", &key.state).await.unwrap_err().diagnostics),
        told(&setup.create("project_api_key", &set(&id(&other))).await.unwrap_err().diagnostics),
        // The provider's own project is no exception.
        told(&setup.create("project_api_key", &[("name", "ci".into())]).await.unwrap_err().diagnostics),
    ];
    assert!(said.iter().all(|said| said.contains(&format!("`{}` is not among `allowed_project_ids`", id(&other)))), "{said:?}");
    // Nobody knows the id of a project that is yet to be made.
    said = vec![told(&setup.create("project", &[("name", "new".into())]).await.unwrap_err().diagnostics)];
    assert!(said[0].contains("does not set `allowed_project_ids`"), "{said:?}");
    assert_eq!(setup.asked(), Vec::<String>::new());

    setup.read("project", &allowed.state).await.unwrap().unwrap();
    let made = setup.create("project_api_key", &set(&id(&allowed))).await.unwrap();
    assert!(made.warnings.is_empty(), "{:?}", made.warnings);
    setup.delete("project_api_key", &made.state).await.unwrap();
    setup.update("project", &allowed.state, &[("name", "x".into()), ("environment", "stage".into())]).await.unwrap();
    // A workspace is no project.
    let (_, workspaces) = setup.ask("GET", "/workspaces", None).await;
    let stub = State::to_import(super::entry("workspace").resource, workspaces["workspaces"][0]["id"].as_str().unwrap()).unwrap();
    setup.read("workspace", &stub).await.unwrap().unwrap();
}

#[tokio::test]
async fn the_console_needs_a_workspace_key() {
    let setup = Setup::new().await;
    let project = setup.project().await;
    setup.configure(&[("workspace_api_key", Value::Null), ("project_api_key", "ory_pat_x".into())]);
    setup.asked();
    let said = told(&setup.read("project", &project.state).await.unwrap_err().diagnostics);
    assert!(
        said.contains("ORY_WORKSPACE_API_KEY") && said.contains("A project API key is not accepted") && setup.asked().is_empty(),
        "{said}"
    );
    // Nor does it go in the clear.
    setup.configure(&[("console_api_url", "http://console.internal".into())]);
    let said = told(&setup.read("project", &project.state).await.unwrap_err().diagnostics);
    assert!(said.contains("Credentials would be sent without encryption") && !said.contains(super::KEY), "{said}");
}

#[tokio::test]
async fn a_plan_says_that_a_project_is_not_allowed() {
    let setup = Setup::new().await;
    let own = [("project_id", Value::text(OTHER)), ("project_slug", "own-slug".into()), ("project_api_key", "ory_pat_x".into())];
    setup.configure(&[&own[..], &[("allowed_project_ids", texts(&[OTHER]))]].concat());
    setup.asked();
    let plan = |name: &str, set: &[(&str, Value)]| {
        let resource = super::entry(name).resource;
        told(&setup.engine.plan(resource, None, &super::object(resource, set)).diagnostics)
    };
    let target = |slug: Value| vec![("client_name", "c".into()), ("project_slug", slug), ("project_api_key", "ory_pat_y".into())];
    let elsewhere = plan("oauth2_client", &target("other-slug".into()));
    assert!(elsewhere.contains("the id of the project `other-slug` is not known"), "{elsewhere}");
    assert!(elsewhere.contains("move the object to a provider configuration") && !elsewhere.contains("beside"), "{elsewhere}");
    let organization = |id: Value| plan("organization", &[("label", "o".into()), ("project_id", id)]);
    let other = "00000000-0000-4000-8000-000000000002";
    assert!(organization(other.into()).contains(&format!("`{other}` is not among")));
    // What is allowed, or not known yet.
    for said in [
        plan("oauth2_client", &target("own-slug".into())),
        plan("oauth2_client", &target(Value::Unknown)),
        plan("oauth2_client", &[]),
        organization(OTHER.into()),
        organization(Value::Null),
        organization(Value::Unknown),
    ] {
        assert_eq!(said, "");
    }
    setup.configure(&[&own[1..], &[("allowed_project_ids", texts(&[OTHER]))]].concat());
    assert!(plan("oauth2_client", &[]).contains("Set `project_id` beside"));
    assert_eq!(setup.asked(), Vec::<String>::new());
}
