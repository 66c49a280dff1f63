//! The exports: deterministic, complete, and equal to the files in the repository.

use janiform::{
    engine::Engine,
    export::{File, Format, check, export},
    ory::ORY,
    schema::{BlockSchema, Kind, Nested},
};
use serde_json::Value as Json;
use std::{
    fs,
    path::{Path, PathBuf},
};

fn exported(format: Format) -> Vec<File> {
    export(&Engine::new(&ORY), format)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every block with its page and its definition in the JSON Schema.
fn blocks(engine: &Engine<janiform::ory::Client>) -> Vec<(String, String, &BlockSchema)> {
    let resources =
        engine.resources().map(|(_, block)| (format!("resources/{}.md", block.name), format!("resource.ory_{}", block.name), block));
    let views =
        engine.data_sources().map(|(_, block)| (format!("data-sources/{}.md", block.name), format!("data.ory_{}", block.name), block));
    std::iter::once(("index.md".to_owned(), "provider".to_owned(), engine.config())).chain(resources).chain(views).collect()
}

pub fn nested(kind: &Kind) -> Option<&'static Nested> {
    match kind {
        Kind::Object(nested) => Some(nested),
        Kind::List(of) | Kind::Map(of) => nested(of),
        _ => None,
    }
}

/// The toy provider has a call of each shape.
#[test]
fn calls_are_exported_too() {
    let of = |format| export(&Engine::new(&crate::toy::TOY), format);
    let pages = of(Format::Markdown);
    let page = |path: &str| &pages.iter().find(|page| page.path == path).unwrap_or_else(|| panic!("no {path}")).content;
    assert!(page("ephemeral-resources/token.md").contains("# toy_token (Ephemeral Resource)\n"));
    assert!(page("ephemeral-resources/token.md").contains("- `token` (String, Sensitive) The token."));
    assert!(page("list-resources/thing.md").contains("- `region` (String) Only those that are kept there."));
    assert!(page("actions/ring.md").contains("- `code` (String, Sensitive, [Write-only]("));
    let shout = page("functions/shout.md");
    assert!(shout.contains("shout(text string, times number, and_then string...) string"), "{shout}");
    assert!(shout.contains("\n1. `text` (String) What to say.\n2. `times` (Number) How often."), "{shout}");
    let json: Json = serde_json::from_str(&of(Format::JsonSchema)[0].content).unwrap();
    let names = ["ephemeral.toy_token", "list.toy_thing", "action.toy_ring"];
    names.iter().for_each(|name| assert!(json["$defs"][name]["properties"].is_object(), "{name}"));
    let shout = &json["$defs"]["function.shout"];
    assert_eq!(
        (&shout["prefixItems"][0]["type"], &shout["items"]["type"], &shout["minItems"]),
        (&"string".into(), &"string".into(), &2.into())
    );
    assert_eq!(json["$defs"]["function.measure"]["items"], false);
    let terraform: Json = serde_json::from_str(&of(Format::Terraform)[0].content).unwrap();
    let schemas = &terraform["provider_schemas"]["registry.terraform.io/janiform/toy"];
    assert_eq!(schemas["action_schemas"]["toy_ring"]["block"]["attributes"]["times"]["optional"], true);
    assert!(schemas["action_schemas"]["toy_ring"].get("version").is_none(), "of actions there are none");
    assert_eq!(
        schemas["list_resource_schemas"]["toy_thing"]["block"]["attributes"]["names"]["type"],
        serde_json::json!(["list", "string"])
    );
    assert_eq!(schemas["ephemeral_resource_schemas"]["toy_token"]["block"]["attributes"]["token"]["sensitive"], true);
    let shout = &schemas["functions"]["shout"];
    assert_eq!((&shout["return_type"], &shout["parameters"][1]["is_nullable"]), (&"string".into(), &true.into()));
    assert_eq!(shout["variadic_parameter"]["name"], "and_then");
}

#[test]
fn an_export_is_the_same_every_time() {
    for format in Format::ALL {
        assert_eq!(exported(format), exported(format), "{format:?}");
    }
}

#[test]
fn checked_in_exports_match_the_tables() {
    for (dir, format) in
        [("docs", Format::Markdown), ("sdk-schema", Format::JsonSchema), ("sdk-schema", Format::Terraform), ("sdk-schema", Format::Pulumi)]
    {
        let wrong = check(&root().join(dir), &exported(format));
        assert!(wrong.is_empty(), "{dir}: {wrong:#?}\nregenerate with `janiform schema export --format … --out {dir}`");
    }
}

#[test]
fn every_attribute_has_its_line_on_its_page() {
    let (engine, pages) = (Engine::new(&ORY), exported(Format::Markdown));
    for (path, _, block) in blocks(&engine) {
        let page = pages.iter().find(|page| page.path == path).unwrap_or_else(|| panic!("{path} is missing"));
        for field in &block.fields {
            let lines = page.content.lines().filter(|line| line.starts_with(&format!("- `{}` (", field.name()))).count();
            assert!(lines >= 1, "{path} does not document {}", field.name());
            for inner in field.attr.and_then(|attr| nested(&attr.kind)).into_iter().flat_map(|nested| nested.table.attrs()) {
                let anchor = format!("<a id=\"nestedatt--{}\"></a>", field.name());
                let section = page.content.split_once(&anchor).unwrap_or_else(|| panic!("{path} has no section for {}", field.name())).1;
                assert!(section.contains(&format!("- `{}` (", inner.name)), "{path} does not document {}.{}", field.name(), inner.name);
            }
        }
    }
}

#[test]
fn secrets_and_defaults_are_marked() {
    let pages = exported(Format::Markdown);
    let line = |path: &str, name: &str| {
        let page = pages.iter().find(|page| page.path == path).unwrap();
        page.content.lines().find(|line| line.starts_with(&format!("- `{name}` ("))).unwrap().to_owned()
    };
    assert!(line("resources/oauth2_client.md", "client_secret").contains("(String, Sensitive)"));
    assert!(line("resources/oauth2_client.md", "client_secret_wo").contains("(String, Sensitive, [Write-only]("));
    assert!(line("resources/oauth2_client.md", "token_endpoint_auth_method").contains("Default: `client_secret_post`."));
    assert!(line("resources/oauth2_client.md", "client_id").contains("A change replaces the object."));
    assert!(line("index.md", "hydra_admin_url").contains("`ORY_HYDRA_ADMIN_URL`"));
    let view = &pages.iter().find(|page| page.path == "data-sources/oauth2_client.md").unwrap().content;
    assert!(!view.contains("client_secret") && !view.contains("_wo"), "a data source shows no secret and takes no write-only argument");
}

#[test]
fn pages_have_the_front_matter_that_the_registry_wants() {
    let guides = fs::read_dir(root().join("docs/guides")).unwrap().map(|guide| {
        let guide = guide.unwrap().path();
        (format!("guides/{}", guide.file_name().unwrap().display()), fs::read_to_string(&guide).unwrap())
    });
    let pages = exported(Format::Markdown).into_iter().map(|page| (page.path, page.content));
    for (path, content) in pages.chain(guides) {
        let front = content
            .strip_prefix("---\n")
            .and_then(|rest| rest.split_once("\n---\n"))
            .unwrap_or_else(|| panic!("{path} has no front matter"))
            .0;
        assert!(path.ends_with(".md") && content.len() < 500_000, "{path}");
        assert!(front.lines().any(|line| line.starts_with("page_title: \"")), "{path} has no title");
        assert!(front.contains("description: |-\n  "), "{path} has no description");
        assert!(!front.contains("layout:") && !front.contains("sidebar_current:"), "{path}");
        assert_eq!(front.contains("subcategory:"), path != "index.md" && !path.starts_with("guides/"), "{path}");
    }
}

#[test]
fn every_example_is_on_a_page() {
    let pages: String = exported(Format::Markdown).into_iter().map(|page| page.content).collect();
    let examples = root().join("examples/terraform");
    let dirs = [
        "provider",
        "provider-ory-network",
        "resources/ory_action",
        "resources/ory_api_key",
        "resources/ory_custom_domain",
        "resources/ory_email_template",
        "resources/ory_event_stream",
        "resources/ory_identity",
        "resources/ory_identity_schema",
        "resources/ory_imported_api_key",
        "resources/ory_json_web_key_set",
        "resources/ory_oauth2_client",
        "resources/ory_oidc_dynamic_client",
        "resources/ory_onboarding_portal_link",
        "resources/ory_organization",
        "resources/ory_permission_namespaces",
        "resources/ory_project",
        "resources/ory_project_api_key",
        "resources/ory_project_config",
        "resources/ory_project_raw_config",
        "resources/ory_relationship",
        "resources/ory_relationships",
        "resources/ory_saml_provider",
        "resources/ory_scim_client",
        "resources/ory_social_provider",
        "resources/ory_trusted_oauth2_jwt_grant_issuer",
        "resources/ory_workspace",
        "resources/ory_workspace_api_key",
        "data-sources/ory_api_key",
        "data-sources/ory_api_key_jwks",
        "data-sources/ory_api_key_verification",
        "data-sources/ory_api_keys",
        "data-sources/ory_custom_domains",
        "data-sources/ory_event_streams",
        "data-sources/ory_identities",
        "data-sources/ory_identity_by_identifier",
        "data-sources/ory_identity",
        "data-sources/ory_identity_schema",
        "data-sources/ory_identity_schemas",
        "data-sources/ory_imported_api_key",
        "data-sources/ory_imported_api_keys",
        "data-sources/ory_json_web_key_set",
        "data-sources/ory_oauth2_client",
        "data-sources/ory_oauth2_clients",
        "data-sources/ory_oidc_dynamic_client",
        "data-sources/ory_onboarding_portal_links",
        "data-sources/ory_opl_validation",
        "data-sources/ory_organization",
        "data-sources/ory_organizations",
        "data-sources/ory_permission_check",
        "data-sources/ory_permission_checks",
        "data-sources/ory_permission_expand",
        "data-sources/ory_project",
        "data-sources/ory_project_api_keys",
        "data-sources/ory_project_config",
        "data-sources/ory_project_members",
        "data-sources/ory_projects",
        "data-sources/ory_relationship",
        "data-sources/ory_relationship_namespaces",
        "data-sources/ory_relationships",
        "data-sources/ory_trusted_oauth2_jwt_grant_issuer",
        "data-sources/ory_workspace",
        "data-sources/ory_workspace_api_keys",
        "data-sources/ory_workspaces",
    ];
    // Those of calls are named where they are run.
    let calls = ["functions", "ephemeral-resources", "list-resources", "actions"].into_iter().flat_map(|kind| {
        fs::read_dir(examples.join(kind)).unwrap().map(move |dir| format!("{kind}/{}", dir.unwrap().file_name().to_str().unwrap()))
    });
    let listed = dirs.iter().filter(|dir| dir.contains('/')).count();
    let there = ["resources", "data-sources"].map(|kind| fs::read_dir(examples.join(kind)).unwrap().count());
    assert_eq!(there.iter().sum::<usize>(), listed, "name the new directory here");
    for dir in dirs.iter().map(|dir| (*dir).to_owned()).chain(calls) {
        for file in fs::read_dir(examples.join(&dir)).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
            let text = fs::read_to_string(&file).unwrap();
            assert!(pages.contains(text.trim()), "{} is on no page: build.rs does not find it", file.display());
        }
    }
}

#[test]
fn every_attribute_is_in_the_json_schema_and_its_references_lead_somewhere() {
    let engine = Engine::new(&ORY);
    let document: Json = serde_json::from_str(&exported(Format::JsonSchema)[0].content).unwrap();
    for (_, definition, block) in blocks(&engine) {
        let definition = &document["$defs"][definition];
        let properties = definition["properties"].as_object().unwrap();
        assert_eq!(properties.len(), block.fields.len());
        for field in &block.fields {
            let property = &properties[field.name()];
            assert!(property["description"].as_str().is_some_and(|text| !text.is_empty()), "{}", field.name());
            let required = definition["required"].as_array().is_some_and(|names| names.contains(&field.name().into()));
            assert_eq!((required, property["readOnly"] == true), (field.required(), !field.configurable()), "{}", field.name());
            assert_eq!(property["writeOnly"] == true, field.attr.is_some_and(|attr| attr.write_only), "{}", field.name());
        }
    }
    let mut references = Vec::new();
    collect_references(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let name = reference.strip_prefix("#/$defs/").unwrap();
        assert!(document["$defs"][name].is_object(), "{reference}");
    }
}

fn collect_references(json: &Json, found: &mut Vec<String>) {
    match json {
        Json::Object(members) => {
            found.extend(members.get("$ref").and_then(Json::as_str).map(str::to_owned));
            members.values().for_each(|member| collect_references(member, found));
        }
        Json::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        _ => {}
    }
}

#[test]
fn the_check_finds_missing_changed_and_stale_pages_and_ignores_handwritten_ones() {
    let dir = tempfile::tempdir().unwrap();
    let files = exported(Format::Markdown);
    write(dir.path(), &files);
    fs::create_dir_all(dir.path().join("guides")).unwrap();
    fs::write(dir.path().join("guides/by-hand.md"), "---\npage_title: \"By hand\"\n---\n").unwrap();
    assert_eq!(check(dir.path(), &files), Vec::<String>::new());

    fs::remove_file(dir.path().join("index.md")).unwrap();
    fs::write(dir.path().join("resources/oauth2_client.md"), "edited").unwrap();
    fs::copy(dir.path().join("data-sources/oauth2_client.md"), dir.path().join("data-sources/gone.md")).unwrap();
    assert_eq!(check(dir.path(), &files), ["index.md is missing", "resources/oauth2_client.md differs", "data-sources/gone.md is stale"]);
}

fn write(dir: &Path, files: &[File]) {
    for file in files {
        let path = dir.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.content).unwrap();
    }
}
