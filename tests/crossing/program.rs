//! Programs in every language. Whether they are right there is for their own checkers to say: `tests/it/e2e/crossing/program.rs`.

use crate::everything::{PACKAGE, everything, files};
use janiform::crossing::program::{Language, Named, Printer, identifier, named};

#[test]
fn every_kind_has_a_file_where_the_language_has_more_than_one() {
    for language in Language::ALL {
        let files = files(Printer { language, package: PACKAGE });
        let kinds = everything().resources.iter().map(|one| one.of.name).collect::<std::collections::BTreeSet<_>>();
        for kind in kinds {
            let path = Printer { language, package: PACKAGE }.file(kind);
            assert_eq!(files.iter().filter(|file| file.path == path).count(), 1, "{path} in {language:?}");
        }
        assert!(files.iter().all(|file| file.content.ends_with('\n') && !file.content.contains('\r')), "{language:?}");
    }
}

#[test]
fn a_program_is_always_written_the_same() {
    for language in Language::ALL {
        let printer = Printer { language, package: PACKAGE };
        assert!(files(printer) == files(printer), "{language:?}");
    }
}

#[test]
fn texts_become_identifiers() {
    for (text, expected) in [
        ("Shop", "shop"),
        ("Bücher & Größe", "bucher_grosse"),
        ("  -- ", ""),
        ("日本", ""),
        ("2fa client", "2fa_client"),
        ("a__b..c", "a_b_c"),
        ("preset://email", "preset_email"),
    ] {
        assert_eq!(identifier(text), expected, "{text}");
    }
    assert!(identifier(&"x".repeat(500)).len() < 64);
}

fn names(objects: &[(&str, &str)]) -> Vec<String> {
    named("client", &["project"], |at| Named { id: objects[at].0, shown: objects[at].1 }, objects.len())
}

#[test]
fn names_are_valid_and_unique() {
    let objects = [
        ("0f1c2d3e-4b5a-4697-8897-a6b5c4d3e2f1", "Shop"),
        ("0f1c2d3e-4b5a-4697-8897-a6b5c4d3e2f2", "shop"),
        ("1f1c2d3e-4b5a-4697-8897-a6b5c4d3e2f1", "shop!"),
        ("a", "2fa"),
        ("b", "日本"),
        ("日本", "日本"),
        ("c", "class"),
        ("d", "project"),
        ("e", "shop 1f1c2d3e"),
    ];
    let made = names(&objects);
    assert_eq!(made.iter().collect::<std::collections::BTreeSet<_>>().len(), objects.len(), "{made:?}");
    for name in &made {
        assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{name}");
        assert!(!["class", "project"].contains(&name.as_str()), "{name}");
    }
    assert_eq!((made[3].as_str(), made[4].as_str()), ("client_2fa", "client_b"));
    // Their order says nothing.
    let mut turned = objects;
    turned.reverse();
    let mut again = names(&turned);
    again.reverse();
    assert_eq!(made, again);
    // One that nobody else is called like keeps its name, whoever comes.
    assert_eq!(names(&objects[..1]), ["shop"]);
}
