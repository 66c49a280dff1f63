//! The package schema and the mapping: the properties that tools rely on.

use crate::toy::TOY;
use janiform::{
    engine::Engine,
    frontends::pulumi::{mapping::mapping_json, schema::schema_json},
    ory::ORY,
};
use serde_json::{Value as Json, json};

fn parse(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// Every property of every part, with its path.
fn each_property(schema: &Json, visit: &mut dyn FnMut(&str, &str, &Json)) {
    let mut all = |part: &str, properties: &Json| {
        properties.as_object().into_iter().flatten().for_each(|(name, property)| visit(part, name, property));
    };
    all("config", &schema["config"]["variables"]);
    all("provider", &schema["provider"]["inputProperties"]);
    for (token, resource) in schema["resources"].as_object().unwrap() {
        all(token, &resource["inputProperties"]);
        all(token, &resource["properties"]);
    }
    for (token, function) in schema["functions"].as_object().unwrap() {
        all(token, &function["inputs"]["properties"]);
        all(token, &function["outputs"]["properties"]);
    }
    for (token, nested) in schema["types"].as_object().unwrap() {
        all(token, &nested["properties"]);
    }
}

fn is_sound(schema: &Json) {
    each_property(schema, &mut |part, name, property| {
        assert!(property["description"].as_str().is_some_and(|text| !text.is_empty()), "{part}.{name} has no description");
        let mut of = property;
        while of["$ref"].is_null() && of["type"] == "array" || of["additionalProperties"].is_object() {
            of = if of["type"] == "array" { &of["items"] } else { &of["additionalProperties"] };
        }
        if let Some(token) = of["$ref"].as_str().filter(|to| *to != "pulumi.json#/Any") {
            let token = token.strip_prefix("#/types/").unwrap().replace("%2F", "/");
            assert!(schema["types"][&token].is_object(), "{part}.{name} is of a type {token} that is not there");
        }
        assert!(!part.contains("::") && name != "urn" && name != "pulumi" && name != "version", "{part}.{name}");
    });
    for (token, resource) in schema["resources"].as_object().unwrap() {
        assert!(resource["properties"].get("id").is_none() && resource["inputProperties"].get("id").is_none(), "{token} has an id");
        for (list, of) in [("required", "properties"), ("requiredInputs", "inputProperties")] {
            let names = resource[list].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
            names.for_each(|name| assert!(resource[of].get(name).is_some(), "{token}: {list} names {name}"));
        }
    }
    assert_eq!(schema["config"]["variables"], schema["provider"]["inputProperties"]);
}

#[test]
fn schemas_are_sound_and_always_the_same() {
    let (toy, ory) = (schema_json(&Engine::new(&TOY)), schema_json(&Engine::new(&ORY)));
    assert_eq!(toy, schema_json(&Engine::new(&TOY)));
    assert_eq!(ory, schema_json(&Engine::new(&ORY)));
    is_sound(&parse(&toy));
    is_sound(&parse(&ory));
}

#[test]
fn a_resource_is_described_as_its_table_says() {
    let schema = parse(&schema_json(&Engine::new(&TOY)));
    let thing = &schema["resources"]["toy:index/thing:Thing"];
    assert_eq!(thing["requiredInputs"], json!(["name"]));
    assert_eq!(thing["inputProperties"]["region"]["willReplaceOnChanges"], true);
    assert_eq!(thing["inputProperties"]["tagline"]["deprecationMessage"], "Use `label`.");
    assert_eq!(thing["inputProperties"]["password"]["secret"], true);
    assert!(thing["stateInputs"]["properties"].get("password").is_none(), "nobody knows it of an object that is there");
    assert!(thing["inputProperties"].get("createdAt").is_none() && thing["properties"].get("createdAt").is_some());
    assert_eq!(thing["inputProperties"]["audiences"]["deprecationMessage"], "Use `audience`.", "older programs are checked by it too");
    assert!(thing["properties"].get("audiences").is_none(), "former names are never emitted");
    assert_eq!(thing["properties"]["size"]["type"], "integer");
    assert_eq!(thing["properties"]["weight"]["type"], "number");
    assert_eq!(thing["properties"]["ports"]["items"]["$ref"], "#/types/toy:index%2FThingPort:ThingPort");
    assert_eq!(schema["types"]["toy:index/ThingOwner:ThingOwner"]["properties"]["badge"]["secret"], true);
    assert_eq!(schema["functions"]["toy:index/getThing:getThing"]["inputs"]["properties"]["id"]["type"], "string");
    assert!(schema.get("pluginDownloadURL").is_none(), "only a repository at GitHub has a known place for releases");
    let ory = parse(&schema_json(&Engine::new(&ORY)));
    assert!(ory["pluginDownloadURL"].as_str().unwrap().starts_with("github://api.github.com/"));
}

/// Pulumi's converters of states give up on a resource with an attribute that is no output: so the write-only ones are
/// outputs too, as in bridged packages, though nothing is ever in them.
#[test]
fn every_attribute_is_an_output() {
    fn of<C: Send + Sync + 'static>(engine: &Engine<C>) {
        let (schema, mapping) = (parse(&schema_json(engine)), parse(&mapping_json(engine)));
        for (name, mapped) in mapping["resources"].as_object().unwrap() {
            let described = &schema["resources"][mapped["tok"].as_str().unwrap()];
            for (attr, field) in mapped["fields"].as_object().unwrap().iter().filter(|(attr, _)| *attr != "id") {
                let output = &described["properties"][field["name"].as_str().unwrap()];
                assert!(output.is_object(), "{name}.{attr} is no output");
                let sensitive = &mapping["provider"]["resources"][name][attr]["sensitive"];
                assert_eq!(sensitive.is_null(), output["secret"].is_null(), "{name}.{attr}");
            }
        }
    }
    of(&Engine::new(&TOY));
    of(&Engine::new(&ORY));
}

#[test]
fn values_that_are_listed_are_offered() {
    let schema = parse(&schema_json(&Engine::new(&TOY)));
    let thing = &schema["resources"]["toy:index/thing:Thing"];
    let [method, flavour, grant] = ["Method", "Flavour", "Grant"].map(|name| format!("#/types/toy:index%2FThing{name}:Thing{name}"));
    let inputs = &thing["inputProperties"];
    assert_eq!((&inputs["method"]["$ref"], &inputs["method"]["type"]), (&json!(method), &Json::Null), "a complete list takes nothing else");
    assert_eq!(inputs["flavour"]["oneOf"], json!([{ "type": "string" }, { "$ref": flavour }]));
    assert_eq!(inputs["grants"]["items"]["oneOf"], json!([{ "type": "string" }, { "$ref": grant }]), "of a list, each");
    assert_eq!(thing["properties"]["method"]["type"], "string", "servers may answer with more");
    let values = &schema["types"]["toy:index/ThingMethod:ThingMethod"]["enum"];
    assert_eq!(values[0], json!({ "name": "Basic", "value": "basic" }));
}

#[test]
fn descriptions_show_programs_and_the_import() {
    let schema = parse(&schema_json(&Engine::new(&ORY)));
    let text = schema["resources"]["ory:index/identity:Identity"]["description"].as_str().unwrap();
    let parts = [
        "\n{{% examples %}}\n{{% example %}}\n```typescript\n",
        "\n```\n{{% /example %}}\n{{% /examples %}}\n",
        "$ pulumi import ory:index/identity:Identity ",
    ];
    parts.iter().for_each(|part| assert!(text.contains(part), "no {part} in {text}"));
    let toy = parse(&schema_json(&Engine::new(&TOY)));
    assert!(!toy["resources"]["toy:index/thing:Thing"]["description"].as_str().unwrap().contains("examples"), "none without programs");
}

#[test]
fn every_attribute_is_mapped_by_name() {
    let mapping = parse(&mapping_json(&Engine::new(&TOY)));
    let shapes = &mapping["provider"]["resources"]["toy_thing"];
    let fields = &mapping["resources"]["toy_thing"]["fields"];
    for (name, _) in shapes.as_object().unwrap() {
        assert!(fields[name]["name"].is_string(), "{name} has no name");
    }
    assert_eq!(fields["redirect_uris"], Json::Null);
    assert_eq!(fields["audience"]["name"], "audience", "not in the plural");
    assert_eq!(fields["owner"]["fields"]["desk"]["fields"]["floor"]["name"], "floor");
    assert_eq!(fields["ports"]["element"]["fields"]["number"]["name"], "number");
    assert_eq!(shapes["owner"], json!({ "type": 6, "optional": true, "element": { "resource": shapes["owner"]["element"]["resource"] } }));
    assert_eq!(shapes["tags"]["element"], json!({ "schema": { "type": 4 } }));
    assert_eq!(mapping["dataSources"]["toy_thing"]["tok"], "toy:index/getThing:getThing");
}

/// As `MarshallableProviderShim` of Pulumi's bridge has it: without it, a runtime of Terraform programs takes no variadic function
/// for one. It has no place for the version of a resource's shape, and means the first: no state of another would be converted.
#[test]
fn functions_are_mapped_with_their_signatures() {
    let toy = parse(&mapping_json(&Engine::new(&TOY)));
    let signatures = &toy["provider"]["functions"];
    for (name, mapped) in toy["functions"].as_object().unwrap() {
        assert!(mapped["tok"].is_string() && signatures[name]["parameters"].is_array() && !signatures[name]["return"].is_null(), "{name}");
    }
    let variadic: Vec<_> = signatures.as_object().unwrap().values().filter_map(|of| of.get("variadicParameter")).collect();
    assert!(!variadic.is_empty() && variadic.iter().all(|last| last["name"].is_string() && !last["type"].is_null()), "{variadic:?}");
    let engine = Engine::new(&ORY);
    let ory = parse(&mapping_json(&engine));
    assert_eq!(
        ory["provider"]["functions"]["duration_parse"],
        json!({ "parameters": [{ "name": "duration", "type": "string" }], "return": "number" })
    );
    engine.resources().for_each(|(entry, block)| assert_eq!(block.version(), 0, "{}", entry.resource.name));
}

#[tokio::test]
async fn mappings_are_given_for_terraforms_keys_only() {
    use janiform_proto::pulumirpc::{GetMappingRequest, GetMappingsRequest};
    let (mut host, _, _) = super::toys().await;
    for key in ["terraform", "tf"] {
        for provider in ["", "toy"] {
            let request = GetMappingRequest { key: key.into(), provider: provider.into() };
            let answer = host.client.get_mapping(request).await.unwrap().into_inner();
            assert!(answer.provider == "toy" && serde_json::from_slice::<Json>(&answer.data).is_ok());
        }
        let providers = host.client.get_mappings(GetMappingsRequest { key: key.into() }).await.unwrap().into_inner().providers;
        assert_eq!(providers, ["toy"]);
    }
    for (key, provider) in [("arm", ""), ("terraform", "aws")] {
        let answer = host.client.get_mapping(GetMappingRequest { key: key.into(), provider: provider.into() }).await.unwrap().into_inner();
        assert!(answer.provider.is_empty() && answer.data.is_empty());
    }
    assert!(host.client.get_mappings(GetMappingsRequest { key: "arm".into() }).await.unwrap().into_inner().providers.is_empty());
}
