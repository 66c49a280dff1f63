//! The programs that the package schema shows: each equals its source, is valid in its language, and runs.

use crate::harness::{
    Scratch, process,
    pulumi::Pulumi,
    repository, required, sdks,
    server::{Ory, Place},
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

/// The text of every file of `examples/pulumi`, by its path there.
fn shown() -> BTreeMap<String, String> {
    below(&repository("examples/pulumi"))
}

fn below(root: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut dirs = vec![root.to_owned()];
    while let Some(dir) = dirs.pop() {
        for path in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                dirs.push(path);
            } else if path.parent() != Some(root) {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// Those of one language, each in a directory of its own.
fn written_to(scratch: &Scratch, file: &str) -> Vec<String> {
    let programs: Vec<_> = shown().into_iter().filter(|(name, _)| name.ends_with(file)).collect();
    programs.iter().for_each(|(name, text)| scratch.write(name, text));
    programs.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn are_generated_from_their_sources() {
    let scratch = Scratch::new();
    let mut command = Command::new(required("JANIFORM_SDK_GEN"));
    command.arg("programs").args([repository("sdk-schema/pulumi.json"), repository("examples/pulumi")]).arg(scratch.path());
    process::run(&mut command).ok();
    let mut shown = shown();
    shown.retain(|name, _| !name.ends_with("program.pp"));
    let made = below(scratch.path());
    assert_eq!(shown.keys().collect::<Vec<_>>(), made.keys().collect::<Vec<_>>());
    for (name, text) in &made {
        assert_eq!(shown[name], *text, "{name} differs: scripts/sdks --examples");
    }
}

#[test]
fn exist_for_every_resource_and_function() {
    let schema: serde_json::Value = serde_json::from_str(&fs::read_to_string(repository("sdk-schema/pulumi.json")).unwrap()).unwrap();
    for part in ["resources", "functions"] {
        for (token, described) in schema[part].as_object().unwrap() {
            let text = described["description"].as_str().unwrap();
            for language in ["typescript", "python", "go", "csharp", "yaml"] {
                assert_eq!(text.matches(&format!("\n```{language}\n")).count(), 1, "{token} in {language}");
            }
        }
    }
}

#[test]
fn are_right_in_typescript() {
    let scratch = Scratch::new();
    written_to(&scratch, "index.ts");
    let options = r#"{"compilerOptions": {"strict": true, "noEmit": true, "skipLibCheck": true, "target": "ES2020", "module": "node16", "moduleResolution": "node16", "types": ["node"]}, "include": ["*/*/index.ts"]}"#;
    scratch.write("tsconfig.json", options);
    sdks::compile_typescript(scratch.path());
}

#[test]
fn are_right_in_python() {
    let scratch = Scratch::new();
    // A module has one name only, and these are all called __main__.
    let files = written_to(&scratch, "__main__.py").into_iter().map(|name| {
        let renamed = name.replace("/__main__", "").replace('/', "_");
        fs::rename(scratch.join(name), scratch.join(&renamed)).unwrap();
        renamed
    });
    sdks::check_python(scratch.path(), &files.collect::<Vec<_>>());
}

#[test]
fn are_right_in_go() {
    let scratch = Scratch::new();
    written_to(&scratch, "main.go");
    sdks::go(scratch.path(), &["vet", "./..."]);
}

/// The resources first: the functions look up what those made.
#[test]
fn run() {
    let ory = Ory::start(Place::Emulator);
    // What is in a project and does not say in which is in this one; one for development has no organizations.
    let body = json!({ "name": "of the programs", "environment": "stage" });
    let project = ory.hydra.ask_console("POST", "/projects", Some(&body)).expect(201);
    let programs: Vec<_> = shown().into_iter().filter(|(name, _)| name.ends_with("Main.yaml")).collect();
    let stack = |kind: &str, asks: bool| {
        let mut pulumi = Pulumi::new("");
        ory.environment().into_iter().for_each(|(name, url)| pulumi.set_env(name, url));
        pulumi.set_env("ORY_PROJECT_ID", project["id"].as_str().unwrap());
        let texts = programs.iter().filter(|(name, text)| name.starts_with(kind) && text.contains("fn::invoke") == asks);
        let texts: Vec<_> = texts.map(|(_, text)| text.as_str()).collect();
        pulumi.program(&format!("name: shown\nruntime: yaml\n{}", together(&texts)));
        pulumi.init();
        pulumi
    };
    // Some ask for what the others make.
    let resources = [false, true].map(|asks| {
        let resources = stack("resources/", asks);
        resources.run(&["up", "--yes", "--skip-preview"]).ok();
        resources.is_settled();
        resources
    });
    let functions = stack("functions/", true);
    functions.run(&["up", "--yes", "--skip-preview"]).ok();
    functions.run(&["stack", "output", "annMayView"]).ok().says(&["true"]);
    functions.destroy();
    resources.iter().for_each(|stack| drop(stack.destroy()));
    assert_eq!(ory.hydra.clients(), Vec::<serde_json::Value>::new());
}

/// Programs in YAML as one. A name that several have gets the number of its program.
fn together(programs: &[&str]) -> String {
    let mut sections = ["configuration", "variables", "resources", "outputs"].map(|section| (section, String::new()));
    let mut taken = BTreeSet::new();
    for (number, program) in programs.iter().enumerate() {
        let mut text = (*program).to_owned();
        let mut section = "";
        for line in program.lines() {
            if let Some(name) = line.strip_suffix(':').filter(|name| !name.starts_with(' ')) {
                section = name;
            }
            let named =
                line.strip_prefix("  ").filter(|rest| rest.starts_with(|c: char| c.is_alphabetic())).and_then(|rest| rest.split_once(':'));
            let Some((name, _)) = named else { continue };
            // Outputs have a room of their own; variables and resources share one.
            if taken.insert((section == "outputs", name.to_owned())) {
                continue;
            }
            let other = format!("{name}{number}");
            text = text.replace(&format!("\n  {name}:"), &format!("\n  {other}:"));
            for end in ["}", ".", "["] {
                text = text.replace(&format!("${{{name}{end}"), &format!("${{{other}{end}"));
            }
        }
        let mut at = None;
        for line in text.lines() {
            match sections.iter().position(|(section, _)| line.strip_suffix(':') == Some(section)) {
                Some(found) => at = Some(found),
                None => sections[at.expect("a section comes first")].1 += &format!("{line}\n"),
            }
        }
    }
    sections.iter().filter(|(_, lines)| !lines.is_empty()).map(|(section, lines)| format!("{section}:\n{lines}")).collect()
}
