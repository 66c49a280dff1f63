//! People's JSON may have any member, also one whose name a library reserves.

use super::{
    faults::Setup as Clients,
    identity_lives::{Identities, kratos, provider},
};
use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    support::get,
    terraform::core::Core,
};
use janiform::{
    emulator::Profile,
    engine::{Call, Engine, State},
    frontends::{
        pulumi::Server,
        terraform::{object, wire::WireObject},
    },
    ory::{
        ORY,
        resources::{identity, oauth2_client},
    },
    schema::{BlockSchema, JSON},
    value::Value,
};
use janiform_proto::tfplugin6::DynamicValue;
use serde_json::json;
use std::sync::Arc;

/// Documents with members that libraries for exact numbers and for unparsed values have been seen to keep for themselves.
const DOCUMENTS: [&str; 6] = [
    r#"{"$serde_json::private::Number":"12"}"#,
    r#"{"$serde_json::private::Number":"twelve"}"#,
    r#"{"$serde_json::private::Number":{"a":[12345678901234567890]},"b":1.50}"#,
    r#"{"$serde_json::private::RawValue":"[1]"}"#,
    r#"{"$serde_json::private::RawValue":"["}"#,
    r#"{"a":[{"$serde_json::private::Number":"7","$serde_json::private::RawValue":null}]}"#,
];

#[test]
fn documents_with_any_member_names_are_compared() {
    for document in DOCUMENTS {
        assert_eq!((JSON.valid)(document), Ok(()), "{document}");
        assert!((JSON.same)(document, &document.replace(':', " : ").replace(" :  : ", "::")), "{document}");
        for other in DOCUMENTS.iter().copied().chain(["12", "[1]", "{}", r#"{"a":[7]}"#]) {
            assert_eq!((JSON.same)(document, other), document == other, "{document} {other}");
        }
    }
}

#[test]
fn a_map_accepts_any_key() {
    let block = BlockSchema::of("provider", "", ORY.config);
    for key in ["$serde_json::private::Number", "$serde_json::private::RawValue"] {
        let json = json!({ "admin_headers": { key: "7" }, key: "7" }).to_string().into_bytes();
        let WireObject { value, .. } = object::decode(&block, Some(&DynamicValue { msgpack: Vec::new(), json })).unwrap().unwrap();
        let headers = value.fields()[ORY.config.index("admin_headers").unwrap()].clone();
        assert_eq!(headers, Value::Map([(key.to_owned(), "7".into())].into()));
    }
}

#[tokio::test]
async fn both_faces_keep_any_member_names() {
    for document in DOCUMENTS {
        let kratos = kratos(Profile::V26_2).await;
        let backdoor = Identities::at(&kratos.url());
        let traits = format!(r#"{{"email":"ann@example.com","serial":{document}}}"#);
        let config = json!({ "schema_id": "robot", "traits": traits, "metadata_public": document, "metadata_admin": document });
        let held = async |id: &str| {
            let text = backdoor.client.get(backdoor.url(id)).send().await.unwrap().text().await.unwrap();
            assert_eq!(text.matches(document).count(), 3, "{document} in {text}");
        };

        let mut core = Core::direct(&ORY, provider(&kratos.url())).await.unwrap();
        let mut thing = core.thing("ory_identity");
        core.apply(&mut thing, &config).await.unwrap();
        core.settled(&thing, &config).await.unwrap();
        let id = thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned();
        held(&id).await;
        // What an update does not touch is kept.
        core.apply(&mut thing, &json!({ "schema_id": "robot", "traits": traits, "metadata_public": document, "metadata_admin": document, "state": "inactive" }))
            .await
            .unwrap();
        held(&id).await;
        core.destroy(&mut thing).await.unwrap();

        let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
        let mut host = Host::start(server).await;
        host.configure(spell(ORY.config, &provider(&kratos.url()))).await.unwrap();
        let program = spell(&identity::RESOURCE.table, &config);
        host.up("ory:index/identity:Identity", "it", &program).await.unwrap();
        held(&host.state["it"].id).await;
        let again = host.up("ory:index/identity:Identity", "it", &program).await.unwrap();
        assert!(again.diff.is_some_and(|diff| diff.diffs.is_empty()), "{document}");
        host.destroy().await.unwrap();
    }
}

/// An object that a list shows in a way that cannot be read must not keep the others from being read.
#[tokio::test]
async fn lists_show_any_member_names() {
    let setup = Clients::new().await;
    let mut ids = Vec::new();
    for document in DOCUMENTS.iter().cycle().take(12) {
        let body = format!(r#"{{"client_name":"n","scope":"a","metadata":{document}}}"#);
        let url = format!("{}/admin/clients", setup.emulator.url());
        let answer = crate::support::client().post(url).header("content-type", "application/json").body(body).send().await.unwrap();
        let id = answer.headers()["location"].to_str().unwrap().rsplit('/').next().unwrap().to_owned();
        ids.push((id, *document));
    }
    setup.proxy.asked();
    for (id, document) in &ids {
        let state = State::to_import(&oauth2_client::RESOURCE, id).unwrap();
        let state = setup.engine.read(super::faults::ENTRY, state, Call::default()).await.unwrap().state.unwrap();
        let metadata = get(&oauth2_client::RESOURCE, &state.value, "metadata").as_str().unwrap();
        assert!((JSON.same)(metadata, document), "{document}: {metadata}");
        assert!(document.matches("$serde").all(|name| metadata.contains(name)), "{metadata}");
    }
    let asked = setup.proxy.asked();
    assert!(asked.len() <= 4, "the list answered nothing: {asked:?}");
}
