//! Links have targets, pages can be found, names are spelled correctly.

use crate::support::pages::{self, Page};
use std::{collections::BTreeSet, path::Path};

/// The page without what is code.
fn prose(page: &Page) -> String {
    let mut fenced = false;
    let mut prose = String::new();
    for line in page.text.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    prose
}

fn targets(prose: &str) -> impl Iterator<Item = &str> {
    let markdown = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let html = prose.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    markdown.chain(html)
}

/// What GitHub and the Registry make of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn anchors(page: &Page) -> BTreeSet<String> {
    let text = prose(page);
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| anchor(line.trim_start_matches('#').trim()));
    let named = text.split("<a id=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
    headings.chain(named).collect()
}

#[test]
fn links_lead_to_files_and_headings() {
    let mut seen = 0;
    for page in pages::all() {
        for target in targets(&prose(&page)).filter(|target| !target.contains("://") && !target.starts_with("mailto:")) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = match file {
                "" => page.path.clone(),
                file => Path::new(&page.path).parent().unwrap().join(file).to_string_lossy().into_owned(),
            };
            let there = Path::new(env!("CARGO_MANIFEST_DIR")).join(&path);
            assert!(there.exists(), "{} links to {target}", page.path);
            assert!(
                heading.is_empty() || anchors(&super::page(&path)).contains(heading),
                "{} links to {target}: no such heading",
                page.path
            );
            seen += 1;
        }
    }
    assert!(seen > 50, "the links were not found: {seen}");
}

#[test]
fn every_page_is_found_from_the_first() {
    let all: BTreeSet<_> = pages::all().into_iter().map(|page| page.path).collect();
    let mut reached = BTreeSet::from(["README.md".to_owned()]);
    let mut open: Vec<String> = reached.iter().cloned().collect();
    while let Some(path) = open.pop() {
        let page = super::page(&path);
        for target in targets(&prose(&page)).filter(|target| !target.contains("://")) {
            let file = target.split('#').next().unwrap_or_default();
            let mut parts: Vec<&str> = path.split('/').collect();
            parts.pop();
            for part in file.split('/') {
                match part {
                    ".." => drop(parts.pop()),
                    "." | "" => {}
                    part => parts.push(part),
                }
            }
            let next = parts.join("/");
            // A link to a directory shows what is in it.
            for found in all.iter().filter(|page| **page == next || page.starts_with(&format!("{next}/")) && !next.is_empty()) {
                if reached.insert(found.clone()) {
                    open.push(found.clone());
                }
            }
        }
    }
    // What GitHub itself puts before people.
    let lost: Vec<_> = all.difference(&reached).filter(|path| !path.starts_with(".github/")).collect();
    assert!(lost.is_empty(), "nothing links to {lost:?}");
}

#[test]
fn names_are_spelt_as_their_owners_do() {
    const WRONG: &[&str] = &[
        "ory Network",
        "Ory network",
        "Open Tofu",
        "Opentofu",
        "TerraForm",
        "Github",
        "Javascript",
        "Typescript",
        "OAuth2.0",
        "OAuth 2 ",
        "Oauth 2",
        "OpenId",
        "Json ",
        "Yaml ",
        "Sqlite",
        "Sql ",
        "Macos",
        "rust-lang's",
    ];
    for page in pages::all() {
        let prose = prose(&page);
        for wrong in WRONG {
            assert!(!prose.contains(wrong), "{} says `{}`", page.path, wrong.trim());
        }
        // A tool's name begins a sentence or stands in one; small letters are its command's, which is code.
        let sentences: String = prose.lines().filter(|line| !line.starts_with(['|', ' ', '<'])).map(|line| format!("{line}\n")).collect();
        let code_out: String = sentences.split('`').step_by(2).collect();
        for word in code_out.split(|c: char| !c.is_alphanumeric() && c != '/' && c != '.' && c != '-' && c != '_' && c != ':') {
            assert!(!["terraform", "pulumi", "opentofu", "kratos", "hydra", "keto", "janiform"].contains(&word), "{}: {word}", page.path);
        }
    }
}
