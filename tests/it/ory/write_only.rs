//! Write-only arguments whose values are not available in every run, as with ephemeral ones: a null is no change, and
//! an error only if the value would be sent. Every one of every resource, through both faces.

use super::{
    adoption::everywhere,
    console::{
        lives::{self, with_project},
        providers,
    },
    identity_lives, lifecycle,
};
use crate::{
    pulumi::{
        Recorder,
        engine::{Done, Host, Stop},
        every::spell,
    },
    support::{replan, stored},
    terraform::core::{Action, Core, Thing},
};
use janiform::{
    emulator::{self, Options, Running},
    engine::{Call, Change, Engine, Entry, Plan, State, Unapplied, has_errors, plan},
    frontends::pulumi::{Server, names},
    ory::{Client, ORY},
    schema::Resource,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// A write-only argument of a resource.
struct Case {
    entry: &'static Entry<Client>,
    /// The rest of the configuration.
    base: Json,
    /// The argument, two values of it, and another attribute with a value that changes something else.
    name: &'static str,
    values: [Json; 2],
    other: (&'static str, Json),
}

impl Case {
    fn resource(&self) -> &'static Resource {
        self.entry.resource
    }

    fn type_name(&self) -> String {
        format!("ory_{}", self.resource().name)
    }

    fn token(&self) -> String {
        names::resource_token("ory", self.resource().name)
    }

    fn version(&self) -> String {
        format!("{}_version", self.name)
    }

    /// The configuration with this value and version, where there are any.
    fn config(&self, value: Option<usize>, version: Option<&str>) -> Json {
        let mut config = self.base.clone();
        if let Some(value) = value {
            config[self.name] = self.values[value].clone();
        }
        if let Some(version) = version {
            config[self.version()] = json!(version);
        }
        config
    }

    fn with_other(&self, mut config: Json) -> Json {
        config[self.other.0] = self.other.1.clone();
        config
    }
}

/// Every write-only argument that there is, but those of a project, which live on a console.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for entry in ORY.resources() {
        let (base, other) = match entry.resource.name {
            "oauth2_client" | "oidc_dynamic_client" => (json!({ "client_name": "It" }), ("owner", json!("somebody"))),
            "json_web_key_set" => (json!({ "set_id": "signing" }), ("deletion_protection", json!(false))),
            "identity" => {
                (json!({ "schema_id": "default", "traits": r#"{"email":"ann@example.com"}"# }), ("metadata_public", json!("[1]")))
            }
            "social_provider" | "scim_client" => (Json::Null, ("label", json!("Other"))),
            "event_stream" => {
                let base = json!({ "type": "https", "https_endpoint": "https://hooks.example.com/", "https_auth_type": "bearer" });
                (base, ("event_types", json!(["Session*"])))
            }
            _ => (Json::Null, ("", Json::Null)),
        };
        for attr in entry.resource.table.attrs().filter(|attr| attr.write_only) {
            let known = match entry.resource.name {
                "identity" => identity_lives::known,
                // They have tests of their own, on a console or an Ory Talos.
                "action" | "project_config" | "imported_api_key" => continue,
                "social_provider" | "scim_client" => providers::write_only,
                "event_stream" => lives::of_write_only,
                _ => lifecycle::known,
            };
            let values = known(attr.name).unwrap_or_else(|| panic!("no values for {}", attr.name));
            let (values, other) = ([values[0].clone(), values[1].clone()], other.clone());
            let base = if base.is_null() { providers::beside(attr.name) } else { base.clone() };
            cases.push(Case { entry, base, name: attr.name, values, other });
        }
    }
    assert_eq!(cases.len(), 11);
    cases
}

struct Ory {
    emulator: Running,
    config: Json,
    /// How many requests it took until it was there.
    begun: usize,
}

impl Ory {
    async fn start() -> Ory {
        let options = Options { dynamic_registration: true, record_requests: true, ..Options::default() };
        let emulator = emulator::start(options).await.unwrap();
        let config = with_project(everywhere(&emulator.url()), &emulator.url()).await;
        Ory { begun: emulator.requests().len(), emulator, config }
    }

    fn engine(&self) -> Engine<Client> {
        let engine = Engine::new(&ORY);
        let config = stored::from_json(ORY.config, &self.config).unwrap();
        assert!(!has_errors(&engine.configure(&config, &|_| None)));
        engine
    }

    async fn core(&self) -> Core {
        Core::direct(&ORY, self.config.clone()).await.unwrap()
    }

    async fn host(&self) -> Host {
        let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
        let mut host = Host::start(server).await;
        host.configure(spell(ORY.config, &self.config)).await.unwrap();
        host
    }

    /// The writes since this was last asked.
    fn writes(&self, since: &mut usize) -> usize {
        let all = self.emulator.requests();
        let new = all[self.begun.max(*since)..].iter().filter(|(method, ..)| method != "GET").count();
        *since = all.len();
        new
    }
}

#[tokio::test]
async fn under_terraform_a_value_is_required_only_when_it_is_sent() {
    for case in cases() {
        let (ory, name, mut since) = (Ory::start().await, case.name, 0);
        let mut core = ory.core().await;
        let mut thing = core.thing(&case.type_name());
        let refuses = async |core: &mut Core, thing: &Thing, config: &Json| {
            let stop = core.plan(thing, config).await.unwrap_err();
            assert!(stop.says(&format!("{name} has no value")), "{name}: {}", stop.text());
        };
        // A new object needs it, and without a version nobody knows that one is meant.
        refuses(&mut core, &thing, &case.config(None, Some("1"))).await;
        core.apply(&mut thing, &case.config(Some(0), Some("1"))).await.unwrap();
        ory.writes(&mut since);

        let null = case.config(None, Some("1"));
        core.settled(&thing, &null).await.unwrap();
        let kept = thing.state.clone().unwrap();
        core.apply(&mut thing, &case.with_other(null.clone())).await.unwrap_or_else(|stop| panic!("{name}: {}", stop.text()));
        let after = thing.state.as_ref().unwrap();
        assert_eq!(after.private, kept.private, "{name} is in use as before");
        core.settled(&thing, &case.with_other(case.config(Some(1), Some("1")))).await.unwrap();
        core.apply(&mut thing, &null).await.unwrap();
        ory.writes(&mut since);

        refuses(&mut core, &thing, &case.config(None, Some("2"))).await;
        assert_eq!(ory.writes(&mut since), 0);
        core.apply(&mut thing, &case.config(Some(1), Some("2"))).await.unwrap();
        assert!(ory.writes(&mut since) > 0, "{name} is sent again");
        core.settled(&thing, &case.config(None, Some("2"))).await.unwrap();
        core.destroy(&mut thing).await.unwrap();
    }
}

/// Nothing says whether it is not there in this run or not meant any more, and nothing is kept that could be taken away.
#[tokio::test]
async fn without_a_version_a_null_is_no_change() {
    for case in cases() {
        let (ory, name) = (Ory::start().await, case.name);
        let mut core = ory.core().await;
        let mut thing = core.thing(&case.type_name());
        core.apply(&mut thing, &case.config(Some(0), None)).await.unwrap();
        let kept = thing.state.clone().unwrap();
        let null = case.config(None, None);
        core.settled(&thing, &null).await.unwrap_or_else(|stop| panic!("{name}: {}", stop.text()));
        let mut since = 0;
        ory.writes(&mut since);
        assert_eq!(core.apply(&mut thing, &null).await.unwrap(), Action::NoOp, "{name}");
        assert_eq!(ory.writes(&mut since), 0, "{name}");
        core.apply(&mut thing, &case.with_other(null.clone())).await.unwrap();
        assert_eq!(thing.state.as_ref().unwrap().private, kept.private, "{name} is in use as before");
        core.settled(&thing, &case.with_other(null)).await.unwrap();
    }
}

/// OpenTofu may hand over null in the apply although the plan had a value.
#[tokio::test]
async fn a_value_that_is_missing_in_the_apply_stops_the_write() {
    for case in cases() {
        let (ory, mut since) = (Ory::start().await, 0);
        // What the project took to make.
        ory.writes(&mut since);
        let engine = ory.engine();
        let resource = case.resource();
        let config = |value, version| stored::from_json(&resource.table, &case.config(value, version)).unwrap();
        let create = async |plan: Plan, config| engine.create(case.entry, plan, config, Call::default()).await;
        let is_refused = |refused: Result<_, Unapplied>| {
            let Unapplied { state, diagnostics } = refused.err().unwrap_or_else(|| panic!("{} was written", case.name));
            assert!(diagnostics[0].detail.contains("both when you plan and when you apply"), "{diagnostics:?}");
            assert_eq!(state, None);
        };
        for version in [Some("1"), None] {
            is_refused(create(plan(resource, None, &config(Some(0), version)), config(None, version)).await);
        }
        assert_eq!(ory.writes(&mut since), 0);
        let made: State = create(plan(resource, None, &config(Some(0), Some("1"))), config(Some(0), Some("1"))).await.unwrap().state;
        ory.writes(&mut since);
        let planned = replan(resource, &made, &config(Some(1), Some("2")));
        let change = Change { prior: made, plan: planned, config: config(None, Some("2")), last_config: None };
        is_refused(engine.update(case.entry, change, Call::default()).await);
        assert_eq!(ory.writes(&mut since), 0, "{}", case.name);
    }
}

#[tokio::test]
async fn under_pulumi_a_value_is_required_only_when_it_is_sent() {
    for case in cases() {
        let (ory, name, mut since) = (Ory::start().await, case.name, 0);
        let mut host = ory.host().await;
        let (token, table) = (case.token(), &case.resource().table);
        let spelled = |config: &Json| spell(table, config);
        let refuses = async |host: &mut Host, config: &Json| match host.preview(&token, "it", &spelled(config)).await {
            Err(Stop::Refused(why)) => {
                assert!(
                    why.iter().any(|(property, reason)| *property == names::camel(&case.version()) && reason.contains("has no value")),
                    "{why:?}"
                );
            }
            other => panic!("{name}: {other:?}"),
        };
        refuses(&mut host, &case.config(None, Some("1"))).await;
        host.up(&token, "it", &spelled(&case.config(Some(0), Some("1")))).await.unwrap();
        ory.writes(&mut since);
        assert_eq!(host.up(&token, "it", &spelled(&case.config(None, Some("1")))).await.unwrap().done, Done::Nothing, "{name}");
        // Here again with the same version, it is what was sent with it.
        assert_eq!(host.up(&token, "it", &spelled(&case.config(Some(0), Some("1")))).await.unwrap().done, Done::Nothing, "{name}");
        assert_eq!(ory.writes(&mut since), 0);
        refuses(&mut host, &case.config(None, Some("2"))).await;
        assert_eq!(host.up(&token, "it", &spelled(&case.config(Some(1), Some("2")))).await.unwrap().done, Done::Updated, "{name}");
        // Without versions, the program says when one changes; one that goes leaves what it has set.
        host.up(&token, "it", &spelled(&case.config(Some(1), None))).await.unwrap();
        assert_eq!(host.up(&token, "it", &spelled(&case.config(Some(0), None))).await.unwrap().done, Done::Updated, "{name}");
        host.destroy().await.unwrap();
    }
}
