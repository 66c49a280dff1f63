//! The messages that a page quotes are messages of the program.

use std::{fs, path::Path};

/// The sources, with texts that go on in the next line joined.
fn sources() -> String {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut text = String::new();
    while let Some(dir) = open.pop() {
        for path in fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true if !path.ends_with("emulator") => open.push(path),
                true => {}
                false => text.push_str(&fs::read_to_string(&path).unwrap()),
            }
        }
    }
    text
}

/// Whether one text of the sources has these parts in this order, with something in between.
fn printed(sources: &str, message: &str) -> bool {
    let parts: Vec<_> = message.split('…').filter(|part| !part.trim().is_empty()).collect();
    assert!(!parts.is_empty(), "{message} says nothing");
    sources.split('"').any(|text| {
        let mut rest = Some(text);
        for part in &parts {
            rest = rest.and_then(|rest| Some(rest.split_once(part)?.1));
        }
        // What begins or ends a message begins or ends the text.
        let begins = message.starts_with('…') || text.starts_with(parts[0]);
        rest.is_some_and(|rest| begins && (message.ends_with('…') || rest.is_empty()))
    })
}

#[test]
fn troubleshooting_quotes_real_messages() {
    let sources = sources();
    let page = super::page("docs/guides/troubleshooting.md");
    let quoted: Vec<_> = page.text.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).collect();
    assert!(quoted.len() > 20, "{quoted:?}");
    for message in quoted {
        assert!(printed(&sources, message), "nothing prints `{message}`");
    }
}

#[test]
fn a_changed_message_is_noticed() {
    let sources = "error(\"The tide is high\", format!(\"{} cannot be reached\", name))";
    assert!(printed(sources, "The tide is high") && printed(sources, "… cannot be reached"));
    for wrong in ["The tide", "tide is high", "… cannot be", "cannot be reached", "The … is low"] {
        assert!(!printed(sources, wrong), "{wrong}");
    }
}
