//! Every fenced block is of a known kind, and valid for that kind.

use crate::support::pages::{self, Block, Kind, Order, Page};
use std::{collections::BTreeMap, fs, path::Path, process::Command};

/// Why blocks are not run, and how many are not for this reason.
const NOT_RUN: &[(&str, usize)] = &[
    ("it runs these very tests", 2),
    ("names a project of your own", 1),
    ("names projects of your own", 2),
    ("names servers of your own", 1),
    ("needs a community provider", 1),
    ("needs a container engine", 1),
    ("needs a Meilisearch", 2),
    ("needs Pulumi's dynamic bridge", 1),
    ("needs Pulumi's plugin of a language", 2),
    ("needs a crash", 1),
    ("needs packages from registries", 1),
    ("needs the official provider", 3),
    ("needs a private key of yours", 1),
    ("needs a project with a webhook", 1),
];

fn of(kind: Kind) -> Vec<Block> {
    let written = pages::all().into_iter().filter(|page| !page.is_generated());
    written.flat_map(|page| page.blocks()).filter(|block| block.kind() == kind).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn a_block_that_is_not_run_has_a_reason() {
    let mut counted = BTreeMap::new();
    for block in of(Kind::NotRun) {
        let reason = block.orders.iter().find_map(|order| if let Order::NotRun(reason) = order { Some(reason.clone()) } else { None });
        *counted.entry(reason.unwrap()).or_insert(0) += 1;
    }
    let known: BTreeMap<_, _> = NOT_RUN.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect();
    assert_eq!(counted, known);
}

#[test]
fn every_kind_that_pages_use_is_found() {
    for kind in [Kind::Terraform, Kind::Pulumi, Kind::Shell, Kind::Output, Kind::File, Kind::Manifest, Kind::Rust] {
        assert!(!of(kind).is_empty(), "no page has {kind:?}: is it still read?");
    }
}

/// Output belongs to commands, or nobody compares it.
#[test]
fn output_follows_commands() {
    for page in pages::all().iter().filter(|page| !page.is_generated()) {
        let kinds: Vec<_> = page.blocks().iter().map(|block| (block.at.clone(), block.kind())).collect();
        for pair in kinds.windows(2).filter(|pair| pair[1].1 == Kind::Output) {
            assert!(matches!(pair[0].1, Kind::Shell | Kind::Output), "{} is no output of anything", pair[1].0);
        }
        assert!(kinds.first().is_none_or(|(_, kind)| *kind != Kind::Output), "{}", page.path);
    }
}

#[test]
fn json_is_json() {
    for block in of(Kind::Json).into_iter().chain(of(Kind::File)).filter(|block| block.language == "json") {
        serde_json::from_str::<serde_json::Value>(&block.text).unwrap_or_else(|error| panic!("{}: {error}", block.at));
    }
}

/// Dependencies are those of this crate, in a manifest that Cargo reads.
#[test]
fn manifests_are_read_by_cargo() {
    let own = read("Cargo.toml") + &read("examples/meilisearch-provider/Cargo.toml");
    for block in of(Kind::Manifest) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("src")).unwrap();
        fs::write(dir.path().join("src/lib.rs"), "").unwrap();
        fs::write(dir.path().join("Cargo.toml"), format!("[package]\nname = \"p\"\nversion = \"0.0.0\"\n\n{}", block.text)).unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        let run = cargo.args(["metadata", "--no-deps", "--offline", "--format-version=1"]).current_dir(dir.path()).output().unwrap();
        assert!(run.status.success(), "{}: {}", block.at, String::from_utf8_lossy(&run.stderr));
        for line in block.text.lines().filter(|line| line.contains(" = ") && !line.starts_with("janiform")) {
            let short = line.trim_end_matches([' ', '}']);
            assert!(own.contains(short), "{}: Cargo.toml has not `{line}`", block.at);
        }
    }
}

/// Documentation tests compile and run them.
#[test]
fn rust_is_in_the_documentation() {
    let front = read("src/lib.rs");
    for block in of(Kind::Rust) {
        let page = block.at.split(':').next().unwrap();
        assert!(front.contains(&format!("include_str!(\"../{page}\")")), "{}: src/lib.rs does not include its page", block.at);
    }
}

#[test]
fn quoted_code_is_in_an_example() {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"), Path::new(env!("CARGO_MANIFEST_DIR")).join(".github")];
    let mut texts = String::new();
    while let Some(dir) = open.pop() {
        for path in fs::read_dir(&dir).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            match path.is_dir() && !path.ends_with("node_modules") && !path.ends_with("venv") {
                true => open.push(path),
                false => texts.push_str(&fs::read_to_string(&path).unwrap_or_default()),
            }
        }
    }
    for block in of(Kind::Quoted) {
        assert!(texts.contains(block.text.trim()), "{}: no example has this", block.at);
    }
}

/// What the reference shows are files, which tests run (`house.rs` holds that).
#[test]
fn generated_pages_show_examples() {
    let mut texts = String::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/terraform")];
    while let Some(dir) = open.pop() {
        for path in fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => open.push(path),
                false => texts.push_str(&fs::read_to_string(&path).unwrap_or_default()),
            }
        }
    }
    let mut seen = 0;
    for page in pages::all().iter().filter(|page| page.is_generated()) {
        let blocks = page.blocks();
        assert!(blocks.iter().any(|block| block.language == "terraform"), "{} shows no program", page.path);
        let resource = page.path.starts_with("docs/resources/");
        assert_eq!(resource, page.text.contains("\n## Import\n"), "{}", page.path);
        let introduction = page.text.split("\n---\n").nth(1).and_then(|text| text.split("\n## ").next()).unwrap_or_default();
        assert!(!resource || introduction.trim().split("\n\n").count() > 2, "{} does not say what Ory does with it", page.path);
        // The signature of a function is no program.
        for block in blocks.iter().filter(|block| block.language != "text") {
            assert!(texts.contains(block.text.trim()), "{}: no example has this", block.at);
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn a_block_that_nobody_can_run_is_refused() {
    let block = |language: &str, orders| Block { at: "page:1".into(), language: language.into(), text: String::new(), orders };
    assert!(std::panic::catch_unwind(|| block("fortran", Vec::new()).kind()).is_err());
    assert!(std::panic::catch_unwind(|| block("", Vec::new()).kind()).is_err());
    let page = |text: &str| Page { path: "page".into(), text: text.into() };
    for wrong in ["<!-- test: dance -->\n```sh\n```\n", "<!-- test: not run -->\n```sh\n```\n", "<!-- test: alone -->\ntext\n"] {
        assert!(std::panic::catch_unwind(|| page(wrong).blocks().len()).is_err(), "{wrong}");
    }
    assert_eq!(block("sh", vec![Order::NotRun("why".into())]).kind(), Kind::NotRun);
}
