//! The page's data besides events: counts, buckets, faults; and its switches.
//!
//! Owns the JSON of both.

use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeSet, time::Duration};

use super::super::console::features::features;
use super::super::faults::{Faults, Mishap};
use super::super::plan::Plan;
use super::super::switches::Switches;
use super::super::{
    Shared,
    limit::{BucketLimit, Level},
};
use super::millis;

/// The maximum delay of requests, in milliseconds.
const LONGEST_WAIT: u64 = 60_000;
/// The maximum number of stale reads.
const MOST_STALE: u64 = 1_000;

/// The current state.
pub fn status(shared: &Shared) -> Json {
    let level = |level: &Level| json!({ "requests": level.rate.requests, "seconds": level.rate.seconds, "used": level.used, "reset": millis(level.reset) });
    let levels = shared.limits.levels();
    let buckets = levels.iter().map(|(name, levels)| json!({ "name": name, "rates": levels.iter().map(level).collect::<Json>() }));
    let counts = shared.store.count_objects().unwrap_or_default();
    json!({
        "now": millis(shared.tally.now()),
        "routes": shared.tally.summary(),
        "buckets": buckets.collect::<Json>(),
        "plan": plan(&levels),
        "faults": faults(&shared.faults.get(), &shared.console.get()),
        "objects": counts.into_iter().map(|(kind, count)| (kind.to_owned(), json!(count))).collect::<Map<_, _>>(),
    })
}

/// The plan with these limits, `none` without limits, and `its own` for others.
fn plan(buckets: &[(String, Vec<Level>)]) -> &'static str {
    let same = |limit: &BucketLimit| {
        let mut own = buckets.iter().filter(|(name, _)| *name == limit.bucket);
        own.any(|(_, levels)| levels.iter().map(|level| level.rate).eq(limit.rates.iter().copied()))
    };
    let is = |plan: Plan| {
        let limits = plan.limits();
        limits.len() == buckets.len() && limits.iter().all(same)
    };
    match Plan::NAMED.iter().find(|(_, plan)| is(*plan)) {
        Some((name, _)) => name,
        None if buckets.is_empty() => "none",
        None => "its own",
    }
}

fn faults(faults: &Faults, console: &Switches) -> Json {
    let shares = Mishap::ALL.iter().zip(faults.shares).map(|(mishap, share)| (mishap.name().to_owned(), json!(share)));
    let told = [
        ("latency", json!(faults.latency.as_millis())),
        ("read_only", json!(faults.read_only)),
        ("gated", json!(!console.without.is_empty())),
        ("quota", json!(console.most_projects.is_some())),
        ("stale_reads", json!(console.stale_reads)),
        ("key_delay", json!(console.key_delay.as_millis())),
    ];
    Json::Object(told.map(|(name, value)| (name.to_owned(), value)).into_iter().chain(shares).collect())
}

/// Sets the switches in the document, such as `{"latency": 200, "lost": 10, "plan": "developer"}`; others stay.
///
/// # Errors
/// What is wrong with the document; then no switch is changed.
pub fn switch(shared: &Shared, document: &Json) -> Result<(), String> {
    let members = document.as_object().ok_or("expected a JSON object")?;
    let (mut faults, mut console) = (shared.faults.get(), shared.console.get());
    let mut limits = None;
    for (name, value) in members {
        let number = |most: u64| {
            let number = value.as_u64().filter(|number| *number <= most);
            number.ok_or_else(|| format!("`{name}` has to be a number from 0 to {most}"))
        };
        if let Some(at) = Mishap::ALL.iter().position(|mishap| mishap.name() == name) {
            faults.shares[at] = u8::try_from(number(100)?).unwrap_or(100);
            continue;
        }
        let flag = || value.as_bool().ok_or(format!("`{name}` has to be true or false"));
        match name.as_str() {
            "gated" => console.without = if flag()? { features().collect() } else { BTreeSet::new() },
            "quota" => console.most_projects = flag()?.then_some(0),
            "stale_reads" => console.stale_reads = u32::try_from(number(MOST_STALE)?).unwrap_or(0),
            "key_delay" => console.key_delay = Duration::from_millis(number(LONGEST_WAIT)?),
            "latency" => faults.latency = Duration::from_millis(number(LONGEST_WAIT)?),
            "read_only" => faults.read_only = flag()?,
            "plan" if *value == json!("none") => limits = Some(Vec::new()),
            "plan" => {
                let plan = Plan::NAMED.iter().find(|(name, _)| *value == *name);
                limits = Some(plan.ok_or("`plan` has to be `none` or a plan of Ory Network, such as `developer`")?.1.limits());
            }
            _ => return Err(format!("there is no switch `{name}`")),
        }
    }
    if faults.shares.iter().map(|share| u32::from(*share)).sum::<u32>() > 100 {
        return Err("the sum of the shares is more than 100".to_owned());
    }
    shared.faults.set(faults);
    shared.console.set(console);
    if let Some(limits) = limits {
        shared.limits.set(&limits);
    }
    Ok(())
}
