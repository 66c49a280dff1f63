//! Moves from other providers' types, as core's `moved` blocks request them: chosen by address and type, and the result for each
//! value.

use super::core::{Action, Core, Thing};
use crate::toy::{Remote, TOY};
use serde_json::{Value as Json, json};
use std::sync::Arc;

async fn toys() -> (Arc<Remote>, Core) {
    let remote = Remote::start();
    let core = Core::new(&TOY, json!({ "endpoint": remote.name })).await.unwrap();
    (remote, core)
}

/// A thing that somebody else has made, by its id.
async fn made(core: &mut Core, config: &Json) -> String {
    let mut thing = core.thing("toy_thing");
    core.apply(&mut thing, config).await.unwrap();
    text(&thing, "id").unwrap()
}

fn text(thing: &Thing, name: &str) -> Option<String> {
    thing.state.as_ref().unwrap().value.get(name).text().map(str::to_owned)
}

const GAMES: &str = "registry.terraform.io/games/game";

#[tokio::test]
async fn an_object_of_another_type_moves_with_its_values() {
    let (_, mut core) = toys().await;
    let config = json!({ "name": "Ball", "label": "red round", "hint": "Look below" });
    let id = made(&mut core, &config).await;
    let theirs =
        json!({ "id": id, "title": "Ball", "tags": ["red", "round"], "old_hint": "Look below", "hint": "", "rules": [{ "no": 1 }] });
    // Whichever registry it came from, and under its other name.
    for address in [GAMES, "registry.opentofu.org/games/game", "games/game", "registry.terraform.io/others/board"] {
        let moved = core.moved("toy_thing", address, "game_piece", 0, &theirs).await.unwrap();
        assert_eq!(text(&moved, "thing_id").as_deref(), Some(id.as_str()), "{address}");
        assert_eq!(text(&moved, "label").as_deref(), Some("red round"));
        assert_eq!(text(&moved, "hint").as_deref(), Some("Look below"));
        let plan = core.plan(&moved, &config).await.unwrap();
        assert_eq!(plan.action, Action::NoOp, "{:?}", plan.value);
        core.settled(&plan.prior, &config).await.unwrap();
    }
    assert!(core.warnings.is_empty(), "{:?}", core.warnings);
    // Where both are there, the new one counts.
    let both = json!({ "id": id, "title": "Ball", "old_hint": "Look above", "hint": "Look below" });
    let moved = core.moved("toy_thing", GAMES, "game_piece", 0, &both).await.unwrap();
    assert_eq!(text(&moved, "hint").as_deref(), Some("Look below"));
}

#[tokio::test]
async fn members_without_an_attribute_are_named_without_their_values() {
    let (_, mut core) = toys().await;
    let id = made(&mut core, &json!({ "name": "Ball" })).await;
    let theirs = json!({ "id": id, "title": "Ball", "players": ["hunter22"], "box": "", "price": null });
    core.moved("toy_thing", GAMES, "game_piece", 0, &theirs).await.unwrap();
    let [warning] = core.warnings.as_slice() else { panic!("{:?}", core.warnings) };
    assert!(warning.detail.contains("`players`"), "{warning:?}");
    let said = format!("{warning:?}");
    assert!(!said.contains("hunter22") && !said.contains("`box`") && !said.contains("`price`"), "{said}");
}

#[tokio::test]
async fn an_id_is_computed_from_the_object() {
    let (_, mut core) = toys().await;
    let theirs = json!({ "id": "9", "from": "a", "to": "b", "kinds": ["near"] });
    let moved = core.moved("toy_link", GAMES, "game_edge", 0, &theirs).await.unwrap();
    assert_eq!(text(&moved, "id").as_deref(), Some("a-b"));
    assert_eq!(text(&moved, "link_id").as_deref(), Some("a-b"));
}

#[tokio::test]
async fn after_a_stub_the_next_read_takes_all_values() {
    let (_, mut core) = toys().await;
    let config = json!({ "name": "Ball", "label": "red", "keys": "{\"keys\":[1]}" });
    let id = made(&mut core, &config).await;
    let moved = core.moved("toy_thing", GAMES, "game_rumour", 0, &json!({ "id": id })).await.unwrap();
    let plan = core.plan(&moved, &config).await.unwrap();
    assert_eq!(plan.action, Action::NoOp, "{:?}", plan.value);
}

#[tokio::test]
async fn a_type_without_a_counterpart_is_refused_with_its_source() {
    let (_, mut core) = toys().await;
    for (target, address, source, version, why) in [
        ("toy_thing", "registry.terraform.io/notgames/game", "game_piece", 0, "cannot be read"),
        ("toy_thing", GAMES, "game_board", 0, "This provider has no counterpart"),
        // Only a peer that is alike has our own types.
        ("toy_thing", GAMES, "toy_thing", 0, "This provider has no counterpart"),
        ("toy_link", GAMES, "game_piece", 0, "counterpart is toy_thing"),
        ("toy_thing", GAMES, "game_piece", 3, "newer"),
    ] {
        let stop = core.moved(target, address, source, version, &json!({ "id": "1", "title": "Ball" })).await.unwrap_err();
        for said in [why, address, source, &format!("version {version}")] {
            assert!(stop.says(said), "{said}: {stop:?}");
        }
    }
    // What is stored is not as it should be: the attribute is named, its value is not.
    let stop = core.moved("toy_thing", GAMES, "game_piece", 0, &json!({ "id": "1", "title": ["hunter22"] })).await.unwrap_err();
    assert!(stop.says("name") && !stop.says("hunter22"), "{stop:?}");
}
