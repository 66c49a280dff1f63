//! `terraform plan`: refresh, validate, propose, plan, and plan again if the object must be replaced.

use super::{Action, Core, Outcome, Planned, Stop, Stored, Thing, broken, found, identity_data, rpc};
use crate::terraform::{
    rules::{self, Rule},
    val::Val,
};
use janiform_proto::tfplugin6::{self as tf, ResourceIdentityData};
use serde_json::Value as Json;

impl Core {
    /// `terraform plan`: refreshes, validates, plans.
    pub async fn plan(&mut self, thing: &Thing, config: &Json) -> Outcome<Planned> {
        let mut prior = thing.clone();
        self.refresh(&mut prior).await?;
        let config = self.json(&self.kind(&thing.type_name).ty, config);
        self.plan_from(prior, config).await
    }

    pub(super) async fn plan_from(&mut self, prior: Thing, config: Val) -> Outcome<Planned> {
        let name = prior.type_name.clone();
        self.validate_val(&name, &config).await?;
        // A tainted object is planned as if it did not exist, and then replaced.
        let state = prior.state.clone();
        let tainted = state.as_ref().is_some_and(|state| state.tainted);
        let from = state.clone().filter(|state| !state.tainted);
        let (value, answer) = self.plan_change(&name, from.as_ref(), &config).await?;
        let Some(from) = from else {
            let action = if tainted { Action::Replace } else { Action::Create };
            let (private, identity) = (answer.planned_private, answer.planned_identity);
            return Ok(Planned { action, prior, value, replace: Vec::new(), config, private, identity });
        };
        let replace = self.replacing(&name, &answer.requires_replace, &from.value, &value)?;
        if !replace.is_empty() {
            let again = Stored { private: answer.planned_private, ..from };
            let (value, answer) = self.plan_replacement(&name, &again, answer.planned_identity, &config).await?;
            let (private, identity) = (answer.planned_private, answer.planned_identity);
            return Ok(Planned { action: Action::Replace, prior, value, replace, config, private, identity });
        }
        let action = if value == from.value { Action::NoOp } else { Action::Update };
        let (private, identity) = (answer.planned_private, answer.planned_identity);
        Ok(Planned { action, prior, value, replace, config, private, identity })
    }

    pub(super) async fn plan_change(
        &mut self,
        name: &str,
        prior: Option<&Stored>,
        config: &Val,
    ) -> Outcome<(Val, tf::plan_resource_change::Response)> {
        let before = prior.map_or(Val::Null, |prior| prior.value.clone());
        let private = prior.map(|prior| prior.private.clone()).unwrap_or_default();
        let identity = prior.and_then(|prior| identity_data(prior.identity.as_ref()));
        self.plan_rpc(name, &before, config, private, identity).await
    }

    pub(super) async fn plan_replacement(
        &mut self,
        name: &str,
        first: &Stored,
        identity: Option<ResourceIdentityData>,
        config: &Val,
    ) -> Outcome<(Val, tf::plan_resource_change::Response)> {
        self.plan_rpc(name, &Val::Null, config, first.private.clone(), identity).await
    }

    pub(super) async fn plan_rpc(
        &mut self,
        name: &str,
        before: &Val,
        config: &Val,
        prior_private: Vec<u8>,
        prior_identity: Option<ResourceIdentityData>,
    ) -> Outcome<(Val, tf::plan_resource_change::Response)> {
        let attrs = &self.kind(name).attrs;
        let proposed = rules::proposed(attrs, before, config);
        let request = tf::plan_resource_change::Request {
            type_name: name.to_owned(),
            prior_state: before.to_dynamic(),
            proposed_new_state: proposed.to_dynamic(),
            config: config.to_dynamic(),
            prior_private,
            prior_identity,
            client_capabilities: Some(self.capabilities),
            ..Default::default()
        };
        let answer = rpc(self.client.plan_resource_change(request).await)?;
        self.heed(answer.diagnostics.clone())?;
        if answer.legacy_type_system {
            return broken(Rule::PlanLegacyTypeSystem, name);
        }
        let planned = self.typed(name, Rule::PlanType, answer.planned_state.as_ref())?;
        if planned.is_null() {
            return broken(Rule::PlanMatchesConfig, "planned for nonexistence but config wants existence");
        }
        found(rules::plan_valid(&self.kind(name).attrs, before, config, &planned))?;
        self.identity(name, answer.planned_identity.as_ref(), false)?;
        Ok((planned, answer))
    }

    /// Of the paths that require a replacement according to the provider, those that change.
    fn replacing(&self, name: &str, paths: &[tf::AttributePath], before: &Val, planned: &Val) -> Outcome<Vec<String>> {
        use tf::attribute_path::step::Selector;
        let mut replace = Vec::new();
        for path in paths {
            let step = |value: &Val, selector: &Selector| match (value, selector) {
                (Val::Map(map), Selector::AttributeName(name) | Selector::ElementKeyString(name)) => map.get(name).cloned(),
                (Val::List(items), Selector::ElementKeyInt(index)) => items.get(usize::try_from(*index).ok()?).cloned(),
                _ => None,
            };
            let walk = |value: &Val| path.steps.iter().try_fold(value.clone(), |value, one| step(&value, one.selector.as_ref()?));
            let (old, new) = (walk(before), walk(planned));
            if old.is_none() && new.is_none() {
                return broken(Rule::PlanReplacePath, format!("\"requires replacement\" on {path:?}"));
            }
            let Some(Selector::AttributeName(root)) = path.steps.first().and_then(|step| step.selector.clone()) else { continue };
            let write_only = self.kind(name).attrs.get(&root).is_some_and(|attr| attr.write_only);
            if old != new || new == Some(Val::Unknown) || write_only {
                replace.push(root);
            }
        }
        Ok(replace)
    }

    /// The plan after an apply is empty, on the state as it is stored (`-refresh=false`, which Terraform's minimal refresh also
    /// does first) and after a refresh, which changes nothing.
    pub async fn settled(&mut self, thing: &Thing, config: &Json) -> Outcome<()> {
        let stored = self.json(&self.kind(&thing.type_name).ty, config);
        let stored = self.plan_from(thing.clone(), stored).await?;
        is_empty(&stored)?;
        let plan = self.plan(thing, config).await?;
        let [before, refreshed] = [&stored, &plan].map(prior);
        found(rules::compatible(Rule::NoChurn, &before, &refreshed))?;
        is_empty(&plan)
    }
}

fn prior(plan: &Planned) -> Val {
    plan.prior.state.as_ref().map_or(Val::Null, |state| state.value.clone())
}

fn is_empty(plan: &Planned) -> Outcome<()> {
    match plan.action {
        Action::NoOp => Ok(()),
        action => {
            let mut broken = rules::compatible(Rule::NoChurn, &prior(plan), &plan.value);
            broken.push(Rule::NoChurn.broken(format!("{action:?}")));
            Err(Stop::Broken(broken))
        }
    }
}
