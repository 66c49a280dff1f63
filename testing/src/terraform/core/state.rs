//! Operations that change nothing: refresh, import, `moved` blocks and data sources.

use super::{Core, Outcome, Stored, Thing, broken, found, identity_data, rpc};
use crate::terraform::{
    rules::{self, Broken, Rule},
    val::Val,
};
use janiform_proto::tfplugin6 as tf;
use serde_json::Value as Json;
use std::collections::BTreeMap;

impl Core {
    /// Upgrades and reads; false if the object is gone.
    pub async fn refresh(&mut self, thing: &mut Thing) -> Outcome<bool> {
        let Some(stored) = thing.state.clone() else { return Ok(false) };
        let name = thing.type_name.clone();
        let request = tf::upgrade_resource_state::Request {
            type_name: name.clone(),
            version: stored.version,
            raw_state: Some(tf::RawState { json: stored.json.clone().into_bytes(), flatmap: BTreeMap::new() }),
        };
        let answer = rpc(self.client.upgrade_resource_state(request).await)?;
        self.heed(answer.diagnostics)?;
        let upgraded = self.typed(&name, Rule::UpgradeType, answer.upgraded_state.as_ref())?;
        if upgraded.is_null() {
            return broken(Rule::UpgradeNotNull, "the state is lost");
        }
        self.storable(&name, &upgraded, Rule::UpgradeType)?;
        self.read(thing, upgraded, stored).await
    }

    pub(super) async fn read(&mut self, thing: &mut Thing, current: Val, stored: Stored) -> Outcome<bool> {
        let name = thing.type_name.clone();
        let request = tf::read_resource::Request {
            type_name: name.clone(),
            current_state: current.to_dynamic(),
            private: stored.private.clone(),
            provider_meta: None,
            client_capabilities: Some(self.capabilities),
            current_identity: identity_data(stored.identity.as_ref()),
        };
        let answer = rpc(self.client.read_resource(request).await)?;
        self.heed(answer.diagnostics)?;
        let value = self.typed(&name, Rule::ReadType, answer.new_state.as_ref())?;
        if value.is_null() {
            thing.state = None;
            return Ok(false);
        }
        self.storable(&name, &value, Rule::ReadKnown)?;
        let identity = self.identity(&name, answer.new_identity.as_ref(), true)?;
        if stored.identity.is_some() && stored.identity != identity {
            return broken(Rule::IdentityStays, format!("was {:?}, but now {identity:?}", stored.identity));
        }
        thing.state = Some(self.stored(&name, value, answer.private, identity, stored.tainted));
        Ok(true)
    }

    /// `terraform import`, by id.
    pub async fn import(&mut self, type_name: &str, id: &str) -> Outcome<Thing> {
        self.import_by(type_name, id.to_owned(), None).await
    }

    /// An import block with an identity.
    pub async fn import_identity(&mut self, type_name: &str, identity: &Json) -> Outcome<Thing> {
        let ty = self.kind(type_name).identity.clone().expect("an identity");
        let identity = self.json(&ty, identity);
        let thing = self.import_by(type_name, String::new(), Some(identity.clone())).await?;
        let imported = thing.state.as_ref().and_then(|state| state.identity.clone());
        if imported.as_ref() != Some(&identity) {
            return broken(Rule::Identity, "the import didn't return the identity");
        }
        Ok(thing)
    }

    pub(super) async fn import_by(&mut self, type_name: &str, id: String, identity: Option<Val>) -> Outcome<Thing> {
        let request = tf::import_resource_state::Request {
            type_name: type_name.to_owned(),
            id,
            client_capabilities: Some(self.capabilities),
            identity: identity_data(identity.as_ref()),
        };
        let mut answer = rpc(self.client.import_resource_state(request).await)?;
        self.heed(answer.diagnostics)?;
        let (Some(imported), true) = (answer.imported_resources.pop(), answer.imported_resources.is_empty()) else {
            return broken(Rule::ImportedOne, "exactly one is needed");
        };
        assert_eq!(imported.type_name, type_name, "the type that was asked for");
        let value = self.typed(type_name, Rule::ImportedNotNull, imported.state.as_ref())?;
        if value.is_null() {
            return broken(Rule::ImportedNotNull, type_name);
        }
        self.storable(type_name, &value, Rule::ReadKnown)?;
        let identity = self.identity(type_name, imported.identity.as_ref(), false)?;
        let stored = self.stored(type_name, value.clone(), imported.private, identity, false);
        let mut thing = self.thing(type_name);
        if !self.read(&mut thing, value, stored).await? {
            return broken(Rule::ImportedExists, type_name);
        }
        Ok(thing)
    }

    /// A `moved` block from another provider's resource.
    pub async fn moved(&mut self, type_name: &str, address: &str, source: &str, version: i64, state: &Json) -> Outcome<Thing> {
        let request = tf::move_resource_state::Request {
            source_provider_address: address.to_owned(),
            source_type_name: source.to_owned(),
            source_schema_version: version,
            source_state: Some(tf::RawState { json: state.to_string().into_bytes(), flatmap: BTreeMap::new() }),
            target_type_name: type_name.to_owned(),
            source_private: br#"{"schema_version":"MA=="}"#.to_vec(),
            ..Default::default()
        };
        let answer = rpc(self.client.move_resource_state(request).await)?;
        self.heed(answer.diagnostics)?;
        let value = self.typed(type_name, Rule::UpgradeType, answer.target_state.as_ref())?;
        if value.is_null() {
            return broken(Rule::UpgradeNotNull, "the moved state is null");
        }
        self.storable(type_name, &value, Rule::UpgradeType)?;
        let identity = self.identity(type_name, answer.target_identity.as_ref(), false)?;
        let mut thing = self.thing(type_name);
        thing.state = Some(self.stored(type_name, value, answer.target_private, identity, false));
        Ok(thing)
    }

    /// Reads a data source.
    pub async fn data(&mut self, type_name: &str, config: &Json) -> Outcome<Val> {
        let (attrs, ty) = self.views.get(type_name).cloned().unwrap_or_else(|| panic!("no data source {type_name}"));
        let config = self.json(&ty, config);
        let request = tf::validate_data_resource_config::Request { type_name: type_name.to_owned(), config: config.to_dynamic() };
        let answer = rpc(self.client.validate_data_resource_config(request).await)?;
        self.heed(answer.diagnostics)?;
        let request = tf::read_data_source::Request {
            type_name: type_name.to_owned(),
            config: config.to_dynamic(),
            provider_meta: None,
            client_capabilities: Some(self.capabilities),
        };
        let answer = rpc(self.client.read_data_source(request).await)?;
        self.heed(answer.diagnostics)?;
        let value = Val::from_dynamic(&ty, answer.state.as_ref()).or_else(|why| broken(Rule::DataKnown, why))?;
        if value.is_null() {
            return broken(Rule::DataNotNull, type_name);
        }
        if !value.known() {
            return broken(Rule::DataKnown, type_name);
        }
        let strayed = rules::plan_valid(&attrs, &Val::Null, &config, &value);
        found(strayed.into_iter().map(|one| Broken { rule: Rule::DataMatchesConfig, ..one }).collect())?;
        Ok(value)
    }
}
