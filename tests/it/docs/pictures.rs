//! The pictures are well-formed, small, used on a page, have a text alternative, and can be read on light and dark pages.

use crate::support::pages;
use std::{fs, path::Path};

#[test]
fn pictures_use_only_portable_svg() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images");
    let mut drawings = 0;
    for path in
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|kind| kind == "svg"))
    {
        let at = path.display();
        let text = fs::read_to_string(&path).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{at}: {error}"));
        let picture = document.root_element();
        let has = |name: &str| picture.children().any(|child| child.has_tag_name(("http://www.w3.org/2000/svg", name)));
        assert!(picture.attribute("viewBox").is_some() && has("title"), "{at} has no size or no title");
        assert!(text.contains("prefers-color-scheme: dark"), "{at} cannot be read on a dark page");
        // A page shows it as an image, which may fetch nothing and run nothing.
        let scripts = document.descendants().any(|node| node.tag_name().name() == "script" || node.tag_name().name() == "image");
        assert!(!scripts && text.len() < 200_000, "{at}");
        drawings += 1;
    }
    assert!(drawings >= 2, "{drawings}");
}

#[test]
fn every_picture_is_on_a_page() {
    let pages: String = pages::all().into_iter().map(|page| page.text).collect();
    for path in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images")).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(pages.contains(&format!("images/{name}")), "no page shows {name}");
    }
}
