//! Programs with every kind of resource, and with texts that are hard to escape, are valid in their languages.

use super::everything::{PACKAGE, files};
use crate::harness::{Scratch, process, required, sdks};
use janiform::crossing::program::{Language, Printer};
use std::process::Command;

fn written(language: Language) -> (Scratch, Vec<String>) {
    let scratch = Scratch::new();
    let files = files(Printer { language, package: PACKAGE });
    files.iter().for_each(|file| scratch.write(&file.path, &file.content));
    (scratch, files.into_iter().map(|file| file.path).collect())
}

#[test]
fn hcl_is_as_the_tools_format_it() {
    let (scratch, _) = written(Language::Terraform);
    for tool in ["JANIFORM_TERRAFORM", "JANIFORM_TOFU"] {
        process::run(Command::new(required(tool)).args(["fmt", "-check", "-recursive", "-diff"]).current_dir(scratch.path())).ok();
    }
}

#[test]
fn typescript_compiles() {
    let (scratch, _) = written(Language::TypeScript);
    sdks::compile_typescript(scratch.path());
}

#[test]
fn python_has_the_types_that_it_says() {
    let (scratch, files) = written(Language::Python);
    let sources: Vec<_> = files.into_iter().filter(|path| path.ends_with(".py")).collect();
    sdks::check_python(scratch.path(), &sources);
}

#[test]
fn go_vets() {
    let (scratch, _) = written(Language::Go);
    sdks::go(scratch.path(), &["vet", "./..."]);
}
