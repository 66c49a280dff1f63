//! Features of `rest::Rest` that Ory's data plane does not need, through both faces, on a small server.

mod guild;

use crate::{
    pulumi::{
        Recorder,
        engine::{Done, Host},
    },
    support::scripted::Scripted,
    terraform::core::{Action, Core},
};
use guild::{GUILD, LIST, Server};
use janiform::{
    engine::{Asked, Call, Engine},
    frontends::pulumi,
    value::Value,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

async fn core(server: &Server) -> Core {
    Core::direct(&GUILD, server.config()).await.unwrap()
}

async fn host(server: &Server) -> Host {
    let engine = Engine::new(&GUILD);
    let mut host = Host::start(pulumi::Server::new(Arc::new(engine), Arc::new(Recorder::default()), Arc::new(|_: &str| None))).await;
    host.configure(server.config()).await.unwrap();
    host
}

/// The only object of the collection, with its id.
fn only(server: &Server, collection: &str, label: &str) -> (String, Json) {
    let found: Vec<_> = server.all(collection).into_iter().filter(|(_, object)| object["label"] == label).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

/// The kinds of objects, with what their server has to be sent for one change: the label, a member that goes, one that is
/// added, and one in a nested object.
fn kinds() -> [(&'static str, &'static str, Json); 2] {
    let merge = json!({ "label": "Second", "note": null, "motto": "Onward", "settings": { "look": { "theme": "light" } } });
    let operations = json!([
        { "op": "remove", "path": "/note" },
        { "op": "replace", "path": "/label", "value": "Second" },
        { "op": "add", "path": "/motto", "value": "Onward" },
        { "op": "replace", "path": "/settings/look/theme", "value": "light" },
    ]);
    [("organization", "organizations", merge), ("chapter", "chapters", operations)]
}

/// The project's id holds what divides a path: it is one segment all the same.
const PROJECT: &str = "p/1";

fn first() -> Json {
    let settings = json!({ "theme": "dark", "limit": 5 });
    json!({ "project_id": PROJECT, "label": "First", "domains": ["b.example", "a.example"], "note": "old", "settings": settings })
}

fn second() -> Json {
    let settings = json!({ "theme": "light", "limit": 5 });
    json!({ "project_id": PROJECT, "label": "Second", "domains": ["a.example", "b.example"], "motto": "Onward", "settings": settings })
}

/// What an update sent is what differs, in any order.
fn assert_sent(server: &Server, wanted: &Json) {
    let sorted = |json: &Json| match json {
        Json::Array(items) => {
            let mut items: Vec<_> = items.iter().map(Json::to_string).collect();
            items.sort();
            json!(items)
        }
        json => json.clone(),
    };
    let sent: Vec<_> = server.patches().iter().map(sorted).collect();
    assert_eq!(sent, [sorted(wanted)]);
}

#[tokio::test]
async fn objects_behind_paths_and_envelopes_live_under_terraform() {
    for (kind, plural, change) in kinds() {
        let server = Server::start().await;
        let (mut core, name, collection) = (core(&server).await, format!("guild_{kind}"), format!("{PROJECT}/{plural}"));
        let mut thing = core.thing(&name);
        assert_eq!(core.apply(&mut thing, &first()).await.unwrap(), Action::Create);
        core.settled(&thing, &first()).await.unwrap();
        let (id, made) = only(&server, &collection, "First");
        assert!(made.get("project_id").is_none(), "the path says it: {made}");
        // What others do to members that the plan does not change stays, and so does what the table does not know.
        server.edit(&collection, &id, "color", json!("chosen by others"));
        assert_eq!(core.apply(&mut thing, &second()).await.unwrap(), Action::Update);
        assert_sent(&server, &change);
        core.settled(&thing, &second()).await.unwrap();
        let now = server.get(&collection, &id).unwrap();
        assert_eq!((&now["color"], &now["settings"]), (&json!("chosen by others"), &json!({ "look": { "theme": "light" }, "limit": 5 })));
        assert!(now.get("note").is_none() && now["motto"] == "Onward");
        // Drift is seen, and an import needs the project and the id.
        server.edit(&collection, &id, "label", json!("Third"));
        assert!(core.refresh(&mut thing).await.unwrap());
        assert_eq!(thing.state.as_ref().unwrap().value.get("label").text(), Some("Third"));
        server.edit(&collection, &id, "label", json!("Second"));
        let mut imported = core.import(&name, &format!("{PROJECT}/{id}")).await.unwrap();
        assert_eq!(imported.state.as_ref().unwrap().value.get("project_id").text(), Some(PROJECT));
        core.settled(&imported, &second()).await.unwrap();
        // Another project is another place.
        let mut moved = second();
        moved["project_id"] = json!("p2");
        assert_eq!(core.apply(&mut imported, &moved).await.unwrap(), Action::Replace);
        assert!(server.get(&collection, &id).is_none());
        only(&server, &format!("p2/{plural}"), "Second");
        core.destroy(&mut imported).await.unwrap();
        assert_eq!(server.all(&format!("p2/{plural}")).len(), 0);
    }
}

#[tokio::test]
async fn objects_behind_paths_and_envelopes_live_under_pulumi() {
    fn camel(config: Json) -> Json {
        let Json::Object(members) = config else { unreachable!() };
        members.into_iter().map(|(name, value)| (if name == "project_id" { "projectId".to_owned() } else { name }, value)).collect()
    }
    for (kind, plural, change) in kinds() {
        let server = Server::start().await;
        let token = format!("guild:index/{kind}:{}{}", kind[..1].to_uppercase(), &kind[1..]);
        let (mut host, collection) = (host(&server).await, format!("{PROJECT}/{plural}"));
        assert_eq!(host.up(&token, "it", &camel(first())).await.unwrap().done, Done::Created);
        assert_eq!(host.up(&token, "it", &camel(first())).await.unwrap().done, Done::Nothing);
        let (id, _) = only(&server, &collection, "First");
        assert_eq!(host.state["it"].id, id);
        assert_eq!(host.up(&token, "it", &camel(second())).await.unwrap().done, Done::Updated);
        assert_sent(&server, &change);
        assert_eq!(host.up(&token, "it", &camel(second())).await.unwrap().done, Done::Nothing);
        // Its inputs are a program that makes the same.
        let imported = host.import(&token, "imported", &format!("{PROJECT}/{id}")).await.unwrap().unwrap();
        assert_eq!((&imported.id, &imported.inputs["projectId"]), (&id, &json!(PROJECT)));
        assert_eq!(host.up(&token, "imported", &camel(second())).await.unwrap().done, Done::Nothing);
        assert_eq!(server.patches(), [] as [Json; 0]);
        host.destroy().await.unwrap();
        assert_eq!(server.get(&collection, &id), None);
    }
}

#[tokio::test]
async fn lists_are_read_by_tokens_and_only_as_far_as_wanted() {
    let server = Server::start().await;
    server.seed("p1", &["a", "b", "c", "d", "e"]);
    server.seed("p2", &["z"]);
    let asked = |server: &Server| server.http.asked().len();
    let mut core = core(&server).await;
    // Three pages, of which the last has it.
    let found = core.data("guild_organization", &json!({ "project_id": "p1", "label": "e" })).await.unwrap();
    assert_eq!((found.get("organization_id").text(), found.get("project_id").text()), (Some("seed-4"), Some("p1")));
    assert_eq!(asked(&server), 3, "{:?}", server.http.asked());
    let labels = |value: &Json| value["organizations"].as_array().unwrap().iter().map(|one| one["label"].clone()).collect::<Vec<_>>();
    let all = core.data("guild_organizations", &json!({ "project_id": "p1" })).await.unwrap().to_json();
    assert_eq!(labels(&all), ["a", "b", "c", "d", "e"]);
    assert!(all["organizations"].as_array().unwrap().iter().all(|one| one["project_id"] == "p1"));
    // By the server, and where that knows no such filter by the backend.
    for (by, value) in [("domain", "d.example"), ("label", "d")] {
        let some = core.data("guild_organizations", &json!({ "project_id": "p1", by: value })).await.unwrap().to_json();
        assert_eq!(labels(&some), ["d"], "{by}");
    }
    let mut host = host(&server).await;
    let found = host.invoke("guild:index/getOrganization:getOrganization", &json!({ "projectId": "p2", "label": "z" })).await.unwrap();
    assert_eq!((&found["organizationId"], &found["projectId"]), (&json!("seed-0"), &json!("p2")));
    let all = host.invoke("guild:index/getOrganizations:getOrganizations", &json!({ "projectId": "p1" })).await.unwrap();
    assert_eq!(labels(&all), ["a", "b", "c", "d", "e"]);

    // Whoever wants two objects gets them from the first page, and the others are not asked for.
    let engine = Engine::new(&GUILD);
    engine.configure(&GUILD.config.holding([("endpoint", Value::text(server.http.url()))]), &|_| None);
    for (limit, pages, names) in [(Some(2), 1, 2), (Some(3), 2, 3), (None, 3, 5)] {
        let (to, mut listed) = tokio::sync::mpsc::channel(16);
        let before = asked(&server);
        let filter = LIST.list.table.holding([("project_id", Value::text("p1"))]);
        engine.list(&LIST, Asked { filter, limit, whole: true }, Call::default(), &to, Some).await.unwrap();
        drop(to);
        let mut found = Vec::new();
        while let Some(one) = listed.recv().await {
            found.push(one);
        }
        assert_eq!((asked(&server) - before, found.len()), (pages, names), "{limit:?}");
        assert!(found.iter().all(|one| one.state.as_ref().is_some_and(|state| state.id.as_ref() == Some(&one.id))));
        assert_eq!(found[0].name, "a");
    }
}

/// While nobody takes the second object of the first page, which has two.
#[tokio::test]
async fn the_next_page_is_requested_early_if_all_are_wanted() {
    let server = Server::start().await;
    server.seed("p1", &["a", "b", "c", "d", "e"]);
    let engine = Engine::new(&GUILD);
    engine.configure(&GUILD.config.holding([("endpoint", Value::text(server.http.url()))]), &|_| None);
    for (limit, pages) in [(Some(5), 1), (None, 2)] {
        let (to, _nobody) = tokio::sync::mpsc::channel(1);
        let before = server.http.asked().len();
        let asked = || server.http.asked().len() - before;
        let filter = LIST.list.table.holding([("project_id", Value::text("p1"))]);
        let list = engine.list(&LIST, Asked { filter, limit, whole: true }, Call::default(), &to, Some);
        let waits = async {
            while to.capacity() > 0 || asked() < pages {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            _ = list => panic!("nobody takes the second one"),
            waited = tokio::time::timeout(std::time::Duration::from_secs(10), waits) => waited.unwrap(),
        }
        assert_eq!(asked(), pages, "{limit:?}");
    }
}

/// A request takes several steps, such as a second try: those of the next page go on while the objects of this one are worked on.
#[tokio::test]
async fn the_next_page_goes_on_coming_while_a_page_is_worked_on() {
    const PER_PAGE: usize = 500;
    let page = |from: usize, next: &str| {
        let objects: Vec<_> =
            (from..from + PER_PAGE).map(|number| json!({ "id": format!("{number}"), "label": format!("{number}") })).collect();
        json!({ "organizations": objects, "next_page_token": next }).to_string()
    };
    let server = Scripted::start(move |asked, number| match number {
        0 => (200, vec![], page(0, "2")),
        1 => (503, vec![], String::new()),
        _ => {
            assert!(asked.query.contains("page_token=2"), "{}", asked.query);
            (200, vec![], page(PER_PAGE, ""))
        }
    })
    .await;
    let engine = Engine::new(&GUILD);
    engine.configure(&GUILD.config.holding([("endpoint", Value::text(server.url()))]), &|_| None);
    let (to, mut listed) = tokio::sync::mpsc::channel(1);
    let filter = LIST.list.table.holding([("project_id", Value::text("p1"))]);
    let list = async {
        engine.list(&LIST, Asked { filter, limit: None, whole: true }, Call::default(), &to, Some).await.unwrap();
        drop(to);
    };
    let work = async {
        let (mut taken, mut early) = (0, 0);
        while let Some(object) = listed.recv().await {
            assert_eq!(object.name, taken.to_string());
            taken += 1;
            if server.asked().len() < 3 {
                early = taken;
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        }
        (taken, early)
    };
    let (taken, early) = tokio::join!(list, work).1;
    assert_eq!((taken, server.asked().len()), (2 * PER_PAGE, 3));
    assert!(early < PER_PAGE - 1, "the second try came after {early} objects of the first page");
}

/// Half a list is worse than none.
#[tokio::test]
async fn a_list_without_pages_that_says_there_are_more_is_an_error() {
    for (more, is_whole) in [(json!(false), true), (Json::Null, true), (json!(true), false)] {
        let chapters = json!([{ "id": "c1", "label": "One" }, { "id": "c2", "label": "Two" }]);
        let body = json!({ "chapters": chapters, "has_next_page": more }).to_string();
        let server = Scripted::start(move |_, _| (200, vec![], body.clone())).await;
        let mut core = Core::direct(&GUILD, json!({ "endpoint": server.url() })).await.unwrap();
        match core.data("guild_chapters", &json!({ "project_id": "p1" })).await {
            Ok(found) => assert!(is_whole && found.to_json()["chapters"].as_array().unwrap().len() == 2, "{more}"),
            Err(stop) => assert!(!is_whole && stop.says("it says that there are more"), "{more}: {}", stop.text()),
        }
        assert_eq!(server.asked(), ["GET /projects/p1/chapters"]);
    }
}

#[tokio::test]
async fn an_attribute_in_a_path_is_one_segment() {
    let server = Server::start().await;
    let mut core = core(&server).await;
    let mut thing = core.thing("guild_organization");
    core.apply(&mut thing, &first()).await.unwrap();
    assert!(server.http.asked().iter().all(|asked| asked.contains(" /projects/p%2F1/organizations")), "{:?}", server.http.asked());
    let before = server.http.asked().len();
    for lost in ["..", ".", "/", "a\n"] {
        let mut config = first();
        config["project_id"] = json!(lost);
        let stop = core.apply(&mut core.thing("guild_organization"), &config).await.unwrap_err();
        assert!(stop.says("cannot be addressed"), "{lost:?}: {}", stop.text());
    }
    let mut nowhere = first();
    nowhere.as_object_mut().unwrap().remove("project_id");
    let stop = core.apply(&mut core.thing("guild_organization"), &nowhere).await.unwrap_err();
    assert!(stop.says("project_id is missing"), "{}", stop.text());
    assert_eq!(server.http.asked().len(), before);
}

/// What an object leaves open, the provider's configuration says when it is made; what it says later moves nothing.
#[tokio::test]
async fn an_attribute_in_a_path_may_come_from_the_provider() {
    let server = Server::start().await;
    let (mut core, mut config) = (core(&server).await, first());
    config.as_object_mut().unwrap().remove("project_id");
    let mut thing = core.thing("guild_organization");
    for (own, done) in [("p 1", Action::Create), ("p 2", Action::NoOp)] {
        let mut provider = server.config();
        provider["project_id"] = json!(own);
        core.reconfigure(provider).await.unwrap();
        assert_eq!(core.apply(&mut thing, &config).await.unwrap(), done);
        core.settled(&thing, &config).await.unwrap();
        assert_eq!(thing.state.as_ref().unwrap().value.get("project_id").text(), Some("p 1"));
    }
    config["project_id"] = json!("p 3");
    assert_eq!(core.plan(&thing, &config).await.unwrap().action, Action::Replace);
    config["project_id"] = json!("p 1");
    assert_eq!(core.plan(&thing, &config).await.unwrap().action, Action::NoOp);
    core.destroy(&mut thing).await.unwrap();
    assert!(server.http.asked().iter().all(|asked| asked.contains(" /projects/p%201/organizations")), "{:?}", server.http.asked());
}

/// An operation that takes a member away cannot be repeated blindly: what is left to do is looked at again.
#[tokio::test]
async fn an_update_whose_answer_is_lost_is_not_carried_out_twice() {
    for (kind, plural, change) in kinds() {
        let server = Server::start().await;
        let mut core = core(&server).await;
        let mut thing = core.thing(&format!("guild_{kind}"));
        core.apply(&mut thing, &first()).await.unwrap();
        server.lose(1);
        assert_eq!(core.apply(&mut thing, &second()).await.unwrap(), Action::Update);
        core.settled(&thing, &second()).await.unwrap();
        let (_, now) = only(&server, &format!("{PROJECT}/{plural}"), "Second");
        assert!(now.get("note").is_none());
        // A merge may be repeated, an operation is not.
        let patches = server.patches();
        assert_eq!(patches.len(), if change.is_array() { 1 } else { 2 }, "{patches:?}");
    }
}
