//! The invariants that can be checked by reading the sources: layers, words, sizes, streams, and that nothing is
//! unused.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// A source file: its path from the repository's root, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The lines that are code, with their numbers: what comments say is for people.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(number, line)| (number + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Where code holds any of these.
    fn places(&self, words: &[&str]) -> Vec<String> {
        self.code()
            .filter(|(_, line)| words.iter().any(|word| line.contains(word)))
            .map(|(number, _)| format!("{}:{number}", self.path))
            .collect()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(dir: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(dir)];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display())) {
            let entry = entry.unwrap();
            let name = entry.file_name();
            // What tools leave behind in an example is not ours.
            if ["node_modules", "venv", "bin", "target"].iter().any(|left| name == *left) || name.to_string_lossy().starts_with('.') {
                continue;
            }
            match entry.file_type().unwrap() {
                kind if kind.is_dir() => open.push(entry.path()),
                kind if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

fn sources(dirs: &[&str]) -> Vec<Source> {
    let paths = dirs.iter().flat_map(|dir| files(dir)).filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let read = |path: PathBuf| Source {
        path: path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(),
        text: fs::read_to_string(path).unwrap(),
    };
    let found: Vec<_> = paths.map(read).collect();
    assert!(!found.is_empty());
    found
}

/// The modules of this crate that a text uses: what follows `crate::`, also in braces.
fn uses(code: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let word = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        let Some(group) = rest.strip_prefix('{') else {
            found.insert(&rest[..word(rest)]);
            continue;
        };
        let (mut depth, mut starts) = (0, true);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => starts = true,
                c if c.is_alphanumeric() && depth == 0 && starts => {
                    found.insert(&group[at..at + word(&group[at..])]);
                    starts = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn calls_go_down_only() {
    // What a module of the crate may use; the others may use anything.
    let layers: &[(&str, &[&str])] = &[
        ("value", &["value"]),
        ("schema", &["schema", "value"]),
        ("engine", &["engine", "schema", "value"]),
        ("rest", &["rest", "engine", "schema", "value"]),
        ("frontends", &["frontends", "engine", "schema", "value"]),
        ("crossing", &["crossing", "export", "frontends", "engine", "schema", "value"]),
        ("opl", &["opl"]),
        ("ory", &["ory", "opl", "regexp", "rest", "engine", "schema", "value"]),
        // What the others are tested against must not be made of them.
        ("emulator", &["emulator", "opl", "regexp", "value"]),
        ("export", &["export", "frontends", "engine", "schema", "value"]),
    ];
    for (module, allowed) in layers {
        for source in sources(&[&format!("src/{module}")]) {
            let code: String = source.code().map(|(_, line)| format!("{line}\n")).collect();
            for used in uses(&code) {
                assert!(allowed.contains(&used), "{} uses crate::{used}: {module} may use {allowed:?}", source.path);
            }
        }
    }
}

#[test]
fn the_reader_of_uses_reads() {
    let code = "use crate::{a::{b, c}, d, e::f};\nuse crate::g;\nlet x = crate::h::i();";
    assert_eq!(uses(code), BTreeSet::from(["a", "d", "e", "g", "h"]));
}

/// What follows the word `use` in a text, but for its own tests: paths with their braces opened.
fn imports(text: &str) -> Vec<Vec<String>> {
    fn open(path: &str, found: &mut Vec<Vec<String>>) {
        let Some((before, group)) = path.split_once('{') else {
            found.push(path.split("::").map(|step| step.split(" as ").next().unwrap_or_default().trim().to_owned()).collect());
            return;
        };
        let (mut depth, mut from) = (0, 0);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' | ',' if depth == 0 => {
                    if !group[from..at].trim().is_empty() {
                        open(&format!("{before}{}", group[from..at].trim()), found);
                    }
                    from = at + 1;
                }
                '}' => depth -= 1,
                _ => {}
            }
        }
    }
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at].rsplit('\n').next().unwrap_or_default();
        if before.is_empty() || before.starts_with("pub") {
            open(code[at + 4..].split(';').next().unwrap_or_default(), &mut found);
        }
    }
    found
}

/// The files that use each other in a circle, or stand between two circles: of each, those of them that it uses. That a module
/// offers what its children have is none.
fn circles(sources: &[Source]) -> Vec<(String, Vec<String>)> {
    let module = |path: &str| {
        let path = path.trim_start_matches("src/").trim_end_matches(".rs");
        path.split('/').filter(|step| !["mod", "lib"].contains(step)).map(str::to_owned).collect::<Vec<_>>()
    };
    let modules: Vec<_> = sources.iter().map(|source| module(&source.path)).collect();
    let mut uses: Vec<BTreeSet<usize>> = Vec::new();
    for (source, own) in sources.iter().zip(&modules) {
        let used = imports(&source.text).into_iter().filter_map(|path| {
            let ups = path.iter().take_while(|step| *step == "super").count();
            let mut at = match path[0].as_str() {
                "crate" => path[1..].to_vec(),
                "super" => [&own[..own.len().checked_sub(ups)?], &path[ups..]].concat(),
                _ => return None,
            };
            loop {
                match modules.iter().position(|module| *module == at) {
                    Some(found) => return (at != *own).then_some(found),
                    None => at.pop()?,
                };
            }
        });
        uses.push(used.collect());
    }
    let mut left: BTreeSet<usize> = (0..sources.len()).collect();
    loop {
        let is_end = |file: &usize| uses[*file].is_disjoint(&left) || !left.iter().any(|other| uses[*other].contains(file));
        let ends: BTreeSet<usize> = left.iter().copied().filter(is_end).collect();
        if ends.is_empty() {
            break;
        }
        left.retain(|file| !ends.contains(file));
    }
    let path = |file: &usize| sources[*file].path.clone();
    left.iter().map(|file| (path(file), uses[*file].intersection(&left).map(path).collect())).collect()
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    assert_eq!(circles(&sources(&["src"])), []);
}

#[test]
fn the_reader_of_circles_reads() {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let sources = [
        source("src/a/mod.rs", "mod b;\npub use b::B;"),
        source("src/a/b.rs", "use crate::{\n    c::{C, D as E},\n    d,\n};"),
        source("src/c.rs", "pub(crate) use super::d::D;"),
        source("src/d/mod.rs", "use super::a::b::B;\nuse std::fmt;"),
    ];
    let found = circles(&sources);
    assert_eq!(found.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["src/a/b.rs", "src/c.rs", "src/d/mod.rs"]);
    assert_eq!(found[1].1, ["src/d/mod.rs"]);
}

#[test]
fn each_protocol_is_known_in_one_face() {
    for source in sources(&["src"]) {
        let terraform = source.path.starts_with("src/frontends/terraform");
        let pulumi = source.path.starts_with("src/frontends/pulumi");
        if !terraform {
            assert_eq!(source.places(&["tfplugin6", "goplugin"]), [""; 0]);
        }
        if !pulumi {
            assert_eq!(source.places(&["pulumirpc"]), [""; 0]);
        }
        if !terraform && !pulumi {
            assert_eq!(source.places(&["janiform_proto"]), [""; 0]);
        }
    }
}

#[test]
fn the_neutral_modules_do_not_know_ory() {
    for source in sources(&["src/value", "src/schema", "src/engine", "src/rest", "src/frontends"]) {
        for (number, line) in source.code() {
            for word in line.split(|c: char| !c.is_ascii_alphabetic()) {
                let named = ["ory", "hydra", "kratos", "keto"].iter().any(|name| word.eq_ignore_ascii_case(name));
                assert!(!named, "{}:{number} names {word}", source.path);
            }
        }
    }
}

/// Whoever tests another provider has no Ory in the build.
#[test]
fn the_testing_crate_does_not_know_ory() {
    let sources = sources(&["testing/src", "examples/meilisearch-provider"]);
    for source in &sources {
        let known = ["janiform::ory", "janiform::emulator", "janiform::cli", "janiform::opl", "ory_", "hydra", "kratos"];
        assert_eq!(source.places(&known), [""; 0]);
    }
    // Unit tests would link the library twice.
    for source in self::sources(&["src"]) {
        assert_eq!(source.places(&["janiform_testing"]), [""; 0]);
    }
}

#[test]
fn plans_do_no_io() {
    for name in ["validate", "plan", "spelling", "guard"] {
        for source in sources(&["src/engine"]).iter().filter(|source| source.path == format!("src/engine/{name}.rs")) {
            let outside = ["async ", "std::fs", "std::net", "std::env", "std::time", "tokio", "reqwest", "uuid", "Instant", "SystemTime"];
            assert_eq!(source.places(&outside), [""; 0]);
        }
        assert!(root().join(format!("src/engine/{name}.rs")).is_file());
    }
}

#[test]
fn stdout_is_written_in_one_place_of_a_face() {
    for source in sources(&["src"]) {
        let places = source.places(&["stdout()", "print!(", "println!("]);
        let allowed = match source.path.as_str() {
            "src/frontends/terraform/serve.rs" | "src/frontends/pulumi/serve.rs" => 1,
            path if path.starts_with("src/cli/") => usize::MAX,
            _ => 0,
        };
        assert!(places.len() <= allowed, "{places:?}");
    }
}

/// `[…]` panics where a server answers with another shape than expected. What comes from outside is `value::Json`, which
/// has none; the tree of serde_json, which has one, is for documents of our own making alone.
#[test]
fn json_from_outside_cannot_be_indexed() {
    let own_documents = [
        "src/emulator/hydra/",
        "src/emulator/window/",
        "src/export/",
        "src/frontends/pulumi/mapping.rs",
        "src/frontends/pulumi/schema",
        "src/frontends/terraform/log.rs",
        "src/frontends/terraform/plugin.rs",
        "src/frontends/terraform/schema/",
    ];
    let tested = |source: &Source| source.path.starts_with("examples/") && source.path.contains("/tests/");
    for source in sources(&["src", "examples"]).into_iter().filter(|source| !tested(source)) {
        if !own_documents.iter().any(|own| source.path.starts_with(own)) {
            assert_eq!(source.places(&["serde_json::Value", "serde_json::value", "serde_json::{", "serde_json::json", "json!("]), [""; 0]);
        }
        let code = source.code().take_while(|(_, line)| *line != "#[cfg(test)]");
        for (number, line) in code {
            let indexed = line.match_indices("[\"").any(|(at, _)| line[..at].ends_with(|c: char| c.is_alphanumeric() || "_)]".contains(c)));
            assert!(!indexed, "{}:{number} indexes by a name: {line}", source.path);
        }
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let ours = manifest.split("[dev-dependencies]").next().unwrap();
    // Its features for exact numbers and unparsed values keep names of members for themselves.
    assert!(ours.contains("\nserde_json = \"1\"\n"));
}

#[test]
fn the_environment_is_read_in_one_place() {
    // The provider's settings come from here, through the engine, so that precedence is decided once.
    for source in sources(&["src/value", "src/schema", "src/engine", "src/rest", "src/frontends", "src/ory"]) {
        if source.path != "src/frontends/mod.rs" {
            assert_eq!(source.places(&["env::var", "env::vars"]), [""; 0]);
        }
    }
}

#[test]
fn http_clients_are_made_in_one_place() {
    // Which one takes no proxy, trusts whom and follows nothing is decided there.
    for source in sources(&["src"]) {
        if source.path != "src/rest/http.rs" {
            assert_eq!(source.places(&["reqwest::Client", "reqwest::get", "ClientBuilder"]), [""; 0]);
        }
    }
}

#[test]
fn every_file_states_its_purpose_and_is_short() {
    for source in sources(&["src", "tests", "testing", "proto", "examples"]) {
        assert!(source.text.starts_with("//!"), "{} does not start with what it is", source.path);
        let lines = source.text.lines().count();
        assert!(lines <= 900, "{} has {lines} lines: it holds more than one thing", source.path);
    }
}

#[test]
fn every_example_is_run_by_a_test() {
    let tests: String = sources(&["tests/it/e2e", "tests/it/export"]).into_iter().map(|source| source.text).collect();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for path in files("examples") {
        if path.extension().is_some_and(|extension| extension == "md") {
            continue;
        }
        let path = path.strip_prefix(root().join("examples")).unwrap();
        let name = path.to_string_lossy();
        // Terraform's are named by their directory below `examples/terraform`.
        let dir = path.parent().unwrap().to_string_lossy().into_owned();
        let names = [name.trim_start_matches("terraform/"), dir.trim_start_matches("terraform/")];
        let run = names.iter().any(|name| !name.is_empty() && tests.contains(&format!("{name}\"")))
            || names.iter().any(|name| !name.is_empty() && tests.contains(&format!("examples/{name}")));
        // One test runs all that is below `examples/pulumi`.
        let run = run || name.starts_with("pulumi/") && tests.contains("\"examples/pulumi\"");
        // A member of the workspace has tests of its own.
        let run = run || name.split_once('/').is_some_and(|(package, _)| manifest.contains(&format!("\"examples/{package}\"")));
        assert!(run, "no test runs examples/{name}");
    }
}

#[test]
fn scripts_can_be_run() {
    for path in files("scripts").into_iter().chain([root().join(".ci/run")]) {
        let text = fs::read_to_string(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(text.starts_with("#!"), mode & 0o111 != 0, "{}: executable or not?", path.display());
    }
    for name in ["demo", "test", "bench", "tools/build", "tools/hydra-serve"] {
        let text = fs::read_to_string(root().join("scripts").join(name)).unwrap_or_else(|error| panic!("scripts/{name}: {error}"));
        assert!(text.starts_with("#!") && text.contains("set -euo pipefail"), "scripts/{name} does not stop at errors");
    }
}

/// What a page says of where things are.
#[test]
fn files_named_in_the_architecture_exist() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let named: BTreeSet<&str> = map.split('`').skip(1).step_by(2).filter(|word| word.contains('/') && !word.contains(' ')).collect();
    assert!(named.len() > 15, "{named:?}");
    for path in named {
        let there = ["", "src"].iter().any(|base| root().join(base).join(path).exists());
        assert!(there, "ARCHITECTURE.md names {path}, which is not there");
    }
}
