//! `ory_permission_namespaces` and `ory_opl_validation`: errors of a permission model are reported before it is written, with
//! their positions.

use super::{KEY, Setup, entry, id, refusal, text, told};
use crate::{
    support::{object, replan, texts},
    terraform::core::Core,
};
use janiform::{
    engine::{Applied, State, validate},
    ory::ORY,
    value::Value,
};
use serde_json::{Value as Json, json};

const NAME: &str = "permission_namespaces";
const GOOD: &str = "class Doc implements Namespace { related: { owners: User[] } }\nclass User implements Namespace {}\n";
const OTHER: &str = "class User implements Namespace {}\n";
const BAD: &str = "class Doc implements Namespace {\n  related: { owners: Nobody[] }\n}\n";

struct House {
    setup: Setup,
    project: String,
    slug: String,
}

impl House {
    async fn new() -> House {
        let setup = Setup::new().await;
        let (project, slug) = super::project_at(&setup.emulator.url(), "dev").await;
        let house = House { setup, project, slug };
        house.setup.configure(&[("project_id", house.project.as_str().into())]);
        house
    }

    async fn create(&self, set: &[(&str, Value)]) -> Applied {
        self.setup.create(NAME, set).await.unwrap_or_else(|refused| panic!("{}", told(&refused.diagnostics)))
    }

    async fn held(&self) -> Json {
        let (_, project) = self.setup.ask("GET", &format!("/projects/{}", self.project), None).await;
        project["services"]["permission"]["config"]["namespaces"].clone()
    }

    async fn key(&self) -> String {
        let (_, key) = self.setup.ask("POST", &format!("/projects/{}/tokens", self.project), Some(&json!({ "name": "it" }))).await;
        key["value"].as_str().unwrap().to_owned()
    }

    /// The names that the project's Keto knows.
    async fn served(&self) -> Vec<String> {
        let url = format!("{}/p/{}/namespaces", self.setup.emulator.url(), self.slug);
        let answer: Json = crate::support::client().get(url).bearer_auth(self.key().await).send().await.unwrap().json().await.unwrap();
        answer["namespaces"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    }
}

fn base64(text: &str) -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    format!("base64://{}", BASE64_STANDARD.encode(text))
}

#[tokio::test]
async fn a_model_is_checked_written_read_and_removed() {
    let house = House::new().await;
    house.setup.asked();
    let made = house.create(&[("source", GOOD.into())]).await;
    assert_eq!((made.warnings.clone(), id(&made)), (vec![], house.project.clone()));
    let asked: Vec<_> = house.setup.asked().into_iter().filter(|asked| !asked.starts_with("GET")).collect();
    assert!(asked[0].contains("/opl/validate") && asked[1].starts_with("PATCH") && asked.len() == 2, "{asked:?}");
    assert_eq!(house.served().await, ["Doc", "User"]);
    assert_eq!(house.setup.read(NAME, &made.state).await.unwrap().unwrap(), made.state);
    let resource = entry(NAME).resource;
    let url = house.held().await["location"].as_str().unwrap().to_owned();
    for same in [GOOD, &base64(GOOD), &url] {
        assert!(replan(resource, &made.state, &object(resource, &[("source", same.into())])).changes.is_empty(), "{same}");
    }
    // What others change is seen by its hash.
    let patch = json!([{ "op": "add", "path": "/services/permission/config/namespaces", "value": { "location": base64(OTHER) } }]);
    assert_eq!(house.setup.ask("PATCH", &format!("/projects/{}", house.project), Some(&patch)).await.0, 200);
    let drifted = house.setup.read(NAME, &made.state).await.unwrap().unwrap();
    assert_eq!(replan(resource, &drifted, &object(resource, &[("source", GOOD.into())])).changes, ["source"]);
    let back = house.setup.update(NAME, &drifted, &[("source", GOOD.into())]).await.unwrap();
    assert_eq!(house.served().await, ["Doc", "User"]);
    // An import has where it is, which means the same.
    let imported = house.setup.read(NAME, &State::to_import(resource, &house.project).unwrap()).await.unwrap().unwrap();
    assert_eq!(text(NAME, &imported, "source"), url);
    assert!(replan(resource, &imported, &object(resource, &[("source", GOOD.into())])).changes.is_empty());
    // Names without rules, and back.
    let listed = house.setup.update(NAME, &back.state, &[("namespaces", texts(&["a", "b"]))]).await.unwrap();
    assert_eq!(house.held().await, json!([{ "id": 1, "name": "a" }, { "id": 2, "name": "b" }]));
    let swapped = object(resource, &[("namespaces", texts(&["b", "a"]))]);
    assert!(replan(resource, &listed.state, &swapped).changes.is_empty());
    let last = house.setup.update(NAME, &listed.state, &[("source", OTHER.into())]).await.unwrap();
    house.setup.delete(NAME, &last.state).await.unwrap();
    assert_eq!(house.held().await, json!([]));
    assert!(house.setup.read(NAME, &last.state).await.unwrap().is_none());
    assert!(house.setup.read(NAME, &State::to_import(resource, &house.project).unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_document_with_errors_is_refused_with_its_line() {
    let house = House::new().await;
    for source in [BAD.to_owned(), base64(BAD)] {
        house.setup.asked();
        let refused = house.setup.create(NAME, &[("source", source.as_str().into())]).await.unwrap_err();
        let said = told(&refused.diagnostics);
        assert!(
            said.contains("Line 2, column 21: namespace \"Nobody\" was not declared\n  2 |   related: { owners: Nobody[] }\n    |                      ^^^^^^"),
            "{said}"
        );
        assert!(refused.state.is_none() && house.setup.asked().iter().all(|asked| !asked.starts_with("PATCH")));
    }
    let made = house.create(&[("source", GOOD.into())]).await;
    let resource = entry(NAME).resource;
    house.setup.asked();
    let plan = replan(resource, &made.state, &object(resource, &[("source", BAD.into())]));
    let change = janiform::engine::Change {
        prior: made.state.clone(),
        plan,
        config: object(resource, &[("source", BAD.into())]),
        last_config: None,
    };
    let refused = house.setup.engine.update(entry(NAME), change, Default::default()).await.unwrap_err();
    assert!(told(&refused.diagnostics).contains("Line 2, column 21"));
    assert_eq!(house.served().await, ["Doc", "User"]);
    // What does not change the document asks nobody.
    house.setup.asked();
    house.setup.update(NAME, &made.state, &[("source", GOOD.into()), ("deletion_protection", false.into())]).await.unwrap();
    assert!(house.setup.asked().iter().all(|asked| !asked.contains("opl")));
}

#[tokio::test]
async fn without_a_check_route_the_patch_decides() {
    let gone = r#"{"error":{"code":404,"status":"Not Found","message":"no such route"}}"#;
    let house = House::new().await;
    house.setup.proxy.then("POST", refusal(404, gone));
    house.create(&[("source", GOOD.into())]).await;
    let house = House::new().await;
    house.setup.proxy.then("POST", refusal(404, gone));
    let refused = house.setup.create(NAME, &[("source", BAD.into())]).await.unwrap_err();
    assert!(told(&refused.diagnostics).contains("at 2:21"), "{}", told(&refused.diagnostics));
    // What else it answers is no word on the document.
    house.setup.proxy.then("POST", refusal(403, r#"{"error":{"code":403,"status":"Forbidden","message":"not yours"}}"#));
    let refused = house.setup.create(NAME, &[("source", GOOD.into())]).await.unwrap_err();
    assert!(told(&refused.diagnostics).contains("not yours") && house.held().await == json!([]));
}

#[tokio::test]
async fn one_project_has_one_model() {
    let house = House::new().await;
    // One that somebody else made is imported, and not overwritten.
    let patch = json!([{ "op": "add", "path": "/services/permission/config/namespaces", "value": { "location": base64(OTHER) } }]);
    assert_eq!(house.setup.ask("PATCH", &format!("/projects/{}", house.project), Some(&patch)).await.0, 200);
    let refused = house.setup.create(NAME, &[("source", GOOD.into())]).await.unwrap_err();
    let said = told(&refused.diagnostics);
    assert!(said.contains("has a permission model already") && said.contains("import"), "{said}");
    assert_eq!(house.served().await, ["User"]);
    house.setup.delete(NAME, &house.create(&[("source", OTHER.into())]).await.state).await.unwrap();
    house.create(&[("source", GOOD.into())]).await;
    let other = [("keto_namespace_configuration", Value::text(base64(OTHER)))];
    let refused = house.setup.create("project_config", &other).await.unwrap_err();
    let said = told(&refused.diagnostics);
    assert!(said.contains("contradict each other") && said.contains("permission_namespaces"), "{said}");
    assert_eq!(house.served().await, ["Doc", "User"]);
}

#[test]
fn a_doubtful_model_is_a_warning() {
    let resource = entry(NAME).resource;
    let said = |set: &[(&str, Value)]| {
        let found = validate(resource, &object(resource, set));
        (found.iter().any(janiform::engine::Diagnostic::is_error), told(&found))
    };
    assert_eq!(said(&[("source", GOOD.into())]), (false, String::new()));
    assert_eq!(said(&[("namespaces", texts(&["a"]))]), (false, String::new()));
    assert!(said(&[]).0 && said(&[("namespaces", texts(&[]))]).0 && said(&[("source", GOOD.into()), ("namespaces", texts(&["a"]))]).0);
    let (is_error, text) = said(&[("source", BAD.into())]);
    assert!(!is_error && text.contains("Line 2, column 21") && !text.contains("Nobody"), "{text}");
}

#[tokio::test]
async fn a_document_is_validated_by_the_console_or_keto() {
    let house = House::new().await;
    let key = house.key().await;
    let url = house.setup.emulator.url();
    let console = json!({ "console_api_url": url, "workspace_api_key": KEY, "project_id": house.project });
    let project = json!({ "project_api_url": format!("{url}/p/%s"), "project_slug": house.slug, "project_api_key": key });
    let own = json!({ "keto_read_url": url, "keto_write_url": url });
    for provider in [console, project, own] {
        let mut core = Core::direct(&ORY, provider.clone()).await.unwrap();
        let bad = core.data("ory_opl_validation", &json!({ "source": BAD })).await.unwrap().to_json();
        assert_eq!(bad["valid"], json!(false), "{provider}");
        let error = &bad["errors"][0];
        assert_eq!((&error["line"], &error["column"], &error["end_column"]), (&json!(2), &json!(21), &json!(27)), "{provider}");
        assert_eq!(error["message"], "namespace \"Nobody\" was not declared", "{provider}");
        let good = core.data("ory_opl_validation", &json!({ "source": base64(GOOD) })).await.unwrap().to_json();
        assert_eq!((&good["valid"], &good["errors"]), (&json!(true), &json!([])), "{provider}");
    }
}
