//! Every attribute of the official provider and every property of Pulumi's bridge over
//! it exists here with the same name and type (`tests/fixtures/peers`, as those two export them).

use janiform::{engine::Engine, frontends, ory::ORY};
use serde_json::{Map, Value as Json, json};

fn fixture(name: &str) -> Json {
    let path = format!("{}/tests/fixtures/peers/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn members(json: &Json) -> impl Iterator<Item = (&String, &Json)> {
    json.as_object().into_iter().flatten()
}

/// An attribute's type, whichever way it is declared: a configuration cannot tell these apart.
fn kind(attr: &Json) -> Json {
    let nested = &attr["nested_type"];
    if nested.is_null() {
        return attr["type"].clone();
    }
    let object = json!(["object", members(&nested["attributes"]).map(|(name, attr)| (name.clone(), kind(attr))).collect::<Map<_, _>>()]);
    if nested["nesting_mode"] == "single" { object } else { json!([nested["nesting_mode"], object]) }
}

/// Attributes that the official provider has taken out itself since: Ory's account experience has no such settings any more.
const GONE: &[&str] =
    &["account_experience_favicon_url", "account_experience_logo_url", "account_experience_name", "account_experience_stylesheet"];

/// What a configuration for them may say, ours must let it say, and must not ask for more.
fn covers(what: &str, theirs: &Json, ours: &Json) {
    for (name, their) in members(&theirs["block"]["attributes"]).filter(|(name, _)| !GONE.contains(&name.as_str())) {
        let our = &ours["block"]["attributes"][name];
        assert_eq!(kind(our), kind(their), "{what}.{name}");
        let settable = |attr: &Json| attr["optional"] == true || attr["required"] == true;
        assert!(!settable(their) || settable(our), "{what}.{name} can no longer be set");
        assert!(their["sensitive"] != true || our["sensitive"] == true, "{what}.{name} is no longer hidden");
    }
    for (name, our) in members(&ours["block"]["attributes"]) {
        assert!(our["required"] != true || theirs["block"]["attributes"][name]["required"] == true, "{what}.{name} is required now");
    }
    assert_eq!(theirs["version"], ours["version"], "{what}");
}

#[test]
fn every_attribute_of_the_official_provider_exists_here() {
    let theirs = fixture("official-provider-schema.json");
    let ours = frontends::terraform::schema_json(&Engine::new(&ORY));
    let ours = &ours["provider_schemas"]["registry.terraform.io/janiform/ory"];
    covers("provider", &theirs["provider"], &ours["provider"]);
    for kind in ["resource_schemas", "data_source_schemas"] {
        for (name, our) in members(&ours[kind]).filter(|(name, _)| theirs[kind].get(name.as_str()).is_some()) {
            covers(name, &theirs[kind][name], our);
        }
    }
}

/// A property's type and that of its items. An enum is what its values are.
fn bare(schema: &Json, property: &Json) -> (Json, Json) {
    let of = |property: &Json| {
        let property = property["oneOf"].get(0).unwrap_or(property);
        let named = property["$ref"].as_str().and_then(|at| at.strip_prefix("#/types/")).map(|token| token.replace("%2F", "/"));
        match named.map(|token| &schema["types"][token]).filter(|named| named["enum"].is_array()) {
            Some(named) => named["type"].clone(),
            None => property["type"].clone(),
        }
    };
    (of(property), property.get("items").map(of).unwrap_or_default())
}

#[test]
fn every_property_of_the_bridge_is_understood() {
    let theirs = fixture("bridge-schema.json");
    let ours = frontends::pulumi::schema::schema(&Engine::new(&ORY));
    // A stack of the bridge needs no alias: each type has the same token here.
    for kind in ["resources", "functions"] {
        members(&theirs[kind]).for_each(|(token, _)| assert!(ours[kind].get(token).is_some(), "{token}"));
    }
    for (token, our) in members(&ours["resources"]).filter(|(token, _)| theirs["resources"].get(token.as_str()).is_some()) {
        let stays = |name: &&String| GONE.iter().all(|gone| frontends::pulumi::names::camel(gone) != **name);
        for (name, their) in members(&theirs["resources"][token]["inputProperties"]).filter(|(name, _)| stays(name)) {
            let our = &our["inputProperties"][name];
            let (our, their) = (bare(&ours, our), bare(&theirs, their));
            // Of an object, the bridge says the name of its type alone; and each number is one with a fraction.
            let says = |their: &Json, our: Json| match (their.as_str(), our.as_str()) {
                (None, _) => Json::Null,
                (Some("number"), Some("integer")) => their.clone(),
                _ => our,
            };
            assert_eq!((says(&their.0, our.0), says(&their.1, our.1)), their, "{token} {name}");
        }
        for (name, _) in members(&theirs["resources"][token]["properties"]).filter(|(name, _)| stays(name)) {
            let known = our["properties"].get(name).is_some() || our["inputProperties"].get(name).is_some();
            assert!(known || name == "id", "{token} {name}");
        }
    }
    for (token, our) in members(&ours["functions"]).filter(|(token, _)| theirs["functions"].get(token.as_str()).is_some()) {
        for (name, their) in members(&theirs["functions"][token]["inputs"]["properties"]) {
            assert_eq!(our["inputs"]["properties"][name]["type"], their["type"], "{token} {name}");
        }
    }
}
