//! The list of rate limit buckets, held against the paths in the provider's own sources and against the routes of the emulator, which
//! have their buckets from Ory's API description.

use janiform::{emulator::services::counted, ory::buckets::BUCKETS, rest::pace::Access};
use regex::Regex;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The code of the files that send requests, without comments and unit tests.
fn sources() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ory");
    let (mut open, mut found) = (vec![root.clone()], Vec::<PathBuf>::new());
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    let sends = |path: &PathBuf| {
        !["buckets.rs", "unpublished.rs"].iter().any(|other| path.ends_with(other)) && !path.starts_with(root.join("settings"))
    };
    let code = |path: PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
    };
    found.into_iter().filter(sends).map(code).collect()
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// The paths of requests, in which `*` stands for any one segment.
struct Used {
    /// Those that tables, constants and single requests contain.
    written: BTreeSet<String>,
    /// The same, and with each chain of segments that a request appends to a path.
    all: BTreeSet<String>,
}

impl Used {
    fn has(&self, path: &str) -> bool {
        // A segment of a single request may be a variable with one of several words.
        self.all.contains(path) || self.written.iter().any(|written| fits(written, path))
    }
}

/// Whether the pattern has the path, of which `*` stands for any one segment.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(path).all(|(one, other)| *one == "*" || *one == other)
}

fn used() -> Used {
    let in_table = regex(r#"Rest::new\(\s*&[A-Z_0-9]+,\s*"(/[^"]+)""#);
    let single = regex(r#"(?:Request::new\([^"]*|const [A-Z_0-9]+: &str = |path: |view_of: Some\(|= at!\()"(/[^"]+)""#);
    let appended = regex(r#"((?:\.id\((?:[^()]|\([^()]*\))*\))+)"#);
    let segment = regex(r#"\.id\((?:"([^"]+)"|[^"])"#);
    let revisions = regex(r#"revisions: "([^"]+)""#);
    let in_braces = regex(r"\{[^}]*\}");
    let (mut bases, mut ends) = (BTreeSet::new(), BTreeSet::new());
    for code in sources() {
        let mut add = |path: &str| {
            // The prefix of Ory Talos is written once, in a macro.
            let prefix = if code.contains(&format!("= at!(\"{path}\")")) { "/v2alpha1" } else { "" };
            bases.insert(format!("{prefix}{}", in_braces.replace_all(path, "*")));
        };
        single.captures_iter(&code).chain(in_table.captures_iter(&code)).for_each(|found| add(&found[1]));
        for found in appended.captures_iter(&code) {
            let segments = segment.captures_iter(&found[1]).map(|one| one.get(1).map_or("*", |literal| literal.as_str()).to_owned());
            ends.insert(segments.collect::<Vec<_>>());
        }
        for found in revisions.captures_iter(&code) {
            ends.insert(vec![found[1].to_owned(), "*".to_owned()]);
        }
    }
    // An object of a collection, and what a chain appends to the path of an object.
    let starts: BTreeSet<_> = ends.iter().filter(|end| end[0] != "*").cloned().collect();
    ends.extend(starts.into_iter().map(|end| [vec!["*".to_owned()], end].concat()));
    ends.insert(vec!["*".to_owned()]);
    let whole = bases.iter().flat_map(|base| ends.iter().map(move |end| format!("{base}/{}", end.join("/"))));
    let all = whole.chain(bases.iter().cloned()).collect();
    Used { written: bases, all }
}

/// The bucket of the emulator's route.
fn in_description(access: Access, path: &str) -> Option<&'static str> {
    let method = if access == Access::Read { "GET" } else { "POST" };
    counted(method, &path.replace('*', "x")).map(|counted| counted.bucket)
}

#[test]
fn buckets_have_the_paths_that_the_provider_uses_and_no_others() {
    let used = used();
    assert!(used.has("/admin/clients/*/secrets/rotate") && used.has("/projects/*/revision/*"), "{:?}", used.all);
    let routes: Vec<_> =
        BUCKETS.iter().flat_map(|bucket| bucket.routes.iter().map(|(access, path)| (bucket.name, *access, *path))).collect();
    let unused: Vec<_> = routes.iter().filter(|(_, _, path)| !used.has(path)).collect();
    assert!(unused.is_empty(), "no request of the provider has these paths: {unused:#?}");
    let is_counted = |path: &&String| [Access::Read, Access::Write].iter().any(|access| in_description(*access, path).is_some());
    let missing: Vec<_> = used.all.iter().filter(is_counted).filter(|path| !routes.iter().any(|(_, _, route)| fits(route, path))).collect();
    assert!(missing.is_empty(), "Ory counts these requests, and no bucket has their paths: {missing:#?}");
    let differ = |(name, access, path): &&(&str, Access, &str)| in_description(*access, path).is_some_and(|known| known != *name);
    let wrong: Vec<_> = routes.iter().filter(differ).map(|route| (route, in_description(route.1, route.2))).collect();
    assert!(wrong.is_empty(), "the description has another bucket: {wrong:#?}");
}
