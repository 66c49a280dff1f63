//! `terraform apply` and `terraform destroy`: the second plan, the write, and the stored result.

use super::{Action, Core, Outcome, Planned, Thing, broken, found, identity_data, rpc};
use crate::terraform::{
    rules::{self, Rule},
    val::Val,
};
use janiform_proto::tfplugin6 as tf;
use serde_json::Value as Json;

impl Core {
    /// `terraform apply`: plans, and carries out the plan.
    pub async fn apply(&mut self, thing: &mut Thing, config: &Json) -> Outcome<Action> {
        let planned = self.plan(thing, config).await?;
        self.carry_out(thing, planned, config).await
    }

    /// Applies a plan whose configuration is known by now.
    pub async fn carry_out(&mut self, thing: &mut Thing, first: Planned, config: &Json) -> Outcome<Action> {
        let name = thing.type_name.clone();
        let config = self.json(&self.kind(&name).ty, config);
        assert!(config.known(), "an apply has a known configuration");
        *thing = first.prior.clone();
        if first.action == Action::Replace {
            // Core removes the old object before the last plan, which is therefore that of a create.
            self.remove(thing, first.private.clone()).await?;
        }
        let last = self.plan_from(thing.clone(), config).await?;
        let same = match (first.action, last.action) {
            (Action::Replace, Action::Create) | (Action::Update, Action::NoOp) => true,
            (first, last) => first == last,
        };
        if !same {
            return broken(Rule::FinalPlan, format!("planned action changed from {:?} to {:?}", first.action, last.action));
        }
        found(rules::compatible(Rule::FinalPlan, &first.value, &last.value))?;
        if last.action != Action::NoOp {
            self.change(thing, &last).await?;
        }
        Ok(if first.action == Action::Replace { first.action } else { last.action })
    }

    pub(super) async fn change(&mut self, thing: &mut Thing, plan: &Planned) -> Outcome<()> {
        let name = thing.type_name.clone();
        let before = thing.state.as_ref().map_or(Val::Null, |state| state.value.clone());
        let request = tf::apply_resource_change::Request {
            type_name: name.clone(),
            prior_state: before.to_dynamic(),
            planned_state: plan.value.to_dynamic(),
            config: plan.config.to_dynamic(),
            planned_private: plan.private.clone(),
            provider_meta: None,
            planned_identity: plan.identity.clone(),
        };
        let answer = rpc(self.client.apply_resource_change(request).await)?;
        if answer.legacy_type_system {
            return broken(Rule::PlanLegacyTypeSystem, name);
        }
        let value = self.typed(&name, Rule::AppliedType, answer.new_state.as_ref())?;
        if let Err(stop) = self.heed(answer.diagnostics) {
            found(rules::write_only_null(&self.kind(&name).attrs, &value))?;
            match (thing.state.take(), value.is_null()) {
                // Nothing was created, or the existing object is unchanged.
                (prior, true) => thing.state = prior,
                (prior, false) => {
                    let identity = self.identity(&name, answer.new_identity.as_ref(), true)?;
                    thing.state = Some(self.stored(&name, value, answer.private, identity, prior.is_none()));
                }
            }
            return Err(stop);
        }
        if value.is_null() {
            return broken(Rule::AppliedNotNull, "root object was present, but now absent");
        }
        self.storable(&name, &value, Rule::AppliedKnown)?;
        found(rules::compatible(Rule::AppliedAsPlanned, &plan.value, &value))?;
        let identity = self.identity(&name, answer.new_identity.as_ref(), true)?;
        if let Some(prior) = &thing.state
            && prior.identity.is_some()
            && prior.identity != identity
        {
            return broken(Rule::IdentityStays, format!("was {:?}, but now {identity:?}", prior.identity));
        }
        thing.state = Some(self.stored(&name, value, answer.private, identity, false));
        Ok(())
    }

    pub(super) async fn remove(&mut self, thing: &mut Thing, planned_private: Vec<u8>) -> Outcome<()> {
        let (name, state) = (thing.type_name.clone(), thing.state.clone().expect("something to remove"));
        let request = tf::apply_resource_change::Request {
            type_name: name.clone(),
            prior_state: state.value.to_dynamic(),
            planned_state: Val::Null.to_dynamic(),
            config: Val::Null.to_dynamic(),
            planned_private,
            planned_identity: identity_data(state.identity.as_ref()),
            ..Default::default()
        };
        let answer = rpc(self.client.apply_resource_change(request).await)?;
        let value = self.typed(&name, Rule::AppliedType, answer.new_state.as_ref())?;
        self.heed(answer.diagnostics)?;
        if !value.is_null() {
            return broken(Rule::DestroyedIsNull, "Destroying should always produce a null value");
        }
        thing.state = None;
        Ok(())
    }

    /// `terraform destroy`, with the refresh that it starts with.
    pub async fn destroy(&mut self, thing: &mut Thing) -> Outcome<()> {
        if !self.refresh(thing).await? {
            return Ok(());
        }
        self.destroy_unrefreshed(thing).await
    }

    /// `terraform destroy -refresh=false`.
    pub async fn destroy_unrefreshed(&mut self, thing: &mut Thing) -> Outcome<()> {
        let state = thing.state.clone().expect("something to destroy");
        let request = tf::plan_resource_change::Request {
            type_name: thing.type_name.clone(),
            prior_state: state.value.to_dynamic(),
            proposed_new_state: Val::Null.to_dynamic(),
            config: Val::Null.to_dynamic(),
            prior_private: state.private.clone(),
            prior_identity: identity_data(state.identity.as_ref()),
            client_capabilities: Some(self.capabilities),
            ..Default::default()
        };
        let answer = rpc(self.client.plan_resource_change(request).await)?;
        self.heed(answer.diagnostics)?;
        if !self.typed(&thing.type_name, Rule::PlanType, answer.planned_state.as_ref())?.is_null() {
            return broken(Rule::PlanDestroyIsNull, "planned a non-null destroy value");
        }
        self.remove(thing, answer.planned_private).await
    }
}
