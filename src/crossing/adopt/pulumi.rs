//! Converts a stack of Pulumi's dynamic bridge over a provider with the same types: this package replaces the bridge, which is no
//! longer started. The frontend can read the objects that the bridge wrote, so they stay as they are.

use super::{Adopted, Became};
use crate::{engine::Engine, value::Json};
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// The member of a provider's inputs by which the bridge recognises itself.
const BRIDGE: &str = "__internal";

pub(super) fn adopt<C: Send + Sync + 'static>(engine: &Engine<C>, mut document: Json) -> Adopted {
    let mut adopted = Adopted { text: String::new(), moved: Vec::new(), stays: Vec::new(), data_sources: Vec::new() };
    let package = engine.provider();
    let resources = match document.at_mut("deployment/resources") {
        Some(Json::Array(resources)) => resources,
        _ => &mut Vec::new(),
    };
    for resource in resources {
        let Some(source) = bridged(resource.at("inputs")) else { continue };
        let urn = resource.at("urn").as_str().unwrap_or_default().to_owned();
        if !engine.knows(&source) {
            continue;
        }
        if resource.at("type").as_str() != Some(&format!("pulumi:providers:{}", package.name)) {
            adopted.stays.push(format!("{urn}: the package {} has no types of the bridge over {source}", package.name));
            continue;
        }
        for side in ["inputs", "outputs"] {
            if let Some(properties) = resource.at_mut(side) {
                properties.remove(BRIDGE);
                properties.put("version", package.version.into());
            }
        }
        let is = format!("the package {} {}", package.name, package.version);
        adopted.moved.push(Became { was: urn, is, notes: Vec::new(), warnings: Vec::new() });
    }
    adopted.text = format!("{document}\n");
    adopted
}

/// The address of the bridged provider in these inputs.
fn bridged(inputs: &Json) -> Option<String> {
    let parameters = BASE64_STANDARD.decode(inputs.at(BRIDGE).at("parameterization").as_str()?).ok()?;
    Json::parse(parameters).ok()?.at("remote/url").as_str().map(str::to_owned)
}
